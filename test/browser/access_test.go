package browser

import (
	"encoding/json"
	"testing"
)

// What applications may do with APIs, seen from both sides: tables, the page of one pair, the way over a new API and back.
func TestWhatApplicationsMayDoWithAPIs(t *testing.T) {
	s, b, web := withApplication(t)
	var job struct {
		ID string `json:"client_id"`
	}
	if err := json.Unmarshal([]byte(s.cli("", "apps", "create", "--name", "Nightly job", "--type", "m2m", "--json")), &job); err != nil {
		t.Fatal(err)
	}
	b.visit(web + "/apis")
	b.see("No API of yours yet")
	b.judge("application-apis-first")
	b.press("Create API")
	b.see("The API that Orders web calls")
	b.fill("name", "Orders")
	b.fill("identifier", audience)
	b.fill("scopes", "read:orders See your orders\nwrite:orders Change your orders")
	b.judge("api-new-for")
	b.press("Create API")
	b.until(`location.href.startsWith('` + web + `/apis/')`)
	b.judge("application-api-open")
	s.cli("", "apis", "create", "--name", "Billing and invoicing for the whole group", "--identifier", "https://billing.internal.platform.example.com/v2/tenants/main", "--users", "require_client_grant", "--scope", "read:invoices=See invoices", "--default-scope", "read:invoices")
	s.cli("", "apis", "create", "--name", "Payroll", "--identifier", "https://payroll.example.com/", "--users", "deny_all", "--machines", "deny_all")
	s.cli("", "grants", "create", "--app", job.ID, "--api", audience, "--scopes", "read:orders")
	s.cli("", "grants", "create", "--app", job.ID, "--api", "https://billing.internal.platform.example.com/v2/tenants/main", "--all-scopes")
	b.visit(web + "/apis")
	b.see("lets every first-party application")
	b.judge("application-apis")
	b.press("Edit")
	b.see("In effect")
	b.judge("application-api")
	b.visit(s.URL + "/dashboard/applications?q=Nightly")
	b.press("Nightly job")
	at := b.eval("location.href")
	b.visit(at + "/apis")
	b.see("It signs nobody in")
	b.judge("application-apis-machine")
	b.visit(s.URL + "/dashboard/apis")
	b.judge("apis-several")
	b.press("Orders")
	page := b.eval("location.href")
	b.visit(page + "/applications")
	b.see("Nightly job")
	b.see("read:orders")
	b.judge("api-applications-some")
	b.visit(page + "/danger")
	b.judge("api-danger-some")

	t.Run("two operators at one API", func(t *testing.T) {
		b := b.in(t)
		b.visit(page)
		s.cli("", "apis", "update", audience, "--name", "Orders of the shop", "--lifetime", "10m")
		b.fill("name", "Orders API")
		b.press("Save")
		b.see("What it is now")
		b.judge("api-stale")
		b.choose("take.name", "theirs")
		b.press("Save")
		b.see("Saved.")
		b.fill("token_lifetime", "soon")
		b.fill("name", "")
		b.press("Save")
		b.see("2 things to correct")
		b.judge("api-refused")
	})
	t.Run("this server's own", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/apis")
		b.press("Clientele Management API")
		b.see("nothing of it can be changed here")
		own := b.eval("location.href")
		b.judge("api-own")
		b.visit(own + "/permissions")
		b.judge("api-own-permissions")
	})
}
