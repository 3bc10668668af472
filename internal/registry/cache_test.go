package registry

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func reader[V any](v V, err error) func(context.Context) (V, error) {
	return func(context.Context) (V, error) { return v, err }
}

func TestAKeyIsReadOnceForAllWhoAskAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cache[string, int]{limit: 10}
		var reads atomic.Int64
		answers := make(chan int, 20)
		for range 20 {
			go func() {
				v, err := c.load(t.Context(), "a", time.Now(), func(context.Context) (int, error) {
					reads.Add(1)
					time.Sleep(time.Second)
					return 7, nil
				})
				if err != nil {
					t.Error(err)
				}
				answers <- v
			}()
		}
		for range 20 {
			if v := <-answers; v != 7 {
				t.Errorf("got %d", v)
			}
		}
		if reads.Load() != 1 {
			t.Errorf("%d reads", reads.Load())
		}
	})
}

// Whoever asks after the invalidation must not get what was read before it.
func TestAnInvalidationDuringALoadWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cache[string, string]{limit: 10}
		kept := "old"
		read := func(context.Context) (string, error) {
			v := kept
			time.Sleep(time.Second)
			return v, nil
		}
		first := make(chan string, 1)
		go func() {
			v, _ := c.load(t.Context(), "a", time.Now(), read)
			first <- v
		}()
		synctest.Wait() // the load has read and is on its way back
		kept = "new"
		c.forget("a")
		if v, err := c.load(t.Context(), "a", time.Now(), read); err != nil || v != "new" {
			t.Errorf("after the invalidation: %s, %v", v, err)
		}
		if v := <-first; v != "old" {
			t.Errorf("the one who asked before got %s", v)
		}
		if v, ok, err := c.peek("a", time.Now()); !ok || err != nil || v != "new" {
			t.Errorf("kept %s, %v, %v", v, err, ok)
		}
	})
}

func TestALoadOutlivesTheOneWhoStartedIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cache[string, int]{limit: 10}
		ctx, cancel := context.WithCancel(t.Context())
		go c.load(ctx, "a", time.Now(), func(ctx context.Context) (int, error) {
			time.Sleep(time.Second)
			return 7, ctx.Err()
		})
		synctest.Wait()
		cancel()
		if v, err := c.load(t.Context(), "a", time.Now(), reader(0, errors.New("read again"))); v != 7 || err != nil {
			t.Errorf("%d, %v", v, err)
		}
	})
}

func TestTroubleOfTheStoreIsNotRemembered(t *testing.T) {
	c := &cache[string, int]{limit: 10}
	trouble := errors.New("disk")
	if _, err := c.load(t.Context(), "a", time.Now(), reader(0, trouble)); !errors.Is(err, trouble) {
		t.Errorf("%v", err)
	}
	if v, err := c.load(t.Context(), "a", time.Now(), reader(7, nil)); v != 7 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
}

func TestAPanicInALoadLeavesNobodyWaiting(t *testing.T) {
	c := &cache[string, int]{limit: 10}
	func() {
		defer func() { _ = recover() }()
		_, _ = c.load(t.Context(), "a", time.Now(), func(context.Context) (int, error) { panic("scan") })
	}()
	if v, err := c.load(t.Context(), "a", time.Now(), reader(7, nil)); v != 7 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
}

func TestAnUnknownKeyIsRememberedForASecond(t *testing.T) {
	c := &cache[string, int]{limit: 10}
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	if _, err := c.load(t.Context(), "a", now, reader(0, ErrNotFound)); !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	if _, ok, err := c.peek("a", now.Add(999*time.Millisecond)); !ok || !errors.Is(err, ErrNotFound) {
		t.Errorf("within the second: %v, %v", err, ok)
	}
	if _, ok, _ := c.peek("a", now.Add(time.Second)); ok {
		t.Error("after a second it is still remembered")
	}
	c.forget("a")
	if _, ok, _ := c.peek("a", now); ok {
		t.Error("after an invalidation it is still remembered")
	}
	for i := range 5 * maxUnknown {
		if _, err := c.load(t.Context(), strconv.Itoa(i), now, reader(0, ErrNotFound)); !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
	}
	if len(c.unknown) > maxUnknown {
		t.Errorf("%d unknown keys are remembered", len(c.unknown))
	}
}

// Whatever is asked and forgotten, in whatever order: what is kept is what was read last, and never more than the limit.
func TestACacheNeverLiesAndNeverGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		c := &cache[int, int]{limit: limit}
		world := make(map[int]int)
		now := time.Now()
		t.Repeat(map[string]func(*rapid.T){
			"read": func(t *rapid.T) {
				key := rapid.IntRange(0, 9).Draw(t, "key")
				want, there := world[key]
				v, ok, err := c.peek(key, now)
				if !ok {
					v, err = c.load(context.Background(), key, now, func(context.Context) (int, error) {
						if !there {
							return 0, ErrNotFound
						}
						return want, nil
					})
				}
				if there && (err != nil || v != want) || !there && !errors.Is(err, ErrNotFound) {
					t.Fatalf("key %d gives %d, %v; it is %d, %v", key, v, err, want, there)
				}
			},
			"write": func(t *rapid.T) {
				key := rapid.IntRange(0, 9).Draw(t, "key")
				world[key]++
				c.forget(key)
			},
			"delete": func(t *rapid.T) {
				key := rapid.IntRange(0, 9).Draw(t, "key")
				delete(world, key)
				c.forget(key)
			},
			"forget all": func(*rapid.T) { c.forgetAll() },
			"": func(t *rapid.T) {
				if len(c.kept) > limit || len(c.slots) > limit || len(c.flights) > 0 {
					t.Fatalf("%d kept, %d slots, %d flights of limit %d", len(c.kept), len(c.slots), len(c.flights), limit)
				}
			},
		})
	})
}

func TestWhatIsUsedStaysAndWhatIsNotGoes(t *testing.T) {
	c := &cache[int, int]{limit: 100}
	for key := range 100 {
		c.put(key, key)
	}
	for key := range 50 {
		c.peek(key, time.Now())
	}
	for key := 100; key < 150; key++ {
		c.put(key, key)
	}
	for key := range 50 {
		if _, ok, _ := c.peek(key, time.Now()); !ok {
			t.Errorf("%d was in use and is gone", key)
		}
	}
}
