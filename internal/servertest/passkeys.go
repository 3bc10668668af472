package servertest

import (
	"encoding/json"
	"html"
	"net/url"
	"strings"
)

// SignInWith answers the sign-in page at path, /signin or /dashboard/signin, with a passkey. values go along.
func (b *Browser) SignInWith(key *Authenticator, path string, values url.Values) Page {
	b.t.Helper()
	var asked struct {
		Options json.RawMessage `json:"options"`
		State   string          `json:"state"`
	}
	page := b.Get(path + "/passkey")
	if err := json.Unmarshal([]byte(page.Body), &asked); err != nil {
		b.t.Fatalf("%s: %v: %s", page.URL, err, page.Body)
	}
	form := url.Values{"state": {asked.State}, "answer": {string(key.Get(asked.Options))}}
	for name, list := range values {
		form[name] = list
	}
	return b.Post(path+"/passkey", form)
}

// AddPasskey answers the page that makes a passkey.
func (p Page) AddPasskey(key *Authenticator) Page {
	p.browser.t.Helper()
	_, rest, found := strings.Cut(p.Body, `data-passkey-options="`)
	options, _, _ := strings.Cut(rest, `"`)
	if !found {
		p.browser.t.Fatalf("%s (%d) makes no passkey:\n%s", p.URL, p.Status, p.Body)
	}
	return p.Submit(url.Values{"answer": {string(key.Create([]byte(html.UnescapeString(options))))}}, "answer", "state")
}
