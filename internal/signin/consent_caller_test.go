package signin

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

var now = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// agent is an application that is known by a URL, approved, with what a test changes.
func agent(change func(*registry.Application)) *registry.Application {
	app := &registry.Application{
		ID: "tpc_1", ExternalID: "https://www.claude.ai/oauth/client.json", Name: "Claude", Ownership: registry.ThirdParty, CreatedAt: now.Add(-72 * time.Hour),
		Import: &registry.Import{By: registry.ByOperator, Identity: "i", LogoHash: strings.Repeat("l", 43)},
	}
	if change != nil {
		change(app)
	}
	return app
}

// consentTo is the consent page for an application that leads to redirect, as a browser reads it.
func consentTo(t *testing.T, app *registry.Application, redirect string, changed bool) (string, *html.Node) {
	t.Helper()
	uri, err := oauth.ParseRedirectURI(redirect)
	if err != nil {
		t.Fatal(err)
	}
	ask := grant.Ask{Reason: grant.AskConsent, Scopes: oauth.Scopes{"openid"}, RedirectURI: redirect, RedirectClass: uri.Class(), Changed: changed, Identity: "i"}
	if ask.RedirectClass == oauth.RedirectHTTPS {
		ask.RedirectHost = uri.Host()
	}
	h := &Handler{Now: func() time.Time { return now }}
	v := consentView{
		handle: strings.Repeat("h", 32), shown: ask.Fingerprint(), caller: h.callerOf(app, ask), web: ask.RedirectClass == oauth.RedirectHTTPS,
		place: placeOf(ask), app: displayName(app.Name), instance: "Acme", thirdParty: true, who: "ada@example.com",
		groups: []permissions{{items: []permission{{words: "know who you are here", scope: "openid"}}}},
	}
	var b strings.Builder
	if err := consentPage(v).Render(ui.Site{Name: "Acme"}.With(t.Context()), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), doc
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			b.WriteString(d.Data)
		case d.Type == html.ElementNode && slices.Contains([]string{"p", "h1", "h2", "div", "ul", "li", "section", "button"}, d.Data):
			b.WriteString(" ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func find(n *html.Node, match func(*html.Node) bool) []*html.Node {
	var all []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && match(d) {
			all = append(all, d)
		}
	}
	return all
}

func element(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == name }
}

func class(name string) func(*html.Node) bool {
	return func(n *html.Node) bool {
		return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
			return a.Key == "class" && slices.Contains(strings.Fields(a.Val), name)
		})
	}
}

// Whatever a client calls itself, its host is the first thing on the card and the name stands in quotation marks below, short
// and in one line. Nothing of it can be a direction, a line, an element or a link of the page.
func TestNoNamePushesTheHostAway(t *testing.T) {
	names := map[string]string{
		"plain":            "Claude Code",
		"right to left":    "\u202eedoC edualC\u202c \u2066evil\u2069",
		"ten kilobytes":    strings.Repeat("Google ", 1500),
		"one long word":    strings.Repeat("W", 10_000),
		"two hundred gaps": "Claude (claude.ai)" + strings.Repeat(" ", 200) + "evil",
		"other spaces":     strings.Repeat("\u3000\u00a0\u2003", 100) + "x",
		"line breaks":      "Claude\n\n\n\nwants nothing\r\n\u2028\u2029Allow",
		"emoji":            strings.Repeat("👩‍👩‍👧‍👦", 300),
		"towers of marks":  strings.Repeat("Z"+strings.Repeat("\u0335\u0327\u0301\u0489", 50), 60),
		"marks only":       strings.Repeat("\u0301", 500),
		"blank letters":    strings.Repeat("\u3164\u2800\u115f", 200),
		"markup":           `</bdi></p><h1>google.com</h1><script>alert(1)</script><a href="https://evil.example">x</a>`,
		"zero width":       "Cl\u200baude\ufeff\u00ad",
		"not UTF-8":        "Cla\xffude\xfe",
		"empty":            "",
		"a host":           "accounts.google.com wants access",
		"private use":      "\ue000\U000f0000\ufdd0Claude",
	}
	for what, name := range names {
		t.Run(what, func(t *testing.T) {
			body, doc := consentTo(t, agent(func(a *registry.Application) { a.Name = name; a.Import.By = registry.ByClient }), "https://www.claude.ai/callback", false)
			card := find(doc, class("auth-card"))[0]
			first := card.FirstChild
			for first != nil && first.Type != html.ElementNode {
				first = first.NextSibling
			}
			if first == nil || first.Data != "h1" || textOf(first) != "www.claude.ai wants access" {
				t.Fatalf("the card begins with %q:\n%s", textOf(first), body)
			}
			claim := textOf(find(card, class("consent-claim"))[0])
			called, _, quoted := strings.Cut(strings.TrimPrefix(claim, "It calls itself “"), "” ·")
			if !quoted {
				called = ""
			}
			if len(letters(called)) > maxName || utf8.RuneCountInString(called) > maxName*(maxMarks+1) || !utf8.ValidString(body) {
				t.Errorf("it is called %q", called)
			}
			if name == "" && !strings.HasPrefix(claim, "It does not say what it is called ·") {
				t.Errorf("without a name: %q", claim)
			}
			for _, c := range body {
				if unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) || unicode.IsControl(c) && c != '\n' && c != '\t' {
					t.Fatalf("the page has %U", c)
				}
			}
			if len(find(doc, element("h1"))) != 1 || len(find(card, element("script"))) != 0 || len(find(card, element("form"))) != 1 || len(find(card, element("a"))) != 1 {
				t.Errorf("the name became a part of the page:\n%s", body)
			}
			if text := textOf(card); !strings.HasPrefix(text, "www.claude.ai wants access") || len([]rune(text)) > 900 {
				t.Errorf("the card says (%d characters) %q", len([]rune(text)), text)
			}
		})
	}
}

// The end of a host names its owner, so that is never cut, and never the part that is stressed less.
func TestALongHostKeepsItsOwner(t *testing.T) {
	long := strings.Repeat("accounts.google.com.", 10) + "evil.example.org"
	_, doc := consentTo(t, agent(func(a *registry.Application) { a.ExternalID = "https://" + long + "/c" }), "https://"+long+"/cb", false)
	host := find(find(doc, element("h1"))[0], class("host"))[0]
	if text := textOf(host); !strings.HasPrefix(text, "…") || !strings.HasSuffix(text, ".evil.example.org") || len([]rune(text)) > 60 {
		t.Errorf("the host is %q", text)
	}
	if owner := textOf(find(host, element("strong"))[0]); owner != "example.org" {
		t.Errorf("stressed is %q", owner)
	}
}

func TestWhereThePersonEndsUp(t *testing.T) {
	for redirect, c := range map[string]struct {
		says  []string
		never []string
	}{
		"https://www.claude.ai/callback":     {[]string{"After you allow, you go to www.claude.ai."}, []string{"That is not", "Any program", "another address"}},
		"https://app.claude.ai/callback":     {[]string{"you go to app.claude.ai, another address of claude.ai."}, []string{"That is not", "Any program"}},
		"https://claude.com:8443/callback":   {[]string{"you go to claude.com:8443.", "That is not www.claude.ai, which asks"}, []string{"Any program"}},
		"http://localhost:49152/callback":    {[]string{"you go to localhost:49152 on this device.", "Any program on this device could be listening there."}, []string{"That is not"}},
		"http://127.0.0.1:7777/":             {[]string{"you go to 127.0.0.1:7777 on this device.", "Any program"}, []string{"That is not"}},
		"com.example.app:/callback":          {[]string{"you go to com.example.app on this device.", "Any program"}, []string{"That is not"}},
		"https://xn--pple-43d.com/callback":  {[]string{"you go to xn--pple-43d.com.", "Written аpple.com in its own letters.", "letters of several alphabets", "That is not"}, nil},
		"https://xn--bcher-kva.com/callback": {[]string{"xn--bcher-kva.com", "Written bücher.com in its own letters."}, []string{"several alphabets"}},
	} {
		_, doc := consentTo(t, agent(nil), redirect, false)
		text := textOf(find(doc, element("main"))[0])
		if !strings.HasPrefix(text, "Acme www.claude.ai wants access") {
			t.Errorf("%s: the host that asks is not first: %q", redirect, text)
		}
		for _, says := range c.says {
			if !strings.Contains(text, says) {
				t.Errorf("%s: the page does not say %q: %q", redirect, says, text)
			}
		}
		for _, never := range c.never {
			if strings.Contains(text, never) {
				t.Errorf("%s: the page says %q: %q", redirect, never, text)
			}
		}
	}
}

func TestAHostInOtherLettersIsWrittenBothWays(t *testing.T) {
	_, doc := consentTo(t, agent(func(a *registry.Application) { a.ExternalID = "https://xn--80ak6aa92e.com/c" }), "https://xn--80ak6aa92e.com/cb", false)
	if text := textOf(find(doc, class("auth-card"))[0]); !strings.HasPrefix(text, "xn--80ak6aa92e.com wants access Written аррӏе.com in its own letters.") {
		t.Errorf("the card says %q", text)
	}
}

// Who answers for the client, and since when it is known.
func TestWhoAnswersForTheClient(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*registry.Application)
		says   string
		logo   bool
	}{
		"approved":   {nil, "imported from a URL · first seen 3 days ago It does not belong to Acme, which let it in.", true},
		"a stranger": {func(a *registry.Application) { a.Import.By = registry.ByClient }, "Nobody at Acme has checked it.", false},
		"a new stranger": {func(a *registry.Application) {
			a.Import.By, a.CreatedAt, a.ExpiresAt = registry.ByClient, now, now.Add(time.Hour)
		}, "first seen today Nobody at Acme has checked it, and nobody here has used it before.", false},
		"without a logo": {func(a *registry.Application) { a.Import.LogoHash = "" }, "which let it in", false},
	} {
		body, doc := consentTo(t, agent(c.change), "https://www.claude.ai/callback", false)
		if text := textOf(doc); !strings.Contains(text, c.says) {
			t.Errorf("%s: the page says %q", name, text)
		}
		if has := strings.Contains(body, `src="/logos/`+strings.Repeat("l", 43)); has != c.logo || strings.Count(body, "<img") != strings.Count(body, `src="/logos/`) {
			t.Errorf("%s: the logo is there: %v", name, has)
		}
	}
	_, doc := consentTo(t, agent(nil), "https://www.claude.ai/callback", true)
	if text := textOf(doc); !strings.Contains(text, "It has changed since you allowed it") {
		t.Errorf("the page says nothing of the change: %q", text)
	}
}

// Links lead to whoever has the host, say where they lead, and stand behind the form. CIMD-02 §9.2.
func TestLinksOfTheClient(t *testing.T) {
	_, doc := consentTo(t, agent(func(a *registry.Application) {
		a.Import.ClientURI, a.Import.TermsURI, a.Import.PolicyURI = "https://claude.ai/about", "https://evil.example.org/terms", "javascript:alert(1)"
	}), "https://www.claude.ai/callback", false)
	list := find(doc, class("consent-links"))[0]
	links := find(list, element("a"))
	if len(links) != 1 || textOf(list) != "Website: claude.ai" {
		t.Fatalf("the links are %q", textOf(list))
	}
	attributes := map[string]string{}
	for _, a := range links[0].Attr {
		attributes[a.Key] = a.Val
	}
	if attributes["href"] != "https://claude.ai/about" || attributes["rel"] != "noopener noreferrer nofollow" {
		t.Errorf("the link is %v", attributes)
	}
	buttons := find(find(doc, element("form"))[0], element("button"))
	if len(buttons) != 2 || textOf(buttons[1]) != "Allow" {
		t.Errorf("the form ends in %q", textOf(buttons[len(buttons)-1]))
	}
}
