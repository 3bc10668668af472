package store_test

import (
	"errors"
	"testing"
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/secret"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func requestOf(application, user string) grant.Request {
	return grant.Request{
		Hash: secret.Hash("k1:request"), ApplicationID: application, SessionID: "ses_1", UserID: user,
		Parameters: map[string][]string{"scope": {"openid"}, "resource": {"https://a.example", "https://b.example"}},
		AuthTime:   noon, DocumentHash: "dh", CreatedAt: noon, ExpiresAt: noon.Add(grant.RequestLifetime),
		Ask: grant.Ask{Reason: grant.AskConsent, Scopes: oauth.Scopes{"openid"}, RedirectURI: "https://app.example.com/callback"},
	}
}

func TestARequestIsSavedAgainWhileItIsOpen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		r := requestOf("app1", "usr_1")
		if err := s.SaveRequest(ctx, r); err != nil {
			t.Fatal(err)
		}
		r.ConsentedAt, r.SessionID = noon.Add(time.Minute), "ses_2"
		if err := s.SaveRequest(ctx, r); err != nil {
			t.Fatal(err)
		}
		got, err := s.Request(ctx, []secret.Hash{r.Hash})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAFinishedRequestIsNotSavedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		u := createUser(t, s, user("usr_1"))
		r := requestOf("app1", u.ID)
		if err := s.SaveRequest(ctx, r); err != nil {
			t.Fatal(err)
		}
		g := grantOf("grant1", "app1", u.ID)
		if err := s.IssueCode(ctx, r.Hash, g, codeOf(g)); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveRequest(ctx, r); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestARequestOfNoApplicationIsNotSaved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if err := s.SaveRequest(ctx, requestOf("nobody", "usr_1")); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
		if _, err := s.Request(ctx, []secret.Hash{"k1:request"}); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestARequestOfAnUnknownClientGetsItsApplicationOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		create(t, s, application("app2"))
		r := requestOf("", "usr_1")
		for _, tt := range []struct {
			application string
			want        error
		}{{"", nil}, {"", nil}, {"nobody", grant.ErrNotFound}, {"app1", nil}, {"app2", grant.ErrNotFound}, {"", grant.ErrNotFound}, {"app1", nil}} {
			r.ApplicationID = tt.application
			if err := s.SaveRequest(ctx, r); !errors.Is(err, tt.want) {
				t.Errorf("for %q: %v, want %v", tt.application, err, tt.want)
			}
			if tt.want != nil {
				continue
			}
			got, err := s.Request(ctx, []secret.Hash{r.Hash})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r, got); diff != "" {
				t.Error(diff)
			}
		}
	})
}
