package cimd_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// current asks for the client as the authorization endpoint does, and expects the reason; empty = it goes on.
func (w *world) current(id string, want cimd.Reason) *cimd.Refusal {
	w.t.Helper()
	app := w.now(id)
	_, err := w.svc.Current(w.t.Context(), &app, arrival("usr_1"))
	refusal, ok := errors.AsType[*cimd.Refusal](err)
	if (err == nil) != (want == "") || ok && refusal.Reason != want || err != nil && !ok {
		w.t.Fatalf("got %v (%s), want %q", err, w.explain(refusal), want)
	}
	return refusal
}

// used makes an application one that is in use, as far as the background is concerned.
func (w *world) used(id string) {
	w.t.Helper()
	w.Uses().Record(w.t.Context(), audit.Use{At: w.Clock.Now(), Kind: "token.issued", ApplicationID: id})
	w.FlushUses()
}

// heard remembers what operators are told, on its way to the store.
type heard struct {
	audit.Recorder
	mu    sync.Mutex
	kinds []string
}

func (h *heard) Record(ctx context.Context, u audit.Use) {
	h.mu.Lock()
	h.kinds = append(h.kinds, u.Kind)
	h.mu.Unlock()
	h.Recorder.Record(ctx, u)
}

// has reports whether operators were told of a kind.
func (h *heard) has(kind string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Contains(h.kinds, kind)
}

// listen hears what the documents have to tell from now on.
func (w *world) listen() *heard {
	h := &heard{Recorder: w.svc.Uses}
	w.svc.Uses = h
	return h
}

func TestTroubleOnTheWayIsPatchedOverForApprovedClientsAndForADayOnly(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		w := newWorld(t, registry.AdmitOpen, on)
		told := w.listen()
		app := w.imported()
		w.host.Status(appPath, http.StatusServiceUnavailable)
		w.Clock.Set(app.Import.DueAt)
		w.current(app.ID, "")
		if now := w.now(app.ID); now.Import.Failures != 1 || now.Import.Failure != audit.FailureStatus || !told.has("cimd.failing") {
			t.Errorf("%+v, told %v", now.Import, told.kinds)
		}
		w.Clock.Set(app.Import.FetchedAt.Add(registry.LastKnownGood - time.Second))
		w.current(app.ID, "")
		w.Clock.Advance(time.Minute)
		if refusal := w.current(app.ID, cimd.Unreachable); !refusal.Temporary() {
			t.Error("it is said to be for ever")
		}
		w.host.JSON(appPath, document())
		w.current(app.ID, "")
		if !told.has("cimd.recovered") {
			t.Errorf("told %v", told.kinds)
		}
	})
}

func TestTroubleOnTheWayIsNotPatchedOverForStrangers(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	told := w.listen()
	app, _ := w.resolve(arrival("usr_1"), "")
	w.host.Status(appPath, http.StatusServiceUnavailable)
	w.Clock.Set(app.Import.DueAt)
	w.current(app.ID, "")
	w.Clock.Advance(registry.StrangerGrace)
	w.current(app.ID, cimd.Unreachable)
	if len(told.kinds) > 0 {
		t.Errorf("operators are told of strangers: %v", told.kinds)
	}
}

func TestADocumentThatIsGoneSuspendsAtOnceAndComesBackAtOnce(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		w := newWorld(t, registry.AdmitOpen, on)
		told := w.listen()
		app := w.imported()
		for _, gone := range []func(){
			func() { w.host.Status(appPath, http.StatusNotFound) },
			func() { w.host.JSON(appPath, document(map[string]any{"client_id": appURL + "/"})) },
		} {
			gone()
			w.Clock.Set(w.now(app.ID).Import.DueAt)
			refusal := w.current(app.ID, cimd.Invalid)
			if tr := w.trace(refusal.Reference); tr.Rule != "standing_suspended" || tr.ApplicationID != app.ID || tr.Kind == "" {
				t.Errorf("the trace says %+v", tr)
			}
			w.host.JSON(appPath, document())
			w.current(app.ID, "") // not due by far, and looked at all the same
		}
		if !told.has("cimd.suspended") || told.has("cimd.withdrawn") {
			t.Errorf("told %v", told.kinds)
		}
	})
}

func TestADocumentThatStaysGoneIsWithdrawnAndItsReturnNeedsAnOperator(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		w := newWorld(t, registry.AdmitOpen, on)
		told := w.listen()
		app := w.imported()
		w.used(app.ID)
		w.host.Status(appPath, http.StatusGone)
		for range 3 {
			w.Clock.Set(w.now(app.ID).Import.DueAt)
			w.RefreshDue(t.Context())
		}
		if now := w.now(app.ID); now.Import.WithdrawnAt.IsZero() || !told.has("cimd.withdrawn") {
			t.Fatalf("%+v, told %v", now.Import, told.kinds)
		}
		w.host.JSON(appPath, document())
		w.Clock.Set(w.now(app.ID).Import.DueAt)
		w.RefreshDue(t.Context())
		w.current(app.ID, cimd.Invalid)
		if _, err := w.Refresh(t.Context(), servertest.Actor, app.ID, "", ""); err != nil {
			t.Fatal(err)
		}
		w.current(app.ID, "")
	})
}

func TestRFC9111_AnAnswerThatIsStillGoodIsNotSentAgain(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	body, _ := json.Marshal(document())
	w.host.Handle(appPath, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("ETag", `"one"`)
		rw.Header().Set("Cache-Control", "max-age=600")
		if r.Header.Get("If-None-Match") == `"one"` {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		_, _ = rw.Write(body)
	}))
	app := w.imported()
	if in := app.Import.DueAt.Sub(app.Import.FetchedAt); in > 10*time.Minute || in < 9*time.Minute {
		t.Errorf("due in %s", in)
	}
	w.Clock.Set(app.Import.DueAt)
	w.current(app.ID, "")
	if now := w.now(app.ID); !now.Import.FetchedAt.Equal(w.Clock.Now()) || !now.Import.DueAt.After(w.Clock.Now()) || now.Import.Live.Version != 1 {
		t.Errorf("%+v", now.Import)
	}
}

func TestARuleThatIsNewCountsForWhatWasAcceptedBefore(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	w.host.Handle(appPath, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("ETag", `"one"`)
		rw.Header().Set("Content-Type", "application/json")
		if r.Header.Get("If-None-Match") != "" {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		_ = json.NewEncoder(rw).Encode(document())
	}))
	app := w.imported()
	w.set("cimd_confidential_only", "true")
	w.Clock.Set(app.Import.DueAt)
	w.current(app.ID, cimd.Invalid)
	if now := w.now(app.ID); now.Import.SuspendedWhy != registry.SuspendedInvalid {
		t.Errorf("%+v", now.Import)
	}
	w.set("cimd_confidential_only", "false")
	w.current(app.ID, "")
}

func TestTheLogoOfWhoAnOperatorLetInIsFetchedLaterAndOfNobodyElse(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	picture := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	w.host.Handle("/logo.png", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "image/png")
		_ = png.Encode(rw, picture)
	}))
	w.host.JSON(appPath, document(map[string]any{"logo_uri": "https://" + appHost + "/logo.png"}))
	w.resolve(arrival("usr_1"), "")
	w.RefreshDue(t.Context())
	if w.host.Count("/logo.png") != 0 {
		t.Error("a stranger's logo was fetched")
	}
	app := w.imported()
	if w.host.Count("/logo.png") != 0 {
		t.Error("the operator waited for the logo")
	}
	w.RefreshDue(t.Context())
	now := w.now(app.ID)
	if now.Import.LogoHash == "" || w.host.Count("/logo.png") != 1 {
		t.Fatalf("the logo is %q after %d fetches", now.Import.LogoHash, w.host.Count("/logo.png"))
	}
	if kept, err := w.Store.Logo(t.Context(), now.Import.LogoHash); err != nil || len(kept) == 0 {
		t.Errorf("%d bytes, %v", len(kept), err)
	}
}

func TestAThousandWhoComeWhenADocumentIsDueAreOneFetch(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	app := w.imported()
	w.Clock.Set(app.Import.DueAt)
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			if _, err := w.svc.Current(t.Context(), &app, arrival("usr_1")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := w.host.Count(appPath); got != 2 {
		t.Errorf("%d fetches with the import", got)
	}
}

// An approved client comes back however many strangers were looked at just now, and costs them nothing.
func TestAnApprovedClientComesBackWithoutTheStrangersShare(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	app := w.imported()
	w.host.Status(appPath, http.StatusNotFound)
	w.Clock.Set(app.Import.DueAt)
	w.resolve(arrival("usr_1"), cimd.Invalid)
	for i := range 30 { // the host's share is used up
		a := arrival("usr_2")
		a.URL = fmt.Sprintf("https://%s/nothing/%d", appHost, i)
		if _, err := w.Resolve(t.Context(), a); err == nil {
			t.Fatal("let in")
		}
	}
	before := len(w.host.Requests())
	for range 20 { // looks, but not at will
		if _, err := w.Resolve(t.Context(), arrival("usr_1")); err == nil {
			t.Fatal("let in")
		}
	}
	if n := len(w.host.Requests()) - before; n == 0 || n > 10 {
		t.Errorf("looked %d times", n)
	}
	w.Clock.Advance(10 * time.Second)
	w.host.JSON(appPath, document())
	w.resolve(arrival("usr_1"), "")
}

// Strangers whose hosts do not answer, and more of them than one round takes, hold up nobody an operator let in.
func TestStrangersHoldUpNobodyElsesRefresh(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	asked, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	for i := range 20 {
		a := arrival(fmt.Sprint("usr_", i))
		path := fmt.Sprintf("/stranger/%d.json", i)
		a.URL = "https://" + appHost + path
		w.host.JSON(path, document(map[string]any{"client_id": a.URL}))
		stranger, _ := w.resolve(a, "")
		w.used(stranger.ID)
		w.host.Handle(path, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			once.Do(func() { close(asked) })
			<-release
		}))
		w.Clock.Advance(time.Second)
	}
	app := w.imported()
	w.used(app.ID)
	w.Clock.Set(app.Import.DueAt)
	var strangers sync.WaitGroup
	strangers.Go(func() { w.svc.RefreshStrangers(t.Context()) })
	<-asked
	w.svc.RefreshKnown(t.Context())
	if got := w.host.Count(appPath); got != 2 {
		t.Errorf("%d fetches with the import", got)
	}
	close(release)
	strangers.Wait()
}

func TestTheBackgroundRefreshesWhatIsInUseAndTellsOfChanges(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		w := newWorld(t, registry.AdmitOpen, on)
		told := w.listen()
		app := w.imported()
		w.Clock.Set(app.Import.DueAt)
		w.RefreshDue(t.Context())
		if w.host.Count(appPath) != 1 {
			t.Error("what nobody uses was fetched")
		}
		w.used(app.ID)
		w.host.JSON(appPath, document(map[string]any{"client_name": "Another", "tos_uri": "https://" + appHost + "/terms"}))
		w.RefreshDue(t.Context())
		now := w.now(app.ID)
		if now.Name != "Pretend" || now.Import.Live.Version != 2 || now.Import.Approved.Version != 1 || !told.has("cimd.changed") {
			t.Errorf("%s %+v, told %v", now.Name, now.Import, told.kinds)
		}
		w.RefreshDue(t.Context())
		if w.host.Count(appPath) != 2 {
			t.Error("what is fresh was fetched")
		}
	})
}

func TestARestartKeepsWhatIsKnownOfADocument(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		w := newWorld(t, registry.AdmitOpen, on)
		told := w.listen()
		app := w.imported()
		if told.has("cimd.failing") {
			t.Errorf("told %v", told.kinds)
		}
		again := servertest.New(t, servertest.WithStore(w.Store), servertest.WithInternet(w.net), servertest.WithTime(w.Clock.Now()))
		found, err := again.Documents().Resolve(t.Context(), arrival("usr_1"))
		if err != nil || found.ID != app.ID || w.host.Count(appPath) != 1 {
			t.Errorf("got %v, %v after %d fetches", found, err, w.host.Count(appPath))
		}
	})
}

// keyed is a client with a key set of its own.
func (w *world) keyed(keys ...servertest.ClientKey) {
	w.host.JSON(appPath, document(map[string]any{
		"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://" + appHost + "/jwks.json",
	}), "Cache-Control", "max-age=86400")
	w.keys(keys...)
}

func keySet(keys ...servertest.ClientKey) map[string]any {
	list := make([]any, len(keys))
	for i, k := range keys {
		list[i] = k.Public.Public
	}
	return map[string]any{"keys": list}
}

func (w *world) keys(keys ...servertest.ClientKey) {
	w.host.JSON("/jwks.json", keySet(keys...), "Cache-Control", "max-age=86400")
}

func TestAnUnknownKeyIsLookedForAtMostEveryThirtySeconds(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	first, second := w.NewClientKey(), w.NewClientKey()
	w.keyed(first)
	app := w.imported()
	if len(app.Keys) != 1 || w.host.Count("/jwks.json") != 1 {
		t.Fatalf("%d keys after %d fetches", len(app.Keys), w.host.Count("/jwks.json"))
	}
	w.keys(first, second)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, err := w.svc.Keys(t.Context(), &app, "unknown"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := w.host.Count("/jwks.json"); got != 2 || len(w.now(app.ID).Keys) != 2 {
		t.Errorf("%d fetches, %d keys", got, len(w.now(app.ID).Keys))
	}
	w.Clock.Advance(30 * time.Second)
	if _, err := w.svc.Keys(t.Context(), &app, "unknown"); err != nil || w.host.Count("/jwks.json") != 3 {
		t.Errorf("%v after %d fetches", err, w.host.Count("/jwks.json"))
	}
}

func TestKeysThatCannotBeHadAreTroubleThatPassesAndNotTheClients(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	w.keyed(w.NewClientKey())
	app := w.imported()
	w.host.Status("/jwks.json", http.StatusServiceUnavailable)
	for range 2 { // the second one causes no fetch, and hears the same
		_, err := w.svc.Keys(t.Context(), &app, "unknown")
		trouble, ok := errors.AsType[interface {
			error
			Temporary() bool
		}](err)
		if !ok || !trouble.Temporary() {
			t.Errorf("got %v", err)
		}
	}
	if got := w.host.Count("/jwks.json"); got != 2 {
		t.Errorf("%d fetches", got)
	}
	if now := w.now(app.ID); len(now.Keys) != 1 || !now.Keys[0].RetiredAt.IsZero() || !now.Import.KeysDueAt.After(w.Clock.Now()) {
		t.Errorf("%d keys, due at %s", len(now.Keys), now.Import.KeysDueAt)
	}
}

func TestAKeySetIsRefreshedWithoutItsDocument(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	first, second := w.NewClientKey(), w.NewClientKey()
	w.keyed(first)
	w.host.JSON("/jwks.json", keySet(first), "Cache-Control", "max-age=120")
	app := w.imported()
	w.used(app.ID)
	w.Clock.Set(app.Import.KeysDueAt)
	w.keys(first, second)
	w.RefreshDue(t.Context())
	if now := w.now(app.ID); len(now.Keys) != 2 || w.host.Count(appPath) != 1 {
		t.Errorf("%d keys, %d fetches of the document", len(now.Keys), w.host.Count(appPath))
	}
}

func TestClosingEndsWhatIsUnderWay(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	asked := make(chan struct{})
	w.host.Handle(appPath, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	}))
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-asked
		leave()
	}()
	if _, err := w.Resolve(ctx, arrival("usr_1")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	w.svc.Close()
}
