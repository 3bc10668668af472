package frame

import (
	"errors"
	"net/http"
	"strings"

	"clientele/internal/account"
)

// Route is one page: what it answers to, who may see it, and whether the sign-in must be fresh.
type Route struct {
	Pattern string
	Needs   account.Action
	Fresh   bool
	Page    Page
}

// Page answers a request of an operator. What it returns as an error is answered in one place.
type Page func(w http.ResponseWriter, r *http.Request, v *Visit) error

// Path is a root path of ours as a browser reaches it.
func (d *Base) Path(p string) string { return d.Site().Path(p) }

// Secure reports whether people reach this server by https.
func (d *Base) Secure() bool { return strings.HasPrefix(d.Issuer, "https://") }

// On is a page for those whose role allows the action.
func On(pattern string, needs account.Action, page Page) Route {
	return Route{Pattern: pattern, Needs: needs, Page: page}
}

// ErrNotFresh means that what a form asks for needs a sign-in at most FreshFor old, for pages where not every form does. Whoever
// returns it has written and changed nothing; the form is kept and sent again after the sign-in.
var ErrNotFresh = errors.New("this needs a fresh sign-in")

// OnFresh is one that asks for a sign-in at most FreshFor old, too.
func OnFresh(pattern string, needs account.Action, page Page) Route {
	return Route{Pattern: pattern, Needs: needs, Fresh: true, Page: page}
}
