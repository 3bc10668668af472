package tools

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/endpoint"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// beginTrial begins a run: the browser goes to the authorization endpoint as it would from the application, or the application
// gets a token for itself at once.
func (d *Pages) beginTrial(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	view, err := d.tryView(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	view.readTry(r)
	switch {
	case view.Form.Fault != "":
		return d.showTry(w, r, v, http.StatusUnprocessableEntity, view)
	case view.Form.Shown:
		return d.showTry(w, r, v, http.StatusOK, view)
	}
	t, handle := grant.NewTrial(d.Keys, v.Now)
	t.ApplicationID, t.OperatorID, t.SessionID = view.App.ID, v.User.ID, v.Session.ID
	if t.AsClient = view.Form.As == tryItself; t.AsClient {
		t.Parameters = clientParameters(view)
	} else {
		verifier, err := d.trialVerifier(t, handle.Reveal())
		if err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(verifier))
		t.Parameters = d.tryParameters(view, base64.RawURLEncoding.EncodeToString(sum[:]), secret.ID(22))
	}
	if err := d.Trials.Store.AddTrial(r.Context(), t); err != nil {
		return d.trialError(err)
	}
	d.Trials.Uses.Record(r.Context(), audit.Use{
		At: v.Now, Kind: "trial.begun", ApplicationID: t.ApplicationID, UserID: v.User.ID, Address: v.Address, Detail: map[string]string{"run": t.ID},
	})
	if t.AsClient {
		return d.tryForItself(w, r, view, t)
	}
	request := url.Values{}
	for name, values := range t.Parameters {
		request[name] = values
	}
	request.Set("state", handle.Reveal())
	w.Header().Set("Location", d.Issuer+"authorize?"+request.Encode())
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// tryParameters is the authorization request of a run, without state.
func (d *Pages) tryParameters(view tryView, challenge, nonce string) map[string][]string {
	f := view.Form
	p := map[string][]string{
		"response_type": {"code"}, "client_id": {string(view.App.ClientID())}, "redirect_uri": {grant.TrialURI(d.Issuer)},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	if scopes := oauth.Scopes(f.Identity).Or(view.scopes()); len(scopes) > 0 {
		p["scope"] = []string{scopes.String()}
	}
	if oauth.Scopes(f.Identity).Has(oauth.ScopeOpenID) {
		p["nonce"] = []string{nonce}
	}
	if api := view.api(); api != nil {
		p[targetParameter(view.App, api)] = []string{api.Identifier}
	}
	if f.Prompt != "" {
		p["prompt"] = []string{f.Prompt}
	}
	return p
}

// targetParameter is how an application names an API: resource is what third parties know, and it takes URLs only.
func targetParameter(a *registry.Application, api *registry.API) string {
	if _, refused := oauth.ParseResource(api.Identifier); refused == nil && a.Ownership == registry.ThirdParty {
		return "resource"
	}
	return "audience"
}

// clientParameters is the token request of an application that acts for itself.
func clientParameters(view tryView) map[string][]string {
	p := map[string][]string{"grant_type": {string(oauth.ClientCredentials)}, "client_id": {string(view.App.ClientID())}}
	if api := view.api(); api != nil {
		p["audience"] = []string{api.Identifier}
	}
	if scopes := view.scopes(); len(scopes) > 0 {
		p["scope"] = []string{scopes.String()}
	}
	return p
}

// trialVerifier is the PKCE verifier of a run. It is derived from the handle, so that nothing of it is kept.
func (d *Pages) trialVerifier(t grant.Trial, handle string) (string, error) {
	keyID, _, _ := strings.Cut(string(t.Hash), ":")
	sum, _, err := d.Keys.Derive(keyID, secret.ForTrial, handle, "verifier")
	return base64.RawURLEncoding.EncodeToString(sum), err
}

// OpenTrial is the open run with that handle, if the browser that sent r has the operator session that began it, and the
// operator may still run anything. It fails with grant.ErrNotFound.
func (d *Pages) OpenTrial(r *http.Request, handle string) (grant.Trial, error) {
	v, err := d.VisitOf(r)
	if errors.Is(err, account.ErrNoSession) {
		return grant.Trial{}, grant.ErrNotFound
	}
	if err != nil {
		return grant.Trial{}, err
	}
	if d.OwesPasskey(v) { // nothing else is open to the operator either
		return grant.Trial{}, grant.ErrNotFound
	}
	t, err := d.ownTrial(r.Context(), v, handle)
	if err == nil && (!t.Open(v.Now) || t.AsClient || !v.CanEdit()) {
		return grant.Trial{}, grant.ErrNotFound
	}
	return t, err
}

// ownTrial is the run with that handle, ended or not, if it is of this operator session.
func (d *Pages) ownTrial(ctx context.Context, v *frame.Visit, handle string) (grant.Trial, error) {
	if !grant.WellFormedHandle(handle) {
		return grant.Trial{}, grant.ErrNotFound
	}
	t, err := d.Trials.Store.TrialByHandle(ctx, d.Keys.Hashes(secret.ForTrial, handle))
	if err == nil && (t.OperatorID != v.User.ID || t.SessionID != v.Session.ID) {
		return grant.Trial{}, grant.ErrNotFound
	}
	return t, err
}

// TrialRefused ends a run whose request got no answer.
func (d *Pages) TrialRefused(ctx context.Context, id string, why grant.TrialFailure) {
	err := d.Trials.Store.EndTrial(context.WithoutCancel(ctx), id, grant.TrialOutcome{Failure: &why}, d.Now())
	if err != nil && !errors.Is(err, grant.ErrNotFound) {
		d.Log.ErrorContext(ctx, "a run of Try it could not be ended", slog.String("run", id), slog.Any("error", err))
	}
}

// answerTrial is where the request of a run is answered. Whoever takes the run first redeems its code; everybody else sees what
// became of it.
func (d *Pages) answerTrial(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	answer := r.URL.Query()
	t, err := d.ownTrial(r.Context(), v, answer.Get("state"))
	if err != nil {
		return d.trialError(err)
	}
	won := false
	if !t.AsClient {
		if won, err = d.Trials.Store.TakeTrial(r.Context(), t.ID, v.Now); err != nil {
			return err
		}
	}
	if won {
		ctx := context.WithoutCancel(r.Context()) // a run that was taken comes to its end, whoever hangs up
		if err := d.Trials.Store.EndTrial(ctx, t.ID, d.redeemed(ctx, t, answer), d.Now()); err != nil {
			return d.trialError(err)
		}
	}
	http.Redirect(w, r, d.Path(trialPath(t.ID)), http.StatusSeeOther)
	return nil
}

func trialPath(id string) string { return "/dashboard/try/" + id }

// trialError makes a run that is not there a page that is not there.
func (d *Pages) trialError(err error) error {
	if errors.Is(err, grant.ErrNotFound) {
		return registry.ErrNotFound
	}
	return err
}

// redeemed goes through the rest of a run: the answer, the token request, UserInfo.
func (d *Pages) redeemed(ctx context.Context, t grant.Trial, answer url.Values) grant.TrialOutcome {
	o := grant.TrialOutcome{Answer: map[string]string{}}
	for _, name := range []string{"iss", "error", "error_description"} {
		if value := answer.Get(name); value != "" {
			o.Answer[name] = value
		}
	}
	if code := answer.Get("error"); code != "" {
		o.Failure = &grant.TrialFailure{Step: grant.TrialAtRedirect, Code: code, Message: answer.Get("error_description"), Spec: "RFC 6749 §4.1.2.1"}
		return o
	}
	if answer.Get("iss") != d.Issuer {
		o.Failure = &grant.TrialFailure{Step: grant.TrialAtRedirect, Code: "iss", Message: "The answer does not name this server in iss.", Spec: "RFC 9207 §2.4"}
		return o
	}
	app, err := d.Trials.Directory.ByID(ctx, t.ApplicationID)
	if err != nil {
		o.Failure = d.trialFailure(ctx, err)
		return o
	}
	o.Method = firstMethod(app)
	verifier, err := d.trialVerifier(t, answer.Get("state"))
	if err != nil {
		o.Failure = d.trialFailure(ctx, err)
		return o
	}
	o.Verifier = verifier
	tokens, err := d.Trials.Tokens.RedeemTrial(ctx, app, grant.TrialCode{TrialID: t.ID, Code: answer.Get("code"), Verifier: verifier})
	if err != nil {
		o.Failure = d.trialFailure(ctx, err)
		return o
	}
	d.keepTokens(ctx, &o, tokens)
	return o
}

// tryForItself runs client_credentials for the application, from beginning to end.
func (d *Pages) tryForItself(w http.ResponseWriter, r *http.Request, view tryView, t grant.Trial) error {
	ctx := r.Context()
	o := grant.TrialOutcome{Method: firstMethod(view.App)}
	app, err := d.Trials.Directory.ByID(ctx, t.ApplicationID)
	if err == nil {
		var tokens grant.TrialTokens
		if tokens, err = d.Trials.Tokens.TryForItself(ctx, app, t.ID, view.api().Identifier, view.scopes()); err == nil {
			d.keepTokens(ctx, &o, tokens)
		}
	}
	if err != nil {
		o.Failure = d.trialFailure(ctx, err)
	}
	if err := d.Trials.Store.EndTrial(ctx, t.ID, o, d.Now()); err != nil {
		return d.trialError(err)
	}
	http.Redirect(w, r, d.Path(trialPath(t.ID)), http.StatusSeeOther)
	return nil
}

// keepTokens puts into the outcome what the page shows of the tokens, and asks UserInfo while they live.
func (d *Pages) keepTokens(ctx context.Context, o *grant.TrialOutcome, tokens grant.TrialTokens) {
	o.AccessToken, o.IDToken = unsigned(tokens.AccessToken.Reveal()), unsigned(tokens.IDToken.Reveal())
	o.Scopes, o.ExpiresIn = tokens.Scopes, int64(tokens.Lifetime.Seconds())
	if tokens.UserID == "" {
		return
	}
	if u, err := d.Accounts.User(ctx, tokens.UserID); err == nil {
		o.Person = u.Email
	}
	body, err := d.Trials.UserInfo.Answer(ctx, tokens.AccessToken.Reveal())
	if err != nil {
		o.NoUserInfo = d.trialFailure(ctx, err)
		return
	}
	o.UserInfo = string(body)
}

// trialFailure is a refusal with what only operators are told.
func (d *Pages) trialFailure(ctx context.Context, err error) *grant.TrialFailure {
	public := endpoint.Public(ctx, d.Log, err)
	f := &grant.TrialFailure{Step: grant.TrialAtToken, Code: string(public.Code), Message: public.Description, Spec: "RFC 6749 §5.2"}
	if refused, ok := errors.AsType[*oauth.Error](err); ok && refused.Code != oauth.CodeServerError && errors.Unwrap(refused) != nil {
		f.Why = errors.Unwrap(refused).Error()
	}
	return f
}

// unsigned is a token without its signature; nil for none.
func unsigned(token string) *grant.TrialToken {
	if token == "" {
		return nil
	}
	parts := strings.Split(token, ".")
	t := &grant.TrialToken{}
	if len(parts) != 3 || strings.HasPrefix(token, secret.PrefixUserInfo) {
		return t
	}
	header, errHeader := base64.RawURLEncoding.DecodeString(parts[0])
	payload, errPayload := base64.RawURLEncoding.DecodeString(parts[1])
	if errHeader == nil && errPayload == nil {
		t.Header, t.Payload = string(header), string(payload)
	}
	return t
}

// firstMethod is how the application would authenticate: the first of its methods.
func firstMethod(a *registry.Application) oauth.AuthMethod {
	if len(a.AuthMethods) == 0 {
		return oauth.AuthNone
	}
	return a.AuthMethods[0]
}
