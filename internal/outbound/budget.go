package outbound

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Budgets bound what leaves. Each lane has its own, so that strangers never use up what known clients need; each host has a
// share in each lane, so that nobody makes this server flood another one.
type Budgets struct {
	Known     Budget
	Strangers Budget
}

// Budget is that of one lane.
type Budget struct {
	Rate      float64 // requests a second, in total
	Burst     int
	AtOnce    int // requests in flight, in total
	HostRate  float64
	HostBurst int
	HostOnce  int // requests in flight to one host
}

// DefaultBudgets are those of a server that was not told otherwise.
func DefaultBudgets() Budgets {
	return Budgets{
		Known:     Budget{Rate: 20, Burst: 100, AtOnce: 32, HostRate: 2, HostBurst: 30, HostOnce: 8},
		Strangers: Budget{Rate: 5, Burst: 30, AtOnce: 16, HostRate: 0.5, HostBurst: 10, HostOnce: 4},
	}
}

// Busy means that a budget is used up. It says nothing about the other side.
type Busy struct {
	Retry time.Duration // after which trying again can help
	What  string        // which budget, for operators
}

func (b *Busy) Error() string {
	return fmt.Sprintf("too many requests leave already (%s): try again in %s", b.What, b.Retry.Round(time.Second))
}

// busyFor is how long a caller is asked to wait when too much is in flight.
const busyFor = time.Second

// budget counts what leaves.
type budget struct {
	mu    sync.Mutex
	lanes [2]*lane
}

type lane struct {
	Budget
	all    *rate.Limiter
	flying int
	young  map[string]*share // by host; hosts nobody asked for since the last turn are in old
	old    map[string]*share
	turned time.Time
}

type share struct {
	rate   *rate.Limiter
	flying int
}

// Hosts are forgotten after a while, and sooner if there are many: what one may remember is bounded.
const (
	turnEvery = 5 * time.Minute
	maxShares = 2048
)

func newBudget(b Budgets) *budget {
	return &budget{lanes: [2]*lane{newLane(b.Known), newLane(b.Strangers)}}
}

func newLane(b Budget) *lane {
	return &lane{Budget: b, all: rate.NewLimiter(rate.Limit(b.Rate), b.Burst), young: map[string]*share{}}
}

// take takes one request out of the budgets; done gives back what was only in flight.
func (b *budget) take(to target, which Lane, now time.Time) (done func(), busy *Busy) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.lanes[0]
	if which != Known {
		l = b.lanes[1]
	}
	host := l.share(to.host, now)
	switch {
	case l.flying >= l.AtOnce:
		return nil, &Busy{Retry: busyFor, What: "requests at once"}
	case host.flying >= l.HostOnce:
		return nil, &Busy{Retry: busyFor, What: "requests at once to " + to.host}
	}
	if wait := reserve(host.rate, now); wait > 0 {
		return nil, &Busy{Retry: wait, What: "requests to " + to.host}
	}
	if wait := reserve(l.all, now); wait > 0 {
		return nil, &Busy{Retry: wait, What: "requests in total"}
	}
	l.flying++
	host.flying++
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		l.flying--
		host.flying--
	}, nil
}

// reserve takes one, or says how long until there is one again.
func reserve(l *rate.Limiter, now time.Time) time.Duration {
	if l.AllowN(now, 1) {
		return 0
	}
	r := l.ReserveN(now, 1)
	defer r.CancelAt(now)
	return max(r.DelayFrom(now), time.Millisecond)
}

func (l *lane) share(host string, now time.Time) *share {
	if s, ok := l.young[host]; ok {
		return s
	}
	if len(l.young) >= maxShares || now.Sub(l.turned) > turnEvery {
		l.old, l.young, l.turned = l.young, map[string]*share{}, now
	}
	s, ok := l.old[host]
	if !ok {
		s = &share{rate: rate.NewLimiter(rate.Limit(l.HostRate), l.HostBurst)}
	}
	l.young[host] = s
	return s
}

// memo remembers who asked to be left in peace, and until when.
type memo struct {
	mu  sync.Mutex
	all map[string]peace
}

type peace struct {
	until   time.Time
	failure Failure
}

const maxPeace = 1024

func (m *memo) put(url string, now time.Time, f *Failure) {
	if f.RetryAfter <= 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.all) >= maxPeace || m.all == nil {
		m.all = map[string]peace{}
	}
	m.all[url] = peace{now.Add(f.RetryAfter), *f}
}

func (m *memo) get(url string, now time.Time) *Failure {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.all[url]
	if !ok {
		return nil
	}
	if !now.Before(p.until) {
		delete(m.all, url)
		return nil
	}
	again := p.failure
	again.RetryAfter = p.until.Sub(now)
	again.Message += fmt.Sprintf(" It asked not to be called again before %s.", p.until.UTC().Format(time.TimeOnly))
	return &again
}
