package registry

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

const (
	unknownFor  = time.Second // how long an unknown key is remembered as such, at most
	maxUnknown  = 1000
	loadTimeout = 10 * time.Second
)

// cache keeps what was read, at most limit things; of those, second-chance eviction drops what was not used lately. Keys
// that do not exist are remembered for a second. Reads of the same missing key wait for one load, and an invalidation that
// arrives while a load is under way wins: what was loaded goes to those who asked before it, and is not kept.
//
// The zero value with a limit is ready.
type cache[K comparable, V any] struct {
	limit int

	mu      sync.RWMutex
	kept    map[K]*kept[K, V]
	slots   []*kept[K, V]
	hand    int
	flights map[K]*flight[V]
	unknown map[K]time.Time // when it may be asked again
}

type kept[K comparable, V any] struct {
	key   K
	value V
	used  atomic.Bool
	gone  bool
}

type flight[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// peek answers from memory; it does not allocate. known is false if nothing is known about key.
func (c *cache[K, V]) peek(key K, now time.Time) (value V, known bool, err error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if e := c.kept[key]; e != nil {
		if !e.used.Load() {
			e.used.Store(true)
		}
		return e.value, true, nil
	}
	if until, absent := c.unknown[key]; absent && now.Before(until) {
		return value, true, ErrNotFound
	}
	return value, false, nil
}

// load reads key, once for all who ask at the same time. The load does not end with the one who happened to be first.
func (c *cache[K, V]) load(ctx context.Context, key K, now time.Time, read func(context.Context) (V, error)) (V, error) {
	c.mu.Lock()
	if f := c.flights[key]; f != nil {
		c.mu.Unlock()
		select {
		case <-f.done:
			return f.value, f.err
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
	}
	if e := c.kept[key]; e != nil { // kept since we looked
		c.mu.Unlock()
		return e.value, nil
	}
	f := &flight[V]{done: make(chan struct{}), err: errors.New("the read did not finish")}
	if c.flights == nil {
		c.flights = make(map[K]*flight[V])
	}
	c.flights[key] = f
	c.mu.Unlock()

	defer c.land(key, f, now)
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
	defer cancel()
	f.value, f.err = read(bounded)
	return f.value, f.err
}

// land keeps what a load brought, unless the key was forgotten meanwhile.
func (c *cache[K, V]) land(key K, f *flight[V], now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(f.done)
	if c.flights[key] != f {
		return
	}
	delete(c.flights, key)
	switch {
	case f.err == nil:
		c.keep(key, f.value)
	case errors.Is(f.err, ErrNotFound):
		c.miss(key, now)
	}
}

// put keeps a value that was not read but computed.
func (c *cache[K, V]) put(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(key, value)
}

func (c *cache[K, V]) keep(key K, value V) {
	if c.kept == nil {
		c.kept = make(map[K]*kept[K, V])
	}
	c.drop(key)
	e := &kept[K, V]{key: key, value: value}
	c.kept[key] = e
	if len(c.slots) < c.limit {
		c.slots = append(c.slots, e)
		return
	}
	for {
		slot := &c.slots[c.hand]
		c.hand = (c.hand + 1) % len(c.slots)
		if old := *slot; old.gone || !old.used.Swap(false) {
			c.drop(old.key)
			*slot = e
			return
		}
	}
}

func (c *cache[K, V]) miss(key K, now time.Time) {
	if c.unknown == nil || len(c.unknown) >= maxUnknown {
		c.unknown = make(map[K]time.Time)
	}
	c.unknown[key] = now.Add(unknownFor)
}

// drop takes key out of what is kept; the slot is used again later.
func (c *cache[K, V]) drop(key K) {
	delete(c.unknown, key)
	if e := c.kept[key]; e != nil {
		e.gone = true
		delete(c.kept, key)
	}
}

// forget drops key and cuts off a load of it that is under way.
func (c *cache[K, V]) forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(key)
	delete(c.flights, key)
}

// forgetUnknown drops what is remembered as unknown and cuts off every load under way.
func (c *cache[K, V]) forgetUnknown() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.unknown)
	clear(c.flights)
}

// forgetAll drops everything and cuts off every load under way.
func (c *cache[K, V]) forgetAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept, c.slots, c.hand = nil, nil, 0
	clear(c.unknown)
	clear(c.flights)
}
