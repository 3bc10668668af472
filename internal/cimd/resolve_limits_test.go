package cimd

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
)

func TestWhatIsRememberedOfStrangersIsBounded(t *testing.T) {
	s := &Service{}
	s.start()
	now := time.Unix(0, 0)
	s.Now = func() time.Time { return now }
	for i := range 10_000 {
		url := fmt.Sprintf("https://h%d.example.com/c", i)
		s.limits.take(Arrival{URL: url, Address: fmt.Sprint(i), UserID: fmt.Sprint(i)}, fmt.Sprintf("h%d.example.com", i), now)
		s.seen.set(url, sight{})
		s.pause(url, time.Hour, nil)
		s.wanted.add(url)
	}
	for name, n := range map[string]int{
		"callers": s.limits.callers.len(), "persons": s.limits.persons.len(), "hosts": s.limits.hosts.len(), "seen": s.seen.len(),
		"tries": s.tries.len(), "wanted": len(s.wanted.take()),
	} {
		if n > maxLimiters || name == "seen" && n > maxSeen || name == "wanted" && n > maxWanted {
			t.Errorf("%d %s are remembered", n, name)
		}
	}
}

func TestWhatWasAskedForLastIsRememberedLongest(t *testing.T) {
	r := recent[int, string]{limit: 2}
	r.set(1, "a")
	r.set(2, "b")
	r.find(1)
	r.set(3, "c")
	if _, ok := r.find(2); ok || r.len() != 2 {
		t.Errorf("2 is remembered: %v, %d in all", ok, r.len())
	}
	if v, ok := r.find(1); !ok || v != "a" {
		t.Errorf("1 is %q", v)
	}
	r.set(1, "d")
	if v, _ := r.find(1); v != "d" || r.len() != 2 {
		t.Errorf("1 is %q, %d in all", v, r.len())
	}
	r.drop(1)
	if r.len() != 1 {
		t.Errorf("%d in all", r.len())
	}
}

func TestWhoIsOverANarrowBudgetSpendsNothingOfAWideOne(t *testing.T) {
	l, now := newLimits(), time.Unix(0, 0)
	a := Arrival{URL: "https://app.example.com/c", Address: "192.0.2.1", UserID: "usr_1"}
	for range 1000 {
		l.take(a, "app.example.com", now)
	}
	if spent := float64(inTotal.burst) - l.total.TokensAt(now); spent > float64(perCaller.burst) {
		t.Errorf("one caller spent %v of all", spent)
	}
	if over := l.take(a, "app.example.com", now); over == nil || !over.personal || over.wait <= 0 || over.rule != "flood_caller" {
		t.Errorf("got %+v", over)
	}
	if over := l.take(a, "app.example.com", now.Add(over(l, a, now))); over != nil {
		t.Errorf("after the wait: %+v", over)
	}
}

func over(l *limits, a Arrival, now time.Time) time.Duration {
	return l.take(a, "app.example.com", now).wait
}

func TestATryAfterAFailureComesLaterEachTimeAndNeverTooLate(t *testing.T) {
	now := time.Unix(0, 0)
	before := time.Duration(0)
	for failures := range 40 {
		in := retryAt(now, failures, &Failure{Kind: audit.FailureTimeout}).Sub(now)
		if in < before*9/10 || in < firstPause || in > lastPause+lastPause/10 {
			t.Errorf("after %d failures in %s", failures, in)
		}
		before = min(in, lastPause)
	}
	if in := retryAt(now, 0, &Failure{Kind: audit.FailureMismatch}).Sub(now); in < gonePause {
		t.Errorf("a mismatch again in %s", in)
	}
	if in := retryAt(now, 0, &Failure{Kind: audit.FailureTimeout, Retry: 30 * time.Minute}).Sub(now); in < 30*time.Minute {
		t.Errorf("against the other side's word in %s", in)
	}
}

func TestADocumentIsDueALittleBeforeItIsStaleAndNeverTooSoon(t *testing.T) {
	at := time.Unix(0, 0)
	seen := map[time.Duration]bool{}
	for range 50 {
		in := dueAt(fetched{At: at, DueAt: at.Add(time.Hour)}).Sub(at)
		if in > time.Hour || in < 54*time.Minute {
			t.Errorf("due in %s", in)
		}
		seen[in] = true
	}
	if len(seen) < 2 {
		t.Error("always at the same time")
	}
	if in := dueAt(fetched{At: at, DueAt: at.Add(time.Minute)}).Sub(at); in != time.Minute {
		t.Errorf("due in %s", in)
	}
}

// A panic in a flight would end the process: it runs in nobody's request.
func TestAPanicWhileLookingIsAnErrorAndLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{}
		s.start()
		_, err := fly(t.Context(), s, "key", func(context.Context) (int, error) { panic("at the disco") })
		if err == nil {
			t.Error("no error")
		}
		if n, err := fly(t.Context(), s, "key", func(context.Context) (int, error) { return 1, nil }); n != 1 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		s.Close()
	})
}

func TestEveryKindOfFailureHasItsWords(t *testing.T) {
	for _, kind := range audit.FailureKinds() {
		f := (&Failure{Kind: kind}).complete()
		if f.Mend == "" || f.Side == "" || f.Spec == "" || f.Rule == "" || f.reason() == "" {
			t.Errorf("%s: %+v", kind, f)
		}
	}
	if len(kinds) != len(audit.FailureKinds()) {
		t.Error("there are words for a kind that does not exist")
	}
	if kinds[audit.FailureAddress].reason != kinds[audit.FailureDNS].reason {
		t.Error("from outside an address within reads otherwise than none")
	}
}

func TestTheNoticeOfAnApplicationMakesTheMetadataLookAgain(t *testing.T) {
	s := &Service{Admission: func() registry.AdmissionMode { return registry.AdmitImported }}
	store := &counting{}
	s.Store = store
	for range 3 {
		s.Advertised(t.Context())
	}
	store.any = true
	s.Forget("api")
	if s.Advertised(t.Context()) || store.asked != 1 {
		t.Errorf("asked %d times", store.asked)
	}
	s.Forget(registry.KindApplication)
	first, again := s.Advertised(t.Context()), s.Advertised(t.Context())
	if !first || !again || store.asked != 2 {
		t.Errorf("asked %d times", store.asked)
	}
}

type counting struct {
	Store
	asked int
	any   bool
}

func (c *counting) AnyImported(context.Context) (bool, error) {
	c.asked++
	return c.any, nil
}
