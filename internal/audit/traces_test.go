package audit_test

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
)

type keptTraces struct {
	mu   sync.Mutex
	rows map[string]audit.Trace
}

func (k *keptTraces) SaveTraces(_ context.Context, traces []audit.Trace) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.rows == nil {
		k.rows = make(map[string]audit.Trace)
	}
	for _, t := range traces {
		k.rows[t.Reference] = t
	}
	return nil
}

func newTraces() (*audit.Traces, *keptTraces, *time.Time) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	kept := &keptTraces{}
	return audit.NewTraces(kept, slog.New(slog.DiscardHandler), func() time.Time { return now }), kept, &now
}

func TestAReferenceCanBeReadAloud(t *testing.T) {
	for range 100 {
		if r := audit.NewReference(); !regexp.MustCompile(`^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$`).MatchString(r) {
			t.Fatalf("got %q", r)
		}
	}
}

func TestTheSameRefusalKeepsItsReferenceForTenMinutesAndIsCounted(t *testing.T) {
	traces, kept, now := newTraces()
	one := audit.Trace{Address: "192.0.2.1", ClientID: "https://app.example.com/c", Kind: audit.FailureDNS}
	first := traces.Trace(t.Context(), one)
	traces.Flush(t.Context())
	*now = now.Add(audit.SameTrace - time.Second)
	if again := traces.Trace(t.Context(), one); again != first {
		t.Errorf("got %s after %s", again, first)
	}
	traces.Flush(t.Context())
	if row := kept.rows[first]; len(kept.rows) != 1 || row.Repeats != 1 {
		t.Errorf("kept %+v", kept.rows)
	}
	*now = now.Add(2 * time.Second)
	if later := traces.Trace(t.Context(), one); later == first {
		t.Error("the reference is still the same after ten minutes")
	}
}

func TestWhatDiffersInAddressClientKindOrRuleIsAnotherTrace(t *testing.T) {
	traces, _, _ := newTraces()
	seen := map[string]bool{}
	for _, one := range []audit.Trace{{Address: "a"}, {Address: "b"}, {Address: "a", ClientID: "c"}, {Address: "a", Kind: "dns"}, {Address: "a", Rule: "r"}} {
		seen[traces.Trace(t.Context(), one)] = true
	}
	if len(seen) != 5 {
		t.Errorf("got %d references for 5 refusals", len(seen))
	}
}

func TestOverBudgetAReferenceStandsForNothing(t *testing.T) {
	traces, kept, now := newTraces()
	for i := range 10_000 {
		if r := traces.Trace(t.Context(), audit.Trace{Address: fmt.Sprint(i % 500), ClientID: fmt.Sprint(i)}); len(r) != 9 {
			t.Fatalf("got %q", r)
		}
	}
	traces.Flush(t.Context())
	if n := len(kept.rows); n == 0 || n > 200 {
		t.Errorf("kept %d traces of one minute", n)
	}
	*now = now.Add(time.Hour)
	for i := range 10_000 {
		traces.Trace(t.Context(), audit.Trace{Address: "one", ClientID: fmt.Sprint(i)})
	}
	traces.Flush(t.Context())
	of := 0
	for _, row := range kept.rows {
		if row.Address == "one" {
			of++
		}
	}
	if of == 0 || of > 50 {
		t.Errorf("kept %d traces of one address", of)
	}
}

// Whoever knows the token endpoint's address can name any client there. What they leave drives out nobody else's.
func TestWhoIsNotKnownLeavesLittle(t *testing.T) {
	traces, kept, _ := newTraces()
	left := func(match func(audit.Trace) bool) (n int) {
		traces.Flush(t.Context())
		for _, row := range kept.rows {
			if match(row) {
				n++
			}
		}
		return n
	}
	for i := range 1000 { // one host, which moves about in its network
		traces.Trace(t.Context(), audit.Trace{Door: "token", Address: fmt.Sprintf("2001:db8::%x", i), ClientID: fmt.Sprint(i)})
	}
	if n := left(func(audit.Trace) bool { return true }); n != 10 {
		t.Errorf("one network left %d traces", n)
	}
	for i := range 1000 { // many networks
		traces.Trace(t.Context(), audit.Trace{Door: "token", Address: fmt.Sprintf("2001:db8:0:%x::1", i+1), ClientID: fmt.Sprint(i)})
	}
	if n := left(func(audit.Trace) bool { return true }); n != 12 {
		t.Errorf("all unknown clients left %d traces in a minute", n)
	}
	for i := range 1000 { // known applications, which anybody may name
		traces.Trace(t.Context(), audit.Trace{Door: "token", Address: fmt.Sprintf("2001:db8:0:%x::1", i+1), ApplicationID: fmt.Sprint(i)})
	}
	if n := left(func(audit.Trace) bool { return true }); n != 60 {
		t.Errorf("all who have not signed in left %d traces in a minute", n)
	}
	traces.Trace(t.Context(), audit.Trace{Door: "authorize", Address: "2001:db8:ffff::1", UserID: "usr_1"})
	if n := left(func(row audit.Trace) bool { return row.UserID == "usr_1" }); n != 1 {
		t.Error("there was no room for a person's trace")
	}
}

func TestWhatNobodyAskedForIsCountedByApplication(t *testing.T) {
	traces, kept, _ := newTraces()
	for i := range 50 {
		traces.Trace(t.Context(), audit.Trace{Door: audit.DoorRefresh, ApplicationID: fmt.Sprint("tpc_", i), Kind: audit.FailureDNS, ClientID: fmt.Sprint(i)})
	}
	traces.Flush(t.Context())
	if len(kept.rows) != 50 {
		t.Errorf("50 applications left %d traces", len(kept.rows))
	}
}

func TestATraceIsCutToWhatFits(t *testing.T) {
	traces, kept, _ := newTraces()
	r := traces.Trace(t.Context(), audit.Trace{Value: strings.Repeat("é", 5000), Message: "broken \xff", Detail: map[string]string{"status": "404"}})
	traces.Flush(t.Context())
	row := kept.rows[r]
	if len(row.Value) > 700 || strings.Contains(row.Message, "\xff") || row.Detail["status"] != "404" {
		t.Errorf("kept %d bytes, %q, %v", len(row.Value), row.Message, row.Detail)
	}
}

func TestConcurrentRefusalsOfOneKindShareOneReference(t *testing.T) {
	traces, kept, _ := newTraces()
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			traces.Trace(t.Context(), audit.Trace{Address: "a", Kind: audit.FailureTLS})
			traces.Flush(t.Context())
		})
	}
	all.Wait()
	traces.Flush(t.Context())
	for _, row := range kept.rows {
		if len(kept.rows) != 1 || row.Repeats != 199 {
			t.Errorf("kept %d rows, one with %d repeats", len(kept.rows), row.Repeats)
		}
	}
}
