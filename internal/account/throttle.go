package account

import (
	"context"
	"fmt"
	"sync"
	"time"

	"clientele/internal/audit"
	"clientele/internal/secret"
)

// Throttle is how many sign-ins failed in one lane, and until when the next ones are refused unseen.
type Throttle struct {
	Key      secret.Hash
	Failures int
	Since    time.Time // of the first failure that counts
	Until    time.Time // zero while the lane is open; kept for pruning afterwards
}

// Throttled means that too many sign-ins failed, or too many signed up. It says nothing about whether there is such a user.
type Throttled struct {
	Until time.Time
}

// Error says until when.
func (e *Throttled) Error() string {
	return fmt.Sprintf("too many attempts; the next is taken at %s", e.Until.UTC().Format(time.TimeOnly))
}

// lane is one way in which failures are counted, with what it tolerates.
type lane struct {
	free    int           // failures without any delay
	longest time.Duration // the delay doubles from a second up to this
	memory  time.Duration // how long after the first failure the count is forgotten, unless it is closed then
}

// A person who mistypes meets only the first lane. A guesser with many addresses meets the second, which is closed for
// addresses and browsers that the owner never used, never for those they did. A guesser with many accounts meets the third.
var (
	laneHere    = lane{free: 5, longest: 15 * time.Minute, memory: 24 * time.Hour}
	laneAccount = lane{free: 20, longest: 5 * time.Minute, memory: 24 * time.Hour}
	laneAddress = lane{free: 100, longest: 15 * time.Minute, memory: time.Hour}
)

// An office or a school behind one address may sign up together; after that one network adds an account in 15 minutes.
var laneSignUp = lane{free: 20, longest: 15 * time.Minute, memory: 24 * time.Hour}

// attempt is one try in its three lanes.
type attempt struct {
	here, account, address secret.Hash
}

func (a *Accounts) attemptFor(emailKey, address string) attempt {
	network := audit.Network(address)
	return attempt{
		here:    a.Keys.Hash(secret.ForThrottle, "here\x00"+emailKey+"\x00"+network),
		account: a.Keys.Hash(secret.ForThrottle, "account\x00"+emailKey),
		address: a.Keys.Hash(secret.ForThrottle, "address\x00"+network),
	}
}

// refusal is until when the attempt is refused, zero if it may go on. trusted is asked only if it matters: whether the owner
// signed in from here before.
func (a *Accounts) refusal(ctx context.Context, at attempt, trusted func() bool) (time.Time, error) {
	rows, err := a.Store.Throttle(ctx, []secret.Hash{at.here, at.account, at.address})
	if err != nil {
		return time.Time{}, err
	}
	now := a.Now()
	var until time.Time
	for _, t := range rows {
		if !now.Before(t.Until) || t.Key == at.account && trusted() {
			continue
		}
		if t.Until.After(until) {
			until = t.Until
		}
	}
	return until, nil
}

// failed counts a failure in every lane.
func (a *Accounts) failed(ctx context.Context, at attempt) error {
	defer a.lanes.lock(at)()
	rows, err := a.Store.Throttle(ctx, []secret.Hash{at.here, at.account, at.address})
	if err != nil {
		return err
	}
	for key, lane := range map[secret.Hash]lane{at.here: laneHere, at.account: laneAccount, at.address: laneAddress} {
		t := Throttle{Key: key}
		for _, row := range rows {
			if row.Key == key {
				t = row
			}
		}
		if err := a.Store.SaveThrottle(ctx, lane.count(t, a.Now())); err != nil {
			return err
		}
	}
	return nil
}

// count is t after one more failure.
func (l lane) count(t Throttle, now time.Time) Throttle {
	if t.Failures == 0 || now.Sub(t.Since) > l.memory && !now.Before(t.Until) {
		t = Throttle{Key: t.Key, Since: now}
	}
	t.Failures++
	if over := t.Failures - l.free; over > 0 {
		t.Until = now.Add(l.delay(over))
	}
	return t
}

// delay doubles with every failure over the free ones.
func (l lane) delay(over int) time.Duration {
	if over > 20 {
		return l.longest
	}
	return min(time.Second<<(over-1), l.longest)
}

// laneLocks makes counting one after the other within this process. Between processes the store sees to it that no count
// falls.
type laneLocks struct {
	stripes [64]sync.Mutex
}

// lock locks the lanes of at's account. Two accounts behind one address may still count that address at once; its lane is
// wide enough not to mind.
func (l *laneLocks) lock(at attempt) (unlock func()) {
	var n byte
	for i := range len(at.account) {
		n = n*31 + at.account[i]
	}
	stripe := &l.stripes[n%64]
	stripe.Lock()
	return stripe.Unlock
}
