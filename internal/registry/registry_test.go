package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

const issuer = "https://id.example.com/"

var (
	morning = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	olga    = audit.Actor{Kind: audit.ActorOperator, ID: "usr_1", Name: "olga@example.com", Address: "192.0.2.1", Door: "dashboard"}
	paul    = audit.Actor{Kind: audit.ActorOSUser, ID: "paul", Name: "paul", Door: "cli"}
)

// bench is a registry on a store, with a clock to turn and a list of what was told to the caches.
type bench struct {
	*registry.Registry
	store  *store.Store
	now    time.Time
	told   []string
	policy registry.Policy
}

func newBench(t *testing.T, s *store.Store) *bench {
	t.Helper()
	master, err := secret.NewMaster(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.OpenKeyring(master, []secret.DataKey{secret.NewDataKey(master, morning)})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{store: s, now: morning}
	b.Registry = &registry.Registry{
		Store: s, Keys: keys, Issuer: issuer,
		Now:     func() time.Time { return b.now },
		Policy:  func() registry.Policy { return b.policy },
		Changed: func(kind, id string) { b.told = append(b.told, kind+" "+id) },
	}
	return b
}

// each runs a test with a registry on every engine.
func each(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(t, newBench(t, s)) })
}

func (b *bench) create(t *testing.T, d registry.Draft) (registry.Application, []registry.Minted) {
	t.Helper()
	if d.Name == "" {
		d.Name = "Orders"
	}
	a, minted, err := b.Create(t.Context(), olga, d)
	if err != nil {
		t.Fatal(err)
	}
	return a, minted
}

func (b *bench) load(t *testing.T, id string) registry.Application {
	t.Helper()
	a, err := b.Application(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// lastEvent is the newest change event about a thing.
func (b *bench) lastEvent(t *testing.T, kind, id string) audit.Event {
	t.Helper()
	events, err := b.store.Events(t.Context(), audit.Query{TargetKind: kind, TargetID: id, Limit: 1})
	if err != nil || len(events) == 0 {
		t.Fatalf("no event about %s %s: %v", kind, id, err)
	}
	return events[0]
}

// rules are the rules that err names, with their fields.
func rules(err error) string {
	invalid, ok := errors.AsType[*registry.Invalid](err)
	if !ok {
		return ""
	}
	list := make([]string, len(invalid.Violations))
	for i, v := range invalid.Violations {
		list[i] = v.Field + " " + v.Rule
	}
	return strings.Join(list, ", ")
}

func TestACreatedApplicationIsKeptWithItsEvent(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, minted := b.create(t, registry.Draft{
			Name: " Orders ", Type: registry.RegularWeb, RedirectURIs: []string{"https://app.example.com/cb"},
			Tags: []string{"shop"}, Metadata: map[string]string{"team": "blue"}, Extras: json.RawMessage(`{"sso":true}`),
		})
		if !regexp.MustCompile(`^[A-Za-z0-9]{32}$`).MatchString(a.ID) || a.ClientID() != oauth.ClientID(a.ID) {
			t.Errorf("the client ID is %q", a.ID)
		}
		if len(minted) != 1 || !secret.WellFormed(secret.PrefixClientSecret, minted[0].Value.Reveal()) || minted[0].Secret.LastFour != minted[0].Value.LastFour() {
			t.Errorf("minted %+v", minted)
		}
		kept := b.load(t, a.ID)
		if kept.Name != "Orders" || kept.Revision != 1 || len(kept.Secrets) != 1 || kept.Secrets[0].Hash != minted[0].Secret.Hash || kept.CreatedBy != olga.Name ||
			!kept.CreatedAt.Equal(morning) || kept.RedirectURIs[0].AddedBy != olga.Name || kept.Metadata["team"] != "blue" {
			t.Errorf("kept %+v", kept)
		}
		e := b.lastEvent(t, "application", a.ID)
		if e.Kind != "application.created" || e.Actor != olga || e.TargetName != "Orders" || !slices.Contains(e.Changes, audit.FieldChange{Field: "redirect_uris", After: "https://app.example.com/cb"}) {
			t.Errorf("the event is %+v", e)
		}
		if !slices.Equal(b.told, []string{"application " + a.ID}) {
			t.Errorf("the caches were told %v", b.told)
		}
	})
}

func TestAThirdPartyHasAnIdOfItsOwnForm(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, _ := b.create(t, registry.Draft{Type: registry.Native, Ownership: registry.ThirdParty})
	if !regexp.MustCompile(`^tpc_[A-Za-z0-9]{22}$`).MatchString(a.ID) {
		t.Errorf("the client ID is %q", a.ID)
	}
}

func TestAPublicApplicationHasNoSecret(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, minted := b.create(t, registry.Draft{Type: registry.SinglePage})
	if len(minted) != 0 || len(a.Secrets) != 0 {
		t.Errorf("minted %v, secrets %v", minted, a.Secrets)
	}
	if _, _, err := b.ReplaceSecret(t.Context(), olga, a.ID); rules(err) != "auth_methods secret_public" {
		t.Errorf("replacing gives %v", err)
	}
	if _, _, err := b.AddSecret(t.Context(), olga, a.ID, "", 0, time.Time{}); rules(err) != "auth_methods secret_public" {
		t.Errorf("adding gives %v", err)
	}
}

func TestARefusedDraftLeavesNothingBehind(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	_, minted, err := b.Create(t.Context(), olga, registry.Draft{Name: "<", Type: "x"})
	if rules(err) != "name name, type type" || minted != nil {
		t.Errorf("%v, %v", err, minted)
	}
	page, err := b.Applications(t.Context(), registry.Query{})
	if err != nil || len(page.Items) != 0 || len(b.told) != 0 {
		t.Errorf("kept %v, told %v, %v", page.Items, b.told, err)
	}
}

func TestAnUpdateSaysWhatChangedAndKeepsWhoAddedWhat(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, _ := b.create(t, registry.Draft{Type: registry.RegularWeb, RedirectURIs: []string{"https://one.example/cb", "https://two.example/cb"}})
		b.now = morning.Add(time.Hour)
		got, change, err := b.Update(t.Context(), paul, a.ID, a.Revision, func(a *registry.Application) error {
			a.Name = "Bills"
			a.RedirectURIs = registry.URIs("https://two.example/cb", "https://three.example/cb")
			a.Extras = json.RawMessage(`{"password":"hunter2"}`)
			return nil
		})
		if err != nil || got.Revision != 2 || !got.UpdatedAt.Equal(b.now) || got.Name != "Bills" {
			t.Fatalf("%+v, %v", got, err)
		}
		if !change.Touches("name") || !change.Touches("redirect_uris") || change.Touches("tags") || change.Empty() {
			t.Errorf("the change is %+v", change)
		}
		kept := b.load(t, a.ID).RedirectURIs
		if len(kept) != 2 || kept[0].AddedBy != olga.Name || !kept[0].AddedAt.Equal(morning) || kept[1].AddedBy != paul.Name || !kept[1].AddedAt.Equal(b.now) {
			t.Errorf("the redirect URIs are %+v", kept)
		}
		e := b.lastEvent(t, "application", a.ID)
		if e.Kind != "application.updated" || e.Actor != paul || !slices.Contains(e.Changes, audit.FieldChange{Field: "name", Before: "Orders", After: "Bills"}) {
			t.Errorf("the event is %+v", e)
		}
		for _, f := range e.Changes {
			if strings.Contains(f.Before+f.After, "hunter2") {
				t.Errorf("the event shows remembered settings: %+v", f)
			}
		}
	})
}

func TestAnUpdateThatChangesNothingWritesNothing(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, _ := b.create(t, registry.Draft{Type: registry.Native})
	told := len(b.told)
	got, change, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error { a.Name = " Orders "; return nil })
	if err != nil || !change.Empty() || got.Revision != 1 || b.load(t, a.ID).Revision != 1 || len(b.told) != told {
		t.Errorf("%+v, %+v, %v", got, change, err)
	}
}

func TestAnEditOfAnOlderRevisionIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, _ := b.create(t, registry.Draft{Type: registry.Native})
		rename := func(name string) func(*registry.Application) error {
			return func(a *registry.Application) error { a.Name = name; return nil }
		}
		if _, _, err := b.Update(t.Context(), olga, a.ID, 1, rename("first")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Update(t.Context(), paul, a.ID, 1, rename("second")); !errors.Is(err, registry.ErrStale) {
			t.Errorf("the stale edit gives %v", err)
		}
		if got := b.load(t, a.ID).Name; got != "first" {
			t.Errorf("the name is %q", got)
		}
	})
}

// An edit that named no revision is tried again on top of the other, so that neither is lost.
func TestConcurrentEditsOfDifferentFieldsBothCount(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, _ := b.create(t, registry.Draft{Type: registry.Native})
		b.Changed = nil
		const editors = 4
		var wg sync.WaitGroup
		errs := make([]error, editors)
		for i := range editors {
			wg.Go(func() {
				_, _, errs[i] = b.Update(context.Background(), olga, a.ID, 0, func(a *registry.Application) error {
					a.Tags = append(a.Tags, "tag"+string(rune('a'+i)))
					return nil
				})
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if got := b.load(t, a.ID); len(got.Tags) != editors || got.Revision != editors+1 {
			t.Errorf("tags %v, revision %d", got.Tags, got.Revision)
		}
	})
}

func TestWhatNeverChanges(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, _ := b.create(t, registry.Draft{Type: registry.RegularWeb})
	for field, edit := range map[string]func(*registry.Application){
		"id":          func(a *registry.Application) { a.ID = "other" },
		"external_id": func(a *registry.Application) { a.ExternalID = "https://app.example.com/client" },
		"origin":      func(a *registry.Application) { a.Origin = registry.Imported },
		"ownership":   func(a *registry.Application) { a.Ownership = registry.ThirdParty },
		"created_at":  func(a *registry.Application) { a.CreatedAt = morning.Add(time.Hour) },
	} {
		_, _, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error { edit(a); return nil })
		if !strings.Contains(rules(err), field+" immutable") {
			t.Errorf("changing %s gives %v", field, err)
		}
	}
	_, _, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error { a.Secrets = nil; return nil })
	if err != nil || len(b.load(t, a.ID).Secrets) != 1 {
		t.Errorf("an update took the secrets away: %v", err)
	}
}

func TestChangingTheTypeRunsEveryRuleAgain(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, _ := b.create(t, registry.Draft{Type: registry.Native, RedirectURIs: []string{"com.example.app:/cb", "https://app.example.com/cb"}})
	retype := func(kind registry.Type) string {
		_, _, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error { a.Type = kind; return nil })
		return rules(err)
	}
	if got := retype(registry.RegularWeb); got != "redirect_uris[0] redirect_uri_private_scheme" {
		t.Errorf("as regular_web: %s", got)
	}
	if got := retype(registry.MachineToMachine); got != "grant_types[0] grant_type_for_type, grant_types[1] grant_type_for_type, redirect_uris[0] redirect_uri_private_scheme, redirect_uris uris_without_person" {
		t.Errorf("as non_interactive: %s", got)
	}
}

func TestGoingPublicRetiresTheSecrets(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, minted := b.create(t, registry.Draft{Type: registry.RegularWeb})
		_, change, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error {
			a.AuthMethods = []oauth.AuthMethod{oauth.AuthNone}
			a.Refresh.Rotating = true
			return nil
		})
		if err != nil || !change.Touches("secrets") {
			t.Fatalf("%+v, %v", change, err)
		}
		kept := b.load(t, a.ID)
		if _, state := kept.VerifySecret(b.Keys, minted[0].Value.Reveal(), b.now); state != registry.SecretRetired {
			t.Errorf("the secret is %s", state)
		}
	})
}

func TestSwitchingOffWorksWhateverTheRulesSay(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	b.policy.WildcardRedirects = true
	a, _ := b.create(t, registry.Draft{Type: registry.RegularWeb, RedirectURIs: []string{"https://*.example.com/cb"}})
	b.policy.WildcardRedirects = false
	_, _, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error { a.Name = "Bills"; return nil })
	if rules(err) != "redirect_uris[0] redirect_uri_wildcard" {
		t.Errorf("an edit gives %v", err)
	}
	got, err := b.SetEnabled(t.Context(), olga, a.ID, false)
	if err != nil || got.Enabled || b.load(t, a.ID).Enabled || b.lastEvent(t, "application", a.ID).Kind != "application.disabled" {
		t.Errorf("switching off gives %+v, %v", got, err)
	}
	if got, err := b.SetEnabled(t.Context(), olga, a.ID, true); err != nil || !got.Enabled {
		t.Errorf("switching on gives %+v, %v", got, err)
	}
}

func TestADeletedApplicationIsGone(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, _ := b.create(t, registry.Draft{Type: registry.Native})
		if err := b.Delete(t.Context(), olga, a.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Application(t.Context(), a.ID); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("reading it gives %v", err)
		}
		if err := b.Delete(t.Context(), olga, a.ID); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("deleting it again gives %v", err)
		}
		if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.deleted" || !slices.Contains(e.Changes, audit.FieldChange{Field: "name", Before: "Orders"}) {
			t.Errorf("the event is %+v", e)
		}
	})
}

// Engines differ about odd bytes, so they never see them.
func TestOddInputFindsNothingAndBreaksNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.create(t, registry.Draft{Type: registry.Native})
		for _, odd := range []string{"\x00", "a\x00b", "\xff", "ä", "", " ", strings.Repeat("a", 10_000)} {
			if _, err := b.Application(t.Context(), odd); !errors.Is(err, registry.ErrNotFound) {
				t.Errorf("application %q gives %v", odd, err)
			}
			if _, err := b.ApplicationByClientID(t.Context(), oauth.ClientID(odd)); !errors.Is(err, registry.ErrNotFound) {
				t.Errorf("client %q gives %v", odd, err)
			}
			if _, err := b.API(t.Context(), odd); !errors.Is(err, registry.ErrNotFound) {
				t.Errorf("API %q gives %v", odd, err)
			}
			if _, err := b.APIByIdentifier(t.Context(), odd); !errors.Is(err, registry.ErrNotFound) {
				t.Errorf("identifier %q gives %v", odd, err)
			}
			if _, err := b.ClientGrant(t.Context(), odd); !errors.Is(err, registry.ErrNotFound) {
				t.Errorf("client grant %q gives %v", odd, err)
			}
			if _, err := b.Applications(t.Context(), registry.Query{Search: odd, After: odd, Offset: -1, Limit: -1}); err != nil {
				t.Errorf("searching applications for %q gives %v", odd, err)
			}
			if _, err := b.APIs(t.Context(), registry.APIQuery{Search: odd, After: odd, Identifiers: []string{odd}}); err != nil {
				t.Errorf("searching APIs for %q gives %v", odd, err)
			}
			if _, err := b.ClientGrants(t.Context(), registry.ClientGrantQuery{ApplicationID: odd, APIID: odd, After: odd}); err != nil {
				t.Errorf("listing client grants of %q gives %v", odd, err)
			}
		}
	})
}

func TestASearchIsBounded(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	b.create(t, registry.Draft{Name: "Orders of the day", Type: registry.Native})
	for search, want := range map[string]int{
		"":                            1,
		"order day":                   1,
		"order night":                 0,
		" \x00order\x07 \xff":         1,
		strings.Repeat("order ", 100): 1,
	} {
		page, err := b.Applications(t.Context(), registry.Query{Search: search, Limit: 1 << 30, Offset: 0})
		if err != nil || len(page.Items) != want {
			t.Errorf("%q finds %d, %v", search, len(page.Items), err)
		}
	}
}
