package servertest

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"clientele/internal/sqldb"
)

// Browser is a person in front of a browser without scripts: it keeps cookies, follows redirects within the server, and
// fills in the forms it is shown.
type Browser struct {
	Client *http.Client

	server *Server
	t      testing.TB
}

// Browser opens one, without any cookie.
func (s *Server) Browser() *Browser { return &Browser{Client: s.Client(), server: s, t: s.t} }

// Page is what a browser arrived at: a page of the server, or the address elsewhere that it was sent to.
type Page struct {
	Status int
	URL    *url.URL // of the page
	Header http.Header
	Body   string
	Left   *url.URL // where the browser was sent outside the server; nil if it is still here

	browser *Browser
}

// Get opens a path of the server, or a whole URL of it.
func (b *Browser) Get(path string) Page {
	b.t.Helper()
	return b.do(http.MethodGet, b.server.URL+strings.TrimPrefix(path, b.server.URL), nil)
}

// Post sends a form to a path of the server, as a page of the server itself would.
func (b *Browser) Post(path string, form url.Values) Page {
	b.t.Helper()
	return b.do(http.MethodPost, b.server.URL+strings.TrimPrefix(path, b.server.URL), form)
}

// Statements opens a path of the server, and returns what the store was asked for it: the text of each statement, in order.
func (b *Browser) Statements(path string) (texts []string) {
	b.t.Helper()
	ctx := sqldb.Watch(b.t.Context(), func(text string) { texts = append(texts, text) })
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.server.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	answer, err := b.Client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: status %d", path, answer.StatusCode)
	}
	return texts
}

// Upload posts a body of another kind than a plain form, as a form with a file does.
func (b *Browser) Upload(path, contentType, body string) Page {
	b.t.Helper()
	return b.send(http.MethodPost, b.server.URL+strings.TrimPrefix(path, b.server.URL), contentType, body)
}

func (b *Browser) do(method, address string, form url.Values) Page {
	b.t.Helper()
	return b.send(method, address, "application/x-www-form-urlencoded", form.Encode())
}

func (b *Browser) send(method, address, contentType, body string) Page {
	b.t.Helper()
	for range 20 {
		req, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(body))
		if err != nil {
			b.t.Fatal(err)
		}
		if method == http.MethodPost {
			req.Header.Set("Content-Type", contentType)
			req.Header.Set("Origin", strings.TrimSuffix(b.server.URL, "/"))
			req.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		resp, err := b.Client.Do(req)
		if err != nil {
			b.t.Fatal(err)
		}
		answer, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			b.t.Fatal(err)
		}
		page := Page{Status: resp.StatusCode, URL: req.URL, Header: resp.Header, Body: string(answer), browser: b}
		to, err := resp.Location()
		if err != nil || resp.StatusCode < 300 || resp.StatusCode > 399 {
			return page
		}
		if to.Host != b.server.Host() {
			page.Left = to
			return page
		}
		method, address, body = http.MethodGet, to.String(), ""
	}
	b.t.Fatal("the server redirects in a circle")
	return Page{}
}

// Form is a form of a page with the values it came with.
type Form struct {
	Method string
	Action string
	Values url.Values
	Fields []string // names of the fields a person fills in, in order
}

// Forms are the forms of the page, in order.
func (p Page) Forms() []Form {
	doc, err := html.Parse(strings.NewReader(p.Body))
	if err != nil {
		p.browser.t.Fatal(err)
	}
	var forms []Form
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" {
			forms = append(forms, readForm(n))
		}
	}
	return forms
}

func readForm(n *html.Node) Form {
	f := Form{Method: strings.ToUpper(attribute(n, "method")), Action: attribute(n, "action"), Values: url.Values{}}
	for n := range n.Descendants() {
		name := attribute(n, "name")
		if n.Type != html.ElementNode || name == "" || n.Data != "input" && n.Data != "textarea" && n.Data != "select" {
			continue
		}
		kind := attribute(n, "type")
		_, checked := lookup(n, "checked")
		switch {
		case kind == "hidden":
			f.Values.Add(name, attribute(n, "value"))
		case (kind == "checkbox" || kind == "radio") && !checked, kind == "submit", kind == "button":
		case n.Data == "textarea":
			f.Values.Add(name, strings.TrimPrefix(words(n), "\n"))
			f.Fields = append(f.Fields, name)
		case n.Data == "select":
			f.Values.Add(name, chosen(n))
			f.Fields = append(f.Fields, name)
		default:
			f.Values.Add(name, attribute(n, "value"))
			f.Fields = append(f.Fields, name)
		}
	}
	return f
}

// chosen is the value of a select: of the option that is selected, else of the first.
func chosen(n *html.Node) string {
	first, found := "", false
	for o := range n.Descendants() {
		if o.Type != html.ElementNode || o.Data != "option" {
			continue
		}
		if _, selected := lookup(o, "selected"); selected {
			return attribute(o, "value")
		}
		if !found {
			first, found = attribute(o, "value"), true
		}
	}
	return first
}

func attribute(n *html.Node, name string) string {
	value, _ := lookup(n, name)
	return value
}

func lookup(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// Form is the first form of the page that has all the fields, hidden ones and buttons aside. It fails the test if there is none.
func (p Page) Form(fields ...string) Form {
	p.browser.t.Helper()
	for _, f := range p.Forms() {
		found := true
		for _, name := range fields {
			found = found && f.Values.Has(name)
		}
		if found {
			return f
		}
	}
	p.browser.t.Fatalf("%s (%d) has no form with the fields %v:\n%s", p.URL, p.Status, fields, p.Body)
	return Form{}
}

// Submit sends the first form that has the fields of values, filled in with them; values the form lacks (the button that was
// pressed) are sent too.
func (p Page) Submit(values url.Values, fields ...string) Page {
	p.browser.t.Helper()
	f := p.Form(fields...)
	for name, list := range values {
		f.Values[name] = list
	}
	to, err := p.URL.Parse(f.Action)
	if err != nil {
		p.browser.t.Fatal(err)
	}
	if f.Method != http.MethodPost {
		to.RawQuery = f.Values.Encode()
		return p.browser.do(http.MethodGet, to.String(), nil)
	}
	return p.browser.do(http.MethodPost, to.String(), f.Values)
}
