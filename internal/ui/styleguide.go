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
	"plus", "chevron", "next", "back", "external", "lock", "trash", "download", "menu", "theme", "refresh", "person",
}

var guideTypes = []Option{
	{Value: "native", Label: "Native", Text: "Phone, desktop or command line", Note: "No secret", Glyph: "native", Says: "Switches on sign-in with a code and PKCE, and refresh tokens that rotate."},
	{Value: "spa", Label: "Single page", Text: "Runs in the browser", Note: "No secret", Glyph: "spa", Says: "Switches on sign-in with a code and PKCE; your web origin may call the token endpoint."},
	{Value: "regular_web", Label: "Regular web", Text: "Runs on your server", Note: "Keeps a secret", Glyph: "regular_web", Says: "Switches on sign-in with a code and PKCE, and a secret."},
	{Value: "non_interactive", Label: "Machine to machine", Text: "Nobody signs in", Note: "Keeps a secret", Glyph: "non_interactive", Says: "Switches on tokens the program gets for itself."},
}

func serveStyleguide(w http.ResponseWriter, r *http.Request, site Site) {
	if err := site.Write(w, r, http.StatusOK, Plain, styleguide()); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}
