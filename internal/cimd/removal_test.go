package cimd_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/oauth"
	"clientele/internal/outbound"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// working counts the keys that an application may authenticate with.
func (w *world) working(id string) (n int) {
	for _, k := range w.now(id).Keys {
		if k.Usable(w.Clock.Now()) {
			n++
		}
	}
	return n
}

func TestAKeySetThatIsEmptyGoneOrBrokenTakesItsKeysAlong(t *testing.T) {
	for says, broken := range map[string]func(*world){
		"an empty set":  func(w *world) { w.host.JSON("/jwks.json", `{"keys":[]}`) },
		"not found":     func(w *world) { w.host.Status("/jwks.json", http.StatusNotFound) },
		"gone":          func(w *world) { w.host.Status("/jwks.json", http.StatusGone) },
		"no JSON":       func(w *world) { w.host.JSON("/jwks.json", `<html>`) },
		"a private key": func(w *world) { w.host.JSON("/jwks.json", `{"keys":[{"kty":"oct","k":"AQAB"}]}`) },
	} {
		for _, withDocument := range []bool{false, true} {
			w := newWorld(t, registry.AdmitOpen)
			key := w.NewClientKey()
			w.keyed(key)
			app := w.imported()
			w.used(app.ID)
			w.Clock.Set(app.Import.KeysDueAt)
			if withDocument {
				w.Clock.Set(app.Import.DueAt)
			}
			broken(w)
			if _, err := w.svc.Current(t.Context(), &app, arrival("usr_1")); err != nil {
				t.Errorf("%s: %v", says, err)
			}
			w.RefreshDue(t.Context())
			now := w.now(app.ID)
			if w.working(app.ID) != 0 || !now.Import.KeysDueAt.After(w.Clock.Now()) {
				t.Errorf("%s, with the document %t: %d keys work, due at %s", says, withDocument, w.working(app.ID), now.Import.KeysDueAt)
			}
			w.keys(key)
			w.Clock.Set(now.Import.KeysDueAt)
			w.RefreshDue(t.Context())
			if w.working(app.ID) != 1 {
				t.Errorf("%s, with the document %t: they do not come back", says, withDocument)
			}
		}
	}
}

func TestADocumentWithoutItsOwnKeysLosesThem(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	key := w.NewClientKey()
	inline := func(set any) {
		w.host.JSON(appPath, document(map[string]any{"token_endpoint_auth_method": "private_key_jwt", "jwks": set}))
	}
	inline(keySet(key))
	app := w.imported()
	inline(keySet())
	w.Clock.Set(app.Import.DueAt)
	w.current(app.ID, cimd.Invalid)
	if w.working(app.ID) != 0 {
		t.Error("a key works that is not published any more")
	}
	inline(keySet(key))
	w.current(app.ID, "")
	if w.working(app.ID) != 1 {
		t.Error("it does not come back")
	}
}

func TestAPreviewTellsOfKeysThatAreGoneAndOfThoseThatWait(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	w.keyed(w.NewClientKey())
	app := w.imported()
	w.host.JSON("/jwks.json", `{"keys":[]}`)
	p, err := w.Preview(t.Context(), appURL)
	if err != nil || len(p.Differences) != 1 || len(p.Differences[0].Removed) != 1 {
		t.Errorf("gone: %+v, %v", p.Differences, err)
	}
	other := w.NewClientKey()
	w.keys(other)
	w.used(app.ID)
	w.Clock.Set(app.Import.KeysDueAt)
	w.RefreshDue(t.Context())
	w.host.Status("/jwks.json", http.StatusServiceUnavailable)
	p, err = w.Preview(t.Context(), appURL)
	want := registry.Difference{Field: "jwks", Class: registry.ClassKey, Added: []string{other.Public.Thumbprint}}
	if err != nil || len(p.Differences) != 1 || !slices.Equal(p.Differences[0].Added, want.Added) || p.Differences[0].Applies {
		t.Errorf("held: %+v, %v", p.Differences, err)
	}
	if _, err := w.Register(t.Context(), servertest.Actor, appURL, cimd.RegisterOptions{Hash: p.Hash, KeySetHash: p.KeySetHash}); err != nil {
		t.Fatal(err)
	}
	if now := w.now(app.ID); w.working(app.ID) != 0 || !now.Import.KeysHeld() {
		t.Errorf("keys that nobody saw were approved: %+v", now.Import)
	}
}

func TestWhatARuleDropsSinceIsDroppedFromADocumentThatNeverChanges(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	w.keys(w.NewClientKey())
	w.host.Handle(appPath, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("ETag", `"one"`)
		rw.Header().Set("Content-Type", "application/json")
		if r.Header.Get("If-None-Match") != "" {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		_ = json.NewEncoder(rw).Encode(document(map[string]any{
			"token_endpoint_auth_methods_supported": []string{"none", "private_key_jwt"}, "jwks_uri": "https://" + appHost + "/jwks.json",
		}))
	}))
	app := w.imported()
	w.set("cimd_confidential_only", "true")
	w.Clock.Set(app.Import.DueAt)
	w.current(app.ID, "")
	now := w.now(app.ID)
	if now.Accepts(oauth.AuthNone) || w.working(app.ID) != 1 || now.Import.ETag != `"one"` || !now.Import.DueAt.After(w.Clock.Now()) {
		t.Errorf("it may still come with nothing: %v, %+v", now.AuthMethods, now.Import)
	}
}

func TestADocumentThatSaysItIsOverIsWithdrawn(t *testing.T) {
	for says, meanwhile := range map[string]func(*world){
		"there":        func(*world) {},
		"out of reach": func(w *world) { w.host.Status(appPath, http.StatusServiceUnavailable) },
	} {
		w := newWorld(t, registry.AdmitOpen)
		w.host.JSON(appPath, document(map[string]any{"client_id_expires_at": w.Clock.Now().Add(time.Minute).Unix()}))
		app := w.imported()
		w.Clock.Set(app.Import.DueAt)
		meanwhile(w)
		w.current(app.ID, cimd.Invalid)
		if now := w.now(app.ID); now.Import.WithdrawnAt.IsZero() || !now.Ended(w.Clock.Now()) {
			t.Errorf("%s: %+v", says, now.Import)
		}
	}
}

// slow does something else before it imports.
type slow struct {
	cimd.Writer
	before func()
}

func (s *slow) Import(ctx context.Context, actor audit.Actor, d registry.ImportDraft) (registry.Application, registry.ImportOutcome, error) {
	if before := s.before; before != nil {
		s.before = nil
		before()
	}
	return s.Writer.Import(ctx, actor, d)
}

func TestAnApprovalStandsOnTheStateThatWasSeen(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	app := w.imported()
	w.host.JSON(appPath, document(map[string]any{"client_name": "Another"}))
	w.svc.Registry = &slow{Writer: w.svc.Registry, before: func() {
		if _, err := w.Server.Registry.SetFollow(t.Context(), servertest.Actor, app.ID, registry.Frozen); err != nil {
			t.Error(err)
		}
	}}
	fetches := w.host.Count(appPath)
	done, err := w.Register(t.Context(), servertest.Actor, appURL, cimd.RegisterOptions{})
	if err != nil || done.Application.Name != "Another" || done.Application.Import.Mode != registry.Frozen || w.host.Count(appPath) != fetches+2 {
		t.Errorf("%+v, %v after %d fetches", done.Application.Import, err, w.host.Count(appPath)-fetches)
	}
}

// crowd is a way out that is full.
type crowd struct{}

func (crowd) Get(context.Context, outbound.Request) (*outbound.Response, error) {
	return nil, &outbound.Busy{Retry: time.Second}
}

func TestLoadDoesNotLetAnOldCopyCountForEver(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	stranger, _ := w.resolve(arrival("usr_1"), "")
	w.svc.Outbound = crowd{}
	w.Clock.Set(stranger.Import.DueAt)
	w.current(stranger.ID, "")
	w.Clock.Advance(registry.StrangerGrace)
	if refusal := w.current(stranger.ID, cimd.Busy); !refusal.Temporary() {
		t.Error("it is said to be for ever")
	}
}
