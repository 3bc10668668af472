package store_test

import (
	"fmt"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// traceOf is a trace with something in every field that is kept.
func traceOf(reference string) audit.Trace {
	return audit.Trace{
		Reference: reference, At: noon, Door: "authorize", ClientID: "https://client.example/x", ApplicationID: "tpc_1", UserID: "usr_1",
		Address: "192.0.2.7", Kind: audit.FailureStatus, Rule: "status", Value: "500", Message: "the answer is not 200", Mend: "answer 200",
		Side: audit.SideClient, Spec: "CIMD-02 §4.1", Detail: map[string]string{"status": "500"}, Repeats: 1,
	}
}

func saveTraces(t *testing.T, s *store.Store, traces ...audit.Trace) {
	t.Helper()
	if err := s.SaveTraces(ctx, traces); err != nil {
		t.Fatal(err)
	}
}

func TestATraceIsReadAsItWasWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := traceOf("7KQ2-MD4F")
		bare := audit.Trace{Reference: "BARE-0000", At: noon.Add(time.Second)}
		saveTraces(t, s, want, bare)
		saveTraces(t, s)
		for _, w := range []audit.Trace{want, bare} {
			page, err := s.Traces(ctx, registry.TraceQuery{Reference: w.Reference})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]audit.Trace{w}, page.Items); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func TestRepeatsOfATraceRise(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		first := traceOf("7KQ2-MD4F")
		more, fewer := first, first
		more.Repeats, more.Message, fewer.Repeats = 17, "another message", 3
		saveTraces(t, s, first)
		saveTraces(t, s, more, fewer)
		page, err := s.Traces(ctx, registry.TraceQuery{})
		if err != nil {
			t.Fatal(err)
		}
		first.Repeats = 17
		if diff := cmp.Diff([]audit.Trace{first}, page.Items); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTracesAreSelectedAndPagedNewestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range 6 {
			x := traceOf(fmt.Sprint("REF", i))
			x.At = noon.Add(time.Duration(i/2) * time.Minute) // some at the same moment
			if i%2 == 1 {
				x.ClientID, x.ApplicationID, x.Kind = "https://other.example/x", "", audit.FailureDNS
			}
			saveTraces(t, s, x)
		}
		for name, tt := range map[string]struct {
			query registry.TraceQuery
			want  string
		}{
			"all":                {registry.TraceQuery{}, "[REF5 REF4 REF3 REF2 REF1 REF0]"},
			"of a client":        {registry.TraceQuery{ClientID: "https://other.example/x"}, "[REF5 REF3 REF1]"},
			"of an application":  {registry.TraceQuery{ApplicationID: "tpc_1"}, "[REF4 REF2 REF0]"},
			"of a kind":          {registry.TraceQuery{Kind: audit.FailureDNS}, "[REF5 REF3 REF1]"},
			"of two things":      {registry.TraceQuery{Kind: audit.FailureDNS, ApplicationID: "tpc_1"}, "[]"},
			"with a bad cursor":  {registry.TraceQuery{After: "%%", Kind: audit.FailureStatus}, "[REF4 REF2 REF0]"},
			"with no such thing": {registry.TraceQuery{Reference: "none"}, "[]"},
		} {
			got := []string{}
			tt.query.Limit = 2
			for {
				page, err := s.Traces(ctx, tt.query)
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range page.Items {
					got = append(got, x.Reference)
				}
				if tt.query.After = page.Next; page.Next == "" {
					break
				}
			}
			if fmt.Sprint(got) != tt.want {
				t.Errorf("%s: %v, want %s", name, got, tt.want)
			}
		}
	})
}

func TestWhoIsNotKnownDrivesOutNobodysTraces(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		saveTraces(t, s, traceOf("OFONE"))
		traces := make([]audit.Trace, 2050)
		for i := range traces {
			traces[i] = audit.Trace{Reference: fmt.Sprint("R", i), Door: "token", At: noon.Add(time.Duration(i+1) * time.Second)}
		}
		saveTraces(t, s, traces...)
		if n := count(t, s, "SELECT COUNT(*) FROM traces"); n != 2001 {
			t.Errorf("%d are kept", n)
		}
		if page, err := s.Traces(ctx, registry.TraceQuery{Reference: "OFONE"}); err != nil || len(page.Items) != 1 {
			t.Errorf("the one of somebody: %v, %v", page.Items, err)
		}
	})
}

func TestTheOldestOfTooManyTracesGo(t *testing.T) {
	s := storetest.Open(t)
	traces := make([]audit.Trace, 10_050)
	for i := range traces {
		traces[i] = audit.Trace{Reference: fmt.Sprint("R", i), UserID: "usr_1", At: noon.Add(time.Duration(i) * time.Second)}
	}
	saveTraces(t, s, traces...)
	if n := count(t, s, "SELECT COUNT(*) FROM traces"); n != 10_000 {
		t.Errorf("%d are kept", n)
	}
	if page, err := s.Traces(ctx, registry.TraceQuery{Reference: "R50"}); err != nil || len(page.Items) != 1 {
		t.Errorf("the oldest of the newest: %v, %v", page.Items, err)
	}
	if page, err := s.Traces(ctx, registry.TraceQuery{Reference: "R49"}); err != nil || len(page.Items) != 0 {
		t.Errorf("the one before: %v, %v", page.Items, err)
	}
}
