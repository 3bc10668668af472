package advisor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// good is a subject about which nothing is found but what is worth knowing: a confidential web application that signs, is used,
// and has a client grant of one permission.
func good(t *testing.T) *Subject {
	t.Helper()
	a := registry.Defaults(registry.RegularWeb, registry.FirstParty, []oauth.AuthMethod{oauth.AuthPrivateKeyJWT})
	a.ID, a.Name = "app1", "Shop"
	a.CreatedAt, a.LastUsed = noon.Add(-200*day), noon.Add(-day)
	a.InitiateLoginURI = "https://shop.example.com/login"
	a.RedirectURIs = []registry.URI{
		{Value: "https://shop.example.com/cb", AddedAt: a.CreatedAt, LastUsed: noon.Add(-day)},
		{Value: "https://shop.example.com/cb2", AddedAt: a.CreatedAt, LastUsed: noon.Add(-day)},
	}
	a.Keys = []registry.Key{key(t, "cred_1")}
	api := registry.API{
		ID: "api1", Identifier: "https://api.example.com/", Name: "Orders", Scopes: []registry.APIScope{{Value: "read"}, {Value: "write"}},
		SigningAlgorithm: "RS256", TokenLifetime: time.Hour, UserPolicy: registry.RequireGrant, ClientPolicy: registry.RequireGrant,
	}
	old := noon.Add(-150 * day)
	return &Subject{
		Application: a, Now: noon, Production: true, APIs: map[string]registry.API{"api1": api},
		Grants: []registry.ClientGrant{{ID: "cgr_1", ApplicationID: "app1", APIID: "api1", SubjectType: registry.ForUser, Scopes: oauth.Scopes{"read"}, CreatedAt: old, UpdatedAt: old}},
		Facts: registry.Facts{
			ForPeople: registry.AskedScopes{Since: noon.Add(-lately), Scopes: map[string]oauth.Scopes{"api1": {"read"}}},
			ForItself: registry.AskedScopes{Since: noon.Add(-lately), Scopes: map[string]oauth.Scopes{"https://api.example.com/": {"read"}}},
		},
	}
}

func key(t *testing.T, id string) registry.Key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := jwk.New(&private.PublicKey, "ES256")
	if err != nil {
		t.Fatal(err)
	}
	return registry.Key{ID: id, Public: public, Thumbprint: public.ID, Active: true, CreatedAt: noon.Add(-200 * day), LastUsed: noon.Add(-day)}
}

func usedSecret(id string) registry.ClientSecret {
	return registry.ClientSecret{ID: id, LastFour: "wxyz", CreatedAt: noon.Add(-100 * day), LastUsed: noon.Add(-day)}
}

func withSecret(s *Subject) {
	s.Application.AuthMethods = []oauth.AuthMethod{oauth.AuthClientSecretBasic}
	s.Application.Keys = nil
	s.Application.Secrets = []registry.ClientSecret{usedSecret("sec_1")}
}

func public(s *Subject) {
	s.Application.AuthMethods = []oauth.AuthMethod{oauth.AuthNone}
	s.Application.Keys = nil
	s.Application.Refresh.Rotating = true
}

func native(s *Subject) {
	public(s)
	s.Application.Type = registry.Native
	s.Application.RedirectURIs = []registry.URI{{Value: "http://127.0.0.1/cb", AddedAt: noon, LastUsed: noon}}
}

func machine(s *Subject) {
	a := &s.Application
	a.Type, a.GrantTypes = registry.MachineToMachine, []oauth.GrantType{oauth.ClientCredentials}
	a.RedirectURIs, a.InitiateLoginURI = nil, ""
	s.Grants[0].SubjectType = registry.ForClient
}

func thirdParty(s *Subject) {
	s.Application.Ownership = registry.ThirdParty
	s.Application.Refresh.Rotating = true
}

func imported(s *Subject) {
	thirdParty(s)
	s.Application.Origin, s.Application.ExternalID = registry.Imported, "https://shop.example.com/client.json"
	s.Application.LogoURI = "https://cdn.example.com/logo.png"
	s.Application.Import = &registry.Import{
		By: registry.ByOperator, Mode: registry.Review, Approved: registry.DocumentRef{Version: 1}, Live: registry.DocumentRef{Version: 1},
	}
}

func redirect(value string) func(*Subject) {
	return func(s *Subject) { s.Application.RedirectURIs[0].Value = value }
}

// fires has for every check a subject it is silent about, and what makes it fire.
var fires = map[string]struct {
	first func(*Subject) // on top of good; nil = good itself
	then  func(*Subject)
}{
	"redirect_wildcard":          {nil, redirect("https://*.example.com/cb")},
	"redirect_dead_host":         {nil, func(s *Subject) { s.Facts.DeadHosts = map[string]time.Time{"shop.example.com": noon.Add(-day)} }},
	"redirect_localhost":         {nil, redirect("https://localhost:8443/cb")},
	"redirect_http":              {nil, redirect("http://shop.example.com/cb")},
	"redirect_loopback_imported": {imported, redirect("http://127.0.0.1/cb")},
	"redirect_unused":            {nil, func(s *Subject) { s.Application.RedirectURIs[0].LastUsed = noon.Add(-91 * day) }},
	"redirect_native_web":        {native, redirect("https://shop.example.com/app")},
	"redirect_localhost_name":    {native, redirect("http://localhost/cb")},
	"redirect_private_scheme":    {native, redirect("com.example.shop:/cb")},
	"web_origin_insecure":        {nil, func(s *Subject) { s.Application.WebOrigins = registry.URIs("http://localhost:3000") }},
	"cors_origin_insecure": {nil, func(s *Subject) {
		s.Application.CORSOrigins = registry.URIs("https://ok.example.com", "http://127.0.0.1:3000")
	}},
	"logout_insecure":    {nil, func(s *Subject) { s.Application.LogoutURIs = registry.URIs("http://localhost/bye") }},
	"login_url_missing":  {nil, func(s *Subject) { s.Application.InitiateLoginURI = "" }},
	"login_url_insecure": {nil, func(s *Subject) { s.Application.InitiateLoginURI = "https://localhost/login" }},

	"grant_unexpected": {nil, func(s *Subject) { s.Application.GrantTypes = append(s.Application.GrantTypes, "implicit") }},
	"pkce_off_public":  {public, func(s *Subject) { s.Application.RequirePKCE = false }},
	"pkce_off":         {nil, func(s *Subject) { s.Application.RequirePKCE = false }},
	"m2m_user_facing":  {machine, func(s *Subject) { s.Application.WebOrigins = registry.URIs("https://shop.example.com") }},
	"grants_mixed": {nil, func(s *Subject) {
		s.Application.GrantTypes = append(s.Application.GrantTypes, oauth.ClientCredentials)
	}},
	"default_api": {nil, func(s *Subject) { s.DefaultAPI = "https://api.example.com/" }},

	"secret_public":         {public, func(s *Subject) { s.Application.Secrets = []registry.ClientSecret{usedSecret("sec_1")} }},
	"secret_public_retired": {public, func(s *Subject) { s.Application.Secrets = []registry.ClientSecret{{ID: "sec_1", RetiredAt: noon}} }},
	"secret_in_program":     {native, func(s *Subject) { s.Application.AuthMethods = []oauth.AuthMethod{oauth.AuthClientSecretPost} }},
	"secret_old":            {withSecret, func(s *Subject) { s.Application.Secrets[0].CreatedAt = noon.Add(-181 * day) }},
	"secret_expiring":       {withSecret, func(s *Subject) { s.Application.Secrets[0].ExpiresAt = noon.Add(13 * day) }},
	"secret_expired":        {withSecret, func(s *Subject) { s.Application.Secrets[0].ExpiresAt = noon.Add(-time.Hour) }},
	"secret_unused":         {withSecret, func(s *Subject) { s.Application.Secrets[0].LastUsed = time.Time{} }},
	"credential_retired_tried": {withSecret, func(s *Subject) {
		s.Application.Secrets = append(s.Application.Secrets, registry.ClientSecret{ID: "sec_0", RetiredAt: noon.Add(-day)})
		s.Facts.Tried = map[string]registry.Tried{"sec_0": {Count: 3, Last: noon}}
	}},
	"auth_secret_only": {
		func(s *Subject) {
			withSecret(s)
			s.Application.AuthMethods = append(s.Application.AuthMethods, oauth.AuthPrivateKeyJWT)
		},
		func(s *Subject) { s.Application.AuthMethods = s.Application.AuthMethods[:1] },
	},
	"auth_secret_beside_key": {nil, func(s *Subject) {
		s.Application.AuthMethods = append(s.Application.AuthMethods, oauth.AuthClientSecretBasic)
	}},
	"auth_none_beside_key": {imported, func(s *Subject) { s.Application.AuthMethods = append(s.Application.AuthMethods, oauth.AuthNone) }},
	"key_shared": {nil, func(s *Subject) {
		s.Facts.Shared = map[string][]registry.Sharer{s.Application.Keys[0].Thumbprint: {{ID: "app2", Name: "Other"}}}
	}},
	"key_rsa_short": {nil, func(s *Subject) {
		s.Application.Keys[0].Public.Public = &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537}
	}},
	"key_expiring": {nil, func(s *Subject) { s.Application.Keys[0].ExpiresAt = noon.Add(13 * day) }},
	"key_expired":  {nil, func(s *Subject) { s.Application.Keys[0].ExpiresAt = noon.Add(-time.Hour) }},
	"key_unused":   {nil, func(s *Subject) { s.Application.Keys[0].LastUsed = noon.Add(-91 * day) }},

	"refresh_spa_rotation":        {public, func(s *Subject) { s.Application.Refresh.Rotating = false }},
	"refresh_third_party_endless": {thirdParty, func(s *Subject) { s.Application.Refresh.Lifetime = 0 }},
	"refresh_endless": {nil, func(s *Subject) {
		s.Application.Refresh.Lifetime, s.Application.Refresh.IdleLifetime = 0, 0
	}},
	"refresh_leeway":     {public, func(s *Subject) { s.Application.Refresh.Leeway = 61 * time.Second }},
	"id_token_week":      {nil, func(s *Subject) { s.Application.IDToken.Lifetime = 7 * day }},
	"id_token_day":       {nil, func(s *Subject) { s.Application.IDToken.Lifetime = day + time.Second }},
	"id_token_symmetric": {nil, func(s *Subject) { s.Application.IDToken.Algorithm = "HS256" }},

	"api_token_week": {nil, changeAPI(func(a *registry.API) { a.TokenLifetime = 7 * day })},
	"api_token_day":  {nil, changeAPI(func(a *registry.API) { a.TokenLifetime = day + time.Second })},
	"api_symmetric":  {nil, changeAPI(func(a *registry.API) { a.SigningAlgorithm = "HS256" })},
	"api_open": {nil, func(s *Subject) {
		s.APIs["api2"] = registry.API{ID: "api2", Name: "Open", UserPolicy: registry.AllowAll, TokenLifetime: time.Hour, SigningAlgorithm: "RS256"}
	}},
	"grant_all_scopes": {nil, func(s *Subject) { s.Grants[0].AllScopes, s.Grants[0].Scopes = true, nil }},
	"scope_unused":     {nil, func(s *Subject) { s.Grants[0].Scopes = oauth.Scopes{"read", "write"} }},
	"grant_senseless":  {nil, func(s *Subject) { s.Grants[0].SubjectType = registry.ForClient }},
	"grant_disabled": {func(s *Subject) { s.Application.Enabled, s.Grants = false, nil }, func(s *Subject) {
		s.Grants = []registry.ClientGrant{{ID: "cgr_1", ApplicationID: "app1", APIID: "api1", SubjectType: registry.ForUser}}
	}},
	"management_by_secret": {func(s *Subject) {
		withSecret(s)
		machine(s)
		s.APIs[registry.ManagementAPIID] = registry.API{ID: registry.ManagementAPIID, Name: "Management", System: true, Scopes: []registry.APIScope{{Value: "update:clients"}}, ClientPolicy: registry.RequireGrant}
	}, func(s *Subject) {
		s.Grants = append(s.Grants, registry.ClientGrant{ID: "cgr_2", ApplicationID: "app1", APIID: registry.ManagementAPIID, SubjectType: registry.ForClient, Scopes: oauth.Scopes{"update:clients"}, CreatedAt: noon})
	}},

	"application_unused": {nil, func(s *Subject) { s.Application.LastUsed = time.Time{} }},
	"application_idle":   {nil, func(s *Subject) { s.Application.LastUsed = noon.Add(-91 * day) }},

	"document_downgrade": {imported, changeImport(func(m *registry.Import) { m.SuspendedAt, m.SuspendedWhy = noon, registry.SuspendedDowngrade })},
	"document_unreachable": {imported, changeImport(func(m *registry.Import) {
		m.Failures, m.Failure, m.FailedAt = 4, "timeout", noon.Add(-2*time.Hour)
	})},
	"document_suspended":  {imported, changeImport(func(m *registry.Import) { m.SuspendedAt, m.SuspendedWhy = noon, registry.SuspendedGone })},
	"document_unreviewed": {imported, changeImport(func(m *registry.Import) { m.Live.Version = 2 })},
	"document_follows":    {imported, changeImport(func(m *registry.Import) { m.Mode = registry.Follow })},
	"document_stranger":   {imported, changeImport(func(m *registry.Import) { m.By = registry.ByClient })},
	"document_logo":       {imported, func(s *Subject) { s.Application.LogoURI = "https://bank.example.net/logo.png" }},
	"document_audience":   {imported, changeImport(func(m *registry.Import) { m.AudienceUntil = noon.Add(day) })},
	"document_pinned":     {imported, changeImport(func(m *registry.Import) { m.PinnedUntil = noon.Add(day) })},
}

func changeAPI(change func(*registry.API)) func(*Subject) {
	return func(s *Subject) {
		api := s.APIs["api1"]
		change(&api)
		s.APIs["api1"] = api
	}
}

func changeImport(change func(*registry.Import)) func(*Subject) {
	return func(s *Subject) { change(s.Application.Import) }
}

func TestEveryCheckFiresAndIsSilentOtherwise(t *testing.T) {
	for i := range checks {
		id := checks[i].id
		t.Run(id, func(t *testing.T) {
			row, ok := fires[id]
			if !ok {
				t.Fatal("no test makes it fire")
			}
			s := good(t)
			if row.first != nil {
				row.first(s)
			}
			found, passed := run(s)
			if has(found, id) {
				t.Fatalf("fires about a subject that is fine: %+v", found)
			}
			silent := slices.ContainsFunc(passed, func(p Passed) bool { return p.Check == id })
			row.then(s)
			found = Check(s)
			if !has(found, id) {
				t.Fatalf("is silent; found %v", ids(found))
			}
			if !silent {
				t.Errorf("was not run about the subject that is fine, so its silence says nothing")
			}
			for _, f := range found {
				for _, e := range f.Evidence {
					if e.Label == "" || e.Value == "" {
						t.Errorf("%s has evidence without a word: %+v", f.Check, e)
					}
				}
			}
		})
	}
	if len(fires) != len(checks) {
		t.Errorf("%d checks, %d tests", len(checks), len(fires))
	}
}

func has(found []Finding, id string) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Check == id })
}

func ids(found []Finding) (all []string) {
	for _, f := range found {
		all = append(all, f.Check)
	}
	return all
}

func TestNothingIsFoundAboutAnApplicationThatIsFine(t *testing.T) {
	if found := Check(good(t)); len(found) > 0 {
		t.Errorf("%v", ids(found))
	}
}

func TestEveryCheckIsNamedExplainedAndCited(t *testing.T) {
	listed, err := os.ReadFile("../../docs/specs.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range checks {
		if seen[c.id] || c.title == "" || c.passed == "" || c.why == "" || c.fix == "" || c.field == "" || !slices.Contains(Severities, c.severity) {
			t.Errorf("%s is not complete, or there twice", c.id)
		}
		seen[c.id] = true
		name, _, _ := strings.Cut(c.spec, " §")
		if !strings.Contains(string(listed), "\n| "+name+" |") {
			t.Errorf("%s cites %q, which docs/specs.md does not list", c.id, name)
		}
		if _, known := MendFor(c.mend); c.mend != "" && !known {
			t.Errorf("%s proposes %s, which nobody can do", c.id, c.mend)
		}
		if strings.HasSuffix(c.title, ".") || strings.ContainsAny(c.title+c.why+c.fix, "!") {
			t.Errorf("%s: words", c.id)
		}
	}
}

func TestADraftIsNotBlamedForItsUse(t *testing.T) {
	s := good(t)
	s.Draft = true
	s.Application.LastUsed = time.Time{}
	s.Application.RedirectURIs[0].LastUsed = time.Time{}
	s.Application.RequirePKCE = false
	found := Check(s)
	if len(found) != 1 || found[0].Check != "pkce_off" || found[0].Mend != "" {
		t.Errorf("%+v", found)
	}
}

func TestWhatADocumentOwnsIsNotChangedHere(t *testing.T) {
	s := good(t)
	imported(s)
	redirect("http://shop.example.com/cb")(s)
	for _, f := range Check(s) {
		if f.Check == "redirect_http" && f.Evidence[0].Mend != "" {
			t.Error("a redirect URI of a document can be removed with one click")
		}
	}
}

func TestOnlyAnInstanceForOthersMindsLocalhost(t *testing.T) {
	s := good(t)
	redirect("http://localhost:3000/cb")(s)
	s.Application.WebOrigins = registry.URIs("http://localhost:3000")
	s.Production = false
	if found := Check(s); len(found) > 0 {
		t.Errorf("%v", ids(found))
	}
	for issuer, production := range map[string]bool{
		"http://localhost:8080/": false, "http://127.0.0.1/": false, "http://[::1]:1/": false, "https://id.example.com/": true, "https://dev.localhost/": false,
	} {
		if Production(issuer) != production {
			t.Errorf("%s: %v", issuer, !production)
		}
	}
}

func TestTheWorstComesFirstAndTakesMostOfTheScore(t *testing.T) {
	s := good(t)
	s.Application.RequirePKCE = false
	redirect("https://*.example.com/cb")(s)
	r := Report{Findings: Check(s)}
	if r.Findings[0].Severity != High || r.Score() != 66 {
		t.Errorf("%v, score %d", ids(r.Findings), r.Score())
	}
	if n := r.Counts(); n.High != 1 || n.Low != 1 || n.Moderate != 0 {
		t.Errorf("%+v", n)
	}
	r.Findings = slices.Repeat(r.Findings, 10)
	if r.Score() != 0 {
		t.Errorf("score %d", r.Score())
	}
	if !High.AtLeast(Low) || Low.AtLeast(High) || !Low.AtLeast(Low) || Severity("bad").AtLeast(Info) {
		t.Error("severities are not in order")
	}
}
