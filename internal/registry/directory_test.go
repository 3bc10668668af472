package registry_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

// counted counts how often the store is asked.
type counted struct {
	*store.Store
	mu    sync.Mutex
	reads int
}

func (c *counted) count() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads++
}

func (c *counted) taken() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.reads
	c.reads = 0
	return n
}

func (c *counted) Application(ctx context.Context, id string) (registry.Application, error) {
	c.count()
	return c.Store.Application(ctx, id)
}

func (c *counted) ApplicationByClientID(ctx context.Context, id oauth.ClientID) (registry.Application, error) {
	c.count()
	return c.Store.ApplicationByClientID(ctx, id)
}

func (c *counted) API(ctx context.Context, id string) (registry.API, error) {
	c.count()
	return c.Store.API(ctx, id)
}

func (c *counted) APIByAudience(ctx context.Context, canonical string) (registry.API, error) {
	c.count()
	return c.Store.APIByAudience(ctx, canonical)
}

func (c *counted) ClientGrants(ctx context.Context, q registry.ClientGrantQuery) (registry.Page[registry.ClientGrant], error) {
	c.count()
	return c.Store.ClientGrants(ctx, q)
}

// directed is a bench whose registry tells a directory, as in the server.
func directed(t *testing.T) (*bench, *registry.Directory, *counted) {
	t.Helper()
	b := newBench(t, storetest.Open(t))
	c := &counted{Store: b.store}
	d := &registry.Directory{Store: c, Issuer: issuer, Now: func() time.Time { return b.now }}
	b.Changed = d.Forget
	return b, d, c
}

func TestASecondLookUpAsksNobody(t *testing.T) {
	b, d, c := directed(t)
	a, _ := b.create(t, registry.Draft{Type: registry.Native})
	orders := b.api(t, "https://api.example.com/", "read:orders")
	for range 3 {
		if got, err := d.Find(t.Context(), a.ClientID()); err != nil || got.ID != a.ID {
			t.Errorf("%+v, %v", got, err)
		}
		for _, audience := range []string{"https://api.example.com/", "https://api.example.com"} {
			if got, err := d.APIByAudience(t.Context(), audience); err != nil || got.ID != orders.ID || got.Identifier != "https://api.example.com/" {
				t.Errorf("%s is %+v, %v", audience, got, err)
			}
		}
		app, _ := d.Find(t.Context(), a.ClientID())
		api, _ := d.APIByID(t.Context(), orders.ID)
		if access, err := d.Access(t.Context(), app, api, registry.ForUser); err != nil || !access.Allowed {
			t.Errorf("%+v, %v", access, err)
		}
	}
	if got := c.taken(); got != 4 { // application, audience, API, client grants
		t.Errorf("the store was asked %d times", got)
	}
}

func TestAChangeIsSeenAtOnce(t *testing.T) {
	b, d, _ := directed(t)
	if _, err := d.APIByAudience(t.Context(), "orders"); !errors.Is(err, registry.ErrNotFound) {
		t.Fatal(err)
	}
	orders := b.api(t, "orders", "read:orders", "write:orders") // unknown a moment ago
	a, _ := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	access := func() registry.Access {
		t.Helper()
		app, err := d.Find(t.Context(), a.ClientID())
		if err != nil {
			t.Fatal(err)
		}
		api, err := d.APIByAudience(t.Context(), "orders")
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Access(t.Context(), app, api, registry.ForClient)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := access(); got.Allowed || !strings.Contains(got.Why, "no client grant") {
		t.Errorf("without a grant: %+v", got)
	}
	g, err := b.CreateClientGrant(t.Context(), olga, registry.ClientGrant{ApplicationID: a.ID, APIID: orders.ID, AllScopes: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := access(); got.Scopes.String() != "read:orders write:orders" || got.GrantID != g.ID {
		t.Errorf("with a grant: %+v", got)
	}
	if _, _, err := b.UpdateAPI(t.Context(), olga, orders.ID, 0, func(a *registry.API) error { a.Scopes = a.Scopes[:1]; return nil }); err != nil {
		t.Fatal(err)
	}
	if got := access(); got.Scopes.String() != "read:orders" {
		t.Errorf("with a scope less: %+v", got)
	}
	if err := b.DeleteClientGrant(t.Context(), olga, g.ID); err != nil {
		t.Fatal(err)
	}
	if got := access(); got.Allowed {
		t.Errorf("with the grant taken back: %+v", got)
	}
	if _, err := b.SetEnabled(t.Context(), olga, a.ID, false); err != nil {
		t.Fatal(err)
	}
	if app, err := d.Find(t.Context(), a.ClientID()); err != nil || app.Enabled {
		t.Errorf("switched off: %+v, %v", app, err)
	}
	if err := b.Delete(t.Context(), olga, a.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Find(t.Context(), a.ClientID()); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if err := b.DeleteAPI(t.Context(), olga, orders.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.APIByAudience(t.Context(), "orders"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	again := b.api(t, "orders")
	if got, err := d.APIByAudience(t.Context(), "orders"); err != nil || got.ID != again.ID {
		t.Errorf("made again: %+v, %v", got, err)
	}
}

// The command line writes beside the server; until its notice arrives, what was unknown stays so for a second at most.
func TestWhatAnotherProcessMakesIsFoundWithinASecond(t *testing.T) {
	b, d, c := directed(t)
	b.Changed = nil
	id := "0123456789abcdefghijABCDEFGHIJ01"
	for range 10 {
		if _, err := d.Find(t.Context(), oauth.ClientID(id)); !errors.Is(err, registry.ErrNotFound) {
			t.Fatal(err)
		}
	}
	if got := c.taken(); got != 1 {
		t.Errorf("the store was asked %d times", got)
	}
	keep(t, b, registry.Application{ID: id})
	b.now = b.now.Add(time.Second)
	if _, err := d.Find(t.Context(), oauth.ClientID(id)); err != nil {
		t.Error(err)
	}
}

// keep writes an application that the registry's own verbs would not make yet.
func keep(t *testing.T, b *bench, a registry.Application) {
	t.Helper()
	if a.Origin == "" {
		a.Origin, a.Ownership = registry.Manual, registry.FirstParty
	}
	a.Name, a.CreatedAt, a.UpdatedAt, a.Revision = "Kept", morning, morning, 1
	e := audit.Event{At: morning, Kind: "application.created", Actor: olga, TargetKind: "application", TargetID: a.ID}
	if err := b.store.CreateApplication(t.Context(), a, e); err != nil {
		t.Fatal(err)
	}
}

func TestAnImportedApplicationIsFoundByItsURLOnly(t *testing.T) {
	b, d, c := directed(t)
	const url = "https://app.example.com/client.json"
	first := registry.Application{ID: "tpc_0123456789abcdefghijk1", ExternalID: url, Origin: registry.Imported, Ownership: registry.ThirdParty}
	if _, err := d.Find(t.Context(), url); !errors.Is(err, registry.ErrNotFound) {
		t.Fatal(err)
	}
	keep(t, b, first)
	d.Forget(registry.KindApplication, first.ID)
	for range 3 {
		if got, err := d.Find(t.Context(), url); err != nil || got.ID != first.ID {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if _, err := d.Find(t.Context(), oauth.ClientID(first.ID)); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("its internal id gives %v", err)
	}
	if got, err := d.ByID(t.Context(), first.ID); err != nil || got.ExternalID != url {
		t.Errorf("%+v, %v", got, err)
	}
	if got := c.taken(); got != 3 { // unknown URL, URL, application
		t.Errorf("the store was asked %d times", got)
	}
	if err := b.Delete(t.Context(), olga, first.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Find(t.Context(), url); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("deleted, it gives %v", err)
	}
}

func TestTheDirectoryKnowsTheSystemAPIByTheIssuersName(t *testing.T) {
	b, d, _ := directed(t)
	manage(t, b, "read:clients")
	for _, audience := range []string{issuer + "api/v2/", issuer + "api/v2"} {
		if got, err := d.APIByAudience(t.Context(), audience); err != nil || !got.System || got.Identifier != issuer+"api/v2/" {
			t.Errorf("%s is %+v, %v", audience, got, err)
		}
	}
	for _, audience := range []string{"", "/", "api/v2/", issuer, issuer + "api/v2//", issuer + "api/v2/x", strings.Repeat("a", 10_000), "a\x00"} {
		if got, err := d.APIByAudience(t.Context(), audience); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("%q is %+v, %v", audience, got, err)
		}
	}
}

// A request that names no API is for the only one that was granted.
func TestTheOnlyGrantedAPI(t *testing.T) {
	b, d, _ := directed(t)
	orders, bills, system := b.api(t, "orders", "read"), b.api(t, "bills", "read"), manage(t, b, "read:clients")
	app, _ := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	third, _ := b.create(t, registry.Draft{Type: registry.RegularWeb, Ownership: registry.ThirdParty})
	only := func(a registry.Application, subject registry.SubjectType) string {
		t.Helper()
		known, err := d.Find(t.Context(), a.ClientID())
		if err != nil {
			t.Fatal(err)
		}
		api, err := d.OnlyAPI(t.Context(), known, subject)
		if err != nil {
			t.Fatal(err)
		}
		if api == nil {
			return ""
		}
		return api.Identifier
	}
	grant := func(g registry.ClientGrant) registry.ClientGrant {
		t.Helper()
		g, err := b.CreateClientGrant(t.Context(), olga, g)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	if got := only(app, registry.ForClient); got != "" {
		t.Errorf("without a grant: %s", got)
	}
	grant(registry.ClientGrant{ApplicationID: app.ID, APIID: orders.ID, Scopes: oauth.Scopes{"read"}})
	if got := only(app, registry.ForClient); got != "orders" {
		t.Errorf("with one grant: %s", got)
	}
	if got := only(app, registry.ForUser); got != "" {
		t.Errorf("for a person: %s", got)
	}
	second := grant(registry.ClientGrant{ApplicationID: app.ID, APIID: bills.ID, Scopes: oauth.Scopes{"read"}})
	if got := only(app, registry.ForClient); got != "" {
		t.Errorf("with two grants: %s", got)
	}
	if _, _, err := b.UpdateAPI(t.Context(), olga, bills.ID, 0, func(a *registry.API) error { a.ClientPolicy = registry.DenyAll; return nil }); err != nil {
		t.Fatal(err)
	}
	if got := only(app, registry.ForClient); got != "orders" {
		t.Errorf("with two grants, one of which is denied: %s", got)
	}
	if err := b.DeleteClientGrant(t.Context(), olga, second.ID); err != nil {
		t.Fatal(err)
	}
	grant(registry.ClientGrant{ApplicationID: app.ID, APIID: system.ID, Scopes: oauth.Scopes{"read:clients"}})
	if got := only(app, registry.ForClient); got != "" {
		t.Errorf("with the system API beside it: %s", got)
	}

	grant(registry.ClientGrant{ThirdParties: true, APIID: orders.ID, Scopes: oauth.Scopes{"read"}, SubjectType: registry.ForUser})
	if got := only(third, registry.ForUser); got != "orders" {
		t.Errorf("a third party with the default grant: %s", got)
	}
	grant(registry.ClientGrant{ApplicationID: third.ID, APIID: orders.ID, SubjectType: registry.ForUser})
	if got := only(third, registry.ForUser); got != "orders" {
		t.Errorf("a third party with both for the same API: %s", got)
	}
	grant(registry.ClientGrant{ApplicationID: third.ID, APIID: bills.ID, SubjectType: registry.ForUser})
	if got := only(third, registry.ForUser); got != "" {
		t.Errorf("a third party with two: %s", got)
	}
}

func TestTheSystemAPIMustBeNamed(t *testing.T) {
	b, d, _ := directed(t)
	system := manage(t, b, "read:clients")
	app, _ := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	if _, err := b.CreateClientGrant(t.Context(), olga, registry.ClientGrant{ApplicationID: app.ID, APIID: system.ID, Scopes: oauth.Scopes{"read:clients"}}); err != nil {
		t.Fatal(err)
	}
	known, err := d.Find(t.Context(), app.ClientID())
	if err != nil {
		t.Fatal(err)
	}
	if api, err := d.OnlyAPI(t.Context(), known, registry.ForClient); err != nil || api != nil {
		t.Errorf("%+v, %v", api, err)
	}
}

// These stand in the path of every token.
func TestALookUpFromMemoryAllocatesNothing(t *testing.T) {
	b, d, _ := directed(t)
	orders := b.api(t, "https://api.example.com/", "read:orders")
	a, _ := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	if _, err := b.CreateClientGrant(t.Context(), olga, registry.ClientGrant{ApplicationID: a.ID, APIID: orders.ID, AllScopes: true}); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	got := testing.AllocsPerRun(100, func() {
		app, err := d.Find(ctx, a.ClientID())
		if err != nil {
			t.Fatal(err)
		}
		api, err := d.APIByAudience(ctx, "https://api.example.com")
		if err != nil {
			t.Fatal(err)
		}
		if access, err := d.Access(ctx, app, api, registry.ForClient); err != nil || !access.Allowed {
			t.Fatal(access, err)
		}
	})
	if got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func BenchmarkDirectory(b *testing.B) {
	now := time.Now()
	s := storetest.Open(b)
	app := registry.Application{ID: "0123456789abcdefghijABCDEFGHIJ01", Origin: registry.Manual, Ownership: registry.FirstParty, CreatedAt: now, UpdatedAt: now, Revision: 1}
	if err := s.CreateApplication(b.Context(), app, audit.Event{At: now, Kind: "application.created", Actor: olga, TargetKind: "application", TargetID: app.ID}); err != nil {
		b.Fatal(err)
	}
	d := &registry.Directory{Store: s, Issuer: issuer}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := d.Find(context.Background(), app.ClientID()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestStrangersHaveDefaultGrantsOfTheirOwnUntilSomebodyApprovesThem(t *testing.T) {
	b, d, _ := directed(t)
	orders, bills := b.api(t, "orders", "read", "write"), b.api(t, "bills", "read")
	stranger, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: seen(b.now, document()), By: registry.ByClient, Unfinished: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []registry.ClientGrant{
		{ThirdParties: true, APIID: orders.ID, Scopes: oauth.Scopes{"write"}, SubjectType: registry.ForUser},
		{Strangers: true, APIID: bills.ID, Scopes: oauth.Scopes{"read"}, SubjectType: registry.ForUser},
	} {
		if _, err := b.CreateClientGrant(t.Context(), olga, g); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(api, other registry.API, scopes string) {
		t.Helper()
		app, err := d.ByID(t.Context(), stranger.ID)
		if err != nil {
			t.Fatal(err)
		}
		if a, err := d.Access(t.Context(), app, &api, registry.ForUser); err != nil || !a.Allowed || a.Scopes.String() != scopes {
			t.Errorf("%s: %+v, %v", api.Name, a, err)
		}
		if a, err := d.Access(t.Context(), app, &other, registry.ForUser); err != nil || a.Allowed {
			t.Errorf("%s: %+v, %v", other.Name, a, err)
		}
		if only, err := d.OnlyAPI(t.Context(), app, registry.ForUser); err != nil || only == nil || only.ID != api.ID {
			t.Errorf("the only API is %+v, %v", only, err)
		}
	}
	expect(bills, orders, "read")
	if _, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: seen(b.now, document()), By: registry.ByOperator, Mode: registry.Review}); err != nil {
		t.Fatal(err)
	}
	expect(orders, bills, "write")
}
