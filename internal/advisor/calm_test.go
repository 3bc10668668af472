package advisor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// What somebody does right is no finding. Each row changes a good subject, and names checks that stay silent about it.
func TestWhatIsDoneRightIsNoFinding(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Subject)
		silent []string
	}{
		"a secret that is being replaced": {func(s *Subject) {
			withSecret(s)
			ending := usedSecret("sec_0")
			ending.ExpiresAt = noon.Add(time.Hour)
			s.Application.Secrets = append(s.Application.Secrets, ending)
		}, []string{"secret_expiring"}},
		"a secret that was replaced": {func(s *Subject) {
			withSecret(s)
			ended := usedSecret("sec_0")
			ended.ExpiresAt = noon.Add(-time.Hour)
			s.Application.Secrets = append(s.Application.Secrets, ended)
		}, []string{"secret_expired", "secret_expiring"}},
		"a key that was replaced": {func(s *Subject) {
			ended := key(t, "cred_0")
			ended.ExpiresAt = noon.Add(-time.Hour)
			s.Application.Keys = append(s.Application.Keys, ended)
		}, []string{"key_expired", "key_expiring"}},
		"a native application on loopback": {native, []string{"redirect_localhost", "redirect_http", "redirect_localhost_name", "redirect_native_web"}},
		"the name localhost beside the address": {func(s *Subject) {
			native(s)
			s.Application.RedirectURIs = append(s.Application.RedirectURIs, registry.URI{Value: "http://localhost/cb", AddedAt: noon})
		}, []string{"redirect_localhost", "redirect_localhost_name"}},
		"a development instance with a test machine": {func(s *Subject) {
			s.Production = false
			redirect("http://192.168.1.7:3000/cb")(s)
			s.Application.LogoutURIs = registry.URIs("http://localhost/bye")
			s.Application.InitiateLoginURI = "https://localhost/login"
		}, []string{"redirect_http", "logout_insecure", "login_url_insecure"}},
		"a document for more servers than this one": {func(s *Subject) {
			imported(s)
			s.Application.RedirectURIs[0].LastUsed = time.Time{}
			redirect("http://127.0.0.1/cb")(s)
		}, []string{"redirect_unused", "redirect_localhost", "login_url_missing"}},
		"a document that is kept because its host is away": {func(s *Subject) {
			imported(s)
			changeImport(func(m *registry.Import) {
				m.Failures, m.Failure, m.FailedAt, m.PinnedUntil = 4, "timeout", noon.Add(-2*time.Hour), noon.Add(day)
			})(s)
		}, []string{"document_unreachable"}},
		"an open API of which it was given everything": {func(s *Subject) {
			changeAPI(func(a *registry.API) { a.UserPolicy = registry.AllowAll })(s)
			s.Grants[0].Scopes = oauth.Scopes{"write", "read"}
		}, []string{"api_open"}},
		"an open API and an application that acts for itself": {func(s *Subject) {
			changeAPI(func(a *registry.API) { a.UserPolicy = registry.AllowAll })(s)
			machine(s)
		}, []string{"api_open"}},
		"a permission that only tokens of the program itself carry": {func(s *Subject) {
			machine(s)
			s.Facts.ForPeople = registry.AskedScopes{}
		}, []string{"scope_unused", "grant_senseless"}},
		"a permission that is new": {func(s *Subject) {
			s.Grants[0].Scopes = oauth.Scopes{"write"}
			s.Grants[0].UpdatedAt = noon.Add(-29 * day)
		}, []string{"scope_unused"}},
		"a permission of which too little is known": {func(s *Subject) {
			s.Grants[0].Scopes = oauth.Scopes{"write"}
			s.Facts.ForPeople.Since = noon.Add(-29 * day)
		}, []string{"scope_unused"}},
		"a permission of which nothing is known": {func(s *Subject) {
			machine(s)
			s.Grants[0].Scopes = oauth.Scopes{"write"}
			s.Facts.ForItself = registry.AskedScopes{}
		}, []string{"scope_unused"}},
		"a new application that nobody used yet": {func(s *Subject) {
			s.Application.CreatedAt, s.Application.LastUsed = noon.Add(-day), time.Time{}
			for i := range s.Application.RedirectURIs {
				s.Application.RedirectURIs[i].AddedAt, s.Application.RedirectURIs[i].LastUsed = noon.Add(-day), time.Time{}
			}
		}, []string{"application_unused", "application_idle", "redirect_unused"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := good(t)
			c.change(s)
			found := Check(s)
			for _, id := range c.silent {
				if has(found, id) {
					t.Errorf("%s fires", id)
				}
			}
		})
	}
}

// A permission counts as unused from the day on which its own kind of token is looked at, and says so.
func TestAnUnusedPermissionSaysForWhomAndSinceWhen(t *testing.T) {
	s := good(t)
	machine(s)
	s.Grants[0].Scopes = oauth.Scopes{"read", "write"}
	s.Facts.ForItself.Since = noon.Add(-40 * day)
	s.Facts.ForPeople.Scopes["api1"] = oauth.Scopes{"write"} // what people grant is no use by the program itself
	i := slices.IndexFunc(Check(s), func(f Finding) bool { return f.Check == "scope_unused" })
	if i < 0 {
		t.Fatal("is silent")
	}
	e := Check(s)[i].Evidence[0]
	if e.Label != "For itself, in no token: write, since" || !e.At.Equal(noon.Add(-40*day)) || e.Mend != "drop_scopes cgr_1" {
		t.Errorf("%+v", e)
	}
}

func TestAnOpenAPISaysHowMuchItGivesBesideWhatWasGiven(t *testing.T) {
	for _, c := range []struct {
		scopes []registry.APIScope
		given  bool
		want   string
	}{
		{nil, false, "Open to every first-party application"},
		{[]registry.APIScope{{Value: "read"}}, false, "Open to every first-party application, with 1 permission it was not given"},
		{[]registry.APIScope{{Value: "read"}, {Value: "write"}, {Value: "admin"}}, true, "Open to every first-party application, with 2 permissions it was not given"},
	} {
		s := good(t)
		changeAPI(func(a *registry.API) { a.UserPolicy, a.Scopes = registry.AllowAll, c.scopes })(s)
		if !c.given {
			s.Grants = nil
		}
		found := apiOpen(s)
		if len(found) != 1 || found[0].Label != c.want || found[0].APIID != "api1" {
			t.Errorf("%+v, want %s", found, c.want)
		}
	}
}

// A public application has nothing to prove that it asks for itself.
func TestClientCredentialsWithoutACredentialIsASecondWayIn(t *testing.T) {
	s := good(t)
	public(s)
	s.Application.GrantTypes = append(s.Application.GrantTypes, oauth.ClientCredentials)
	if found := Check(s); !has(found, "grant_unexpected") {
		t.Errorf("%v", ids(found))
	}
}

// What a metadata document says nobody here can change, so the finding must not ask an operator to.
func TestAFixSaysWhoCanMakeIt(t *testing.T) {
	const theirs = "Only its owner can change this, in the metadata document: "
	for name, change := range map[string]func(*Subject){
		"redirect_dead_host": func(s *Subject) { s.Facts.DeadHosts = map[string]time.Time{"shop.example.com": noon.Add(-day)} },
		"key_rsa_short":      fires["key_rsa_short"].then,
	} {
		s := good(t)
		change(s)
		ours := fixOf(t, s, name)
		imported(s)
		if fix := fixOf(t, s, name); strings.HasPrefix(ours, theirs) || !strings.HasPrefix(fix, theirs) || !strings.EqualFold(strings.TrimPrefix(fix, theirs), ours) {
			t.Errorf("%s: %q, and of a document %q", name, ours, fix)
		}
	}
	for i := range checks {
		if c := &checks[i]; c.asks {
			s := good(t)
			imported(s)
			fires[c.id].then(s)
			if fix := fixOf(t, s, c.id); fix != c.fix {
				t.Errorf("%s says it twice: %s", c.id, fix)
			}
		}
	}
}

func fixOf(t *testing.T, s *Subject, id string) string {
	t.Helper()
	found := Check(s)
	i := slices.IndexFunc(found, func(f Finding) bool { return f.Check == id })
	if i < 0 {
		t.Fatalf("%s is silent; found %v", id, ids(found))
	}
	return found[i].Fix
}
