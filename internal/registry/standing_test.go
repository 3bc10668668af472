package registry_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store/storetest"
)

func TestADocumentThatDropsItsKeysSuspends(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for _, mode := range []registry.FollowMode{registry.Follow, registry.Review, registry.Frozen} {
			a := b.imported(t, mode, keyed(1))
			identity := a.Import.Identity
			a, list := b.observe(t, a)
			standing, _ := a.Standing(b.now)
			if !strings.Contains(says(list), "token_endpoint_auth_method auth_downgrade waits") || standing != registry.StandingSuspended ||
				a.Import.SuspendedWhy != registry.SuspendedDowngrade || a.Accepts(oauth.AuthNone) || len(working(a, b.now)) != 0 || !a.Ended(b.now) {
				t.Errorf("%s: %s, %s, methods %v", mode, says(list), standing, a.AuthMethods)
			}
			if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.suspended" || !slices.Contains(e.Changes, audit.FieldChange{Field: "suspended", After: "auth_downgrade"}) {
				t.Errorf("%s: the event is %+v", mode, e)
			}
			a, _, err := b.ApproveDocument(t.Context(), olga, a.ID, a.Import.Live.Hash, a.Import.LiveKeys.Hash)
			if standing, _ := a.Standing(b.now); err != nil || standing != registry.StandingGood || !a.Public() || a.Import.Identity == identity {
				t.Errorf("%s, confirmed: %s, %v, %v", mode, standing, a.AuthMethods, err)
			}
			if err := b.Delete(t.Context(), olga, a.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestADowngradeThatIsTakenBackEndsTheSuspension(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.imported(t, registry.Review, keyed(1))
	a, _ = b.observe(t, a)
	a, _ = b.observe(t, a, keyed(1))
	if standing, why := a.Standing(b.now); standing != registry.StandingGood || len(working(a, b.now)) != 1 {
		t.Errorf("%s: %s, keys %v", standing, why, working(a, b.now))
	}
	if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.document_changed" {
		t.Errorf("the event is %s", e.Kind)
	}
}

func TestADocumentThatIsGoneSuspendsAndThenWithdraws(t *testing.T) {
	for says, f := range map[string]registry.ObservedFailure{
		"gone":     {Kind: audit.FailureStatus, Gone: true},
		"mismatch": {Kind: audit.FailureMismatch, Mismatch: true},
	} {
		t.Run(says, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				a := b.imported(t, registry.Follow)
				b.now = b.now.Add(time.Hour)
				a = b.fails(t, a, f)
				if s, why := a.Standing(b.now); s != registry.StandingSuspended || why == "" || a.Ended(b.now) || a.Import.Failure != f.Kind || a.Import.Failures != 1 {
					t.Errorf("the first time: %s, %+v", s, a.Import)
				}
				if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.suspended" {
					t.Errorf("the event is %s", e.Kind)
				}
				b.now = b.now.Add(10*time.Minute - time.Second)
				if a = b.fails(t, a, f); !a.Import.WithdrawnAt.IsZero() {
					t.Error("it is withdrawn before ten minutes are over")
				}
				b.now = b.now.Add(time.Second)
				a = b.fails(t, a, f)
				if s, _ := a.Standing(b.now); s != registry.StandingWithdrawn || !a.Ended(b.now) {
					t.Errorf("the second time: %s", s)
				}
				if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.withdrawn" {
					t.Errorf("the event is %s", e.Kind)
				}
			})
		})
	}
}

func TestAReturnAfterAWithdrawalNeedsReviewInEveryMode(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := b.imported(t, registry.Follow, keyed(1))
		a = b.fails(t, a, registry.ObservedFailure{Gone: true, Kind: audit.FailureStatus})
		b.now = b.now.Add(time.Hour)
		a = b.fails(t, a, registry.ObservedFailure{Gone: true, Kind: audit.FailureStatus})
		if _, _, err := b.ApproveDocument(t.Context(), olga, a.ID, a.Import.Live.Hash, a.Import.LiveKeys.Hash); rules(err) != "id document_gone" {
			t.Errorf("approving what is not there gives %v", err)
		}
		a, _ = b.observe(t, a, keyed(2), redirects("https://agent.example.net/cb", "https://agent.example.net/new"))
		if s, why := a.Standing(b.now); s != registry.StandingWithdrawn || !strings.Contains(why, "approve") || a.Import.SuspendedWhy != registry.SuspendedReturn ||
			len(a.RedirectURIs) != 1 || len(working(a, b.now)) != 0 {
			t.Errorf("back: %s (%s), %v, %v", s, why, a.RedirectURIs, working(a, b.now))
		}
		if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.returned" {
			t.Errorf("the event is %s", e.Kind)
		}
		a, _, err := b.ApproveDocument(t.Context(), olga, a.ID, a.Import.Live.Hash, a.Import.LiveKeys.Hash)
		if s, _ := a.Standing(b.now); err != nil || s != registry.StandingGood || len(a.RedirectURIs) != 2 || len(working(a, b.now)) != 1 {
			t.Errorf("approved: %s, %v", s, err)
		}
	})
}

func TestAReturnBeforeTheWithdrawalEndsTheSuspension(t *testing.T) {
	for says, f := range map[string]registry.ObservedFailure{
		"gone":    {Kind: audit.FailureStatus, Gone: true},
		"invalid": {Kind: audit.FailureDocument},
	} {
		b := newBench(t, storetest.Open(t))
		a := b.fails(t, b.imported(t, ""), f)
		if s, _ := a.Standing(b.now); s != registry.StandingSuspended || a.Ended(b.now) {
			t.Errorf("%s: %s", says, s)
		}
		if err := b.ObserveUnchanged(t.Context(), a.ID, a.Import.Revision, b.now, b.now.Add(time.Hour), nil); err != nil {
			t.Fatal(err)
		}
		a = b.load(t, a.ID)
		if s, _ := a.Standing(b.now); s != registry.StandingGood || a.Import.Failures != 0 || a.Import.ETag != `"1"` {
			t.Errorf("%s, back: %s, %+v", says, s, a.Import)
		}
		if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.resumed" {
			t.Errorf("the event is %s", e.Kind)
		}
	}
}

// Trouble on the way says nothing about the document. How long it may last depends on who vouched for the client.
func TestHowLongTheLastGoodCopyCounts(t *testing.T) {
	transport := registry.ObservedFailure{Kind: audit.FailureTimeout, Transport: true}
	b := newBench(t, storetest.Open(t))
	a := b.fails(t, b.imported(t, ""), transport)
	if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.imported" || a.Revision != 1 {
		t.Errorf("it is told: %s", e.Kind)
	}
	fetched := a.Import.FetchedAt
	b.now = fetched.Add(registry.LastKnownGood)
	if s, _ := a.Standing(b.now.Add(-1)); s != registry.StandingGood {
		t.Errorf("within a day: %s", s)
	}
	if s, why := a.Standing(b.now); s != registry.StandingStale || !strings.Contains(why, "timeout") {
		t.Errorf("after a day: %s, %s", s, why)
	}
	a, err := b.SetPinned(t.Context(), olga, a.ID, b.now.Add(time.Hour))
	if s, _ := a.Standing(b.now); err != nil || s != registry.StandingGood {
		t.Errorf("pinned: %s, %v", s, err)
	}
	if s, _ := a.Standing(b.now.Add(time.Hour)); s != registry.StandingStale {
		t.Errorf("after the pin: %s", s)
	}

	stranger, _, err := b.Import(t.Context(), olga, func() registry.ImportDraft {
		s := seen(b.now, document())
		s.URL += "2"
		return registry.ImportDraft{Sighting: s, By: registry.ByClient}
	}())
	if err != nil {
		t.Fatal(err)
	}
	stranger = b.fails(t, stranger, transport)
	if s, _ := stranger.Standing(b.now.Add(registry.StrangerGrace - 1)); s != registry.StandingGood {
		t.Errorf("a stranger at once: %s", s)
	}
	if s, _ := stranger.Standing(b.now.Add(registry.StrangerGrace)); s != registry.StandingStale {
		t.Errorf("a stranger a little later: %s", s)
	}
}
