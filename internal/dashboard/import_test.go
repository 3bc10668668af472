package dashboard_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

const agentURL = "https://agent.example.net/client.json"

// agent is a metadata document on a pretend internet, as a server sees it.
func agent(t *testing.T) (*servertest.Server, *servertest.Host) {
	t.Helper()
	net := servertest.NewInternet(t)
	host := net.Host("agent.example.net")
	host.JSON("/client.json", agentDocument())
	return servertest.New(t, servertest.WithInternet(net)), host
}

func agentDocument(more ...string) map[string]any {
	doc := map[string]any{
		"client_id": agentURL, "client_name": "Acme Agent", "redirect_uris": []string{"http://localhost/callback", "https://agent.example.net/cb"},
		"grant_types": []string{"authorization_code", "refresh_token"}, "token_endpoint_auth_method": "none",
	}
	doc["redirect_uris"] = append(doc["redirect_uris"].([]string), more...)
	return doc
}

// imported imports the agent through the pages.
func imported(t *testing.T, s *servertest.Server, b *servertest.Browser) registry.Application {
	t.Helper()
	page := b.Get("/dashboard/applications/import").Submit(url.Values{"url": {agentURL}}, "url")
	wants(t, page, http.StatusOK, "reached in", "controlled by agent.example.net", "Acme Agent", "Create application")
	page = page.Submit(nil, "hash")
	wants(t, page, http.StatusOK, "Application created.", "from a URL", "agent.example.net")
	list, err := s.Registry.Applications(t.Context(), registry.Query{Origin: registry.Imported})
	if err != nil || len(list.Items) != 1 {
		t.Fatal(err, list)
	}
	return list.Items[0]
}

func TestAnApplicationIsImportedAsItWasPreviewed(t *testing.T) {
	s, host := agent(t)
	b := signedIn(t, s, account.Editor)
	api := s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	wants(t, b.Get("/dashboard/applications/new"), http.StatusOK, "Create it manually", "Import from URL")
	page := b.Get("/dashboard/applications/import").Submit(url.Values{"url": {agentURL}}, "url")
	servertest.CheckMarkup(t, "preview", page.Body)
	wants(t, page, http.StatusOK, "Third parties may call no API by default")
	if list, _ := s.Registry.Applications(t.Context(), registry.Query{}); len(list.Items) != 0 {
		t.Error("a preview stored something")
	}
	page = page.Submit(url.Values{"mode": {"follow"}, "scope": {api.ID + " read:orders"}}, "hash")
	wants(t, page, http.StatusOK, "Application created.")
	list, err := s.Registry.Applications(t.Context(), registry.Query{})
	if err != nil || len(list.Items) != 1 {
		t.Fatal(err, list)
	}
	a := list.Items[0]
	if a.ExternalID != agentURL || a.Ownership != registry.ThirdParty || a.Import.Mode != registry.Follow || a.Import.By != registry.ByOperator {
		t.Errorf("%+v %+v", a, a.Import)
	}
	grants, err := s.Registry.ClientGrants(t.Context(), registry.ClientGrantQuery{ApplicationID: a.ID})
	if err != nil || len(grants.Items) != 1 || grants.Items[0].Scopes.String() != "read:orders" || grants.Items[0].SubjectType != registry.ForUser {
		t.Error(err, grants.Items)
	}
	again := b.Get("/dashboard/applications/import").Submit(url.Values{"url": {agentURL}}, "url")
	wants(t, again, http.StatusOK, "Already registered", "Nothing would change.")
	if host.Count("/client.json") == 0 {
		t.Error("nothing was fetched")
	}
}

func TestWhatEveryThirdPartyMayDoNeedsNoGrantOfItsOwn(t *testing.T) {
	s, _ := agent(t)
	b := signedIn(t, s, account.Owner)
	api := s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	b.Post("/dashboard/apis/"+api.ID+"/default", url.Values{"access": {"some"}, "scope": {"read:orders"}})
	page := b.Get("/dashboard/applications/import").Submit(url.Values{"url": {agentURL}}, "url")
	wants(t, page, http.StatusOK, "Every third party may by default: read:orders.")
	page.Submit(nil, "hash")
	grants, err := s.Registry.ClientGrants(t.Context(), registry.ClientGrantQuery{})
	if err != nil || len(grants.Items) != 1 || !grants.Items[0].ThirdParties {
		t.Error(err, grants.Items)
	}
}

func TestADocumentThatMovedIsShownAgainInsteadOfBeingRegistered(t *testing.T) {
	s, host := agent(t)
	b := signedIn(t, s, account.Owner)
	page := b.Get("/dashboard/applications/import").Submit(url.Values{"url": {agentURL}}, "url")
	host.JSON("/client.json", agentDocument("https://agent.example.net/moved"))
	page = page.Submit(nil, "hash")
	wants(t, page, http.StatusConflict, "The document has changed since you looked", "https://agent.example.net/moved")
	if list, _ := s.Registry.Applications(t.Context(), registry.Query{}); len(list.Items) != 0 {
		t.Error("something was registered")
	}
	wants(t, page.Submit(nil, "hash"), http.StatusOK, "Application created.")
}

func TestARefusedDocumentSaysWhatItsOwnerShouldChange(t *testing.T) {
	s, host := agent(t)
	b := signedIn(t, s, account.Editor)
	doc := agentDocument()
	doc["client_id"] = "https://agent.example.net/other.json"
	host.JSON("/client.json", doc)
	page := b.Get("/dashboard/applications/import").Submit(url.Values{"url": {agentURL}}, "url")
	wants(t, page, http.StatusUnprocessableEntity, "The document cannot be accepted", "What to change", "Copy this report", "CIMD-02")
	if strings.Contains(page.Body, ">Create application</span>") {
		t.Error("there is a button all the same")
	}
	servertest.CheckMarkup(t, "refused", page.Body)
	bad := b.Get("/dashboard/applications/import").Submit(url.Values{"url": {"http://agent.example.net/client.json"}}, "url")
	wants(t, bad, http.StatusUnprocessableEntity, `id="f-url-error"`, "https")
	none := b.Get("/dashboard/applications/import").Submit(url.Values{"url": {"https://nowhere.example.net/x.json"}}, "url")
	wants(t, none, http.StatusUnprocessableEntity, "The document could not be fetched")
}

func TestRegisteringNeedsAFreshSignIn(t *testing.T) {
	s, _ := agent(t)
	b := signedIn(t, s, account.Owner)
	page := b.Get("/dashboard/applications/import").Submit(url.Values{"url": {agentURL}}, "url")
	stale(s)
	wants(t, page.Submit(nil, "hash"), http.StatusForbidden, "Sign in once more")
	viewer := signedIn(t, s, account.Viewer)
	wants(t, viewer.Get("/dashboard/applications/import"), http.StatusForbidden, "Your role does not allow this")
}

func TestARefreshShowsTheDifferenceAndAppliesIt(t *testing.T) {
	s, host := agent(t)
	b := signedIn(t, s, account.Owner)
	a := imported(t, s, b)
	path := "/dashboard/applications/" + a.ID + "/document"
	wants(t, b.Post(path+"/refresh", nil), http.StatusOK, "Nothing: the document says what is in force.")
	host.JSON("/client.json", agentDocument("https://agent.example.net/more"))
	page := b.Post(path+"/refresh", nil)
	wants(t, page, http.StatusOK, "What would change", "https://agent.example.net/more", "may do more", "waits for approval")
	servertest.CheckMarkup(t, "refresh", page.Body)
	page = page.Submit(nil, "hash")
	wants(t, page, http.StatusOK, "Applied.", "Version 2, in force", "Version 1, replaced")
	now, err := s.Registry.Application(t.Context(), a.ID)
	if err != nil || len(now.RedirectURIs) != 3 {
		t.Error(err, now.RedirectURIs)
	}
	wants(t, b.Get(path+"?from=1&to=2"), http.StatusOK, "may do more", "https://agent.example.net/more")
}

func TestARefreshThatIsRefusedSaysWhatStaysInForceAndWhyBeforeTheMembers(t *testing.T) {
	s, host := agent(t)
	b := signedIn(t, s, account.Owner)
	a := imported(t, s, b)
	path := "/dashboard/applications/" + a.ID + "/document"
	doc := agentDocument()
	doc["client_secret"] = "x"
	host.JSON("/client.json", doc)
	page := b.Post(path+"/refresh", nil)
	wants(t, page, http.StatusUnprocessableEntity, "Version 1 stays in force", "Nothing was changed by looking", "Controlled by", "In force")
	servertest.CheckMarkup(t, "refused refresh", page.Body)
	if why, members := strings.Index(page.Body, "The document cannot be accepted"), strings.Index(page.Body, "Members of the document"); why < 0 || members < why {
		t.Errorf("the reason stands at %d, the members at %d", why, members)
	}
	if strings.Contains(page.Body, ">Apply</span>") {
		t.Error("there is a button all the same")
	}
}

func TestFieldsOfADocumentCannotBeEditedHere(t *testing.T) {
	s, _ := agent(t)
	b := signedIn(t, s, account.Owner)
	a := imported(t, s, b)
	path := "/dashboard/applications/" + a.ID
	page := b.Get(path + "/settings")
	wants(t, page, http.StatusOK, "Comes from the metadata document. Its owner changes it there.")
	page = page.Submit(url.Values{"name": {"Mine now"}, "redirect_uris": {"https://evil.example.org/"}, "tags": {"partner"}}, "revision", "name")
	wants(t, page, http.StatusOK, "Saved.")
	now, err := s.Registry.Application(t.Context(), a.ID)
	if err != nil || now.Name != "Acme Agent" || len(now.RedirectURIs) != 2 || strings.Join(now.Tags, "") != "partner" {
		t.Errorf("%v %+v", err, now)
	}
	wants(t, b.Get(path+"/credentials"), http.StatusOK, "Keys from the document", "it can never have a secret")
	wants(t, b.Get(path), http.StatusOK, "Controlled by")
	for _, tab := range []string{"", "/settings", "/credentials", "/apis", "/danger", "/document"} {
		servertest.CheckMarkup(t, "imported "+tab, b.Get(path+tab).Body)
	}
}

func TestTheSwitchesOfAnImportedApplicationAreSaved(t *testing.T) {
	s, _ := agent(t)
	b := signedIn(t, s, account.Owner)
	a := imported(t, s, b)
	path := "/dashboard/applications/" + a.ID + "/document"
	day := s.Clock.Now().Add(10 * 24 * time.Hour).Format(time.DateOnly)
	wants(t, b.Post(path+"/mode", url.Values{"mode": {"frozen"}}), http.StatusOK, "Saved.")
	wants(t, b.Post(path+"/pin", url.Values{"until": {day}}), http.StatusOK, "Saved.", "pinned copy")
	wants(t, b.Post(path+"/audience", url.Values{"until": {day}}), http.StatusOK)
	wants(t, b.Post(path+"/client-credentials", url.Values{"client_credentials": {"on"}}), http.StatusOK)
	for _, which := range []string{"/pin", "/audience"} {
		wrong := b.Post(path+which, url.Values{"until": {"2020-01-01"}})
		wants(t, wrong, http.StatusUnprocessableEntity, "must be a day in the future", `value="2020-01-01"`)
		servertest.CheckMarkup(t, which, wrong.Body)
	}
	now, err := s.Registry.Application(t.Context(), a.ID)
	if err != nil || now.Import.Mode != registry.Frozen || now.Import.PinnedUntil.Format(time.DateOnly) != day {
		t.Errorf("%v %+v", err, now.Import)
	}
	wants(t, b.Post("/dashboard/applications/"+newWeb(s).ID+"/document/mode", url.Values{"mode": {"follow"}}), http.StatusNotFound)
}

func TestRulesAreAddedTestedAndDeleted(t *testing.T) {
	s, _ := agent(t)
	b := signedIn(t, s, account.Owner)
	const path = "/dashboard/settings/applications"
	wants(t, b.Post(path+"/rules", url.Values{"pattern": {"*.com"}, "effect": {"allow"}}), http.StatusUnprocessableEntity, `id="f-pattern-error"`, `value="*.com"`)
	wants(t, b.Post(path+"/rules", url.Values{"pattern": {"agent.example.net"}, "effect": {"deny"}, "note": {"spam"}}), http.StatusOK, "Rule added: deny agent.example.net.", "spam")
	wants(t, b.Get(path+"?test="+url.QueryEscape(agentURL)), http.StatusOK, "refused", "deny agent.example.net")
	wants(t, b.Get(path+"?test=nonsense"), http.StatusOK, `id="f-test-error"`)
	rules, err := s.Registry.AdmissionRules(t.Context())
	if err != nil || len(rules) != 1 {
		t.Fatal(err, rules)
	}
	wants(t, b.Post(path+"/rules/"+rules[0].ID+"/delete", nil), http.StatusOK, "Rule deleted.", "There are none")
	page := b.Get(path).Submit(url.Values{"cimd_admission": {"open"}, "cimd_profile": {"mcp"}}, "cimd_admission")
	wants(t, page, http.StatusOK, "Saved.")
	if now := s.Settings.Current(); now.CIMDAdmission != "open" || now.CIMDProfile != "mcp" || !now.LocalhostPort {
		t.Errorf("%+v", now)
	}
	wants(t, b.Get(path+"?test="+url.QueryEscape(agentURL)), http.StatusOK, "let in")
	servertest.CheckMarkup(t, "admission", b.Get(path).Body)
}

func TestTheInstanceSettingsLeaveThoseOfTheOtherPageAlone(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	page := b.Get("/dashboard/settings")
	if strings.Contains(page.Body, "cimd_") {
		t.Error("they stand on both pages")
	}
	wants(t, page.Submit(url.Values{"instance_name": {"Acme"}}, "instance_name"), http.StatusOK, "Saved.")
	if now := s.Settings.Current(); !now.LocalhostPort || now.CIMDAdmission != "approval" {
		t.Errorf("%+v", now)
	}
}

// waits puts the agent into the queue as a person's arrival would have.
func waits(t *testing.T, s *servertest.Server) registry.Waiting {
	t.Helper()
	p, err := s.Documents().Preview(t.Context(), servertest.Actor, agentURL)
	if err != nil {
		t.Fatal(err)
	}
	person := s.CreateUser("person@example.com", account.NoRole)
	now := s.Clock.Now()
	w, err := s.Registry.Enqueue(t.Context(), registry.Waiting{
		URL: agentURL, Hash: p.Hash, KeySetHash: p.KeySetHash, Body: []byte("{}"), Name: "Acme Agent", RedirectURIs: []string{"http://localhost/callback"},
		Reference: "7KQ2-MD4F", Door: "authorize", FirstAt: now, LastAt: now, ExpiresAt: now.Add(registry.WaitingLifetime),
	}, person.ID)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAWaitingApplicationIsApprovedAsItWasShown(t *testing.T) {
	s, host := agent(t)
	b := signedIn(t, s, account.Owner)
	w := waits(t, s)
	wants(t, b.Get("/dashboard"), http.StatusOK, "application waits for approval", `class="rail-count"`)
	list := b.Get("/dashboard/applications/waiting")
	wants(t, list, http.StatusOK, "agent.example.net", "this device", "Acme Agent", "7KQ2-MD4F")
	servertest.CheckMarkup(t, "queue", list.Body)
	page := b.Get("/dashboard/waiting/" + w.ID)
	wants(t, page, http.StatusOK, "1 person, 1 attempt", "Refuse and block URL", "Approve")
	host.JSON("/client.json", agentDocument("https://agent.example.net/more"))
	page = page.Submit(nil, "hash")
	wants(t, page, http.StatusConflict, "The document has changed since you looked", "https://agent.example.net/more")
	page = page.Submit(nil, "hash")
	wants(t, page, http.StatusOK, "Approved. The person who waited can go on now.")
	wants(t, b.Get("/dashboard/applications/waiting"), http.StatusOK, "Nobody waits")
}

func TestAWaitingApplicationIsRefusedOrBlocked(t *testing.T) {
	s, _ := agent(t)
	b := signedIn(t, s, account.Owner)
	w := waits(t, s)
	wants(t, b.Post("/dashboard/waiting/"+w.ID+"/refuse", nil), http.StatusOK, "Refused.", "Nobody waits")
	wants(t, b.Get("/dashboard/waiting/"+w.ID), http.StatusNotFound)
	for _, step := range []string{"/block", "/block-host"} {
		w, err := s.Registry.Enqueue(t.Context(), w, "")
		if err != nil {
			t.Fatal(err)
		}
		if step == "/block-host" {
			wants(t, b.Get("/dashboard/waiting/"+w.ID+step), http.StatusOK, "Refuse and block agent.example.net")
		}
		wants(t, b.Post("/dashboard/waiting/"+w.ID+step, nil), http.StatusOK, "Refused and blocked")
	}
	rules, err := s.Registry.AdmissionRules(t.Context())
	if err != nil || len(rules) != 2 {
		t.Error(err, rules)
	}
}

func TestAReferenceLeadsToWhyAndTheExceptionItOffers(t *testing.T) {
	s, _ := agent(t)
	b := signedIn(t, s, account.Owner)
	a := imported(t, s, b)
	now := s.Clock.Now()
	err := s.Store.SaveTraces(t.Context(), []audit.Trace{{
		Reference: "7KQ2-MD4F", At: now, Door: "token", ClientID: agentURL, ApplicationID: a.ID, Rule: "assertion_aud_token_endpoint", Value: "https://id.example.test/oauth/token",
		Message: "aud is the token endpoint", Mend: "set aud to the issuer", Side: audit.SideClient, Spec: "rfc7523bis-11 §4", Address: "192.0.2.1",
	}})
	if err != nil {
		t.Fatal(err)
	}
	page := b.Get("/dashboard/applications?q=ref+7kq2-md4f")
	wants(t, page, http.StatusOK, "Why agent.example.net was refused", "aud is the token endpoint", "Set aud to the issuer", "rfc7523bis-11", "Accept it until")
	servertest.CheckMarkup(t, "trace", page.Body)
	wants(t, b.Get("/dashboard/activity/refusals"), http.StatusOK, "7KQ2-MD4F")
	wants(t, b.Get("/dashboard/activity/refusals?q=AAAA-BBBB"), http.StatusNotFound, "Nothing is known of AAAA-BBBB")
	b.Post("/dashboard/activity/refusals/7KQ2-MD4F/accept-audience", nil)
	changed, err := s.Registry.Application(t.Context(), a.ID)
	if err != nil || !changed.Import.AudienceUntil.After(now.Add(80*24*time.Hour)) {
		t.Errorf("%v %+v", err, changed.Import)
	}
}

func TestDeletingCanBlockTheURLToo(t *testing.T) {
	s, _ := agent(t)
	b := signedIn(t, s, account.Owner)
	a := imported(t, s, b)
	page := b.Get("/dashboard/applications/"+a.ID+"/danger").Submit(url.Values{"typed": {a.Name}, "block": {"on"}}, "typed")
	wants(t, page, http.StatusOK, "was deleted, and its URL is blocked.")
	rules, err := s.Registry.AdmissionRules(t.Context())
	if err != nil || len(rules) != 1 || rules[0].Pattern != agentURL || rules[0].Effect != registry.Deny {
		t.Error(err, rules)
	}
}

func TestTheLinterChecksAURLOrAPastedDocument(t *testing.T) {
	s, host := agent(t)
	b := signedIn(t, s, account.Editor)
	const path = "/dashboard/tools/metadata-linter"
	wants(t, b.Get(path), http.StatusOK, "Metadata linter")
	wants(t, b.Get(path).Submit(nil, "url"), http.StatusUnprocessableEntity, `id="f-url-error"`)
	page := b.Get(path).Submit(url.Values{"url": {agentURL}}, "url")
	wants(t, page, http.StatusOK, "This server would take the document", "passed", "Copy this report", "Who would be let in here", "ChatGPT", "Claude Code")
	servertest.CheckMarkup(t, "linter", page.Body)
	before := host.Count("/client.json")
	pasted := b.Get(path).Submit(url.Values{"url": {agentURL}, "document": {`{"client_id":"https://agent.example.net/other.json","client_secret":"x"}`}}, "url")
	wants(t, pasted, http.StatusOK, "This server would refuse the document", "fail", "skipped")
	if host.Count("/client.json") != before {
		t.Error("a pasted document was fetched")
	}
}

func TestAKeyIsAddedBesideTheOldOneAndUsedInsteadOfASecret(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	path := "/dashboard/applications/" + app.ID
	wants(t, b.Post(path+"/keys", url.Values{"key": {"nonsense"}}), http.StatusUnprocessableEntity, `id="f-key-error"`, "nonsense</textarea>")
	wants(t, b.Post(path+"/keys", url.Values{}), http.StatusUnprocessableEntity, "paste the public key")
	for _, name := range []string{"first", "second"} {
		page := b.Post(path+"/keys", url.Values{"key": {publicPEM(t)}, "key_name": {name}, "algorithm": {"ES256"}})
		wants(t, page, http.StatusOK, "added.", name, "ES256 (EC P-256)")
		servertest.CheckMarkup(t, "keys", page.Body)
	}
	page := b.Get(path+"/credentials").Submit(url.Values{"method": {"private_key_jwt"}}, "method")
	wants(t, page, http.StatusOK, "Saved.")
	now, err := s.Registry.Application(t.Context(), app.ID)
	if err != nil || len(now.Keys) != 2 || !now.Accepts("private_key_jwt") || now.Accepts("client_secret_basic") || now.Secrets[0].Usable(s.Clock.Now()) {
		t.Fatalf("%v %+v", err, now)
	}
	wants(t, b.Post(path+"/keys/"+now.Keys[0].ID+"/delete", nil), http.StatusOK, "Key removed.")
	last := b.Post(path+"/keys/"+now.Keys[1].ID+"/switch", url.Values{"active": {"no"}})
	if now, _ = s.Registry.Application(t.Context(), app.ID); !now.Keys[len(now.Keys)-1].Active {
		t.Error("the last key was switched off although the method needs one:", last.Body)
	}
}

func publicPEM(t *testing.T) string {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
