package tools

import (
	"context"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// tryParameter is one parameter, explained.
type tryParameter = claimRow

// parameterOrder is the order in which a request reads best.
var parameterOrder = []string{
	"response_type", "grant_type", "client_id", "redirect_uri", "audience", "resource", "scope", "prompt", "code", "code_verifier", "iss", "error",
	"error_description", "state", "nonce", "code_challenge", "code_challenge_method",
}

// explain puts parameters into their order, each with what it means.
func explain(parameters map[string][]string) []tryParameter {
	names := slices.SortedFunc(maps.Keys(parameters), func(a, b string) int {
		return slices.Index(parameterOrder, a) - slices.Index(parameterOrder, b)
	})
	rows := make([]tryParameter, len(names))
	for i, name := range names {
		rows[i] = tryParameter{Name: name, Value: strings.Join(parameters[name], "\n"), Term: oauth.Parameter(name)}
		rows[i].Unmade = slices.Contains(tryWords, rows[i].Value)
		if name == "redirect_uri" {
			rows[i].Means.Label = "A run is answered on this page of ours; the application sends one of its own callback URLs"
		}
	}
	return rows
}

// trialReport is a run as its page shows it.
type trialReport struct {
	Trial         grant.Trial
	App           *registry.Application
	Request       []tryParameter
	Answer        []tryParameter
	TokenRequest  string
	TokenResponse string
	Access        *shownToken
	ID            *shownToken
	UserInfo      []claimRow
	Mend          tryMend
}

// shownToken is a token that was taken apart.
type shownToken struct {
	Opaque bool
	Header []claimRow
	Claims []claimRow
}

func (d *Pages) trialPage(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	t, err := d.Trials.Store.Trial(r.Context(), r.PathValue("run"))
	if err == nil && t.OperatorID != v.User.ID { // what it shows is about the person who signed in
		err = grant.ErrNotFound
	}
	if err != nil {
		return d.trialError(err)
	}
	a, err := d.Registry.Application(r.Context(), t.ApplicationID)
	if err != nil {
		return err
	}
	report, err := d.trialReport(r.Context(), t, &a)
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, trialPage(v, report))
}

func (d *Pages) trialReport(ctx context.Context, t grant.Trial, a *registry.Application) (trialReport, error) {
	o := t.Outcome
	p := trialReport{Trial: t, App: a, TokenRequest: d.tokenRequest(t)}
	request := maps.Clone(t.Parameters)
	if !t.AsClient {
		request["state"] = []string{tryKept}
	}
	p.Request = explain(request)
	if !t.AsClient && len(o.Answer) > 0 {
		answer := map[string][]string{}
		for name, value := range o.Answer {
			answer[name] = []string{value}
		}
		if o.Failure == nil || o.Failure.Step == grant.TrialAtToken {
			answer["code"] = []string{tryUsed}
		}
		answer["state"] = []string{trySame}
		p.Answer = explain(answer)
	}
	if o.Failure != nil {
		p.Mend = mendTrial(a, o.Failure)
	}
	if o.AccessToken == nil {
		return p, nil
	}
	p.TokenResponse = tokenResponse(o)
	var err error
	if p.Access, err = d.shown(ctx, o.AccessToken); err != nil {
		return p, err
	}
	if p.ID, err = d.shown(ctx, o.IDToken); err != nil || o.UserInfo == "" {
		return p, err
	}
	p.UserInfo, err = claimRows([]byte(o.UserInfo), oauth.Claim)
	return p, err
}

// shown takes a token apart that this server made; nil for none.
func (d *Pages) shown(ctx context.Context, t *grant.TrialToken) (*shownToken, error) {
	switch {
	case t == nil:
		return nil, nil //nolint:nilnil // no token is no failure
	case t.Payload == "":
		return &shownToken{Opaque: true}, nil
	}
	header, err := claimRows([]byte(t.Header), oauth.HeaderMember)
	if err != nil {
		return nil, err
	}
	claims, err := claimRows([]byte(t.Payload), oauth.Claim)
	if err != nil {
		return nil, err
	}
	return &shownToken{Header: header, Claims: d.named(ctx, claims)}, nil
}

// named says of each claim what its value is here: the API of aud, the application of azp.
func (d *Pages) named(ctx context.Context, rows []claimRow) []claimRow {
	for i, row := range rows {
		switch row.Name {
		case "aud":
			rows[i].Means = d.audienceLink(ctx, row.Value)
		case "azp", "client_id":
			rows[i].Means = d.clientLink(ctx, row.Value)
		case "iss":
			rows[i].Means.Label = map[bool]string{true: "This server", false: "Another server than this one"}[row.Value == d.Issuer]
		}
	}
	return rows
}

// audienceLink leads to what an audience names: an API or an application. Of several it is the first.
func (d *Pages) audienceLink(ctx context.Context, value string) ui.Link {
	audience, _, _ := strings.Cut(value, "\n")
	if audience == d.Issuer+"userinfo" {
		return ui.Link{Label: "UserInfo of this server"}
	}
	if api, err := d.Trials.Directory.APIByAudience(ctx, audience); err == nil {
		return ui.Link{Label: "API " + api.Name, Href: "/dashboard/apis/" + api.ID}
	}
	if link := d.clientLink(ctx, audience); link.Href != "" {
		return link
	}
	return ui.Link{Label: "No API with this identifier is registered here"}
}

func (d *Pages) clientLink(ctx context.Context, id string) ui.Link {
	app, err := d.Trials.Directory.Find(ctx, oauth.ClientID(id))
	if err != nil {
		return ui.Link{Label: "No application with this client ID is registered here"}
	}
	return ui.Link{Label: "Application " + app.Name, Href: "/dashboard/applications/" + app.ID}
}

// tokenRequest is the token request as the application would send it, its credential a placeholder.
func (d *Pages) tokenRequest(t grant.Trial) string {
	form := [][2]string{{"grant_type", string(oauth.ClientCredentials)}}
	if t.AsClient {
		form = append(form, [2]string{"audience", first(t.Parameters["audience"])}, [2]string{"scope", first(t.Parameters["scope"])})
	} else {
		form = [][2]string{
			{"grant_type", string(oauth.AuthorizationCode)},
			{"code", "CODE"},
			{"redirect_uri", first(t.Parameters["redirect_uri"])},
			{"code_verifier", t.Outcome.Verifier},
		}
	}
	authorization := ""
	client := first(t.Parameters["client_id"])
	switch t.Outcome.Method {
	case oauth.AuthNone:
		form = append(form, [2]string{"client_id", client})
	case oauth.AuthClientSecretBasic:
		authorization = "Authorization: Basic base64(" + url.QueryEscape(client) + ":YOUR_CLIENT_SECRET)\n"
	case oauth.AuthClientSecretPost:
		form = append(form, [2]string{"client_id", client}, [2]string{"client_secret", "YOUR_CLIENT_SECRET"})
	default:
		form = append(form, [2]string{"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, [2]string{"client_assertion", "SIGNED_WITH_YOUR_KEY"})
	}
	var lines []string
	for _, pair := range form {
		if pair[1] != "" {
			lines = append(lines, pair[0]+"="+url.QueryEscape(pair[1]))
		}
	}
	endpoint, _ := url.Parse(d.Issuer + "oauth/token")
	return "POST " + endpoint.Path + " HTTP/1.1\nHost: " + endpoint.Host + "\n" + authorization +
		"Content-Type: application/x-www-form-urlencoded\n\n" + strings.Join(lines, "\n&")
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// tokenResponse is the answer with the tokens as they look, their signatures left out.
func tokenResponse(o grant.TrialOutcome) string {
	members := []string{
		`"access_token": "` + withoutSignature(o.AccessToken) + `"`, `"token_type": "Bearer"`, `"expires_in": ` + strconv.FormatInt(o.ExpiresIn, 10),
	}
	if len(o.Scopes) > 0 {
		members = append(members, `"scope": "`+o.Scopes.String()+`"`)
	}
	if o.IDToken != nil {
		members = append(members, `"id_token": "`+withoutSignature(o.IDToken)+`"`)
	}
	return "{\n  " + strings.Join(members, ",\n  ") + "\n}"
}

// withoutSignature is what can be shown of a token: with its signature it would be good.
func withoutSignature(t *grant.TrialToken) string {
	if t.Payload == "" {
		return "clat_… (opaque: this server alone reads it)"
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(t.Header)) + "." + encode([]byte(t.Payload)) + ".(signature left out)"
}

// tryMend is what to change after a run that failed, and where.
type tryMend struct {
	Text string
	Link ui.Link
}

// tryMends say what to change, by the code of the refusal. A link without label leads nowhere.
var tryMends = map[string]struct{ text, label, tab string }{
	"access_denied":           {"Give the application what it asks for at the API, or ask for another API.", "Permissions", "apis"},
	"invalid_target":          {"Give the application access to the API, or choose another API.", "Permissions", "apis"},
	"invalid_scope":           {"Ask for fewer permissions, or give the application these.", "Permissions", "apis"},
	"unauthorized_client":     {"Switch on the grant type that the message names.", "Grant types", "advanced"},
	"invalid_client":          {"Look at how the application stands: it is switched off, or its metadata document is not accepted.", "Danger zone", "danger"},
	"client disabled":         {"Switch the application on.", "Danger zone", "danger"},
	"login_required":          {"Nobody was signed in. Sign in first, or run it without prompt=none.", "", ""},
	"consent_required":        {"Somebody has to allow it, and prompt=none forbids to ask. A run never remembers consent, so run it without prompt=none.", "", ""},
	"interaction_required":    {"The person has to be asked. Run it without prompt=none.", "", ""},
	"temporarily_unavailable": {"Something that this server needs does not answer. Try again in a minute.", "", ""},
	"server_error":            {"The cause is in this server's log, under the reference in the message.", "", ""},
	"invalid_grant":           {"Run it again: a code is good once, for 60 seconds.", "", ""},
}

// mendTrial says what to change after a failure. The place that refused may know better than its code.
func mendTrial(a *registry.Application, f *grant.TrialFailure) tryMend {
	if f.Code == string(oauth.CodeAccessDenied) && strings.HasPrefix(f.Message, "User did not") {
		return tryMend{Text: "Nothing: the person chose Deny, and the application is told so."}
	}
	m := tryMends[f.Code]
	mend := tryMend{Text: m.text}
	if f.Mend != "" {
		mend.Text = f.Mend
	}
	switch {
	case m.label != "":
		mend.Link = ui.Link{Label: m.label, Href: frame.AppPath(a, m.tab)}
	case a.Import != nil && f.Step == grant.TrialAtPage:
		mend.Link = ui.Link{Label: "Metadata document", Href: frame.AppPath(a, "document")}
	}
	return mend
}
