package audit_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"clientele/internal/audit"
)

type kept struct {
	mu   sync.Mutex
	uses []audit.Use
	at   []time.Time
	fail error
}

func (k *kept) AppendUses(_ context.Context, uses []audit.Use) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail != nil {
		return k.fail
	}
	k.uses = append(k.uses, uses...)
	k.at = append(k.at, time.Now())
	return nil
}

func (k *kept) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.uses)
}

func TestUseEventsAreKeptWithinTheBatchDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &kept{}
		batch := audit.NewBatch(store, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go batch.Run(ctx)
		for range 1000 {
			batch.Record(ctx, audit.Use{Kind: "token.issued"})
		}
		time.Sleep(audit.BatchDelay + time.Nanosecond)
		synctest.Wait()
		if got := store.count(); got != 1000 {
			t.Errorf("kept %d of 1000 use events", got)
		}
		cancel()
		synctest.Wait()
	})
}

func TestUseEventsAreKeptWhenTheServerStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &kept{}
		batch := audit.NewBatch(store, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		go batch.Run(ctx)
		batch.Record(ctx, audit.Use{Kind: "token.issued"})
		cancel()
		synctest.Wait()
		if got := store.count(); got != 1 {
			t.Errorf("kept %d of 1 use events after the end", got)
		}
	})
}

func TestAFullQueueCountsLossesAndNeverBlocks(t *testing.T) {
	store := &kept{}
	batch := audit.NewBatch(store, slog.New(slog.DiscardHandler))
	for range 10000 {
		batch.Record(t.Context(), audit.Use{})
	}
	batch.Flush(t.Context())
	if got := int64(store.count()) + batch.Lost(); got != 10000 || batch.Lost() == 0 {
		t.Errorf("kept %d, lost %d: want 10000 together, some of them lost", store.count(), batch.Lost())
	}
}

func TestWhatTheStoreRefusesIsCountedAsLost(t *testing.T) {
	store := &kept{fail: errors.New("disk full")}
	batch := audit.NewBatch(store, slog.New(slog.DiscardHandler))
	batch.Record(t.Context(), audit.Use{})
	batch.Flush(t.Context())
	if batch.Lost() != 1 {
		t.Errorf("lost %d, want 1", batch.Lost())
	}
}
