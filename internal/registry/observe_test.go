package registry_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store/storetest"
)

// What is approved and still there counts: removals at once in every mode, additions only where they are followed.
func TestWhatANewDocumentChangesInEachMode(t *testing.T) {
	const first, second, third = "https://agent.example.net/cb", "http://127.0.0.1/cb", "https://agent.example.net/new"
	for mode, want := range map[registry.FollowMode]struct{ redirects, says, status, name string }{
		registry.Follow: {second + " " + third, "client_name identity, redirect_uris widening, redirect_uris narrowing", "approved replaced", "Agent 2"},
		registry.Review: {second, "client_name identity waits, redirect_uris widening waits, redirect_uris narrowing", "waiting approved", "Agent"},
		registry.Frozen: {second, "client_name identity waits, redirect_uris widening waits, redirect_uris narrowing", "waiting approved", "Agent"},
	} {
		t.Run(string(mode), func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				a := b.imported(t, mode, redirects(first, second))
				identity := a.Import.Identity
				a, list := b.observe(t, a, redirects(second, third), func(m *registry.Mapped) { m.Name = "Agent 2" })
				if says(list) != want.says {
					t.Errorf("the differences are %s", says(list))
				}
				if got := strings.Join(registry.Values(a.RedirectURIs), " "); got != want.redirects || a.Name != want.name {
					t.Errorf("%s may be sent to %s", a.Name, got)
				}
				if voids := a.Import.Identity != identity; voids != (mode == registry.Follow) {
					t.Errorf("consent is void: %v", voids)
				}
				versions, err := b.Documents(t.Context(), a.ID)
				if err != nil || len(versions) != 2 || string(versions[0].Status)+" "+string(versions[1].Status) != want.status {
					t.Errorf("the versions are %+v, %v", versions, err)
				}
				e := b.lastEvent(t, "application", a.ID)
				if e.Kind != "application.document_changed" || e.Actor.Kind != audit.ActorSystem || !slices.ContainsFunc(e.Changes, func(f audit.FieldChange) bool {
					return strings.HasPrefix(f.Field, "redirect_uris (widening") && f.After == third
				}) {
					t.Errorf("the event is %+v", e)
				}
			})
		})
	}
}

func TestApprovalLetsWhatWaitsCount(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := b.imported(t, registry.Review, redirects("https://agent.example.net/cb"))
		identity := a.Import.Identity
		a, _ = b.observe(t, a, redirects("https://agent.example.net/cb", "https://agent.example.net/new"))
		b.now = b.now.Add(time.Minute)
		got, list, err := b.ApproveDocument(t.Context(), paul, a.ID, a.Import.Live.Hash, "")
		if err != nil || says(list) != "redirect_uris widening" || len(got.RedirectURIs) != 2 || got.Import.Identity == identity {
			t.Fatalf("%+v, %s, %v", got, says(list), err)
		}
		kept := b.load(t, a.ID)
		if m := kept.Import; m.Approved.Version != 2 || m.Approved.By != paul.Name || !m.Approved.At.Equal(b.now) || kept.Revision != got.Revision {
			t.Errorf("kept %+v", m)
		}
		versions, err := b.Documents(t.Context(), a.ID)
		if err != nil || versions[0].Status != registry.VersionApproved || versions[0].By != paul.Name || versions[1].Status != registry.VersionReplaced {
			t.Errorf("versions %+v, %v", versions, err)
		}
		if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.document_approved" || e.Actor != paul {
			t.Errorf("the event is %+v", e)
		}
		if _, list, err := b.ApproveDocument(t.Context(), paul, a.ID, a.Import.Live.Hash, ""); err != nil || list != nil || b.load(t, a.ID).Revision != kept.Revision {
			t.Errorf("approving again gives %v, %v", list, err)
		}
	})
}

// Approval binds what was seen.
func TestApprovalOfWhatMovedIsRefused(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.imported(t, registry.Review, keyed(1))
	saw := a.Import.Live.Hash
	keys := a.Import.LiveKeys.Hash
	a, _ = b.observe(t, a, keyed(1), redirects("https://agent.example.net/new"))
	for says, hashes := range map[string][2]string{
		"an older document": {saw, keys},
		"an older key set":  {a.Import.Live.Hash, "other"},
		"no key set":        {a.Import.Live.Hash, ""},
	} {
		if _, _, err := b.ApproveDocument(t.Context(), olga, a.ID, hashes[0], hashes[1]); !errors.Is(err, registry.ErrStale) {
			t.Errorf("%s: %v", says, err)
		}
	}
	if _, _, err := b.ApproveDocument(t.Context(), olga, a.ID, a.Import.Live.Hash, keys); err != nil {
		t.Error(err)
	}
}

func TestWhatOnlyTakesAwayNeedsNoApproval(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.imported(t, registry.Review)
	identity := a.Import.Identity
	a, list := b.observe(t, a, redirects("https://agent.example.net/cb"), func(m *registry.Mapped) { m.TermsURI = "https://agent.example.net/terms" })
	if says(list) != "tos_uri cosmetic, redirect_uris narrowing" || a.Import.Approved.Version != 2 || a.Import.Approved.By != olga.Name || a.Import.Identity != identity || a.Import.TermsURI == "" {
		t.Errorf("%s, %+v", says(list), a.Import)
	}
	a, list = b.observe(t, a)
	if says(list) != "tos_uri cosmetic, redirect_uris widening waits" || len(a.RedirectURIs) != 1 {
		t.Errorf("it comes back by itself: %s, %v", says(list), a.RedirectURIs)
	}
}

func TestAnEarlierFetchNeverOverwritesALaterOne(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.imported(t, registry.Follow)
	early := b.now.Add(-time.Second)
	if _, _, err := b.Observe(t.Context(), a.ID, a.Import.Revision, seen(early, document(redirects("https://agent.example.net/old")))); !errors.Is(err, registry.ErrStale) {
		t.Errorf("an earlier document gives %v", err)
	}
	if err := b.ObserveUnchanged(t.Context(), a.ID, a.Import.Revision, early, b.now, nil); !errors.Is(err, registry.ErrStale) {
		t.Errorf("an earlier 304 gives %v", err)
	}
	if _, err := b.ObserveFailure(t.Context(), a.ID, a.Import.Revision, registry.ObservedFailure{Gone: true, At: early}); !errors.Is(err, registry.ErrStale) {
		t.Errorf("an earlier 404 gives %v", err)
	}
	if _, _, err := b.Observe(t.Context(), a.ID, a.Import.Revision+1, seen(b.now, document())); !errors.Is(err, registry.ErrStale) {
		t.Errorf("another revision gives %v", err)
	}
}

func TestNothingNewIsWrittenIntoTheRecord(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := b.imported(t, registry.Review, keyed(1))
		event := b.lastEvent(t, "application", a.ID)
		a, list := b.observe(t, a, keyed(1))
		if list != nil || a.Revision != 1 || a.Import.Revision != 2 || !a.Import.FetchedAt.Equal(b.now) {
			t.Errorf("%v, %+v", list, a.Import)
		}
		b.now = b.now.Add(time.Hour)
		due := b.now.Add(time.Hour)
		if err := b.ObserveUnchanged(t.Context(), a.ID, a.Import.Revision, b.now, due, map[string]string{"etag": `"2"`}); err != nil {
			t.Fatal(err)
		}
		if m := b.load(t, a.ID).Import; !m.FetchedAt.Equal(b.now) || !m.DueAt.Equal(due) || m.ETag != `"2"` || m.Revision != 3 {
			t.Errorf("after a 304: %+v", m)
		}
		if e := b.lastEvent(t, "application", a.ID); e.Sequence != event.Sequence {
			t.Errorf("there is an event %+v", e)
		}
		if versions, err := b.Documents(t.Context(), a.ID); err != nil || len(versions) != 1 {
			t.Errorf("there are %d versions, %v", len(versions), err)
		}
	})
}

func TestTheSwitchesOfAnOperator(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	machine := func(m *registry.Mapped) { m.GrantTypes = append(m.GrantTypes, oauth.ClientCredentials) }
	public := b.imported(t, registry.Follow, machine)
	if public.Allows(oauth.ClientCredentials) {
		t.Error("client_credentials is on by itself")
	}
	if _, err := b.SetClientCredentials(t.Context(), olga, public.ID, true); rules(err) != "token_endpoint_auth_method client_credentials_public" {
		t.Errorf("without a key: %v", err)
	}
	a, _ := b.observe(t, public, machine, keyed(1))
	a, err := b.SetClientCredentials(t.Context(), olga, a.ID, true)
	if err != nil || !a.Allows(oauth.ClientCredentials) || b.lastEvent(t, "application", a.ID).Kind != "application.client_credentials_changed" {
		t.Errorf("with a key: %v, %v", a.GrantTypes, err)
	}
	a, _ = b.observe(t, a, keyed(1))
	if a.Allows(oauth.ClientCredentials) {
		t.Error("client_credentials stays although the document does not ask for it any more")
	}
	if _, err := b.SetClientCredentials(t.Context(), olga, a.ID, false); err != nil {
		t.Error(err)
	}
	if _, err := b.SetClientCredentials(t.Context(), olga, a.ID, true); rules(err) != "grant_types client_credentials_asked" {
		t.Errorf("not asked for: %v", err)
	}
	for says, err := range map[string]error{
		"audience_until exception_end": second(b.SetAudienceException(t.Context(), olga, a.ID, b.now.Add(366*24*time.Hour))),
		"pinned_until exception_end":   second(b.SetPinned(t.Context(), olga, a.ID, b.now)),
		"mode follow_mode":             second(b.SetFollow(t.Context(), olga, a.ID, "never")),
	} {
		if rules(err) != says {
			t.Errorf("%v, want %s", err, says)
		}
	}
	until := b.now.Add(24 * time.Hour)
	if a, err = b.SetAudienceException(t.Context(), olga, a.ID, until); err != nil || !b.load(t, a.ID).Import.AudienceUntil.Equal(until) {
		t.Error(err)
	}
	e := b.lastEvent(t, "application", a.ID)
	if e.Kind != "application.audience_exception_changed" || e.Actor != olga || !slices.ContainsFunc(e.Changes, func(f audit.FieldChange) bool { return f.Field == "import.audience_until" }) {
		t.Errorf("the event is %+v", e)
	}
	hand, _ := b.create(t, registry.Draft{Type: registry.RegularWeb})
	if _, err := b.SetFollow(t.Context(), olga, hand.ID, registry.Follow); rules(err) != "id not_imported" {
		t.Errorf("a hand-made application: %v", err)
	}
}

func second[A any](_ A, err error) error { return err }

func TestTheLogoGoesWithItsURL(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	logo := func(m *registry.Mapped) { m.LogoURI = "https://agent.example.net/logo.png" }
	a := b.imported(t, registry.Follow, logo)
	if err := b.SetLogo(t.Context(), a.ID, a.Import.Revision, "hash"); err != nil {
		t.Fatal(err)
	}
	a, _ = b.observe(t, b.load(t, a.ID), logo, redirects("https://agent.example.net/cb"))
	if a.Import.LogoHash != "hash" {
		t.Error("the logo is lost")
	}
	a, _ = b.observe(t, a, func(m *registry.Mapped) { m.LogoURI = "https://agent.example.net/other.png" })
	if a.Import.LogoHash != "" {
		t.Error("the logo of before is still shown")
	}
}

func TestOfTwoObservationsOneCounts(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.Changed = nil
		a := b.imported(t, registry.Follow)
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			wg.Go(func() {
				s := seen(morning.Add(time.Duration(i)*time.Second), document(redirects("https://agent.example.net/"+string(rune('a'+i)))))
				_, _, errs[i] = b.Observe(t.Context(), a.ID, a.Import.Revision, s)
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, registry.ErrStale):
				t.Error(err)
			}
		}
		versions, err := b.Documents(t.Context(), a.ID)
		if err != nil || won != 1 || len(versions) != 2 {
			t.Errorf("%d counted, %d versions, %v", won, len(versions), err)
		}
	})
}

// Whoever comes second sees what the first one did: an approval never covers a document that nobody saw.
func TestAnApprovalNeverCoversAChangeThatItDidNotSee(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.Changed = nil
		a := b.imported(t, registry.Review)
		a, _ = b.observe(t, a, redirects("https://agent.example.net/seen"))
		saw := a.Import.Live.Hash
		var wg sync.WaitGroup
		var approved, changed error
		wg.Go(func() { _, _, approved = b.ApproveDocument(t.Context(), olga, a.ID, saw, "") })
		wg.Go(func() {
			_, _, changed = b.Observe(t.Context(), a.ID, a.Import.Revision, seen(b.now.Add(time.Minute), document(redirects("https://evil.example.com/unseen"))))
		})
		wg.Wait()
		kept := b.load(t, a.ID)
		if approved != nil && !errors.Is(approved, registry.ErrStale) || changed != nil && !errors.Is(changed, registry.ErrStale) || approved != nil && changed != nil {
			t.Errorf("approving gives %v, changing %v", approved, changed)
		}
		if slices.Contains(registry.Values(kept.RedirectURIs), "https://evil.example.com/unseen") || approved == nil && kept.Import.Approved.Hash != saw {
			t.Errorf("approved %v: %v", approved, registry.Values(kept.RedirectURIs))
		}
	})
}

func TestAnEditAndAnObservationBothCount(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.Changed = nil
		a := b.imported(t, registry.Follow)
		var wg sync.WaitGroup
		var edited, seenAt error
		wg.Go(func() {
			_, _, edited = b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error { a.Description = "ours"; return nil })
		})
		wg.Go(func() {
			for {
				now, err := b.Application(t.Context(), a.ID)
				if err == nil {
					_, _, err = b.Observe(t.Context(), a.ID, now.Import.Revision, seen(morning.Add(time.Minute), document(redirects("https://agent.example.net/new"))))
				}
				if seenAt = err; !errors.Is(err, registry.ErrStale) {
					return
				}
			}
		})
		wg.Wait()
		if kept := b.load(t, a.ID); edited != nil || seenAt != nil || kept.Description != "ours" || len(kept.RedirectURIs) != 1 {
			t.Errorf("%v, %v: %q, %v", edited, seenAt, kept.Description, kept.RedirectURIs)
		}
	})
}
