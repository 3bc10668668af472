package advisor_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele/internal/advisor"
	"clientele/internal/registry"
	"clientele/internal/servertest"
	"clientele/internal/store/storetest"
)

// checkedAt is how many applications were last checked at a time.
func checkedAt(t *testing.T, s *servertest.Server, at time.Time) int {
	t.Helper()
	n, q := 0, registry.Query{Limit: registry.MaxPageSize}
	for {
		page, err := s.Registry.Applications(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Items {
			if a.Findings.CheckedAt.Equal(at) {
				n++
			}
		}
		if q.After = page.Next; page.Next == "" {
			return n
		}
	}
}

func TestEveryApplicationIsCheckedWithinTheDayFiftyAtATime(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		storetest.Fill(t, s.Store, 120)
		for day := range 2 {
			begun := s.Clock.Now()
			for round, want := range []int{50, 100, 120, 120} {
				s.Findings().Round(t.Context())
				if n := checkedAt(t, s, begun); n != want {
					t.Errorf("day %d: %d are checked after round %d, want %d", day, n, round+1, want)
				}
			}
			s.Clock.Advance(20 * time.Hour)
		}
	})
}

func TestAnApplicationThatChangedIsCheckedInTheNextRound(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		storetest.Fill(t, s.Store, 60)
		app, _ := s.CreateApplication(registry.Draft{Name: "Shop", Type: registry.RegularWeb, RedirectURIs: []string{"https://shop.example.com/cb"}})
		s.Follow(t.Context())
		for range 3 {
			s.Findings().Round(t.Context())
		}
		before, err := s.Registry.Application(t.Context(), app.ID)
		if err != nil || before.Findings.CheckedAt.IsZero() {
			t.Fatal(before.Findings, err)
		}
		s.Clock.Advance(time.Minute)
		if _, _, err := s.Registry.Update(t.Context(), servertest.Actor, app.ID, 0, func(a *registry.Application) error { a.RequirePKCE = false; return nil }); err != nil {
			t.Fatal(err)
		}
		s.Follow(t.Context())
		s.Findings().Round(t.Context())
		after, err := s.Registry.Application(t.Context(), app.ID)
		if err != nil || after.Findings.Low != before.Findings.Low+1 {
			t.Errorf("%+v after %+v, %v", after.Findings, before.Findings, err)
		}
		if n := checkedAt(t, s, s.Clock.Now()); n != 1 {
			t.Errorf("%d were checked for one change", n)
		}
	})
}

// troubled is a store that cannot say how some applications are used, or cannot note what changed.
type troubled struct {
	advisor.Store
	advisor.SweepStore
	bad  []string
	deaf bool
}

var errTrouble = errors.New("a page of the disk is gone")

// Facts fails for what is bad.
func (s *troubled) Facts(ctx context.Context, apps []registry.Application, since time.Time) (map[string]registry.Facts, error) {
	if slices.ContainsFunc(apps, func(a registry.Application) bool { return slices.Contains(s.bad, a.ID) }) {
		return nil, errTrouble
	}
	return s.Store.Facts(ctx, apps, since)
}

// FindingsChanged fails while the store is deaf.
func (s *troubled) FindingsChanged(ctx context.Context, kind string, ids []string) error {
	if s.deaf {
		return errTrouble
	}
	return s.SweepStore.FindingsChanged(ctx, kind, ids)
}

// troubledSweep is a sweep over the store of s, and what it logs.
func troubledSweep(s *servertest.Server) (*advisor.Sweep, *troubled, *bytes.Buffer) {
	kept := &troubled{Store: s.Store, SweepStore: s.Store}
	var log bytes.Buffer
	service := &advisor.Service{Registry: s.Registry, Store: kept, Issuer: s.URL + "/", Now: s.Clock.Now}
	return &advisor.Sweep{Service: service, Store: kept, Log: slog.New(slog.NewTextHandler(&log, nil))}, kept, &log
}

func TestAnApplicationThatCannotBeCheckedKeepsNoOtherWaiting(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		storetest.Fill(t, s.Store, 60)
		page, err := s.Registry.Applications(t.Context(), registry.Query{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		sweep, kept, log := troubledSweep(s)
		kept.bad = []string{page.Items[3].ID, page.Items[40].ID}
		begun := s.Clock.Now()
		for range 3 {
			sweep.Round(t.Context())
		}
		if n := checkedAt(t, s, begun); n != 58 {
			t.Errorf("%d of 58 are checked", n)
		}
		for _, id := range kept.bad {
			if n := strings.Count(log.String(), id); n != 1 {
				t.Errorf("%s stands %d times in the log: %s", id, n, log)
			}
		}
		kept.bad = nil
		s.Clock.Advance(time.Hour)
		sweep.Round(t.Context())
		if n := checkedAt(t, s, s.Clock.Now()); n != 2 {
			t.Errorf("%d were tried again after an hour", n)
		}
	})
}

func TestAChangeThatCouldNotBeNotedIsNotedInTheNextRound(t *testing.T) {
	s := servertest.New(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Shop", Type: registry.RegularWeb, RedirectURIs: []string{"https://shop.example.com/cb"}})
	sweep, kept, log := troubledSweep(s)
	sweep.Round(t.Context())
	s.Clock.Advance(time.Minute)
	kept.deaf = true
	sweep.Changed(registry.KindApplication, app.ID)
	sweep.Round(t.Context())
	if n := checkedAt(t, s, s.Clock.Now()); n != 0 || !strings.Contains(log.String(), errTrouble.Error()) {
		t.Fatalf("%d were checked; the log: %s", n, log)
	}
	kept.deaf = false
	sweep.Round(t.Context())
	if n := checkedAt(t, s, s.Clock.Now()); n != 1 {
		t.Errorf("%d were checked in the next round", n)
	}
}
