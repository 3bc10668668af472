package applications

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/signing"
)

// advancedRoutes are what few applications need: grant types, metadata, and what a library wants to be told.
func (d *Pages) advancedRoutes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/applications/{id}/advanced", account.ActView, d.advanced),
		frame.On("POST /dashboard/applications/{id}/advanced", account.ActEdit, d.saveAdvanced),
		frame.On("GET /dashboard/applications/{id}/advanced/jwks.json", account.ActView, d.downloadJWKS),
		frame.On("GET /dashboard/applications/{id}/advanced/keys.pem", account.ActView, d.downloadPEM),
	}
}

// namedURL is an address of this server.
type namedURL struct{ Name, URL string }

// advancedTab is what the page shows beside the form.
type advancedTab struct {
	Endpoints []namedURL
	Keys      []signing.StoredKey
	Issuer    string
}

func (d *Pages) advanced(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := formOf(&a, partAdvanced)
	f.Found = d.checked(r, a, f)
	return v.Write(w, r, http.StatusOK, advancedPage(v, &a, f, d.advancedTab(&a)))
}

func (d *Pages) saveAdvanced(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	was, f, status, err := d.saveForm(r, v, partAdvanced)
	if err != nil || status == http.StatusSeeOther {
		return d.settingsSaved(w, r, &was, &f, err)
	}
	f.Found = d.checked(r, was, f)
	return v.Write(w, r, status, advancedPage(v, &was, f, d.advancedTab(&was)))
}

func (d *Pages) advancedTab(a *registry.Application) advancedTab {
	return advancedTab{Endpoints: d.everyEndpoint(a), Keys: d.keysFor(a), Issuer: d.Issuer}
}

// applyAdvanced puts in what the form of the tab says.
func (f *settingsForm) applyAdvanced(a *registry.Application) {
	if a.Import == nil {
		a.GrantTypes = nil
		for _, g := range f.values["grant_types"] {
			a.GrantTypes = append(a.GrantTypes, oauth.GrantType(g))
		}
		a.RequirePKCE = f.on("require_pkce")
		keepRefreshing(a)
	}
	a.Metadata = f.metadata()
}

// keepRefreshing lets rotation follow the grant type: without the one there is nothing to rotate, and a public application that
// gets it back refreshes as it would have from the start.
func keepRefreshing(a *registry.Application) {
	switch {
	case !a.Allows(oauth.RefreshToken):
		a.Refresh.Rotating = false
	case a.Public() && !a.Refresh.Rotating:
		fresh := registry.Defaults(a.Type, a.Ownership, a.AuthMethods).Refresh
		a.Refresh.Rotating = true
		if !a.Refresh.Expires() {
			a.Refresh = fresh
		}
	}
}

// grantOption is one grant type as the page offers it, or says why not.
type grantOption struct {
	Grant  oauth.GrantType
	Text   string
	Reason string // why this application cannot have it; empty = it can
}

// grantOptions are every grant type of this server for an application.
func grantOptions(a *registry.Application) []grantOption {
	list := make([]grantOption, len(frame.GrantWords))
	for i, g := range frame.GrantWords {
		list[i] = grantOption{Grant: g.Grant, Text: g.Text, Reason: reasonAgainst(a, g.Grant)}
	}
	return list
}

func reasonAgainst(a *registry.Application, g oauth.GrantType) string {
	possible := slices.Contains(registry.GrantsFor(a.Type), g)
	switch {
	case !possible && g == oauth.ClientCredentials:
		return "Not for the type " + frame.WordsOf(a.Type).Label + ": it runs where nobody can keep a secret, so it cannot prove that it is itself."
	case !possible:
		return "Not for the type " + frame.WordsOf(a.Type).Label + ": no person takes part. Choose the type Regular web for a server that does both."
	case g == oauth.ClientCredentials && a.Public() && a.Import == nil:
		return "Needs a secret or a key. Choose a method under Credentials first."
	case g == oauth.ClientCredentials && a.Import != nil && !a.Import.ClientCredentials:
		return "Off for applications from a URL unless it is switched on under Document."
	}
	return ""
}

// absentGrants are what people look for and this server does not do, with the reason.
var absentGrants = []grantOption{
	{Grant: "implicit", Reason: "Puts tokens into URLs, where they leak. Use authorization_code with PKCE."},
	{Grant: "password", Reason: "Hands the person's password to the application. Use authorization_code with PKCE."},
}

// pkceLock is why PKCE cannot be switched off.
func pkceLock(v *frame.Visit, a *registry.Application) string {
	switch {
	case !frame.SignsPeopleIn(a):
		return "Counts where people sign in, which this application does not do."
	case a.Public():
		return "Always on for an application without a secret: nothing else ties a code to the one who asked for it."
	case a.Ownership == registry.ThirdParty:
		return "Always on for third parties."
	}
	return v.Lock()
}

// setPairs writes the metadata into a form: one row a pair, and as text to compare by.
func setPairs(v url.Values, pairs map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		v.Add("meta_key", key)
		v.Add("meta_value", pairs[key])
	}
	v["metadata"] = pairsFrom(v)
}

// pair is one row of the metadata.
type pair struct{ Key, Value string }

// pairsOf are the rows of the form that say something.
func pairsOf(v url.Values) []pair {
	var list []pair
	values := v["meta_value"]
	for i, key := range v["meta_key"] {
		p := pair{Key: strings.TrimSpace(key)}
		if i < len(values) {
			p.Value = strings.TrimSpace(values[i])
		}
		if p.Key != "" || p.Value != "" {
			list = append(list, p)
		}
	}
	return list
}

// pairsFrom are the rows as lines; nil if the form has none at all.
func pairsFrom(v url.Values) []string {
	if !v.Has("meta_key") {
		return nil
	}
	lines := []string{}
	for _, p := range pairsOf(v) {
		lines = append(lines, p.Key+" = "+p.Value)
	}
	return lines
}

func (f *settingsForm) metadata() map[string]string {
	pairs := map[string]string{}
	for _, p := range pairsOf(f.values) {
		if _, twice := pairs[p.Key]; twice {
			f.Wrong.Add("metadata", frame.Shortened(p.Key)+" is there twice; give each pair a key of its own")
		}
		if p.Key == "" {
			f.Wrong.Add("metadata", frame.Shortened(p.Value)+" has no key; write one in front of it")
		}
		pairs[p.Key] = p.Value
	}
	if len(pairs) == 0 {
		return nil
	}
	return pairs
}

// pairRows are the rows that the page shows: those with something in them, and empty ones as long as more may be added.
func pairRows(f settingsForm, locked bool) []pair {
	rows := pairsOf(f.values)
	for n := 0; n < emptyRows && !locked && len(rows) < registry.MaxMetadataPairs; n++ {
		rows = append(rows, pair{})
	}
	return rows
}

// everyEndpoint is each address of this server that the application may need.
func (d *Pages) everyEndpoint(a *registry.Application) []namedURL {
	list := []namedURL{
		{"Issuer", d.Issuer},
		{"OpenID Connect discovery", d.Issuer + ".well-known/openid-configuration"},
		{"OAuth metadata", d.Issuer + ".well-known/oauth-authorization-server"},
		{"Keys (JWKS)", d.Issuer + ".well-known/jwks.json"},
	}
	if frame.SignsPeopleIn(a) {
		list = append(list, namedURL{"Authorization", d.Issuer + "authorize"}, namedURL{"Pushed authorization", d.Issuer + "oauth/par"})
	}
	list = append(list, namedURL{"Token", d.Issuer + "oauth/token"})
	if frame.SignsPeopleIn(a) {
		list = append(list, namedURL{"User info", d.Issuer + "userinfo"}, namedURL{"Revocation", d.Issuer + "oauth/revoke"})
	}
	return list
}

// keysFor are the keys that sign this application's ID tokens: the current one, and those before and after it.
func (d *Pages) keysFor(a *registry.Application) []signing.StoredKey {
	want := signing.Algorithm(a.IDToken.Algorithm)
	if want == signing.Ed25519 {
		want = signing.EdDSA
	}
	order := map[signing.State]int{signing.Current: 0, signing.Next: 1, signing.Previous: 2}
	keys := slices.DeleteFunc(d.Signing.List(), func(k signing.StoredKey) bool { return !k.Published() || k.Algorithm != want })
	slices.SortStableFunc(keys, func(a, b signing.StoredKey) int { return order[a.State] - order[b.State] })
	return keys
}

// downloadJWKS answers with the keys as a JWK Set, for a library that cannot fetch the server's own.
func (d *Pages) downloadJWKS(w http.ResponseWriter, r *http.Request, _ *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	set := struct {
		Keys []json.RawMessage `json:"keys"`
	}{Keys: []json.RawMessage{}}
	for _, k := range d.keysFor(&a) {
		set.Keys = append(set.Keys, json.RawMessage(k.PublicJWK))
	}
	body, err := json.MarshalIndent(set, "", "  ")
	if err != nil {
		return err
	}
	return download(w, "jwks.json", "application/jwk-set+json", body)
}

// downloadPEM answers with the key that signs now, and the next one, as PEM.
func (d *Pages) downloadPEM(w http.ResponseWriter, r *http.Request, _ *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	var text []byte
	for _, k := range d.keysFor(&a) {
		key, err := jwk.Parse([]byte(k.PublicJWK))
		if err != nil {
			return err
		}
		der, err := x509.MarshalPKIXPublicKey(key.Public)
		if err != nil {
			return err
		}
		text = append(text, "# "+k.ID+" "+string(k.Algorithm)+" "+string(k.State)+"\n"...)
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})...)
	}
	return download(w, "signing-keys.pem", "application/x-pem-file", text)
}

func download(w http.ResponseWriter, name, kind string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err := w.Write(body)
	return err
}
