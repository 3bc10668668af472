package servertest

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// CheckMarkup reads a whole page as a browser would and reports what no page of ours may have: an inline script, style or
// handler (the Content-Security-Policy would block it), an input without a label, a button without words, an id twice, a
// reference to an id that is not there, an image without a text, or no title, heading or language.
func CheckMarkup(t testing.TB, page, body string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	c := &markup{ids: map[string]int{}, labelled: map[string]bool{}, counts: map[string]int{}}
	c.walk(doc, nil)
	for _, fault := range c.faults() {
		t.Errorf("%s: %s", page, fault)
	}
}

type markup struct {
	ids      map[string]int
	labelled map[string]bool
	counts   map[string]int
	refs     []string
	inputs   []input
	found    []string
}

type input struct {
	name, id string
	labelled bool
}

func (c *markup) walk(n *html.Node, within []string) {
	if n.Type == html.ElementNode {
		c.element(n, within)
		within = append(within, n.Data)
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.walk(child, within)
	}
}

func (c *markup) element(n *html.Node, within []string) {
	attr := map[string]string{}
	for _, a := range n.Attr {
		attr[a.Key] = a.Val
		if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
			c.fault("<%s> has an inline %s", n.Data, a.Key)
		}
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
			c.fault("<%s %s> runs a script", n.Data, a.Key)
		}
	}
	c.counts[n.Data]++
	if id, ok := attr["id"]; ok {
		c.ids[id]++
	}
	for _, key := range []string{"aria-describedby", "aria-labelledby", "for", "form", "popovertarget"} {
		c.refs = append(c.refs, strings.Fields(attr[key])...)
	}
	switch n.Data {
	case "html":
		c.require(attr["lang"] != "", "the page has no language")
	case "script":
		c.require(attr["src"] != "" && n.FirstChild == nil, "there is an inline script")
	case "style":
		c.fault("there is an inline style")
	case "label":
		c.labelled[attr["for"]] = true
	case "img":
		_, ok := attr["alt"]
		c.require(ok, "an image has no text")
	case "button":
		c.require(strings.TrimSpace(words(n)) != "" || attr["aria-label"] != "", "a button has no words")
	case "a":
		c.require(strings.TrimSpace(words(n)) != "" || attr["aria-label"] != "", "a link has no words")
	case "input", "select", "textarea":
		if attr["type"] != "hidden" {
			c.inputs = append(c.inputs, input{attr["name"], attr["id"], attr["aria-label"] != "" || has(within, "label")})
		}
	}
}

func (c *markup) faults() []string {
	for id, n := range c.ids {
		c.require(n == 1, "the id "+id+" stands there more than once")
	}
	for _, id := range c.refs {
		c.require(c.ids[id] > 0, "there is no element with the id "+id)
	}
	for _, in := range c.inputs {
		c.require(in.labelled || in.id != "" && c.labelled[in.id], "the input "+in.name+" has no label")
	}
	c.require(c.counts["title"] >= 1, "there is no title")
	c.require(c.counts["h1"] == 1, "there is not one first heading")
	c.require(c.counts["main"] == 1, "there is not one main part")
	return c.found
}

func (c *markup) require(ok bool, fault string) {
	if !ok {
		c.found = append(c.found, fault)
	}
}

func (c *markup) fault(format string, args ...string) {
	for _, a := range args {
		format = strings.Replace(format, "%s", a, 1)
	}
	c.found = append(c.found, format)
}

// words is the text in an element.
func words(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	all := ""
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		all += words(child)
	}
	return all
}

func has(list []string, want string) bool {
	for _, have := range list {
		if have == want {
			return true
		}
	}
	return false
}
