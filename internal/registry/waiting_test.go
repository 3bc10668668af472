package registry_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/store/storetest"
)

func waiting(url string) registry.Waiting {
	return registry.Waiting{URL: url, Hash: "h", Body: []byte("{}"), Name: strings.Repeat("ü", 300), RedirectURIs: []string{"https://agent.example.net/cb"}, Reference: "7KQ2-MD4F", Door: "authorize"}
}

func TestAClientWaitsUntilAnOperatorDecides(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		w, err := b.Enqueue(t.Context(), waiting(agentURL), "usr_1")
		if err != nil || !strings.HasPrefix(w.ID, "wtg_") || w.People != 1 || !w.ExpiresAt.Equal(morning.Add(registry.WaitingLifetime)) || len(w.Name) > 256 {
			t.Fatalf("%+v, %v", w, err)
		}
		b.now = b.now.Add(time.Minute)
		again, err := b.Enqueue(t.Context(), waiting(agentURL), "usr_2")
		if err != nil || again.ID != w.ID || again.People != 2 || again.Attempts != 2 || !again.FirstAt.Equal(morning) || !again.LastAt.Equal(b.now) {
			t.Errorf("a second person: %+v, %v", again, err)
		}
		page, err := b.WaitingClients(t.Context(), "", 0)
		if err != nil || len(page.Items) != 1 {
			t.Errorf("the queue is %+v, %v", page, err)
		}
		if err := b.RefuseWaiting(t.Context(), olga, w.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := b.WaitingClient(t.Context(), w.ID); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("it still waits: %v", err)
		}
		if err := b.RefuseWaiting(t.Context(), olga, w.ID); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("refusing it again: %v", err)
		}
		if e := b.lastEvent(t, "waiting_client", w.ID); e.Kind != "waiting_client.refused" || e.TargetName != agentURL {
			t.Errorf("the event is %+v", e)
		}
	})
}

func TestAnImportTakesTheClientOutOfTheQueue(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		w, err := b.Enqueue(t.Context(), waiting(agentURL), "usr_1")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: seen(b.now, document()), By: registry.ByOperator, WaitingID: w.ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.WaitingByURL(t.Context(), agentURL); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("it still waits: %v", err)
		}
	})
}

func TestWhatWaitsEnds(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	w, err := b.Enqueue(t.Context(), waiting(agentURL), "usr_1")
	if err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(registry.WaitingLifetime)
	if _, err := b.WaitingClient(t.Context(), w.ID); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("by id: %v", err)
	}
	if page, err := b.WaitingClients(t.Context(), "", 0); err != nil || len(page.Items) != 0 {
		t.Errorf("the queue is %+v, %v", page, err)
	}
}

func TestAPersonMakesFewClientsWait(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.Changed = nil
		var wg sync.WaitGroup
		errs := make([]error, registry.MaxWaitingPerPerson+3)
		for i := range errs {
			wg.Go(func() { _, errs[i] = b.Enqueue(t.Context(), waiting(agentURL+string(rune('a'+i))), "usr_1") })
		}
		wg.Wait()
		refused := 0
		for _, err := range errs {
			if errors.Is(err, registry.ErrTooManyWaiting) {
				refused++
			} else if err != nil {
				t.Error(err)
			}
		}
		if refused != 3 {
			t.Errorf("%d were refused", refused)
		}
	})
}

func TestAdmissionRulesAreKeptWithTheirEvents(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		rule, err := b.CreateAdmissionRule(t.Context(), olga, " *.example.com ", registry.Allow, "partners")
		if err != nil || rule.Pattern != "*.example.com" || !strings.HasPrefix(rule.ID, "rul_") {
			t.Fatalf("%+v, %v", rule, err)
		}
		if e := b.lastEvent(t, "admission_rule", rule.ID); e.Kind != "admission_rule.created" || e.Actor != olga || !slices.Contains(e.Changes, audit.FieldChange{Field: "effect", After: "allow"}) {
			t.Errorf("the event is %+v", e)
		}
		if _, err := b.CreateAdmissionRule(t.Context(), olga, "*.example.com", registry.Allow, ""); !errors.Is(err, registry.ErrConflict) {
			t.Errorf("the same rule again: %v", err)
		}
		if _, err := b.CreateAdmissionRule(t.Context(), olga, "*.example.com", registry.Deny, ""); rules(err) != "pattern admission_opposite" {
			t.Errorf("the opposite: %v", err)
		}
		for pattern, want := range map[string]string{
			"*.github.io": "pattern admission_public_suffix", "github.com": "pattern admission_shared_host", "https://a.example.com": "pattern client_url_path", "x": "pattern admission_pattern",
		} {
			if _, err := b.CreateAdmissionRule(t.Context(), olga, pattern, registry.Allow, ""); rules(err) != want {
				t.Errorf("%s gives %v", pattern, err)
			}
		}
		if _, err := b.CreateAdmissionRule(t.Context(), olga, "a.example.com", "maybe", "\u202e"); rules(err) != "effect admission_rule, note admission_rule" {
			t.Errorf("another effect gives %v", err)
		}
		if err := b.DeleteAdmissionRule(t.Context(), olga, rule.ID); err != nil {
			t.Fatal(err)
		}
		if err := b.DeleteAdmissionRule(t.Context(), olga, rule.ID); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("deleting it again: %v", err)
		}
		if e := b.lastEvent(t, "admission_rule", rule.ID); e.Kind != "admission_rule.deleted" {
			t.Errorf("the event is %s", e.Kind)
		}
		if !slices.Contains(b.told, "admission_rule "+rule.ID) {
			t.Errorf("the caches were told %v", b.told)
		}
	})
}

func TestTheDirectoryReadsTheRulesOnceUntilOneChanges(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	d := &registry.Directory{Store: b.store, Issuer: issuer, Now: func() time.Time { return b.now }}
	b.Changed = d.Forget
	if list, err := d.Rules(t.Context()); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
	rule, err := b.CreateAdmissionRule(t.Context(), olga, "*.example.com", registry.Allow, "")
	if err != nil {
		t.Fatal(err)
	}
	first, err := d.Rules(t.Context())
	if err != nil || len(first) != 1 {
		t.Fatal(first, err)
	}
	if second, err := d.Rules(t.Context()); err != nil || &second[0] != &first[0] {
		t.Errorf("they are read again: %v", err)
	}
	if err := b.DeleteAdmissionRule(t.Context(), olga, rule.ID); err != nil {
		t.Fatal(err)
	}
	if list, err := d.Rules(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("a rule that is gone: %v, %v", list, err)
	}
}

func TestTheDirectoryForgetsAStrangerThatEnded(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	d := &registry.Directory{Store: b.store, Issuer: issuer, Now: func() time.Time { return b.now }}
	a, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: seen(b.now, document(keyed(1))), By: registry.ByClient, Unfinished: true})
	if err != nil {
		t.Fatal(err)
	}
	found, err := d.Find(t.Context(), agentURL)
	if err != nil || found.ID != a.ID || found.Import == nil || len(found.Keys) != 1 {
		t.Fatalf("%+v, %v", found, err)
	}
	if _, err := d.Find(t.Context(), "tpc_"+"x"); !errors.Is(err, registry.ErrNotFound) {
		t.Error(err)
	}
	b.now = b.now.Add(registry.UnfinishedLifetime)
	if _, err := d.Find(t.Context(), agentURL); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("after its end: %v", err)
	}
	again, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: seen(b.now, document()), By: registry.ByClient, Unfinished: true})
	if err != nil {
		t.Fatal(err)
	}
	d.Forget(registry.KindApplication, again.ID)
	if found, err := d.Find(t.Context(), agentURL); err != nil || found.ID != again.ID {
		t.Errorf("admitted again: %+v, %v", found, err)
	}
}
