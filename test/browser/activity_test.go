package browser

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/store"
)

// lived puts a month of use into an instance's record, for charts and a log that look like real ones: of an application, and of
// one that was refused with a reference.
func (s *instance) lived(applicationID string) {
	s.t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(s.data, "clientele.db"), store.WithoutMigrating())
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	now := time.Now().UTC()
	var uses []audit.Use
	for day := range 30 {
		at := now.Add(-time.Duration(day)*24*time.Hour - time.Minute)
		for i := range 5 + (day*7)%23 {
			uses = append(uses, audit.Use{At: at, Kind: "token.issued", ApplicationID: applicationID, Address: "192.0.2.7", Detail: map[string]string{
				"grant_type": "authorization_code", "audience": "https://orders.example.com/", "scope": "read:orders",
			}})
			if i%3 == 0 {
				uses = append(uses, audit.Use{At: at, Kind: "signin.succeeded", Address: "192.0.2.7"})
			}
		}
		if day%4 == 0 {
			uses = append(
				uses,
				audit.Use{At: at, Kind: "token.refused", ApplicationID: applicationID, Address: "192.0.2.7", Reason: "the authorization code has expired"},
				audit.Use{At: at, Kind: "signin.failed", Address: "192.0.2.9", Reason: "the password is wrong"},
			)
		}
	}
	if err := db.AppendUses(ctx, uses); err != nil {
		s.t.Fatal(err)
	}
	if err := db.SaveTraces(ctx, []audit.Trace{{
		Reference: "7KQ2-MD4F", At: now.Add(-30 * time.Second), Door: "authorize", ClientID: "https://agent.example.com/client.json", Kind: audit.FailureStatus,
		Rule: "status", Value: "404", Message: "the metadata document answered 404", Mend: "publish the document at the client ID", Side: audit.SideClient,
		Detail: map[string]string{"status": "404"}, Repeats: 3,
	}}); err != nil {
		s.t.Fatal(err)
	}
}

func TestActivity(t *testing.T) {
	s, b, page := withApplication(t)
	b.visit(s.URL + "/dashboard/activity")
	b.see("Orders web")
	b.judge("activity-new")
	id := page[strings.LastIndex(page, "/")+1:]
	s.lived(id)
	b.visit(s.URL + "/dashboard/activity")
	b.see("was refused")
	b.judge("activity")

	t.Run("a line opens with what changed", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/activity?show=change")
		b.script(`document.querySelectorAll('.log details').forEach((d, i) => { d.open = i < 3 })`)
		b.judge("activity-change")
	})
	t.Run("filters are sent when they are chosen", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/activity")
		b.script(`const e = document.querySelector('[name=show]'); e.value = 'refused'; e.dispatchEvent(new Event('change', { bubbles: true }))`)
		b.until(`location.search.includes('show=refused') && document.body.innerText.includes('The password is wrong')`)
		b.visit(s.URL + "/dashboard/activity?person=nobody%40example.com&since=2026-01-01")
		b.judge("activity-nothing")
	})
	t.Run("a reference opens its explanation", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard")
		b.fill("q", "7kq2-md4f")
		b.script(`document.querySelector('.bar-search').requestSubmit()`)
		b.until(`location.pathname.endsWith('/7KQ2-MD4F')`)
		b.see("answered 404")
	})
	t.Run("an application has its own", func(t *testing.T) {
		b := b.in(t)
		b.visit(page + "/activity")
		b.see("issued")
		b.judge("application-activity")
		b.script(`document.querySelector('.chart details').open = true`)
		b.judge("application-activity-table")
	})
}

// The filters are a form, the lines unfold by themselves and the pages are links.
func TestActivityWithoutScripts(t *testing.T) {
	s, b, page := withApplication(t)
	s.lived(page[strings.LastIndex(page, "/")+1:])
	b.withoutScripts()
	b.visit(s.URL + "/dashboard/activity")
	b.fill("kind", "token.")
	b.press("Search")
	b.see("got tokens")
	b.press("Next page")
	b.see("First page")
	if all := b.eval(`String([...document.querySelectorAll('.log-words')].every(e => e.innerText.includes('token')))`); all != "true" {
		t.Error("the filter is lost on the second page")
	}
}
