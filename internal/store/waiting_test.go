package store_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// waitingOf is an entry of the queue with something in every field that is kept.
func waitingOf(id string) registry.Waiting {
	return registry.Waiting{
		ID: "wtg_" + id, URL: urlOf(id), Hash: "h1", KeySetHash: "k1", Body: []byte(`{"client_id":"x"}`), Address: "192.0.2.1",
		Headers: map[string]string{"etag": `"e"`}, Name: "Client " + id, RedirectURIs: []string{"http://localhost/cb", "https://a.example/cb"},
		Reference: "7KQ2-MD4F", Door: "authorize", FirstAt: noon, LastAt: noon,
	}
}

func enqueue(t *testing.T, s *store.Store, w registry.Waiting, user string) registry.Waiting {
	t.Helper()
	kept, err := s.Enqueue(ctx, w, user, w.LastAt)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestWhatWaitsIsReadAsItWasWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := waitingOf("a")
		kept := enqueue(t, s, want, "usr_1")
		want.ExpiresAt, want.People, want.Attempts = noon.Add(registry.WaitingLifetime), 1, 1
		byID, errID := s.WaitingClient(ctx, want.ID)
		byURL, errURL := s.WaitingByURL(ctx, want.URL)
		if err := errors.Join(errID, errURL); err != nil {
			t.Fatal(err)
		}
		for _, got := range []registry.Waiting{kept, byID, byURL} {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
		if _, err := s.WaitingClient(ctx, "none"); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
		if _, err := s.WaitingByURL(ctx, "none"); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestAnotherAttemptBringsTheNewestDocumentAndCountsPeopleOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := enqueue(t, s, waitingOf("a"), "usr_1")
		later := waitingOf("a")
		later.ID, later.Reference, later.Door, later.Hash, later.Name = "wtg_other", "OTHE-RREF", "par", "h2", "Newer"
		later.FirstAt, later.LastAt = noon.Add(time.Hour), noon.Add(time.Hour)
		enqueue(t, s, later, "usr_2")
		earlier := waitingOf("a")
		earlier.Hash, earlier.LastAt = "h0", noon.Add(time.Minute)
		got := enqueue(t, s, earlier, "usr_1")
		want.Hash, want.Name, want.LastAt, want.People, want.Attempts = "h2", "Newer", later.LastAt, 2, 3
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAPersonBeginsFewADay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range registry.MaxWaitingPerPerson {
			enqueue(t, s, waitingOf(fmt.Sprint("mine", i)), "usr_1")
		}
		enqueue(t, s, waitingOf("theirs"), "usr_2")
		enqueue(t, s, waitingOf("theirs"), "usr_1") // somebody else began it
		enqueue(t, s, waitingOf("mine0"), "usr_1")
		if _, err := s.Enqueue(ctx, waitingOf("more"), "usr_1", noon); !errors.Is(err, registry.ErrTooManyWaiting) {
			t.Errorf("one more: %v", err)
		}
		if err := s.DeleteWaiting(ctx, "wtg_mine0", event("application.refused", "waiting", "wtg_mine0")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Enqueue(ctx, waitingOf("more"), "usr_1", noon); !errors.Is(err, registry.ErrTooManyWaiting) {
			t.Errorf("one more after an operator refused one: %v", err)
		}
		tomorrow := waitingOf("more")
		tomorrow.FirstAt, tomorrow.LastAt = noon.Add(24*time.Hour), noon.Add(24*time.Hour)
		enqueue(t, s, tomorrow, "usr_1")
	})
}

func TestOfConcurrentPeopleNoneExceedsTheQueue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range registry.MaxWaiting - 8 {
			enqueue(t, s, waitingOf(fmt.Sprint("before", i)), fmt.Sprint("usr_", i))
		}
		var full atomic.Int64
		won := together(16, func(i int) bool {
			_, err := s.Enqueue(ctx, waitingOf(fmt.Sprint("now", i)), fmt.Sprint("usr_now", i), noon)
			if errors.Is(err, registry.ErrQueueFull) {
				full.Add(1)
			} else if err != nil {
				t.Error(err)
			}
			return err == nil
		})
		if won != 8 || full.Load() != 8 {
			t.Errorf("%d found room and %d did not; there was room for 8 of 16", won, full.Load())
		}
		enqueue(t, s, waitingOf("before0"), "usr_new") // what waits already has its room
		later := waitingOf("later")
		later.FirstAt, later.LastAt = noon.Add(registry.WaitingLifetime), noon.Add(registry.WaitingLifetime)
		enqueue(t, s, later, "usr_new") // what has expired takes no room
	})
}

func TestOfConcurrentAttemptsOfOnePersonFewBegin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		won := together(16, func(i int) bool {
			_, err := s.Enqueue(ctx, waitingOf(fmt.Sprint("c", i)), "usr_1", noon)
			if err != nil && !errors.Is(err, registry.ErrTooManyWaiting) {
				t.Error(err)
			}
			return err == nil
		})
		if won != registry.MaxWaitingPerPerson {
			t.Errorf("%d began", won)
		}
	})
}

func TestOfConcurrentAttemptsWithOneURLAllCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		together(16, func(i int) bool {
			w := waitingOf("a")
			w.ID = fmt.Sprint("wtg_", i)
			_, err := s.Enqueue(ctx, w, fmt.Sprint("usr_", i%4), noon)
			if err != nil {
				t.Error(err)
			}
			return err == nil
		})
		page, err := s.WaitingClients(ctx, "", 0)
		if err != nil || len(page.Items) != 1 || page.Items[0].Attempts != 16 || page.Items[0].People != 4 {
			t.Errorf("there wait %+v, %v; want one with 16 attempts of 4 people", page.Items, err)
		}
	})
}

func TestWhatExpiredBeginsAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		enqueue(t, s, waitingOf("a"), "usr_1")
		again := waitingOf("a")
		again.ID, again.Reference, again.FirstAt = "wtg_again", "NEWR-EF00", noon.Add(registry.WaitingLifetime)
		again.LastAt = again.FirstAt
		got := enqueue(t, s, again, "usr_2")
		if got.ID != "wtg_again" || got.Reference != "NEWR-EF00" || got.People != 1 || got.Attempts != 1 {
			t.Errorf("got %+v", got)
		}
	})
}

func TestTheQueueIsPagedNewestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range 5 {
			w := waitingOf(fmt.Sprint(i))
			w.FirstAt = noon.Add(time.Duration(i/2) * time.Minute) // some at the same moment
			enqueue(t, s, w, fmt.Sprint("usr_", i))
		}
		var got []string
		for after := ""; ; {
			page, err := s.WaitingClients(ctx, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range page.Items {
				got = append(got, w.ID)
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"wtg_4", "wtg_3", "wtg_2", "wtg_1", "wtg_0"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestARefusalLeavesTheQueueOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := enqueue(t, s, waitingOf("a"), "usr_1")
		won := together(8, func(int) bool {
			err := s.DeleteWaiting(ctx, w.ID, event("application.refused", "waiting", w.ID))
			if err != nil && !errors.Is(err, registry.ErrNotFound) {
				t.Error(err)
			}
			return err == nil
		})
		if won != 1 {
			t.Errorf("%d refusals of one", won)
		}
	})
}

func TestAttemptsAndRefusalsAndApprovalsDoNotBlockEachOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range 10 {
			id := fmt.Sprint("tpc_", i)
			w := enqueue(t, s, waitingOf(id), fmt.Sprint("usr_", i))
			a := imported(t, id)
			together(3, func(way int) bool {
				var err error
				switch way {
				case 0:
					_, err = s.Enqueue(ctx, w, "usr_other"+id, noon)
				case 1:
					err = s.DeleteWaiting(ctx, w.ID, event("application.refused", "waiting", w.ID))
				default:
					step := write(a, 0, 0)
					step.WaitingID = w.ID
					err = s.SaveImport(ctx, step)
				}
				if err != nil && !errors.Is(err, registry.ErrNotFound) {
					t.Errorf("way %d: %v", way, err)
				}
				return true
			})
		}
	})
}
