package secret_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/secret"
)

var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newMaster(tb testing.TB, key string) *secret.Master {
	tb.Helper()
	m, err := secret.NewMaster([]byte(key + strings.Repeat("-", 32-len(key))))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func newRing(tb testing.TB, keys ...secret.DataKey) *secret.Keyring {
	tb.Helper()
	m := newMaster(tb, "one")
	if len(keys) == 0 {
		keys = []secret.DataKey{secret.NewDataKey(m, epoch)}
	}
	ring, err := secret.OpenKeyring(m, keys)
	if err != nil {
		tb.Fatal(err)
	}
	return ring
}

func TestAHashVerifiesItsSecretOnly(t *testing.T) {
	ring := newRing(t)
	h := ring.Hash(secret.ForClientSecret, "s3cret")
	if !ring.Verify(secret.ForClientSecret, h, "s3cret") {
		t.Error("it does not verify its own secret")
	}
	for name, ok := range map[string]bool{
		"another secret":    ring.Verify(secret.ForClientSecret, h, "S3cret"),
		"another purpose":   ring.Verify(secret.ForCode, h, "s3cret"),
		"another key":       newRing(t).Verify(secret.ForClientSecret, h, "s3cret"),
		"a shorter hash":    ring.Verify(secret.ForClientSecret, h[:len(h)-1], "s3cret"),
		"a longer hash":     ring.Verify(secret.ForClientSecret, h+"A", "s3cret"),
		"no hash":           ring.Verify(secret.ForClientSecret, "", "s3cret"),
		"a hash without id": ring.Verify(secret.ForClientSecret, h[strings.IndexByte(string(h), ':'):], "s3cret"),
		"the hash itself":   ring.Verify(secret.ForClientSecret, h, string(h)),
	} {
		if ok {
			t.Errorf("%s passed", name)
		}
	}
}

func TestAHashSaysNothingOfTheSecret(t *testing.T) {
	ring := newRing(t)
	if h := ring.Hash(secret.ForCode, "abc"); strings.Contains(string(h), "abc") || h == ring.Hash(secret.ForSession, "abc") {
		t.Errorf("got %s", h)
	}
}

func TestTheNewestKeyHashesAndAllVerify(t *testing.T) {
	m := newMaster(t, "one")
	older, newer := secret.NewDataKey(m, epoch), secret.NewDataKey(m, epoch.Add(time.Hour))
	before := newRing(t, older).Hash(secret.ForSession, "x")
	ring := newRing(t, newer, older)
	if !ring.Verify(secret.ForSession, before, "x") {
		t.Error("a hash under the older key does not verify any more")
	}
	all := ring.Hashes(secret.ForSession, "x")
	if len(all) != 2 || !strings.HasPrefix(string(all[0]), newer.ID+":") || all[1] != before || all[0] != ring.Hash(secret.ForSession, "x") {
		t.Errorf("got %v", all)
	}
}

func TestKeysCanBeReplacedWhileTheRingIsUsed(t *testing.T) {
	m := newMaster(t, "one")
	older, newer := secret.NewDataKey(m, epoch), secret.NewDataKey(m, epoch.Add(time.Hour))
	ring := newRing(t, older)
	h := ring.Hash(secret.ForSession, "x")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				if !ring.Verify(secret.ForSession, h, "x") {
					t.Error("a good secret was refused during the exchange")
				}
				ring.Hash(secret.ForSession, "y")
			}
		})
	}
	if err := ring.Reload(m, []secret.DataKey{older, newer}); err != nil {
		t.Error(err)
	}
	wg.Wait()
	if err := ring.Reload(newMaster(t, "two"), []secret.DataKey{newer}); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("keys of another master key: %v", err)
	}
	if !strings.HasPrefix(string(ring.Hash(secret.ForSession, "x")), newer.ID) {
		t.Error("a failed exchange changed the ring")
	}
}

func TestVerifyAndHashHardlyAllocate(t *testing.T) {
	ring := newRing(t)
	value := secret.Mint(secret.PrefixClientSecret).Reveal()
	h := ring.Hash(secret.ForClientSecret, value)
	if n := testing.AllocsPerRun(100, func() { ring.Verify(secret.ForClientSecret, h, value) }); n > 5 { // the race detector empties pools at random
		t.Errorf("Verify allocates %.0f times", n)
	}
	if n := testing.AllocsPerRun(100, func() { ring.Hash(secret.ForClientSecret, value) }); n > 7 {
		t.Errorf("Hash allocates %.0f times", n)
	}
}

func TestDeriveIsTheSameForTheSameParts(t *testing.T) {
	ring := newRing(t)
	one, id, err := ring.Derive("", secret.ForRefresh, "family", "1")
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := ring.Derive(id, secret.ForRefresh, "family", "1")
	if err != nil || string(one) != string(again) || len(one) != 32 {
		t.Errorf("%x and %x, %v", one, again, err)
	}
	for _, parts := range [][]string{{"family", "2"}, {"family1"}, {"famil", "y1"}, {"family", "1", ""}} {
		if other, _, _ := ring.Derive(id, secret.ForRefresh, parts...); string(other) == string(one) {
			t.Errorf("%q derive the same", parts)
		}
	}
	if _, _, err := ring.Derive("kgone", secret.ForRefresh, "x"); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("a key that is gone: %v", err)
	}
}

func BenchmarkVerify(b *testing.B) {
	ring := newRing(b)
	value := secret.Mint(secret.PrefixClientSecret).Reveal()
	h := ring.Hash(secret.ForClientSecret, value)
	b.ReportAllocs()
	for b.Loop() {
		ring.Verify(secret.ForClientSecret, h, value)
	}
}
