package audit

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Appender keeps use events.
type Appender interface {
	AppendUses(ctx context.Context, uses []Use) error
}

// The bounds of a batch. A use event is written at most BatchDelay after it happened, as long as the store keeps up.
const (
	BatchDelay    = 100 * time.Millisecond
	batchSize     = 512
	batchCapacity = 8192
)

// Batch records use events without making anybody wait: they queue in memory and are written together, at the latest
// BatchDelay after the first of them. The queue is bounded; what does not fit, and what the store refuses, is counted and
// logged, never retried for ever. Run writes; Flush writes now.
type Batch struct {
	store Appender
	log   *slog.Logger
	queue chan Use
	lost  atomic.Int64
	write sync.Mutex // one writer at a time, so that Flush returns only when everything before it is kept
}

// NewBatch makes a Batch that writes to store and reports losses to log.
func NewBatch(store Appender, log *slog.Logger) *Batch {
	return &Batch{store: store, log: log, queue: make(chan Use, batchCapacity)}
}

// Record queues u, or counts it as lost if the queue is full.
func (b *Batch) Record(_ context.Context, u Use) {
	select {
	case b.queue <- u:
	default:
		b.lost.Add(1)
	}
}

// Lost is how many use events were not kept since the start.
func (b *Batch) Lost() int64 { return b.lost.Load() }

// Run writes batches until ctx ends, then writes what is left.
func (b *Batch) Run(ctx context.Context) {
	tick := time.NewTicker(BatchDelay)
	defer tick.Stop()
	var reported int64
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			b.Flush(last)
			return
		case <-tick.C:
			b.Flush(ctx)
		}
		if lost := b.lost.Load(); lost != reported {
			b.log.WarnContext(ctx, "use events were lost", slog.Int64("since_start", lost))
			reported = lost
		}
	}
}

// Flush writes everything that was recorded before the call.
func (b *Batch) Flush(ctx context.Context) {
	b.write.Lock()
	defer b.write.Unlock()
	for n := len(b.queue); n > 0; {
		uses := make([]Use, 0, min(n, batchSize))
		for len(uses) < cap(uses) {
			uses = append(uses, <-b.queue)
		}
		n -= len(uses)
		if err := b.store.AppendUses(ctx, uses); err != nil {
			b.lost.Add(int64(len(uses)))
			b.log.ErrorContext(ctx, "use events could not be kept", slog.Int("count", len(uses)), slog.Any("error", err))
		}
	}
}
