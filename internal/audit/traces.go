package audit

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// TraceKeeper keeps traces. A trace whose reference is there already replaces how often it was repeated.
type TraceKeeper interface {
	SaveTraces(ctx context.Context, traces []Trace) error
}

// The bounds of Traces.
const (
	SameTrace        = 10 * time.Minute // the same refusal of the same network keeps its reference for that long
	tracesPerMinute  = 120              // new ones, in total
	unsignedAMinute  = 60               // of those, where nobody has signed in
	strangersAMinute = 12               // of those, where the application is unknown, too: there anybody may name anything
	tracesPerAddress = 30               // new ones, per network or per application in SameTrace
	strangersPerAddr = 10               // of those, where nobody and nothing is known
	maxTraces        = tracesPerMinute * 10
	traceText        = 600 // bytes of any one text
	traceDetails     = 12
)

// Traces is a Tracer that writes to a store shortly after. The same thing refused again to the same address gets the reference
// it had and is counted. Beyond the bounds a reference is given out that stands for nothing, so that whoever knocks in vain can
// neither fill the store nor see the difference. Run writes; Flush writes now.
type Traces struct {
	store TraceKeeper
	log   *slog.Logger
	now   func() time.Time
	lost  atomic.Int64
	write sync.Mutex // one writer at a time, so that Flush returns only when everything before it is kept

	mu      sync.Mutex
	known   map[traceKey]*Trace
	order   []traceKey // of known, oldest first
	sources map[string]int
	changed map[string]*Trace // by reference: to be written
	minute  time.Time
	spent   share // since minute
}

// share is how many new traces there are, those among them where nobody has signed in, and those where nobody is known at all.
type share struct{ all, unsigned, strange int }

type traceKey struct {
	source, client, rule string
	kind                 FailureKind
}

// NewTraces makes Traces that write to store and report losses to log.
func NewTraces(store TraceKeeper, log *slog.Logger, now func() time.Time) *Traces {
	return &Traces{
		store: store, log: log, now: now,
		known: make(map[traceKey]*Trace), sources: make(map[string]int), changed: make(map[string]*Trace),
	}
}

// Trace takes t. Its At, Reference and Repeats are given here.
func (k *Traces) Trace(_ context.Context, t Trace) string {
	now := k.now().UTC().Truncate(time.Microsecond)
	trim(&t)
	key := traceKey{t.source(), t.ClientID, t.Rule, t.Kind}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.expire(now)
	if before := k.known[key]; before != nil {
		before.Repeats++
		k.changed[before.Reference] = before
		return before.Reference
	}
	t.Reference = NewReference()
	if !k.spend(&t, now) {
		return t.Reference
	}
	t.At, t.Repeats = now, 0
	k.known[key], k.changed[t.Reference] = &t, &t
	k.order = append(k.order, key)
	return t.Reference
}

// spend takes a new trace out of what there is room for, or reports that there is none. Whoever is not known has the smallest
// share, so that they can drive out nobody else's.
func (k *Traces) spend(t *Trace, now time.Time) bool {
	if now.Sub(k.minute) >= time.Minute {
		k.minute, k.spent = now, share{}
	}
	source, after, most := t.source(), k.spent, tracesPerAddress
	after.all++
	if t.UserID == "" && t.Door != DoorImport && t.Door != DoorRefresh {
		after.unsigned++
	}
	if t.Anonymous() {
		after.strange++
		most = strangersPerAddr
	}
	if after.all > tracesPerMinute || after.unsigned > unsignedAMinute || after.strange > strangersAMinute || len(k.known) >= maxTraces || k.sources[source] >= most {
		return false
	}
	k.spent = after
	k.sources[source]++
	return true
}

// expire forgets what happened too long ago to be the same thing. What is not written yet is still written.
func (k *Traces) expire(now time.Time) {
	for len(k.order) > 0 {
		key := k.order[0]
		if now.Sub(k.known[key].At) < SameTrace {
			return
		}
		if k.sources[key.source]--; k.sources[key.source] <= 0 {
			delete(k.sources, key.source)
		}
		delete(k.known, key)
		k.order = k.order[1:]
	}
}

// Lost is how many traces were not kept since the start because the store refused them.
func (k *Traces) Lost() int64 { return k.lost.Load() }

// Run writes batches until ctx ends, then writes what is left.
func (k *Traces) Run(ctx context.Context) {
	tick := time.NewTicker(BatchDelay)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			k.Flush(last)
			return
		case <-tick.C:
			k.Flush(ctx)
		}
	}
}

// Flush writes everything that was traced before the call.
func (k *Traces) Flush(ctx context.Context) {
	k.write.Lock()
	defer k.write.Unlock()
	batch := k.take()
	if len(batch) == 0 {
		return
	}
	if err := k.store.SaveTraces(ctx, batch); err != nil {
		k.lost.Add(int64(len(batch)))
		k.log.ErrorContext(ctx, "traces could not be kept", slog.Int("count", len(batch)), slog.Any("error", err))
	}
}

func (k *Traces) take() []Trace {
	k.mu.Lock()
	defer k.mu.Unlock()
	batch := make([]Trace, 0, len(k.changed))
	for reference, t := range k.changed {
		batch = append(batch, *t)
		delete(k.changed, reference)
	}
	return batch
}

// trim bounds what is kept of one trace.
func trim(t *Trace) {
	for _, s := range []*string{&t.ClientID, &t.Value, &t.Message, &t.Mend, &t.Address, &t.Rule, &t.Spec} {
		*s = cut(*s)
	}
	detail := make(map[string]string, min(len(t.Detail), traceDetails))
	for name, value := range t.Detail {
		if len(detail) == traceDetails {
			break
		}
		detail[cut(name)] = cut(value)
	}
	t.Detail = detail
}

func cut(s string) string {
	if len(s) > traceText {
		s = s[:traceText]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// Untraced is a Tracer that keeps nothing. Its references stand for nothing.
type Untraced struct{}

// Trace drops t.
func (Untraced) Trace(context.Context, Trace) string { return NewReference() }
