package documents

import (
	"time"

	"github.com/a-h/templ"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/dashboard/access"
	"clientele/internal/dashboard/frame/frametest"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// DocumentPages are the pages about applications from a URL in states that a whole server reaches late or never.
func DocumentPages(now time.Time) map[string]templ.Component {
	v := frametest.Visit(now, account.Owner)
	good, bad := examplePreview(now), refusedPreview()
	app := frametest.Imported(now)
	known := *good
	known.ApplicationID, known.Differences = app.ID, exampleDifferences
	waits := registry.Waiting{
		ID: "wtg_1", URL: frametest.ClientURL, Hash: "x", Name: "Agent \u202eevil", RedirectURIs: []string{"http://localhost/cb", "https://cdn.other.example.org/cb"}, Reference: "7KQ2-MD4F",
		Door: "authorize", FirstAt: now.Add(-time.Hour), LastAt: now, ExpiresAt: now.Add(registry.WaitingLifetime), People: 3, Attempts: 4,
	}
	sets := []access.PermissionSet{
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
		"import-preview":     importPage(v, importForm{URL: frametest.ClientURL, Mode: "review", Preview: good, Permissions: sets}),
		"import-known":       importPage(v, importForm{URL: frametest.ClientURL, Moved: true, Preview: &known, Known: &app, Permissions: sets}),
		"import-refused":     importPage(v, importForm{URL: frametest.ClientURL, Preview: bad}),
		"import-unreachable": importPage(v, importForm{URL: frametest.ClientURL, Preview: unreachablePreview()}),
		"import-bad-url":     importPage(v, importForm{URL: "http://x", Fault: "This URL must begin with https://."}),
		"document":           documentPage(v, &app, tab),
		"document-waiting":   documentPage(v, &app, waiting),
		"document-refresh":   documentPage(v, &app, refreshed),
		"waiting-list":       waitingListPage(v, registry.Page[registry.Waiting]{Items: []registry.Waiting{waits}}, ""),
		"waiting-none":       waitingListPage(v, registry.Page[registry.Waiting]{}, ""),
		"waiting-one":        waitingPage(v, waitingEntry{Client: waits, Preview: good, Permissions: sets}),
		"waiting-refused":    waitingPage(v, waitingEntry{Client: waits, Preview: bad}),
		"block-host":         blockHostPage(v, waits),
	}
	pages["document-viewer"] = documentPage(frametest.Visit(now, account.Viewer), &app, waiting)
	return pages
}

func examplePreview(now time.Time) *cimd.Preview {
	row := func(member string, values ...cimd.Value) cimd.Row {
		return cimd.Row{Member: member, Owner: "document", Values: values}
	}
	return &cimd.Preview{
		URL: frametest.ClientURL, Host: "agent.example.net", Hash: "abc", KeySetHash: "def", Keys: []registry.Key{frametest.Key()},
		Fetched: &cimd.Fetched{Status: 200, ContentType: "application/json", Bytes: 1240, Took: 84 * time.Millisecond, FreshFor: time.Hour},
		BadKeys: []string{"old-rsa: 1024 bit, which is too short"},
		Reading: &cimd.Reading{
			Rows: []cimd.Row{
				row("client_id", cimd.Value{Text: frametest.ClientURL, Becomes: "client ID", Verdict: cimd.Taken}),
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
		{Field: "client_id", Value: "https://agent.example.net/other.json", Message: "client_id is another URL than the one it was fetched from", Mend: "write exactly " + frametest.ClientURL, Spec: "CIMD-02 §4.1"},
		{Field: "client_secret", Message: "client_secret must not be in the document", Mend: "remove it", Spec: "CIMD-02 §4.1"},
	}
	return p
}

func unreachablePreview() *cimd.Preview {
	return &cimd.Preview{URL: frametest.ClientURL, Host: "agent.example.net", Fetched: &cimd.Fetched{Status: 404, ContentType: "text/html", Bytes: 512, Took: 20 * time.Millisecond}, Failure: &cimd.Failure{Kind: audit.FailureStatus, Message: "the answer has the status 404", Mend: "publish the document there", Spec: "CIMD-02 §5", Side: audit.SideClient, Status: 404}}
}

var exampleDifferences = []registry.Difference{
	{Field: "redirect_uris", Class: registry.ClassWidening, Added: []string{"https://agent.example.net/cb2"}},
	{Field: "redirect_uris", Class: registry.ClassNarrowing, Removed: []string{"https://agent.example.net/cb"}, Applies: true},
	{Field: "name", Class: registry.ClassIdentity, Removed: []string{"Acme"}, Added: []string{"Acme Agent"}},
}

func exampleVersions(now time.Time) []registry.DocumentVersion {
	return []registry.DocumentVersion{
		{DocumentRef: registry.DocumentRef{Version: 2, Hash: "b", At: now.Add(-2 * time.Hour)}, Body: []byte(`{"client_id":"` + frametest.ClientURL + `","redirect_uris":["https://agent.example.net/cb2"]}`), Address: "203.0.113.7", Status: registry.VersionWaiting},
		{DocumentRef: registry.DocumentRef{Version: 1, Hash: "a", At: now.Add(-72 * time.Hour), By: "ops@example.com"}, Body: []byte(`{"client_id":"` + frametest.ClientURL + `"}`), Address: "203.0.113.7", Status: registry.VersionApproved},
	}
}
