package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/settings"
	"clientele/internal/sqldb"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// change writes n settings, one event each.
func change(t *testing.T, s *store.Store, n int) {
	t.Helper()
	for i := range n {
		e := event("setting.changed", "setting", fmt.Sprint("name", i))
		e.At = noon.Add(time.Duration(i) * time.Hour)
		if err := s.SaveSetting(ctx, e.TargetID, "value", e); err != nil {
			t.Fatal(err)
		}
	}
}

// behind runs a statement behind the store's back.
func behind(s *store.Store, statements ...string) error {
	return s.DB().Update(ctx, func(c *sqldb.Conn) error {
		for _, text := range statements {
			if _, err := c.Exec(ctx, text); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestEventsAreReadAsTheyWereWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		change(t, s, 5)
		got, err := s.Events(ctx, audit.Query{Limit: 2})
		if err != nil || len(got) != 2 {
			t.Fatalf("%d events, %v", len(got), err)
		}
		want := event("setting.changed", "setting", "name4")
		want.At, want.Sequence = noon.Add(4*time.Hour), 5
		if diff := cmp.Diff(want, got[0]); diff != "" {
			t.Error(diff)
		}
		got, err = s.Events(ctx, audit.Query{Before: got[1].Sequence})
		if err != nil || len(got) != 3 || got[0].Sequence != 3 {
			t.Errorf("before: %v, %v", got, err)
		}
		got, err = s.Events(ctx, audit.Query{TargetKind: "setting", TargetID: "name2"})
		if err != nil || len(got) != 1 || got[0].Sequence != 3 {
			t.Errorf("of a target: %v, %v", got, err)
		}
	})
}

func TestTheRecordIsAppendOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		change(t, s, 3)
		for _, text := range []string{
			"UPDATE audit_changes SET actor_name = 'nobody' WHERE sequence = 2", "DELETE FROM audit_changes WHERE sequence = 3", "DELETE FROM audit_changes",
		} {
			if err := behind(s, text); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", text, err)
			}
		}
		if err := s.VerifyChain(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestTheChainShowsTampering(t *testing.T) {
	unlock := map[sqldb.Engine][]string{
		sqldb.SQLite:     {"DROP TRIGGER audit_changes_no_update", "DROP TRIGGER audit_changes_no_delete"},
		sqldb.PostgreSQL: {"DROP TRIGGER audit_changes_append_only ON audit_changes"},
	}
	for name, tamper := range map[string]string{
		"an actor was changed":      "UPDATE audit_changes SET actor_name = 'nobody' WHERE sequence = 2",
		"a value was changed":       "UPDATE audit_changes SET changes = '[]' WHERE sequence = 5",
		"text moved between fields": "UPDATE audit_changes SET actor_id = actor_id || 'a', actor_name = 'da@example.com' WHERE sequence = 2",
		"the first is gone":         "DELETE FROM audit_changes WHERE sequence = 1",
		"one in between is gone":    "DELETE FROM audit_changes WHERE sequence = 3",
		"the last is gone":          "DELETE FROM audit_changes WHERE sequence = 5",
		"all are gone":              "DELETE FROM audit_changes",
		"the beginning was moved":   "UPDATE audit_head SET pruned_sequence = 2",
		"the end was moved":         "UPDATE audit_head SET sequence = 4",
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				change(t, s, 5)
				if err := s.VerifyChain(ctx); err != nil {
					t.Fatal(err)
				}
				if err := behind(s, append(unlock[s.Engine()], tamper)...); err != nil {
					t.Fatal(err)
				}
				if err := s.VerifyChain(ctx); !errors.Is(err, store.ErrTampered) {
					t.Errorf("got %v, want ErrTampered", err)
				}
			})
		})
	}
}

func TestConcurrentChangesMakeOneChainAndOneRowOfNotices(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		stop, polled := make(chan struct{}), make(chan []int64)
		go func() { // a poller must never see a notice before one with a lower sequence
			var seen []int64
			last := int64(0)
			for {
				select {
				case <-stop:
					polled <- seen
					return
				default:
				}
				notices, err := s.NoticesAfter(ctx, last, 100)
				if err != nil {
					t.Error(err)
				}
				for _, n := range notices {
					last = n.Sequence
					seen = append(seen, last)
				}
			}
		}()
		together(16, func(i int) bool {
			for j := range 5 {
				if err := s.SaveSetting(ctx, fmt.Sprint("name", i), fmt.Sprint(j), event("setting.changed", "setting", fmt.Sprint("name", i))); err != nil {
					t.Error(err)
				}
			}
			return true
		})
		all, err := s.NoticesAfter(ctx, 0, 1000)
		if err != nil || len(all) != 80 {
			t.Errorf("%d notices, %v", len(all), err)
		}
		last, err := s.LastNotice(ctx)
		if err != nil || last != 80 {
			t.Errorf("the last is %d, %v", last, err)
		}
		close(stop)
		for i, sequence := range <-polled {
			if sequence != int64(i+1) {
				t.Fatalf("the poller missed notice %d", i+1)
			}
		}
		if err := s.VerifyChain(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestARolledBackChangeLeavesNoEventAndNoNotice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		if err := s.CreateApplication(ctx, application("app1"), event("application.created", "application", "app1")); err == nil {
			t.Fatal("created twice")
		}
		change(t, s, 1)
		all, err := s.NoticesAfter(ctx, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		want := []audit.Notice{{Sequence: 1, Kind: "application", ID: "app1"}, {Sequence: 2, Kind: "setting", ID: "name0"}}
		if diff := cmp.Diff(want, all); diff != "" {
			t.Error(diff)
		}
	})
}

func TestOldEventsLeaveByTheirRetentionAndTheChainStaysWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		change(t, s, 10)
		set := settings.Default()
		if err := s.Prune(ctx, noon.Add(100*time.Hour), set); err != nil {
			t.Fatal(err)
		}
		if all, err := s.Events(ctx, audit.Query{}); err != nil || len(all) != 10 {
			t.Errorf("%d events without a retention, %v", len(all), err)
		}
		set.ChangeRetention = 4 * time.Hour
		if err := s.Prune(ctx, noon.Add(10*time.Hour), set); err != nil {
			t.Fatal(err)
		}
		all, err := s.Events(ctx, audit.Query{})
		if err != nil || len(all) != 4 || all[3].Sequence != 7 {
			t.Errorf("%d events are left, %v", len(all), err)
		}
		if err := s.VerifyChain(ctx); err != nil {
			t.Error(err)
		}
		set.ChangeRetention = time.Microsecond
		if err := s.Prune(ctx, noon.Add(1000*time.Hour), set); err != nil {
			t.Fatal(err)
		}
		change(t, s, 1)
		if err := s.VerifyChain(ctx); err != nil {
			t.Errorf("after all had left: %v", err)
		}
		if all, err := s.Events(ctx, audit.Query{}); err != nil || len(all) != 1 || all[0].Sequence != 11 {
			t.Errorf("got %v, %v", all, err)
		}
	})
}
