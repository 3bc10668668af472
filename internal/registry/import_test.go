package registry_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

const agentURL = "https://agent.example.net/oauth/client.json"

// document is what an agent publishes, changed by edits.
func document(edits ...func(*registry.Mapped)) registry.Mapped {
	m := registry.Mapped{
		Name: "Agent", Type: registry.RegularWeb, RedirectURIs: []string{"https://agent.example.net/cb", "http://127.0.0.1/cb"},
		GrantTypes: []oauth.GrantType{oauth.AuthorizationCode, oauth.RefreshToken}, AuthMethods: []oauth.AuthMethod{oauth.AuthNone},
	}
	for _, edit := range edits {
		edit(&m)
	}
	return m
}

// keyed is a document with keys; the numbers name them.
func keyed(numbers ...byte) func(*registry.Mapped) {
	return func(m *registry.Mapped) {
		m.AuthMethods, m.JWKSURI, m.Keys = []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}, "https://agent.example.net/jwks.json", nil
		for _, n := range numbers {
			m.Keys = append(m.Keys, publicKey(n))
		}
	}
}

func publicKey(n byte) registry.Key {
	seed := slices.Repeat([]byte{n}, ed25519.SeedSize)
	k, err := jwk.New(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey), "")
	if err != nil {
		panic(err)
	}
	return registry.Key{Public: k, KID: k.ID, Thumbprint: k.ID}
}

func thumbprint(n byte) string { return publicKey(n).Thumbprint }

func redirects(values ...string) func(*registry.Mapped) {
	return func(m *registry.Mapped) { m.RedirectURIs = values }
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// seen is a fetch of a document at a time.
func seen(at time.Time, m registry.Mapped) registry.Sighting {
	body, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	s := registry.Sighting{
		URL: agentURL, Body: body, Hash: hashOf(body), At: at, DueAt: at.Add(5 * time.Minute), Address: "203.0.113.7:443",
		Headers: map[string]string{"etag": `"1"`}, Mapped: m,
	}
	if m.Keys != nil {
		k := keySet(at, m.Keys)
		s.KeySet = &k
	}
	return s
}

func keySet(at time.Time, keys []registry.Key) registry.KeySetSighting {
	var set struct {
		Keys []jwk.Key `json:"keys"`
	}
	set.Keys = []jwk.Key{}
	for _, k := range keys {
		set.Keys = append(set.Keys, k.Public)
	}
	body, err := json.Marshal(set)
	if err != nil {
		panic(err)
	}
	return registry.KeySetSighting{Body: body, Hash: hashOf(body), At: at, DueAt: at.Add(time.Hour), Keys: keys}
}

func (b *bench) imported(t *testing.T, mode registry.FollowMode, edits ...func(*registry.Mapped)) registry.Application {
	t.Helper()
	a, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: seen(b.now, document(edits...)), By: registry.ByOperator, Mode: mode})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// observe lets time pass and takes in a document.
func (b *bench) observe(t *testing.T, a registry.Application, edits ...func(*registry.Mapped)) (registry.Application, []registry.Difference) {
	t.Helper()
	b.now = b.now.Add(time.Hour)
	a, list, err := b.Observe(t.Context(), a.ID, a.Import.Revision, seen(b.now, document(edits...)))
	if err != nil {
		t.Fatal(err)
	}
	kept := b.load(t, a.ID)
	if kept.Revision != a.Revision || kept.Import.Revision != a.Import.Revision || fmt.Sprint(kept.Mapped()) != fmt.Sprint(a.Mapped()) {
		t.Fatalf("the answer is\n%+v, what is kept\n%+v", a.Mapped(), kept.Mapped())
	}
	return kept, list
}

func (b *bench) fails(t *testing.T, a registry.Application, f registry.ObservedFailure) registry.Application {
	t.Helper()
	f.At, f.RetryAt = b.now, b.now.Add(time.Minute)
	a, err := b.ObserveFailure(t.Context(), a.ID, a.Import.Revision, f)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// says are the differences in short: member class, waits.
func says(list []registry.Difference) string {
	words := make([]string, len(list))
	for i, d := range list {
		words[i] = d.Field + " " + string(d.Class)
		if !d.Applies {
			words[i] += " waits"
		}
	}
	return strings.Join(words, ", ")
}

func working(a registry.Application, at time.Time) (list []string) {
	for _, k := range a.Keys {
		if k.Usable(at) {
			list = append(list, k.Thumbprint)
		}
	}
	return list
}

func TestAnImportedApplicationIsSomebodyElsesAndHasNoSecret(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, outcome, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: seen(b.now, document(keyed(1, 2))), By: registry.ByOperator})
		if err != nil || !outcome.Created || !outcome.Changed || outcome.Differences != nil {
			t.Fatalf("%+v, %v", outcome, err)
		}
		kept := b.load(t, a.ID)
		if !strings.HasPrefix(kept.ID, "tpc_") || kept.ClientID() != agentURL || kept.Origin != registry.Imported || kept.Ownership != registry.ThirdParty ||
			len(kept.Secrets) != 0 || !kept.RequirePKCE || !kept.Enabled || !kept.Refresh.Rotating || kept.Revision != 1 {
			t.Errorf("kept %+v", kept)
		}
		if u := kept.RedirectURIs[0]; u.Source != registry.FromDocument || !u.AddedAt.Equal(morning) {
			t.Errorf("the redirect URI is %+v", u)
		}
		if got := working(kept, b.now); !slices.Equal(got, []string{thumbprint(1), thumbprint(2)}) {
			t.Errorf("keys %v", got)
		}
		m := kept.Import
		if m.Mode != registry.Review || m.By != registry.ByOperator || m.Approved.By != olga.Name || m.Approved.Version != 1 || m.Live.Hash != m.Approved.Hash ||
			m.Keys != m.LiveKeys || m.Keys.Version != 1 || m.Identity == "" || m.ETag != `"1"` || !m.FetchedAt.Equal(morning) {
			t.Errorf("the state is %+v", m)
		}
		versions, err := b.Documents(t.Context(), a.ID)
		if err != nil || len(versions) != 1 || versions[0].Status != registry.VersionApproved || versions[0].By != olga.Name || len(versions[0].Body) == 0 {
			t.Errorf("versions %+v, %v", versions, err)
		}
		sets, err := b.KeySets(t.Context(), a.ID)
		if err != nil || len(sets) != 1 || sets[0].Status != registry.VersionApproved || len(sets[0].Thumbprints) != 2 {
			t.Errorf("key sets %+v, %v", sets, err)
		}
		if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.imported" || e.Actor != olga || !slices.Contains(e.Changes, audit.FieldChange{Field: "name", After: "Agent"}) {
			t.Errorf("the event is %+v", e)
		}
	})
}

func TestImportingAgainFindsTheSameApplication(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		first := b.imported(t, "")
		b.now = b.now.Add(time.Hour)
		again, outcome, err := b.Import(t.Context(), paul, registry.ImportDraft{Sighting: seen(b.now, document()), By: registry.ByOperator})
		if err != nil || again.ID != first.ID || outcome.Created || outcome.Changed {
			t.Errorf("the same document gives %+v, %v", outcome, err)
		}
		b.now = b.now.Add(time.Hour)
		again, outcome, err = b.Import(t.Context(), paul, registry.ImportDraft{Sighting: seen(b.now, document(redirects("https://agent.example.net/new"))), By: registry.ByOperator})
		if err != nil || again.ID != first.ID || outcome.Created || !outcome.Changed || says(outcome.Differences) != "redirect_uris widening, redirect_uris narrowing" {
			t.Errorf("a new one gives %+v, %v", outcome, err)
		}
		kept := b.load(t, first.ID)
		if got := registry.Values(kept.RedirectURIs); !slices.Equal(got, []string{"https://agent.example.net/new"}) || kept.Import.Approved.By != paul.Name || kept.Import.Identity == first.Import.Identity {
			t.Errorf("kept %v, %+v", got, kept.Import)
		}
		_, _, err = b.Import(t.Context(), paul, registry.ImportDraft{Sighting: seen(morning, document()), By: registry.ByOperator})
		if !errors.Is(err, registry.ErrStale) {
			t.Errorf("an older document gives %v", err)
		}
	})
}

func TestWhatADocumentCannotSay(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	for says, c := range map[string]struct {
		edit func(*registry.Mapped)
		want string
	}{
		"a shared secret":               {func(m *registry.Mapped) { m.AuthMethods = []oauth.AuthMethod{oauth.AuthClientSecretPost} }, "token_endpoint_auth_method[0] auth_method_imported"},
		"no method":                     {func(m *registry.Mapped) { m.AuthMethods = nil }, "token_endpoint_auth_method document"},
		"a method nobody knows":         {func(m *registry.Mapped) { m.AuthMethods = []oauth.AuthMethod{"tls_client_auth"} }, "token_endpoint_auth_method[0] auth_method_known, token_endpoint_auth_method[0] auth_method_imported"},
		"a key method without keys":     {func(m *registry.Mapped) { m.AuthMethods = []oauth.AuthMethod{oauth.AuthPrivateKeyJWT} }, "jwks document"},
		"a grant that does not exist":   {func(m *registry.Mapped) { m.GrantTypes = []oauth.GrantType{"implicit"} }, "grant_types[0] grant_type_known"},
		"refresh without code":          {func(m *registry.Mapped) { m.GrantTypes = []oauth.GrantType{oauth.RefreshToken} }, "grant_types document"},
		"a redirect that runs code":     {redirects("javascript:alert(1)"), "redirect_uris[0] uri_scheme_dangerous"},
		"a wildcard port":               {redirects("http://localhost:*/cb"), "redirect_uris[0] redirect_uri_wildcard_form"},
		"a wildcard host":               {redirects("https://*.example.net/cb"), "redirect_uris[0] redirect_uri_wildcard"},
		"a private scheme for a server": {redirects("com.example.agent:/cb"), "redirect_uris[0] redirect_uri_private_scheme"},
		"a name that turns around":      {func(m *registry.Mapped) { m.Name = "Agent \u202egnip" }, "client_name name"},
		"a logo without TLS":            {func(m *registry.Mapped) { m.LogoURI = "http://localhost/logo.png" }, "logo_uri logo_uri"},
		"a page that runs code":         {func(m *registry.Mapped) { m.TermsURI = "javascript:alert(1)" }, "tos_uri document"},
		"a scope with a quote":          {func(m *registry.Mapped) { m.Scopes = oauth.Scopes{`a"b`} }, "scope document"},
	} {
		_, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: seen(b.now, document(c.edit)), By: registry.ByOperator})
		if got := rules(err); got != c.want {
			t.Errorf("%s: %q, want %q", says, got, c.want)
		}
	}
	if page, err := b.Applications(t.Context(), registry.Query{Unfinished: true}); err != nil || len(page.Items) != 0 {
		t.Errorf("kept %v, %v", page.Items, err)
	}
}

// A token for one could be taken for a token of the other.
func TestNoClientHasTheURLOfAnIssuerOrAnAPI(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	b.TrustedIssuers = []string{"https://login.example.org"}
	if _, err := b.CreateAPI(t.Context(), olga, registry.API{Identifier: "https://api.example.com/orders", Name: "Orders"}); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		issuer:                            "client_id client_url_issuer",
		strings.TrimSuffix(issuer, "/"):   "client_id client_url_issuer",
		"https://login.example.org/":      "client_id client_url_issuer",
		"https://api.example.com/orders":  "client_id client_url_api",
		"https://api.example.com/orders/": "client_id client_url_api",
		issuer + "api/v2":                 "client_id client_url_api",
		"http://agent.example.net/c.json": "client_id document",
	} {
		s := seen(b.now, document())
		s.URL = url
		if _, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: s, By: registry.ByOperator}); rules(err) != want {
			t.Errorf("%s gives %v", url, err)
		}
	}
	b.imported(t, "")
	if _, err := b.CreateAPI(t.Context(), olga, registry.API{Identifier: agentURL, Name: "Agent"}); rules(err) != "identifier identifier_client" {
		t.Errorf("an API with a client's URL gives %v", err)
	}
}

func TestAStrangerIsAdmittedForAWhile(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		draft := func(at time.Time) registry.ImportDraft {
			return registry.ImportDraft{Sighting: seen(at, document()), By: registry.ByClient, Rule: "rul_1", Unfinished: true}
		}
		a, outcome, err := b.Import(t.Context(), olga, draft(b.now))
		if err != nil || !outcome.Created {
			t.Fatal(outcome, err)
		}
		kept := b.load(t, a.ID)
		if m := kept.Import; m.Mode != registry.Follow || m.By != registry.ByClient || m.Rule != "rul_1" || m.Approved.By != "" || !kept.ExpiresAt.Equal(morning.Add(registry.UnfinishedLifetime)) {
			t.Errorf("kept %+v, until %v", m, kept.ExpiresAt)
		}
		if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.admitted" {
			t.Errorf("the event is %s", e.Kind)
		}
		b.now = morning.Add(registry.UnfinishedLifetime)
		if !kept.Expired(b.now) || kept.Expired(b.now.Add(-1)) {
			t.Error("it does not end when it ends")
		}
		again, outcome, err := b.Import(t.Context(), olga, draft(b.now))
		if err != nil || !outcome.Created || again.ID == a.ID {
			t.Errorf("after its end it is %+v, %v", outcome, err)
		}
		if _, err := b.Application(t.Context(), a.ID); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("the one before is still there: %v", err)
		}
	})
}

func TestApprovingAStrangerMakesItAnOperatorsRecord(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for says, approve := range map[string]func(a registry.Application) error{
			"approved": func(a registry.Application) error {
				_, _, err := b.ApproveDocument(t.Context(), olga, a.ID, a.Import.Live.Hash, "")
				return err
			},
			"imported": func(registry.Application) error {
				_, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: seen(b.now, document()), By: registry.ByOperator})
				return err
			},
		} {
			a, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: seen(b.now, document()), By: registry.ByClient, Rule: "rul_1", Unfinished: true})
			if err != nil {
				t.Fatal(err)
			}
			if err := approve(a); err != nil {
				t.Fatal(says, err)
			}
			kept := b.load(t, a.ID)
			if m := kept.Import; m.By != registry.ByOperator || m.Mode != registry.Review || m.Rule != "" || m.Approved.By != olga.Name || !kept.ExpiresAt.IsZero() {
				t.Errorf("%s: %+v, until %v", says, m, kept.ExpiresAt)
			}
			if err := b.Delete(t.Context(), olga, a.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// By no verb: a shared secret, another method, or a change of what the document owns.
func TestNoVerbGivesAnImportedApplicationASecret(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.imported(t, "", keyed(1))
	edit := func(change func(*registry.Application)) string {
		_, _, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error { change(a); return nil })
		if err == nil {
			return ""
		}
		return rules(err)
	}
	for says, got := range map[string]string{
		"auth_methods document_owned, auth_methods[0] auth_method_imported": edit(func(a *registry.Application) {
			a.AuthMethods = []oauth.AuthMethod{oauth.AuthClientSecretBasic}
		}),
		"auth_methods document_owned, auth_methods[1] auth_method_imported": edit(func(a *registry.Application) {
			a.AuthMethods = append(a.AuthMethods, oauth.AuthClientSecretPost)
		}),
		"redirect_uris document_owned": edit(func(a *registry.Application) { a.RedirectURIs = registry.URIs("https://evil.example.com/cb") }),
		"name document_owned":          edit(func(a *registry.Application) { a.Name = "Mine" }),
		"logo_uri document_owned":      edit(func(a *registry.Application) { a.LogoURI = "https://evil.example.com/logo.png" }),
		"": edit(func(a *registry.Application) {
			a.Secrets = []registry.ClientSecret{{ID: "sec_1", Hash: "k:1", CreatedAt: morning}}
			a.Keys = nil
			a.Import, a.ExpiresAt = nil, morning
		}),
	} {
		if got != says {
			t.Errorf("an edit gives %q, want %q", got, says)
		}
	}
	if _, _, err := b.ReplaceSecret(t.Context(), olga, a.ID); rules(err) != "secrets auth_method_imported" {
		t.Errorf("ReplaceSecret gives %v", err)
	}
	if _, _, err := b.AddSecret(t.Context(), olga, a.ID, "", 0, time.Time{}); rules(err) != "secrets auth_method_imported" {
		t.Errorf("AddSecret gives %v", err)
	}
	if _, _, err := b.AddKey(t.Context(), olga, a.ID, registry.KeyDraft{PEM: "x"}); rules(err) != "keys document_owned" {
		t.Errorf("AddKey gives %v", err)
	}
	if _, err := b.UpdateKey(t.Context(), olga, a.ID, thumbprint(1), func(*registry.Key) error { return nil }); rules(err) != "keys document_owned" {
		t.Errorf("UpdateKey gives %v", err)
	}
	if _, err := b.DeleteKey(t.Context(), olga, a.ID, thumbprint(1)); rules(err) != "keys document_owned" {
		t.Errorf("DeleteKey gives %v", err)
	}
	kept := b.load(t, a.ID)
	if len(kept.Secrets) != 0 || len(working(kept, b.now)) != 1 || kept.Import == nil || !kept.ExpiresAt.IsZero() || !slices.Equal(kept.AuthMethods, []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}) {
		t.Errorf("kept %+v", kept)
	}
}

func TestWhatTheOperatorOwnsOfAnImportedApplication(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.imported(t, "")
	_, change, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error {
		a.Description, a.Tags, a.Metadata = "ours", []string{"agents"}, map[string]string{"team": "blue"}
		a.WebOrigins = registry.URIs("https://agent.example.net")
		a.Refresh.Lifetime, a.Enabled = 48*time.Hour, false
		a.Refresh.IdleLifetime = time.Hour
		return nil
	})
	if err != nil || !change.Touches("description") || !change.Touches("refresh.lifetime") {
		t.Fatal(change, err)
	}
	kept, _ := b.observe(t, b.load(t, a.ID), func(m *registry.Mapped) { m.Description = "theirs" })
	if kept.Description != "ours" || kept.Enabled || kept.Refresh.Lifetime != 48*time.Hour || len(kept.WebOrigins) != 1 {
		t.Errorf("a refresh made it %+v", kept)
	}
	for field, want := range map[string]registry.Source{"name": registry.FromDocument, "redirect_uris": registry.FromDocument, "description": registry.FromOperator, "import.mode": registry.FromOperator} {
		if got := a.FieldOwner(field); got != want {
			t.Errorf("%s is owned by %s", field, got)
		}
	}
}

// What an operator took away stays away, whatever a later document says.
func TestAnOperatorsCeilingSurvivesARefresh(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := b.imported(t, registry.Follow)
		grants := func(list ...oauth.GrantType) string {
			_, _, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error { a.GrantTypes = list; return nil })
			if err == nil {
				return ""
			}
			return rules(err)
		}
		if got := grants(oauth.AuthorizationCode, oauth.ClientCredentials); got != "grant_types[1] document_owned" {
			t.Errorf("more than the document asks gives %q", got)
		}
		if got := grants(); got != "grant_types document_owned" {
			t.Errorf("nothing gives %q", got)
		}
		if got := grants(oauth.AuthorizationCode); got != "" {
			t.Fatal(got)
		}
		if _, _, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error { a.Type = registry.Native; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error { a.Type = registry.MachineToMachine; return nil }); rules(err) != "type document_owned" {
			t.Errorf("another type gives %v", err)
		}
		kept, _ := b.observe(t, b.load(t, a.ID), func(m *registry.Mapped) { m.Name = "Agent 2" })
		if kept.Name != "Agent 2" || kept.Type != registry.Native || !slices.Equal(kept.GrantTypes, []oauth.GrantType{oauth.AuthorizationCode}) {
			t.Errorf("after a refresh it is %s with %v", kept.Type, kept.GrantTypes)
		}
		if got := grants(oauth.AuthorizationCode, oauth.RefreshToken); got != "" {
			t.Fatal(got)
		}
		if kept := b.load(t, a.ID); kept.Import.Ceiling != nil || len(kept.GrantTypes) != 2 {
			t.Errorf("what was taken away can be given back: %v, %v", kept.Import.Ceiling, kept.GrantTypes)
		}
	})
}

func TestOfTwoImportsAtTheSameTimeOneMakesTheApplication(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.Changed = nil
		const clients = 8
		var wg sync.WaitGroup
		apps, outcomes, errs := make([]registry.Application, clients), make([]registry.ImportOutcome, clients), make([]error, clients)
		for i := range clients {
			wg.Go(func() {
				d := registry.ImportDraft{Sighting: seen(morning, document()), By: registry.ByClient, Unfinished: true}
				if i%2 == 0 {
					d.By, d.Unfinished = registry.ByOperator, false
				}
				apps[i], outcomes[i], errs[i] = b.Import(t.Context(), olga, d)
			})
		}
		wg.Wait()
		created := 0
		for i := range clients {
			if errs[i] != nil || apps[i].ID != apps[0].ID {
				t.Errorf("one got %s, %v", apps[i].ID, errs[i])
			}
			if outcomes[i].Created {
				created++
			}
		}
		page, err := b.Applications(t.Context(), registry.Query{Unfinished: true})
		if err != nil || len(page.Items) != 1 || created != 1 || page.Items[0].Import.By != registry.ByOperator || !page.Items[0].ExpiresAt.IsZero() {
			t.Errorf("%d were made, %d are there: %+v, %v", created, len(page.Items), page.Items, err)
		}
	})
}

// full is a store in which as many strangers wait as there may be.
type full struct{ *store.Store }

func (full) CountUnfinished(context.Context, time.Time) (int, error) {
	return registry.MaxUnfinished, nil
}

func TestStrangersHaveLittleRoom(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	b.Store = full{b.store}
	d := registry.ImportDraft{Sighting: seen(b.now, document()), By: registry.ByClient, Unfinished: true}
	if _, _, err := b.Import(t.Context(), olga, d); !errors.Is(err, registry.ErrUnfinishedFull) {
		t.Errorf("one too many gives %v", err)
	}
	d.By, d.Unfinished = registry.ByOperator, false
	if _, _, err := b.Import(t.Context(), olga, d); err != nil {
		t.Errorf("an operator's import gives %v", err)
	}
}
