package authorize_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/authorize"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
	"clientele/internal/settings"
	"clientele/internal/ui"
)

// record keeps use events in memory.
type record struct{ uses []audit.Use }

func (r *record) Record(_ context.Context, u audit.Use) { r.uses = append(r.uses, u) }

// nobody is signed in.
type nobody struct{ err error }

func (n nobody) Current(*http.Request) (account.Session, account.User, error) {
	return account.Session{}, account.User{}, n.err
}

// broken is a directory that cannot answer, for the ids that are not its own.
type broken struct{ authorize.Clients }

var errTrouble = errors.New("dial tcp 10.0.0.7:5432: password=hunter2")

func (broken) Find(context.Context, oauth.ClientID) (*registry.Application, error) {
	return nil, errTrouble
}

// alone is the room by itself, with a record that can be read.
func alone(s *servertest.Server) (*authorize.Handler, *record) {
	kept := &record{}
	return &authorize.Handler{
		Issuer: s.Issuer(), Clients: s.Directory(), Store: s.Store, Sessions: nobody{account.ErrNoSession}, Tokens: s.Signing, Keys: s.Keys,
		Settings: settings.Default, Policy: func() registry.Policy { return registry.Policy{LocalhostPort: true} }, Site: func() ui.Site { return ui.Site{Name: "Test"} }, Uses: kept, Log: slog.New(slog.DiscardHandler), Now: s.Clock.Now,
	}, kept
}

func serve(h *authorize.Handler, query url.Values) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	h.Mount(mux)
	rec := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/authorize?"+query.Encode(), http.NoBody)
	r.RemoteAddr = "[2001:db8::1]:4711"
	mux.ServeHTTP(rec, r)
	return rec
}

func TestARefusalOnAPageIsInTheRecordUnderItsReference(t *testing.T) {
	s := servertest.New(t)
	no := false
	app, _ := s.CreateApplication(registry.Draft{Name: "Off", Type: registry.RegularWeb, RedirectURIs: []string{callback}, Enabled: &no})
	h, kept := alone(s)
	for reason, query := range map[string]url.Values{
		"unknown client":  request(app, url.Values{"client_id": {"nobody\u202e\xff"}, "state": {"secret-state"}}),
		"client disabled": request(app, url.Values{"state": {"secret-state"}, "login_hint": {"ada@example.com"}}),
	} {
		kept.uses = nil
		if reason == "unknown client" {
			query.Set("client_id", "nobody")
		}
		rec := serve(h, query)
		if len(kept.uses) != 1 {
			t.Fatalf("%s: there are %d events", reason, len(kept.uses))
		}
		use := kept.uses[0]
		if use.Kind != "authorize.refused" || use.Reason != reason || use.Address != "2001:db8::1" || len(use.Reference) != 9 || !strings.Contains(rec.Body.String(), use.Reference) {
			t.Errorf("%s: the event is %+v", reason, use)
		}
		if (use.ApplicationID == app.ID) != (reason == "client disabled") {
			t.Errorf("%s: the application is %q", reason, use.ApplicationID)
		}
		if text := fmt.Sprintf("%+v", use); strings.Contains(text, "secret-state") || strings.Contains(text, "ada@") || strings.Contains(text, servertest.Challenge()) {
			t.Errorf("%s: the record has what it must not: %s", reason, text)
		}
	}
}

func TestARefusalSentBackIsInTheRecord(t *testing.T) {
	s := servertest.New(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	h, kept := alone(s)
	serve(h, request(app, url.Values{"audience": {"https://" + strings.Repeat("x", 3000)}}))
	if len(kept.uses) != 1 || kept.uses[0].Detail["error"] != "access_denied" || kept.uses[0].ApplicationID != app.ID || kept.uses[0].URI != callback || len(kept.uses[0].Reason) > 310 {
		t.Errorf("the record is %+v", kept.uses)
	}
}

// What goes wrong inside is for the log: neither a page nor an answer tells it.
func TestTroubleInsideIsAReferenceAndNothingMore(t *testing.T) {
	s := servertest.New(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	h, kept := alone(s)
	h.Sessions = nobody{errTrouble}
	rec := serve(h, request(app, nil))
	to, err := url.Parse(rec.Header().Get("Location"))
	if err != nil || to.Query().Get("error") != "server_error" || strings.Contains(to.String(), "hunter2") || to.Query().Get("state") != "a state" {
		t.Errorf("after the redirect is proven: %s", rec.Header().Get("Location"))
	}
	h.Clients = broken{h.Clients}
	rec = serve(h, request(app, nil))
	if rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), "hunter2") || rec.Header().Get("Location") != "" {
		t.Errorf("before it is proven: %d %s", rec.Code, rec.Body)
	}
	if len(kept.uses) != 2 || kept.uses[1].Reference == "" || !strings.Contains(rec.Body.String(), kept.uses[1].Reference) {
		t.Errorf("the record is %+v", kept.uses)
	}
}

func TestACodeMarksApplicationAndRedirectAsUsed(t *testing.T) {
	s, app, _ := web(t)
	s.FlushUses()
	used, err := s.Store.Application(t.Context(), app.ID)
	if err != nil || used.LastUsed.IsZero() || used.RedirectURIs[0].LastUsed.IsZero() {
		t.Errorf("application %v, redirect %+v, %v", used.LastUsed, used.RedirectURIs, err)
	}
}
