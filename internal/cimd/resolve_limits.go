package cimd

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"clientele/internal/audit"
	"clientele/internal/outbound"
)

// A budget is how often something may happen: once each Every on average, Burst times at once.
type budget struct {
	every time.Duration
	burst int
}

// The budgets of first sights, each of which may cost a fetch. A person with a working client needs one.
var (
	perCaller = budget{10 * time.Second, 6}         // of one client at one address
	perPerson = budget{6 * time.Second, 20}         // of one person, whatever the client
	perHost   = budget{time.Second, 20}             // of one target host
	inTotal   = budget{200 * time.Millisecond, 100} // of all strangers together
)

// perActor is how often an operator, or a client of the Management API, has a URL looked at: thirty times a minute.
var perActor = budget{2 * time.Second, 30}

// perBringer is how many applications one person brings in, by coming with them where they are let in: twenty a day. Each stays,
// for an hour at least.
var perBringer = budget{72 * time.Minute, 20}

// maxLimiters is how many callers, persons or hosts are remembered; the one that was heard of longest ago is forgotten first.
const maxLimiters = 4096

// limits holds strangers back before anything is fetched for them.
type limits struct {
	callers recent[string, *rate.Limiter]
	persons recent[string, *rate.Limiter]
	hosts   recent[string, *rate.Limiter]
	actors  recent[string, *rate.Limiter]
	looks   recent[string, *rate.Limiter] // at documents of approved applications before they are due, by application
	brought recent[string, *rate.Limiter] // by person, or by network where nobody is signed in
	total   *rate.Limiter
}

func newLimits() *limits {
	return &limits{
		callers: recent[string, *rate.Limiter]{limit: maxLimiters},
		persons: recent[string, *rate.Limiter]{limit: maxLimiters},
		hosts:   recent[string, *rate.Limiter]{limit: maxLimiters},
		actors:  recent[string, *rate.Limiter]{limit: maxLimiters},
		looks:   recent[string, *rate.Limiter]{limit: maxLimiters},
		brought: recent[string, *rate.Limiter]{limit: maxLimiters},
		total:   inTotal.limiter(),
	}
}

func (b budget) limiter() *rate.Limiter { return rate.NewLimiter(rate.Every(b.every), b.burst) }

// take spends one of every budget that the arrival counts against, or none and says which is used up. The narrow budgets come
// first, so that one caller in a hurry spends nothing of what others share.
func (l *limits) take(a Arrival, host string, now time.Time) *overBudget {
	shares := []struct {
		rule     string
		personal bool
		limiter  *rate.Limiter
	}{
		{"flood_caller", true, l.callers.get(audit.Network(a.Address)+" "+a.URL, perCaller.limiter)},
		{"flood_person", true, l.persons.get(a.UserID, perPerson.limiter)},
		{"flood_host", false, l.hosts.get(host, perHost.limiter)},
		{"flood_total", false, l.total},
	}
	taken := make([]*rate.Reservation, 0, len(shares))
	for _, share := range shares {
		if share.rule == "flood_person" && a.UserID == "" {
			continue
		}
		r := share.limiter.ReserveN(now, 1)
		taken = append(taken, r)
		wait := r.DelayFrom(now)
		if wait == 0 {
			continue
		}
		for _, one := range taken {
			one.CancelAt(now)
		}
		return &overBudget{by: a, personal: share.personal, rule: share.rule, message: "too many unknown clients came at once", wait: wait}
	}
	return nil
}

// again counts a look at the document of an approved application before it is due, or reports that there were enough.
func (l *limits) again(id string, now time.Time) bool {
	return l.looks.get(id, perCaller.limiter).AllowN(now, 1)
}

// actorMayLook counts a look that an actor asked for, or fails with *outbound.Busy. The server itself asks for none.
func (l *limits) actorMayLook(actor audit.Actor, now time.Time) error {
	if actor.Kind == audit.ActorSystem {
		return nil
	}
	r := l.actors.get(string(actor.Kind)+" "+actor.ID, perActor.limiter).ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	r.CancelAt(now)
	return &outbound.Busy{Retry: wait, What: "looks of one actor"}
}

// mayBring says why the person may bring in no more applications now; nil if they may.
func (l *limits) mayBring(a Arrival, now time.Time) *overBudget {
	limiter := l.bringer(a)
	if limiter.TokensAt(now) >= 1 {
		return nil
	}
	r := limiter.ReserveN(now, 1)
	defer r.CancelAt(now)
	return &overBudget{
		by: a, personal: true, rule: "admitted_person", wait: r.DelayFrom(now),
		message: "this person brought as many new applications as one may in a day",
	}
}

// bring counts one that is let in, or says why it is not.
func (l *limits) bring(a Arrival, now time.Time) *overBudget {
	if l.bringer(a).AllowN(now, 1) {
		return nil
	}
	return l.mayBring(a, now)
}

func (l *limits) bringer(a Arrival) *rate.Limiter {
	who := a.UserID
	if who == "" {
		who = audit.Network(a.Address)
	}
	return l.brought.get(who, perBringer.limiter)
}

// recent keeps at most limit values; what was not asked for longest makes room. The zero value with a limit is ready.
type recent[K comparable, V any] struct {
	limit int

	mu    sync.Mutex
	items map[K]*list.Element
	order list.List // of entry[K, V], the newest first
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

// get is the value of key, made if it is not there.
func (r *recent[K, V]) get(key K, make func() V) V {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.items[key]; ok {
		r.order.MoveToFront(e)
		return e.Value.(entry[K, V]).value
	}
	value := make()
	r.put(key, value)
	return value
}

// find is the value of key, if it is there.
func (r *recent[K, V]) find(key K) (value V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.items[key]; ok {
		r.order.MoveToFront(e)
		return e.Value.(entry[K, V]).value, true
	}
	return value, false
}

// set keeps value for key.
func (r *recent[K, V]) set(key K, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(key)
	r.put(key, value)
}

// drop forgets key.
func (r *recent[K, V]) drop(key K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(key)
}

// len is how many values there are.
func (r *recent[K, V]) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.items)
}

func (r *recent[K, V]) remove(key K) {
	if e, ok := r.items[key]; ok {
		r.order.Remove(e)
		delete(r.items, key)
	}
}

func (r *recent[K, V]) put(key K, value V) {
	if r.items == nil {
		r.items = make(map[K]*list.Element)
	}
	for len(r.items) >= r.limit {
		r.remove(r.order.Back().Value.(entry[K, V]).key)
	}
	r.items[key] = r.order.PushFront(entry[K, V]{key, value})
}
