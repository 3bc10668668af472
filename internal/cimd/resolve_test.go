package cimd_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/oauth"
	"clientele/internal/outbound"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestAdmissionDecidesBeforeAnythingIsFetched(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		for _, c := range []struct {
			mode    registry.AdmissionMode
			rule    string
			effect  registry.RuleEffect
			want    cimd.Reason
			fetches int
		}{
			{registry.AdmitImported, "", "", cimd.NotAdmitted, 0},
			{registry.AdmitImported, appHost, registry.Allow, cimd.NotAdmitted, 0},
			{registry.AdmitApproval, "", "", cimd.Waiting, 1},
			{registry.AdmitApproval, appHost, registry.Deny, cimd.NotAdmitted, 0},
			{registry.AdmitApproval, appURL, registry.Allow, "", 1},
			{registry.AdmitOpen, "", "", "", 1},
			{registry.AdmitOpen, "*.example.com", registry.Deny, cimd.NotAdmitted, 0},
		} {
			t.Run(fmt.Sprintf("%s %s %s", c.mode, c.effect, c.rule), func(t *testing.T) {
				w := newWorld(t, c.mode, on)
				if c.rule != "" {
					if _, err := w.Registry.CreateAdmissionRule(t.Context(), servertest.Actor, c.rule, c.effect, ""); err != nil {
						t.Fatal(err)
					}
				}
				app, refusal := w.resolve(arrival("usr_1"), c.want)
				if got := w.host.Count(appPath); got != c.fetches {
					t.Errorf("%d fetches, want %d", got, c.fetches)
				}
				if app != nil && (app.Import.By != registry.ByClient || app.ExpiresAt.IsZero() || app.Import.Mode != registry.Follow) {
					t.Errorf("let in as %+v until %s", app.Import, app.ExpiresAt)
				}
				if app != nil && c.rule != "" && app.Import.Rule != c.rule {
					t.Errorf("let in by the rule %q, want %q", app.Import.Rule, c.rule)
				}
				if refusal != nil && c.want == cimd.NotAdmitted {
					if tr := w.trace(refusal.Reference); tr.Kind != audit.FailurePolicy || tr.Mend == "" || c.rule != "" && c.effect == registry.Deny && tr.Detail["pattern"] != c.rule {
						t.Errorf("the trace says %+v", tr)
					}
				}
			})
		}
	})
}

func TestWhoWasLetInByItselfIsOutAsSoonAsARuleOrTheModeSaysSo(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	app, _ := w.resolve(arrival("usr_1"), "")
	expect := func(known bool) {
		t.Helper()
		want := cimd.NotAdmitted
		if known {
			want = ""
		}
		if _, err := w.Find(t.Context(), appURL); errors.Is(err, registry.ErrNotFound) == known {
			t.Errorf("found: %v", err)
		}
		w.resolve(arrival("usr_1"), want)
	}
	expect(true)
	rule, err := w.Registry.CreateAdmissionRule(t.Context(), servertest.Actor, appHost, registry.Deny, "")
	if err != nil {
		t.Fatal(err)
	}
	expect(false)
	if err := w.Registry.DeleteAdmissionRule(t.Context(), servertest.Actor, rule.ID); err != nil {
		t.Fatal(err)
	}
	expect(true)
	w.set("cimd_admission", "imported")
	expect(false)
	if imported := w.imported(); imported.ID != app.ID {
		t.Errorf("imported as %s", imported.ID)
	}
	expect(true) // an operator answers for it now
}

func TestAStrangerEndsByItselfAndMayComeAgain(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		w := newWorld(t, registry.AdmitOpen, on)
		first, _ := w.resolve(arrival("usr_1"), "")
		w.Clock.Advance(registry.UnfinishedLifetime + time.Second)
		if _, err := w.Find(t.Context(), appURL); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("after its end the client is found: %v", err)
		}
		again, _ := w.resolve(arrival("usr_1"), "")
		if again.ID == first.ID || again.ExpiresAt.IsZero() {
			t.Errorf("it came again as %s until %s", again.ID, again.ExpiresAt)
		}
	})
}

func TestNoMoreStrangersThanMayBeAreKept(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	crowded := cimd.Service{
		Registry: w.svc.Registry, Directory: w.svc.Directory, Store: manyUnfinished{w.Store}, Outbound: w.svc.Outbound, Policy: w.svc.Policy,
		Admission: w.svc.Admission, Issuer: w.svc.Issuer, Traces: w.svc.Traces, Uses: w.svc.Uses, Now: w.svc.Now,
	}
	_, err := crowded.Resolve(t.Context(), arrival("usr_1"))
	if refusal, ok := errors.AsType[*cimd.Refusal](err); !ok || refusal.Reason != cimd.Busy || !refusal.Temporary() {
		t.Errorf("got %v", err)
	}
}

// One person cannot fill the place that all share, whatever their clients publish.
func TestAPersonBringsOnlySoManyNewClientsADay(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	come := func(person string, n int) *cimd.Refusal {
		t.Helper()
		a := arrival(person)
		path := fmt.Sprintf("/%s/%d.json", person, n)
		a.URL = "https://" + appHost + path
		w.host.JSON(path, document(map[string]any{"client_id": a.URL}))
		w.Clock.Advance(10 * time.Second)
		_, err := w.Resolve(t.Context(), a)
		refusal, _ := errors.AsType[*cimd.Refusal](err)
		if err != nil && refusal == nil {
			t.Fatal(err)
		}
		return refusal
	}
	for n := range 20 {
		if refusal := come("usr_1", n); refusal != nil {
			t.Fatalf("the %dth: %v", n, refusal)
		}
	}
	before := len(w.host.Requests())
	refusal := come("usr_1", 20)
	if refusal == nil || refusal.Reason != cimd.Busy || w.trace(refusal.Reference).Rule != "admitted_person" || len(w.host.Requests()) != before {
		t.Errorf("one too many: %+v after %d fetches", refusal, len(w.host.Requests())-before)
	}
	if refusal := come("usr_2", 0); refusal != nil {
		t.Errorf("another person: %v", refusal)
	}
	w.Clock.Advance(24 * time.Hour)
	if refusal := come("usr_1", 21); refusal != nil {
		t.Errorf("a day later: %v", refusal)
	}
}

type manyUnfinished struct{ cimd.Store }

func (manyUnfinished) CountUnfinished(context.Context, time.Time) (int, error) {
	return registry.MaxUnfinished, nil
}

func TestAThousandFirstSightsAtOnceAreOneFetch(t *testing.T) {
	for _, c := range []struct {
		mode registry.AdmissionMode
		want cimd.Reason
	}{{registry.AdmitOpen, ""}, {registry.AdmitApproval, cimd.Waiting}} {
		t.Run(string(c.mode), func(t *testing.T) {
			w := newWorld(t, c.mode)
			var all sync.WaitGroup
			reasons := make([]cimd.Reason, 1000)
			for i := range reasons {
				all.Go(func() {
					_, err := w.Resolve(t.Context(), cimd.Arrival{URL: appURL, UserID: fmt.Sprintf("usr_%d", i%50), Address: fmt.Sprintf("192.0.2.%d", i%200), Door: "authorize"})
					if refusal, ok := errors.AsType[*cimd.Refusal](err); ok {
						reasons[i] = refusal.Reason
					} else if err != nil {
						reasons[i] = cimd.Reason(err.Error())
					}
				})
			}
			all.Wait()
			for i, r := range reasons {
				if r != c.want {
					t.Fatalf("the %dth got %q, want %q", i, r, c.want)
				}
			}
			if got := w.host.Count(appPath); got != 1 {
				t.Errorf("%d fetches", got)
			}
		})
	}
}

func TestWhoLeavesDoesNotSpoilTheFetchForOthers(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	asked, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.host.Handle(appPath, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		once.Do(func() { close(asked) })
		<-release
		rw.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(rw, `{"client_id":%q,"client_name":"Pretend","redirect_uris":["https://%s/cb"]}`, appURL, appHost)
	}))
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := w.Resolve(ctx, arrival("usr_1"))
		left <- err
	}()
	<-asked
	stayed := make(chan error)
	go func() {
		_, err := w.Resolve(t.Context(), arrival("usr_2"))
		stayed <- err
	}()
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(release)
	if err := <-stayed; err != nil {
		t.Errorf("who stayed got %v", err)
	}
}

func TestCIMD02_5_2_AFailureIsNeverKept(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	for _, spoil := range []func(){
		func() { w.host.Status(appPath, http.StatusNotFound) },
		func() { w.host.Status(appPath, http.StatusInternalServerError) },
		func() { w.host.JSON(appPath, document(map[string]any{"client_secret": "s"})) },
	} {
		spoil()
		if _, err := w.Resolve(t.Context(), arrival("usr_1")); err == nil {
			t.Fatal("let in")
		}
	}
	w.host.JSON(appPath, document())
	w.resolve(arrival("usr_1"), "")
	if got := w.host.Count(appPath); got != 4 {
		t.Errorf("%d fetches", got)
	}
}

func TestWhoHammersHasToWaitAndNobodyElse(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	w.host.Status(appPath, http.StatusNotFound)
	busy := 0
	for range 20 {
		_, err := w.Resolve(t.Context(), arrival("usr_1"))
		if refusal, ok := errors.AsType[*cimd.Refusal](err); ok && refusal.Reason == cimd.Busy {
			busy++
			if refusal.Retry <= 0 {
				t.Error("it is not said when to try again")
			}
		}
	}
	if got := w.host.Count(appPath); got >= 20 || busy == 0 {
		t.Errorf("%d fetches, %d times busy", got, busy)
	}
	w.host.JSON(appPath, document())
	w.resolve(cimd.Arrival{URL: appURL, UserID: "usr_2", Address: "198.51.100.7", Door: "authorize"}, "")
	w.Clock.Advance(time.Minute)
	w.resolve(arrival("usr_1"), "")
}

func TestTenThousandURLsAreHeldBackBeforeTheyAreFetched(t *testing.T) {
	w := newWorld(t, registry.AdmitApproval)
	for i := range 10_000 {
		a := arrival(fmt.Sprintf("usr_%d", i))
		a.URL, a.Address = fmt.Sprintf("https://%s/c/%d", appHost, i), fmt.Sprintf("2001:db8::%x", i)
		if _, err := w.Resolve(t.Context(), a); err == nil {
			t.Fatal("let in")
		}
	}
	if got := len(w.host.Requests()); got > 100 {
		t.Errorf("%d fetches", got)
	}
}

func TestAnOperatorHasOnlySoManyURLsLookedAt(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	operator := audit.Actor{Kind: audit.ActorOperator, ID: "usr_1", Door: "dashboard"}
	another := audit.Actor{Kind: audit.ActorClient, ID: "usr_1", Door: "management"}
	looks := map[string]func(audit.Actor) error{
		"a preview": func(a audit.Actor) error { _, err := w.svc.Preview(t.Context(), a, appURL); return err },
		"a lint":    func(a audit.Actor) error { _, err := w.svc.Lint(t.Context(), a, appURL); return err },
		"an import": func(a audit.Actor) error {
			_, err := w.svc.Register(t.Context(), a, appURL, cimd.RegisterOptions{})
			return err
		},
	}
	for range 30 {
		if err := looks["a preview"](operator); err != nil {
			t.Fatal(err)
		}
	}
	before := w.host.Count(appPath)
	for name, look := range looks {
		if busy, ok := errors.AsType[*outbound.Busy](look(operator)); !ok || busy.Retry <= 0 {
			t.Errorf("%s too many: %v", name, busy)
		}
	}
	if w.host.Count(appPath) != before {
		t.Error("it was fetched all the same")
	}
	for name, look := range looks {
		if err := look(another); err != nil {
			t.Errorf("%s of somebody else: %v", name, err)
		}
	}
	w.Clock.Advance(2 * time.Second)
	if err := looks["a lint"](operator); err != nil {
		t.Errorf("a while later: %v", err)
	}
}

func TestAClientThatIsNamedLikeThisServerOrAnAPIIsRefused(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen, servertest.WithPublicURL("https://id.example.com/tenant/"))
	w.CreateAPI(appURL + "/")
	for _, url := range []string{w.Issuer(), "https://id.example.com/tenant", w.Issuer() + "client.json", appURL} {
		a := arrival("usr_1")
		a.URL = url
		_, refusal := w.resolve(a, cimd.Invalid)
		if tr := w.trace(refusal.Reference); refusal.Kind != audit.FailureURL || tr.Rule != "client_id_reserved" || len(w.host.Requests()) > 0 {
			t.Errorf("%s: %+v, %+v", url, refusal, tr)
		}
		p, err := w.Preview(t.Context(), url)
		if err != nil || p.Failure == nil || p.Failure.Rule != "client_id_reserved" {
			t.Errorf("the preview of %s says %+v, %v", url, p.Failure, err)
		}
	}
}

func TestAPushedRequestCannotWait(t *testing.T) {
	w := newWorld(t, registry.AdmitApproval)
	w.resolve(cimd.Arrival{URL: appURL, Address: "192.0.2.1", Door: "par"}, cimd.NotAdmitted)
	if len(w.host.Requests()) > 0 {
		t.Error("it was fetched")
	}
}

// Each kind of failure is told apart in the trace, and none of it outside.
func TestEveryKindOfFailureLeavesItsTraceAndOnlyAGenericWordOutside(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	if _, err := w.Registry.CreateAdmissionRule(t.Context(), servertest.Actor, "denied.example.com", registry.Deny, ""); err != nil {
		t.Fatal(err)
	}
	w.net.Resolve("inside.example.com", "10.0.0.7")
	w.net.Resolve("deaf.example.com", "93.184.216.99")
	w.net.Host("other.example.com")
	tls := w.net.Host("tls.example.com")
	tls.Present(w.net.Issue("another.example.com", time.Now().Add(time.Hour)))
	answers := map[string]func(http.ResponseWriter){
		"/status":   func(rw http.ResponseWriter) { rw.WriteHeader(http.StatusNotFound) },
		"/redirect": func(rw http.ResponseWriter) { rw.Header().Set("Location", appURL); rw.WriteHeader(http.StatusFound) },
		"/big":      func(rw http.ResponseWriter) { fmt.Fprintf(rw, `{"client_name":"%s"}`, strings.Repeat("x", 6000)) },
		"/html":     func(rw http.ResponseWriter) { rw.Header().Set("Content-Type", "text/html"); fmt.Fprint(rw, "<html>") },
		"/mismatch": func(rw http.ResponseWriter) {
			fmt.Fprintf(rw, `{"client_id":%q,"redirect_uris":["https://a.example.com/"]}`, appURL)
		},
		"/invalid": func(rw http.ResponseWriter) {
			fmt.Fprintf(rw, `{"client_id":"https://%s/invalid","client_secret":"x"}`, appHost)
		},
	}
	for path, answer := range answers {
		w.host.Handle(path, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "application/json")
			answer(rw)
		}))
	}
	for _, c := range []struct {
		url  string
		kind audit.FailureKind
		want cimd.Reason
	}{
		{"https://" + appHost, audit.FailureURL, cimd.Invalid},
		{"https://denied.example.com/c", audit.FailurePolicy, cimd.NotAdmitted},
		{"https://nowhere.example.com/c", audit.FailureDNS, cimd.Unreachable},
		{"https://inside.example.com/c", audit.FailureAddress, cimd.Unreachable},
		{"https://deaf.example.com/c", audit.FailureConnect, cimd.Unreachable},
		{"https://tls.example.com/c", audit.FailureTLS, cimd.Unreachable},
		{"https://" + appHost + "/status", audit.FailureStatus, cimd.Invalid},
		{"https://" + appHost + "/redirect", audit.FailureRedirect, cimd.Invalid},
		{"https://" + appHost + "/big", audit.FailureTooBig, cimd.Invalid},
		{"https://" + appHost + "/html", audit.FailureNotJSON, cimd.Invalid},
		{"https://" + appHost + "/invalid", audit.FailureDocument, cimd.Invalid},
		{"https://" + appHost + "/mismatch", audit.FailureMismatch, cimd.Invalid},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			a := arrival("usr_1")
			a.URL = c.url
			_, refusal := w.resolve(a, c.want)
			tr := w.trace(refusal.Reference)
			if tr.Kind != c.kind || tr.Message == "" || tr.Mend == "" || tr.Side == "" || tr.Rule == "" || tr.ClientID != c.url || tr.UserID != "usr_1" {
				t.Errorf("the trace says %+v", tr)
			}
			if text := refusal.Error(); strings.Contains(text, string(c.kind)+":") || strings.Contains(text, "10.0.0.7") || !strings.Contains(text, refusal.Reference) {
				t.Errorf("outside it reads %q", text)
			}
		})
	}
}

func TestOneTraceStandsForTheSameRefusalOfTheSameAddress(t *testing.T) {
	w := newWorld(t, registry.AdmitImported)
	_, first := w.resolve(arrival("usr_1"), cimd.NotAdmitted)
	_, second := w.resolve(arrival("usr_1"), cimd.NotAdmitted)
	if first.Reference != second.Reference || w.trace(first.Reference).Repeats != 1 {
		t.Errorf("%s and %s: %+v", first.Reference, second.Reference, w.trace(first.Reference))
	}
}

func TestTheDoorsThatNeverFetchDoNot(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	if _, err := w.Find(t.Context(), appURL); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	app := w.imported()
	w.Clock.Advance(25 * time.Hour)
	found, err := w.Find(t.Context(), oauth.ClientID(appURL))
	if err != nil || found.ID != app.ID || w.host.Count(appPath) != 1 {
		t.Errorf("got %v, %v after %d fetches", found, err, w.host.Count(appPath))
	}
	w.RefreshDue(t.Context())
	if w.host.Count(appPath) != 2 {
		t.Errorf("%d fetches after the background ran", w.host.Count(appPath))
	}
}
