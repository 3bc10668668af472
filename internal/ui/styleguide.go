package ui

import (
	"net/http"
	"time"
)

// The moment the style guide plays at, so that it looks the same whenever it is opened.
var guideNow = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

var guidePage = Page{
	Title:   "Style guide",
	Crumbs:  []Link{{Label: "Home", Href: "/dashboard"}},
	Nav:     []Link{{Label: "Home", Href: "/dashboard", Icon: "home"}, {Label: "Style guide", Href: "/styleguide", Icon: "theme", Current: true}},
	Person:  "ada.lovelace@example.com",
	Role:    "owner",
	SignOut: "/dashboard/signout",
	Here:    "/styleguide",
	Search:  "/dashboard/applications",
	Flash:   Alert{Kind: Good, Text: "Saved. The change is in force."},
}

var guideIcons = []string{
	"mark", "home", "applications", "api", "users", "activity", "key", "settings", "search", "copy", "check", "alert", "info", "close",
	"plus", "chevron", "next", "back", "external", "lock", "trash", "download", "menu", "theme", "refresh", "person", "more", "shield", "play", "edit", "tools",
}

var guideTypes = []Option{
	{Value: "native", Label: "Native", Text: "Phone, desktop or command line", Note: "No secret", Glyph: "native", Says: "Switches on sign-in with a code and PKCE, and refresh tokens that rotate."},
	{Value: "spa", Label: "Single page", Text: "Runs in the browser", Note: "No secret", Glyph: "spa", Says: "Switches on sign-in with a code and PKCE; your web origin may call the token endpoint."},
	{Value: "regular_web", Label: "Regular web", Text: "Runs on your server", Note: "Keeps a secret", Glyph: "regular_web", Says: "Switches on sign-in with a code and PKCE, and a secret."},
	{Value: "non_interactive", Label: "Machine to machine", Text: "Nobody signs in", Note: "Keeps a secret", Glyph: "non_interactive", Says: "Switches on tokens the program gets for itself."},
}

var guideVerdicts = []VerdictRow{
	{Member: "client_name", Owner: "document", Values: []VerdictValue{{Text: "Acme Agent", Becomes: "name", Verdict: Badge{Kind: Good, Text: "ok"}}}},
	{Member: "redirect_uris", Owner: "document", Values: []VerdictValue{
		{Text: "http://localhost/callback", Becomes: "callback URL, any port", Verdict: Badge{Kind: Good, Text: "ok"}},
		{Text: "http://client.example.com/cb", Verdict: Badge{Kind: Warn, Text: "dropped"}, Why: "plain http is for loopback only"},
	}},
	{Member: "contacts", Owner: "nobody", Values: []VerdictValue{{Text: "ops@example.com", Verdict: Badge{Text: "ignored"}, Why: "nobody here knows the member"}}},
}

var guideDiff = []DiffField{
	{Name: "Callback URLs", Badges: []Badge{{Kind: Warn, Text: "may do more"}, {Kind: Note, Text: "waits for you"}}, Added: []string{"https://client.example.com/cb2"}},
	{Name: "Name", Plain: true, Badges: []Badge{{Kind: Note, Text: "identity"}}, Removed: []string{"Acme"}, Added: []string{"Acme Agent"}},
}

func serveStyleguide(w http.ResponseWriter, r *http.Request, site Site) {
	if err := site.Write(w, r, http.StatusOK, Plain, styleguide()); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

var guideMenu = []MenuItem{
	{Label: "Quick start", Href: "/styleguide", Icon: "play"},
	{Label: "Settings", Href: "/styleguide", Icon: "settings"},
	{Label: "Disable", Post: "/styleguide", Icon: "lock"},
	{Label: "Delete", Href: "/styleguide", Icon: "trash", Danger: true, Apart: true},
}
