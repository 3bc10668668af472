package ui

import (
	"context"
	"io"
)

// ErrorPage is a refusal that has no other place to stand: what happened, what to do, and a reference that an operator can look
// up.
type ErrorPage struct {
	Title     string
	Text      string     // what happened, then what to do
	Detail    string     // the exact words for a developer; set apart
	Reference string     // as in 7KQ2-MD4F; empty if none
	Action    LinkButton // the way on; no label means none
}

// Render writes the page.
func (e ErrorPage) Render(ctx context.Context, w io.Writer) error { return errorPage(e).Render(ctx, w) }

// Hidden is one hidden value of a form.
type Hidden struct{ Name, Value string }

// FormPost is a page that carries a response back by POST: by itself with script, by its button without.
// OAuth 2.0 Form Post Response Mode §2. Write it with the kind Redirect.
type FormPost struct {
	Action string // a redirect URI that was proven to be the client's
	Fields []Hidden
}

// Render writes the page.
func (f FormPost) Render(ctx context.Context, w io.Writer) error { return formPost(f).Render(ctx, w) }
