package dashboard

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"time"

	"github.com/a-h/templ"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

const exampleURL = "https://agent.example.net/oauth/client.json"

// DocumentPages are the pages about applications from a URL in states that a whole server reaches late or never.
func DocumentPages(now time.Time) map[string]templ.Component {
	v := &visit{user: account.User{Email: "ops@example.com", Role: account.Owner}, now: now, here: "/dashboard", site: ui.Site{Name: "Example"}, waiting: 2}
	good, bad := examplePreview(now), refusedPreview()
	app := exampleImport(now)
	known := *good
	known.ApplicationID, known.Differences = app.ID, exampleDifferences
	waits := registry.Waiting{
		ID: "wtg_1", URL: exampleURL, Hash: "x", Name: "Agent \u202eevil", RedirectURIs: []string{"http://localhost/cb", "https://cdn.other.example.org/cb"}, Reference: "7KQ2-MD4F",
		Door: "authorize", FirstAt: now.Add(-time.Hour), LastAt: now, ExpiresAt: now.Add(registry.WaitingLifetime), People: 3, Attempts: 4,
	}
	trace := &audit.Trace{
		Reference: "7KQ2-MD4F", At: now.Add(-time.Minute), Door: "token", ClientID: exampleURL, ApplicationID: app.ID, Address: "192.0.2.7", Rule: audienceRule, Value: "https://id.example.com/oauth/token",
		Message: "aud is the token endpoint", Mend: "set aud to the issuer", Side: audit.SideClient, Spec: "rfc7523bis-11 §4", Detail: map[string]string{"status": "401"}, Repeats: 2,
	}
	sets := []permissionSet{
		{API: registry.API{ID: "api1", Name: "Orders", Identifier: "https://orders.example.com/", Scopes: []registry.APIScope{{Value: "read:orders", Description: "See your orders"}, {Value: "write:orders"}}}, Default: &registry.ClientGrant{Scopes: oauth.Scopes{"read:orders"}}, Ticked: []string{"read:orders"}},
		{API: registry.API{ID: "api2", Name: "Plain", Identifier: "https://plain.example.com/"}},
	}
	tab := documentTab{Standing: registry.StandingGood, Versions: exampleVersions(now), KeySets: []registry.KeySetVersion{{KeySetRef: registry.KeySetRef{Version: 1}, Thumbprints: []string{good.Keys[0].Thumbprint}, FirstSeen: now.Add(-72 * time.Hour), LastSeen: now}}, From: 1, To: 2, Compared: exampleDifferences}
	waiting := tab
	waiting.Waiting, waiting.HeldKeys = exampleDifferences, true
	refreshed := tab
	refreshed.Preview = &known
	pages := map[string]templ.Component{
		"import-empty":       importPage(v, importForm{}),
		"import-preview":     importPage(v, importForm{URL: exampleURL, Mode: "review", Preview: good, Permissions: sets}),
		"import-known":       importPage(v, importForm{URL: exampleURL, Moved: true, Preview: &known, Known: &app, Permissions: sets}),
		"import-refused":     importPage(v, importForm{URL: exampleURL, Preview: bad}),
		"import-unreachable": importPage(v, importForm{URL: exampleURL, Preview: unreachablePreview()}),
		"import-bad-url":     importPage(v, importForm{URL: "http://x", Fault: "This URL must begin with https://."}),
		"document":           documentPage(v, &app, tab),
		"document-waiting":   documentPage(v, &app, waiting),
		"document-refresh":   documentPage(v, &app, refreshed),
		"waiting-list":       waitingListPage(v, registry.Page[registry.Waiting]{Items: []registry.Waiting{waits}}, ""),
		"waiting-none":       waitingListPage(v, registry.Page[registry.Waiting]{}, ""),
		"waiting-one":        waitingPage(v, waitingEntry{Client: waits, Preview: good, Permissions: sets}),
		"waiting-refused":    waitingPage(v, waitingEntry{Client: waits, Preview: bad}),
		"block-host":         blockHostPage(v, waits),
		"refusals":           refusalsPage(v, refusalList{Page: registry.Page[audit.Trace]{Items: []audit.Trace{*trace}}}),
		"refusal":            refusalPage(v, trace, &app),
		"refusal-none":       noRefusalPage(v, "7KQ2-MD4F"),
		"admission":          admissionPage(v, exampleAdmission(now)),
		"credentials":        credentialsPage(v, &app, credentialsForm{}),
		"settings":           settingsPage(v, &app, formOf(&app, partSettings), "https://id.example.com/"),
		"advanced":           advancedPage(v, &app, formOf(&app, partAdvanced), advancedTab{Issuer: "https://id.example.com/"}),
	}
	viewer := *v
	viewer.user.Role = account.Viewer
	pages["document-viewer"] = documentPage(&viewer, &app, waiting)
	pages["admission-viewer"] = admissionPage(&viewer, exampleAdmission(now))
	return pages
}

func exampleKey() registry.Key {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	public, err := jwk.New(private.Public(), "ES256")
	if err != nil {
		panic(err)
	}
	return registry.Key{ID: public.ID, Public: public, KID: "2026-05", Thumbprint: public.ID, Algorithm: "ES256", Active: true, Source: registry.FromDocument}
}

func examplePreview(now time.Time) *cimd.Preview {
	row := func(member string, values ...cimd.Value) cimd.Row {
		return cimd.Row{Member: member, Owner: "document", Values: values}
	}
	return &cimd.Preview{
		URL: exampleURL, Host: "agent.example.net", Hash: "abc", KeySetHash: "def", Keys: []registry.Key{exampleKey()},
		Fetched: &cimd.Fetched{Status: 200, ContentType: "application/json", Bytes: 1240, Took: 84 * time.Millisecond, FreshFor: time.Hour},
		BadKeys: []string{"old-rsa: 1024 bit, which is too short"},
		Reading: &cimd.Reading{
			Rows: []cimd.Row{
				row("client_id", cimd.Value{Text: exampleURL, Becomes: "client ID", Verdict: cimd.Taken}),
				row("client_name", cimd.Value{Text: "Acme Agent", Becomes: "name", Verdict: cimd.Taken}),
				row("redirect_uris", cimd.Value{Text: "http://localhost/callback", Becomes: "callback URL, any port", Verdict: cimd.Taken}, cimd.Value{Text: "https://cdn.other.example.org/a/very/long/path/that/has/no/blank/where/it/could/break/callback", Becomes: "callback URL", Verdict: cimd.Noted, Why: "another host than the document's"}),
				row("grant_types", cimd.Value{Text: "authorization_code", Becomes: "grant type", Verdict: cimd.Taken}, cimd.Value{Text: "urn:ietf:params:oauth:grant-type:jwt-bearer", Verdict: cimd.Dropped, Why: "not offered here"}),
				row("token_endpoint_auth_method", cimd.Value{Text: "private_key_jwt", Becomes: "1 key", Verdict: cimd.Taken}),
				row("contacts", cimd.Value{Text: "ops@example.net", Verdict: cimd.Ignored, Why: "nobody here needs it"}),
			},
			Warnings: []cimd.Finding{{Field: "redirect_uris", Message: "one of them is on another host", Mend: "people are shown both hosts"}}, Unknown: []string{"x_made_up"},
		},
	}
}

func refusedPreview() *cimd.Preview {
	p := examplePreview(time.Time{})
	p.Reading.Rows[0].Values[0].Verdict = cimd.Refused
	p.Reading.Violations = []cimd.Finding{
		{Field: "client_id", Value: "https://agent.example.net/other.json", Message: "client_id is another URL than the one it was fetched from", Mend: "write exactly " + exampleURL, Spec: "CIMD-02 §4.1"},
		{Field: "client_secret", Message: "client_secret must not be in the document", Mend: "remove it", Spec: "CIMD-02 §4.1"},
	}
	return p
}

func unreachablePreview() *cimd.Preview {
	return &cimd.Preview{URL: exampleURL, Host: "agent.example.net", Fetched: &cimd.Fetched{Status: 404, ContentType: "text/html", Bytes: 512, Took: 20 * time.Millisecond}, Failure: &cimd.Failure{Kind: audit.FailureStatus, Message: "the answer has the status 404", Mend: "publish the document there", Spec: "CIMD-02 §5", Side: audit.SideClient, Status: 404}}
}

var exampleDifferences = []registry.Difference{
	{Field: "redirect_uris", Class: registry.ClassWidening, Added: []string{"https://agent.example.net/cb2"}},
	{Field: "redirect_uris", Class: registry.ClassNarrowing, Removed: []string{"https://agent.example.net/cb"}, Applies: true},
	{Field: "name", Class: registry.ClassIdentity, Removed: []string{"Acme"}, Added: []string{"Acme Agent"}},
}

func exampleImport(now time.Time) registry.Application {
	a := registry.Application{
		ID: "tpc_Xk2mPq9LrTvWzYbNcDfGhJ", ExternalID: exampleURL, Origin: registry.Imported, Ownership: registry.ThirdParty, Name: "Acme Agent", Type: registry.Native, Enabled: true,
		RedirectURIs: registry.URIs("http://localhost/callback"), GrantTypes: []oauth.GrantType{oauth.AuthorizationCode, oauth.RefreshToken},
		AuthMethods: []oauth.AuthMethod{oauth.AuthNone, oauth.AuthPrivateKeyJWT}, Keys: []registry.Key{exampleKey()}, CreatedBy: "ops@example.com", CreatedAt: now.Add(-72 * time.Hour), Revision: 3,
	}
	a.Import = &registry.Import{
		By: registry.ByOperator, Mode: registry.Review, Approved: registry.DocumentRef{Version: 1, Hash: "a"}, Live: registry.DocumentRef{Version: 2, Hash: "b"},
		ClientURI: "https://agent.example.net/", JWKSURI: "https://agent.example.net/keys", FetchedAt: now.Add(-2 * time.Hour), DueAt: now.Add(time.Hour), Failures: 2, Failure: audit.FailureTimeout,
		FailedAt: now.Add(-time.Hour), PinnedUntil: now.Add(48 * time.Hour), Keys: registry.KeySetRef{Version: 1}, LiveKeys: registry.KeySetRef{Version: 1},
	}
	return a
}

func exampleVersions(now time.Time) []registry.DocumentVersion {
	return []registry.DocumentVersion{
		{DocumentRef: registry.DocumentRef{Version: 2, Hash: "b", At: now.Add(-2 * time.Hour)}, Body: []byte(`{"client_id":"` + exampleURL + `","redirect_uris":["https://agent.example.net/cb2"]}`), Address: "203.0.113.7", Status: registry.VersionWaiting},
		{DocumentRef: registry.DocumentRef{Version: 1, Hash: "a", At: now.Add(-72 * time.Hour), By: "ops@example.com"}, Body: []byte(`{"client_id":"` + exampleURL + `"}`), Address: "203.0.113.7", Status: registry.VersionApproved},
	}
}

func exampleAdmission(now time.Time) admissionForm {
	d := &registry.Decision{Verdict: registry.Admit, Mode: registry.AdmitApproval, Rule: &registry.AdmissionRule{Pattern: "agent.example.net", Effect: registry.Allow}, Why: "the host is allowed"}
	f := admissionForm{instanceForm: instanceForm{values: map[string][]string{"cimd_admission": {"approval"}, "cimd_profile": {"draft"}, "cimd_redirect_hosts": {"any"}}, Wrong: faults{}}, Effect: "allow", Test: exampleURL, Decided: d}
	f.Rules = []registry.AdmissionRule{
		{ID: "rul_1", Pattern: "*.example.net", Effect: registry.Allow, Note: "our partner", CreatedAt: now.Add(-time.Hour), CreatedBy: "ops@example.com"},
		{ID: "rul_2", Pattern: "https://bad.example.org/apps/", Effect: registry.Deny, CreatedAt: now.Add(-time.Hour), CreatedBy: "ops@example.com"},
	}
	return f
}

// TakeApart takes a token apart and says how many members its header and its payload have.
func TakeApart(text string) (header, claims int, err error) {
	t, err := takeApart(cleanToken(text))
	if err != nil {
		return 0, 0, err
	}
	return len(t.rows.header), len(t.rows.claims), nil
}
