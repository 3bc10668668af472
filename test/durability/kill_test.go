package durability

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

const (
	kills   = 50
	writers = 4
)

func TestWhatWasAcknowledgedSurvivesFiftyKills(t *testing.T) {
	binary := build(t)
	for _, engine := range storetest.Engines(t) {
		t.Run(engine.Name, func(t *testing.T) {
			s := newSubject(t, binary, engine.DSN(t))
			kept := &acknowledged{}
			for range kills {
				s.start()
				s.expect(kept.recent())
				s.writeUntilKilled(kept)
			}
			s.start()
			s.expect(kept.all())
			s.kill()
			s.verifyRecord()
			created, deleted := kept.count()
			t.Logf("%d kills: %d creations and %d deletions were acknowledged, none was lost", kills, created, deleted)
			if created < kills || deleted < kills/5 {
				t.Errorf("only %d creations and %d deletions in %d rounds: the test hardly wrote while it killed", created, deleted, kills)
			}
		})
	}
}

// acknowledged is what the server said it had done: applications by id, true while they exist.
type acknowledged struct {
	mu      sync.Mutex
	order   []string
	exists  map[string]bool
	deleted int
	checked int // how many of order an earlier round has looked at
}

func (a *acknowledged) created(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.exists == nil {
		a.exists = map[string]bool{}
	}
	a.order, a.exists[id] = append(a.order, id), true
}

func (a *acknowledged) gone(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.exists[id] = false
	a.deleted++
}

// unsure forgets an application: the answer to its deletion was cut off, so it may or may not be there.
func (a *acknowledged) unsure(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.exists, id)
}

func (a *acknowledged) all() map[string]bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	state := make(map[string]bool, len(a.exists))
	for id, there := range a.exists {
		state[id] = there
	}
	return state
}

// recent is what was acknowledged since the call before.
func (a *acknowledged) recent() map[string]bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	state := map[string]bool{}
	for _, id := range a.order[a.checked:] {
		if there, known := a.exists[id]; known {
			state[id] = there
		}
	}
	a.checked = len(a.order)
	return state
}

func (a *acknowledged) count() (created, deleted int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.order), a.deleted
}

// writeUntilKilled writes from several sides and kills the server after a random while, in the middle of it.
func (s *subject) writeUntilKilled(kept *acknowledged) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() { s.write(ctx, kept) })
	}
	timer := time.NewTimer(time.Duration(30+rand.IntN(120)) * time.Millisecond)
	defer timer.Stop()
	<-timer.C
	s.kill()
	cancel()
	wg.Wait()
}

// write creates applications, and deletes every third again, until the server does not answer any more.
func (s *subject) write(ctx context.Context, kept *acknowledged) {
	for n := 0; ctx.Err() == nil; n++ {
		var app struct {
			ID string `json:"client_id"`
		}
		body := fmt.Sprintf(`{"name":"Application %d","app_type":"regular_web","callbacks":["https://app.example/%d"]}`, n, n)
		status, err := s.api(ctx, http.MethodPost, "clients", body, &app)
		if err != nil {
			return
		}
		if status != http.StatusCreated {
			s.t.Errorf("creating an application: %d", status)
			return
		}
		kept.created(app.ID)
		if n%3 != 0 {
			continue
		}
		status, err = s.api(ctx, http.MethodDelete, "clients/"+app.ID, "", nil)
		switch {
		case err != nil:
			kept.unsure(app.ID)
			return
		case status != http.StatusNoContent:
			s.t.Errorf("deleting an application: %d", status)
			return
		}
		kept.gone(app.ID)
	}
}

// expect looks at every application: it must be there, or be gone, as was acknowledged.
func (s *subject) expect(state map[string]bool) {
	s.t.Helper()
	for id, there := range state {
		status, err := s.api(s.t.Context(), http.MethodGet, "clients/"+id, "", nil)
		if err != nil {
			s.t.Fatal(err)
		}
		if want := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[there]; status != want {
			s.t.Errorf("application %s: %d after the restart, want %d", id, status, want)
		}
	}
}

// verifyRecord checks that the record of changes is whole.
func (s *subject) verifyRecord() {
	s.t.Helper()
	kept, err := store.Open(s.t.Context(), s.dsn)
	if err != nil {
		s.t.Fatal(err)
	}
	defer kept.Close()
	if err := kept.VerifyChain(s.t.Context()); err != nil {
		s.t.Error(err)
	}
}
