package tools

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/dashboard/frame"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/signing"
	"clientele/internal/ui"
)

// decoderForm is the page as it was sent and as it is shown again. A secret is never shown again.
type decoderForm struct {
	Text    string
	Fault   string
	Opaque  ui.Alert // for what is no JWT
	Decoded *decodedToken
}

// decodedToken is a token that was taken apart, with what this server says about it.
type decodedToken struct {
	Verdict ui.Alert
	Facts   []tokenFact
	Header  []claimRow
	Claims  []claimRow
}

// tokenFact is one thing that was checked.
type tokenFact struct {
	Name string
	Says ui.Badge
	Text string
}

func (d *Pages) decoder(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return v.Write(w, r, http.StatusOK, decoderPage(v, decoderForm{}))
}

// decode takes a token apart that was pasted. It comes in the body, so that no log and no history has it, and nothing keeps it.
func (d *Pages) decode(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	text := cleanToken(r.PostForm.Get("token"))
	if title, words, ok := opaqueOf(text); ok {
		return v.Write(w, r, http.StatusOK, decoderPage(v, decoderForm{Opaque: ui.Alert{Kind: ui.Note, Title: title, Text: words}}))
	}
	f := decoderForm{Text: text}
	if text == "" {
		f.Fault = "Paste a token first."
		return v.Write(w, r, http.StatusUnprocessableEntity, decoderPage(v, f))
	}
	t, err := takeApart(text)
	if fault, ok := errors.AsType[*tokenFault](err); ok {
		f.Fault = fault.Error()
		return v.Write(w, r, http.StatusUnprocessableEntity, decoderPage(v, f))
	}
	if err != nil {
		return err
	}
	if f.Decoded, err = d.look(r.Context(), v.Now, t); err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, decoderPage(v, f))
}

// look says everything that this server knows about a token: whose signature it has, whether its time has come and gone,
// whether what it stands on still stands. The first thing that is wrong is the verdict.
func (d *Pages) look(ctx context.Context, now time.Time, t *readToken) (*decodedToken, error) {
	out := &decodedToken{Header: t.rows.header, Claims: d.named(ctx, t.rows.claims)}
	kind := tokenFact{Name: "Kind", Text: kindOf(t)}
	signature, ours := d.signatureOf(t)
	out.Facts = append(out.Facts, kind, signature, d.issuerOf(t), timeOf(t, now))
	if ours && claim(t.rows.claims, "jti") != "" {
		stands, err := d.standing(ctx, t)
		if err != nil {
			return nil, err
		}
		out.Facts = append(out.Facts, stands)
	}
	out.Verdict = verdict(out.Facts)
	return out, nil
}

// verdict is the first fact that speaks against the token, or that none does.
func verdict(facts []tokenFact) ui.Alert {
	for _, f := range facts {
		if f.Says.Kind == ui.Danger || f.Says.Kind == ui.Warn {
			return ui.Alert{Kind: f.Says.Kind, Title: "Not good: " + f.Says.Text, Text: f.Text}
		}
	}
	return ui.Alert{Kind: ui.Good, Title: "Valid", Text: "This server signed it, and it is good now. An API also checks that aud names it, and the permissions of each call."}
}

// kindOf says what kind of token it is.
func kindOf(t *readToken) string {
	claims := t.rows.claims
	switch strings.ToLower(claim(t.rows.header, "typ")) {
	case "at+jwt", "application/at+jwt":
		return "Access token (RFC 9068)"
	case "logout+jwt":
		return "Logout token"
	case "oauth-authz-req+jwt":
		return "Authorization request"
	}
	switch {
	case claim(claims, "events") != "":
		return "Security event or logout token"
	case claim(claims, "nonce") != "" || claim(claims, "at_hash") != "":
		return "ID token"
	case claim(claims, "scope") != "" || claim(claims, "azp") != "" && claim(claims, "jti") != "":
		return "Access token"
	case claim(claims, "iss") != "" && claim(claims, "iss") == claim(claims, "sub") && claim(claims, "jti") != "":
		return "Client assertion"
	}
	return "JWT"
}

// signatureOf says whose signature the token has. ours is true only for a good one of a published key.
func (d *Pages) signatureOf(t *readToken) (fact tokenFact, ours bool) {
	alg, kid := claim(t.rows.header, "alg"), claim(t.rows.header, "kid")
	say := func(kind ui.Meaning, word, text string) tokenFact {
		return tokenFact{Name: "Signature", Says: ui.Badge{Kind: kind, Text: word}, Text: text}
	}
	if strings.EqualFold(alg, "none") || strings.HasSuffix(t.text, ".") {
		return say(ui.Danger, "not signed", "It has no signature, so anybody could have written it."), false
	}
	keys := d.Signing.List()
	i := slices.IndexFunc(keys, func(k signing.StoredKey) bool { return k.ID == strings.TrimSuffix(kid, ".Ed25519") })
	if i < 0 || kid == "" {
		return say(ui.Danger, "unknown key", "No key of this server has the kid in its header. Another server signed it, or nobody did."), false
	}
	key := keys[i]
	if !key.Published() {
		return say(ui.Danger, "revoked key", "The key that its header names was revoked, so nobody should accept it any more."), false
	}
	if _, err := d.Signing.Verify(t.text, claim(t.rows.header, "typ")); err != nil {
		return say(ui.Danger, "wrong signature", "The header names a key of this server, but the signature is not of that key: the token was changed after it was signed, or made up."), false
	}
	return say(ui.Good, "good", "Signed by this server with "+alg+" and a key that "+frame.KeyBadge(key.State).Text+"."), true
}

func (d *Pages) issuerOf(t *readToken) tokenFact {
	f := tokenFact{Name: "Issuer"}
	switch iss := claim(t.rows.claims, "iss"); {
	case iss == d.Issuer:
		f.Says, f.Text = ui.Badge{Kind: ui.Good, Text: "this server"}, "iss is the issuer to the letter."
	case iss == "":
		f.Says, f.Text = ui.Badge{Kind: ui.Danger, Text: "no issuer"}, "It does not say which server made it."
	case strings.TrimRight(iss, "/") == strings.TrimRight(d.Issuer, "/"):
		f.Says, f.Text = ui.Badge{Kind: ui.Danger, Text: "not ours"}, "iss differs from this server's issuer by its slash only. The two are not equal."
	default:
		f.Says, f.Text = ui.Badge{Kind: ui.Danger, Text: "not ours"}, "Another server says that it made it."
	}
	return f
}

// timeOf says whether the token's time has come and has not gone.
func timeOf(t *readToken, now time.Time) tokenFact {
	f := tokenFact{Name: "Time"}
	expires, known := momentOf(t, "exp")
	before, has := momentOf(t, "nbf")
	switch {
	case !known:
		f.Says, f.Text = ui.Badge{Kind: ui.Warn, Text: "never expires"}, "It has no exp. Tokens of this server always have one."
	case !now.Before(expires):
		f.Says, f.Text = ui.Badge{Kind: ui.Warn, Text: "expired"}, "It expired "+ago(now.Sub(expires))+" ago, on "+expires.UTC().Format("2 January 2006 at 15:04:05 UTC")+"."
	case has && now.Before(before):
		f.Says, f.Text = ui.Badge{Kind: ui.Warn, Text: "not yet"}, "It is not good before "+before.UTC().Format("2 January 2006 at 15:04:05 UTC")+"."
	default:
		f.Says, f.Text = ui.Badge{Kind: ui.Good, Text: "not expired"}, "It is good for "+ago(expires.Sub(now))+" more."
	}
	return f
}

// ago is a span in words, to the second below a minute.
func ago(d time.Duration) string {
	if d < time.Minute {
		if n := int(d / time.Second); n != 1 {
			return strconv.Itoa(n) + " seconds"
		}
		return "1 second"
	}
	return ui.Span(d)
}

func momentOf(t *readToken, name string) (time.Time, bool) {
	for _, row := range t.rows.claims {
		if row.Name == name {
			return row.At, !row.At.IsZero()
		}
	}
	return time.Time{}, false
}

// standing says whether what a token of ours stands on still stands: the grant of a person, or the application's permission to
// call the API for itself.
func (d *Pages) standing(ctx context.Context, t *readToken) (tokenFact, error) {
	if claim(t.rows.claims, "gty") == "client-credentials" {
		return d.clientStanding(ctx, t)
	}
	f := tokenFact{Name: "Grant"}
	handle, _, _ := strings.Cut(claim(t.rows.claims, "jti"), ".")
	g, err := d.Trials.Store.Grant(ctx, handle)
	switch {
	case errors.Is(err, grant.ErrNotFound):
		f.Says, f.Text = ui.Badge{Kind: ui.Danger, Text: "gone"}, "The grant that it belongs to is gone: the person or the application was deleted, or it is long over."
	case err != nil:
		return f, err
	case !g.Alive():
		f.Says, f.Text = ui.Badge{Kind: ui.Danger, Text: "revoked"}, "What the person granted was revoked on "+g.RevokedAt.UTC().Format("2 January 2006 at 15:04:05 UTC")+": "+g.RevokedWhy+"."
	default:
		f.Says, f.Text = ui.Badge{Kind: ui.Good, Text: "stands"}, "What the person granted still stands."
	}
	return f, nil
}

func (d *Pages) clientStanding(ctx context.Context, t *readToken) (tokenFact, error) {
	f := tokenFact{Name: "Permission"}
	app, err := d.Trials.Directory.Find(ctx, oauth.ClientID(claim(t.rows.claims, "azp")))
	if err == nil {
		var api *registry.API
		if api, err = d.Trials.Directory.APIByAudience(ctx, claim(t.rows.claims, "aud")); err == nil {
			var access registry.Access
			if access, err = d.Trials.Directory.Access(ctx, app, api, registry.ForClient); err == nil && access.Allowed && app.Enabled {
				f.Says, f.Text = ui.Badge{Kind: ui.Good, Text: "stands"}, "The application may still call the API for itself."
				return f, nil
			}
		}
	}
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return f, err
	}
	f.Says, f.Text = ui.Badge{Kind: ui.Danger, Text: "withdrawn"}, "The application may not call the API for itself any more, or one of the two is gone or switched off."
	return f, nil
}
