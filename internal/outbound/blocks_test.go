package outbound

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"
)

func TestNoBlockHidesBehindAnother(t *testing.T) {
	for i, b := range blocks {
		if b.prefix != b.prefix.Masked() {
			t.Errorf("%s is not the beginning of its block", b.prefix)
		}
		for _, before := range blocks[:i] {
			if before.prefix.Bits() <= b.prefix.Bits() && before.prefix.Contains(b.prefix.Addr()) {
				t.Errorf("%s (%s) never counts, for %s stands before it", b.prefix, b.name, before.prefix)
			}
		}
	}
}

func TestAnAddressIsNamedByTheNarrowestBlockThatComesFirst(t *testing.T) {
	for text, want := range map[string]string{
		"::1": "loopback", "2001:0:4136:e378:8000:63bf:3fff:fdd2": "Teredo of 192.0.2.45", "2002:7f00:1::": "6to4 of 127.0.0.1",
		"64:ff9b::7f00:1": "IPv4/IPv6 translation of 127.0.0.1", "255.255.255.255": "limited broadcast", "169.254.169.254": "link local",
	} {
		if got, _ := Special(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is %q; want %q", text, got, want)
		}
	}
}

// What strangers name must not fill the memory: ten thousand hosts leave as much as a few thousand.
func TestHostsAreForgottenWhenThereAreMany(t *testing.T) {
	b := newBudget(Budgets{Known: Budget{Rate: 1e9, Burst: 1e9, AtOnce: 10, HostRate: 1, HostBurst: 1, HostOnce: 1}})
	now := time.Unix(1_800_000_000, 0)
	for i := range 10_000 {
		done, busy := b.take(target{host: fmt.Sprintf("h%d.example.com", i)}, Known, now)
		if busy != nil {
			t.Fatal(busy)
		}
		done()
	}
	if n := len(b.lanes[0].young) + len(b.lanes[0].old); n > 2*maxShares {
		t.Errorf("%d hosts are remembered", n)
	}
	m := &memo{}
	for i := range 10_000 {
		m.put(fmt.Sprint(i), now, &Failure{RetryAfter: time.Hour})
	}
	if len(m.all) > maxPeace {
		t.Errorf("%d URLs are remembered", len(m.all))
	}
}

func TestTheLongestNameOfOneHostIsNoPattern(t *testing.T) {
	c := New(Options{Exceptions: []Exception{{Host: "a.example.com", Port: 443, Allow: netip.MustParsePrefix("10.0.0.0/8")}}})
	for _, host := range []string{"b.a.example.com", "example.com", "xa.example.com", "a.example.com."} {
		if c.Exempt(host) {
			t.Errorf("%s has the exception of another host", host)
		}
	}
	if !c.Exempt("a.example.com") || !c.Exempt("A.example.com:443") || c.Exempt("a.example.com:8443") {
		t.Error("the exception does not hold for exactly its host and port")
	}
}

func TestRetryAfterIsHonouredForAnHourAtMost(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "0": 0, "-5": 0, "86400": time.Hour, "99999999999999": time.Hour, "-99999999999999": 0, "soon": 0,
		"Sun, 22 Nov 2026 12:10:00 GMT": 10 * time.Minute, "Sun, 22 Nov 2026 11:00:00 GMT": 0, "Mon, 23 Nov 2026 12:00:00 GMT": time.Hour,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("Retry-After: %s is %s; want %s", value, got, want)
		}
	}
}

func TestTheLanesOfABudgetHaveNothingInCommon(t *testing.T) {
	one := Budget{Rate: 1, Burst: 3, AtOnce: 2, HostRate: 1, HostBurst: 2, HostOnce: 1}
	b := newBudget(Budgets{Known: one, Strangers: one})
	now := time.Unix(1_800_000_000, 0)
	take := func(host string, lane Lane) (func(), string) {
		done, busy := b.take(target{host: host}, lane, now)
		if busy != nil {
			if busy.Retry <= 0 || busy.Error() == "" {
				t.Errorf("busy for %s", busy.Retry)
			}
			return nil, busy.What
		}
		return done, ""
	}
	done, _ := take("a.example.com", Strangers)
	if _, what := take("a.example.com", Strangers); what != "requests at once to a.example.com" {
		t.Errorf("two at once to one host: %q", what)
	}
	other, _ := take("b.example.com", Strangers)
	if _, what := take("c.example.com", Strangers); what != "requests at once" {
		t.Errorf("three at once: %q", what)
	}
	if _, what := take("a.example.com", Known); what != "" {
		t.Errorf("strangers used up the other lane: %q", what)
	}
	done()
	other()
	done, _ = take("a.example.com", Strangers)
	done()
	if _, what := take("a.example.com", Strangers); what != "requests to a.example.com" {
		t.Errorf("three in a row to one host: %q", what)
	}
	if _, what := take("d.example.com", Strangers); what != "requests in total" {
		t.Errorf("four in a row: %q", what)
	}
	now = now.Add(time.Second)
	if _, what := take("d.example.com", Strangers); what != "" {
		t.Errorf("a second later: %q", what)
	}
}

func TestTheDefaultBudgetsLeaveRoomForBothLanes(t *testing.T) {
	for _, l := range []Budget{DefaultBudgets().Known, DefaultBudgets().Strangers} {
		if slices.Min([]float64{l.Rate, float64(l.Burst), float64(l.AtOnce), l.HostRate, float64(l.HostBurst), float64(l.HostOnce)}) <= 0 {
			t.Errorf("%+v lets nothing through", l)
		}
	}
}
