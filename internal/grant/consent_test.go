package grant_test

import (
	"testing"
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
)

func ask(scopes oauth.Scopes, targets ...grant.Target) grant.Ask {
	return grant.Ask{
		Scopes: scopes, Targets: targets,
		RedirectURI: "https://app.example.com/cb", RedirectClass: oauth.RedirectHTTPS, RedirectHost: "app.example.com",
	}
}

func orders(scopes ...string) grant.Target {
	return grant.Target{APIID: "api", Audience: "https://orders.example.com/", Scopes: scopes}
}

func TestASubsetOfWhatWasAllowedIsCovered(t *testing.T) {
	had := ask(oauth.Scopes{"openid", "email"}, orders("read", "write")).Remember("ada", "app", time.Now())
	if len(had) != 2 {
		t.Fatalf("there are %d consents, want one for identity and one for the API", len(had))
	}
	for name, a := range map[string]grant.Ask{
		"the same":         ask(oauth.Scopes{"openid", "email"}, orders("read", "write")),
		"another order":    ask(oauth.Scopes{"email", "openid"}, orders("write", "read")),
		"fewer scopes":     ask(oauth.Scopes{"openid"}, orders("read")),
		"no scope of it":   ask(oauth.Scopes{"openid"}, orders()),
		"identity alone":   ask(oauth.Scopes{"openid"}),
		"the API alone":    ask(nil, orders("write")),
		"nothing whatever": ask(nil),
	} {
		if missing := a.Missing(had); len(missing) != 0 {
			t.Errorf("%s: missing %v", name, missing)
		}
	}
}

func TestASupersetLeavesTheDelta(t *testing.T) {
	had := ask(oauth.Scopes{"openid"}, orders("read")).Remember("ada", "app", time.Now())
	missing := ask(oauth.Scopes{"openid", "email"}, orders("read", "write")).Missing(had)
	if len(missing) != 2 || missing[0].Scopes.String() != "email" || missing[1].Scopes.String() != "write" || missing[1].APIID != "api" {
		t.Errorf("missing %+v", missing)
	}
	known := ask(oauth.Scopes{"openid", "email"}, orders("read", "write")).Known(had)
	if len(known) != 2 || known[0].Scopes.String() != "openid" || known[1].Scopes.String() != "read" {
		t.Errorf("known %+v", known)
	}
}

func TestAnAPIWithoutScopesMustBeAllowedToo(t *testing.T) {
	had := ask(oauth.Scopes{"openid"}).Remember("ada", "app", time.Now())
	if missing := ask(oauth.Scopes{"openid"}, orders()).Missing(had); len(missing) != 1 {
		t.Errorf("missing %v", missing)
	}
}

func TestConsentCountsForItsRedirectAndIdentityOnly(t *testing.T) {
	had := ask(oauth.Scopes{"openid"}).Remember("ada", "app", time.Now())
	for name, change := range map[string]func(*grant.Ask){
		"another host":     func(a *grant.Ask) { a.RedirectHost = "evil.example" },
		"loopback":         func(a *grant.Ask) { a.RedirectClass, a.RedirectHost = oauth.RedirectLoopback, "" },
		"a private scheme": func(a *grant.Ask) { a.RedirectClass, a.RedirectHost = oauth.RedirectPrivateScheme, "" },
		"another identity": func(a *grant.Ask) { a.Identity = "changed" },
	} {
		a := ask(oauth.Scopes{"openid"})
		change(&a)
		if len(a.Missing(had)) != 1 {
			t.Errorf("%s is covered", name)
		}
	}
}

func TestWhatWasAllowedOnThePageCoversNoMoreThanThat(t *testing.T) {
	shown := ask(oauth.Scopes{"openid", "email"}, orders("read", "write"))
	if !shown.Covers(shown) || !shown.Covers(ask(oauth.Scopes{"openid"}, orders("read"))) || !shown.Covers(ask(nil)) {
		t.Error("what was shown does not cover itself or less")
	}
	elsewhere := shown
	elsewhere.RedirectURI = "https://app.example.com/other"
	renamed := shown
	renamed.Identity = "changed"
	otherAPI := orders("read")
	otherAPI.APIID = "another"
	for name, later := range map[string]grant.Ask{
		"a scope more":         ask(oauth.Scopes{"openid", "profile"}),
		"a permission more":    ask(nil, orders("read", "delete")),
		"another API":          ask(nil, grant.Target{APIID: "b", Audience: "https://b.example/"}),
		"an API made anew":     ask(nil, otherAPI),
		"another redirect":     elsewhere,
		"another identity":     renamed,
		"identity of a second": ask(oauth.Scopes{"offline_access"}),
	} {
		if shown.Covers(later) {
			t.Errorf("%s is covered", name)
		}
	}
}

func TestAFingerprintNamesWhatIsShown(t *testing.T) {
	one, other := ask(oauth.Scopes{"openid"}), ask(oauth.Scopes{"openid", "email"})
	if one.Fingerprint() != ask(oauth.Scopes{"openid"}).Fingerprint() || one.Fingerprint() == other.Fingerprint() {
		t.Error("the fingerprint does not tell two pages apart, or the same page from itself")
	}
}

func TestAConsentToWhomItSaidItWas(t *testing.T) {
	before, after := grant.Consent{DocumentIdentity: "before"}, grant.Consent{DocumentIdentity: "after"}
	for name, c := range map[string]struct {
		identity string
		consents []grant.Consent
		want     bool
	}{
		"nothing was allowed":              {"after", nil, false},
		"allowed as it is":                 {"after", []grant.Consent{after}, false},
		"allowed as it was":                {"after", []grant.Consent{before}, true},
		"allowed as it was, and as it is":  {"after", []grant.Consent{before, after}, false},
		"a client without a document":      {"", []grant.Consent{{}}, false},
		"allowed before it had a document": {"after", []grant.Consent{{}}, false},
	} {
		ask := grant.Ask{Identity: c.identity}
		if got := ask.KnownOtherwise(c.consents); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
