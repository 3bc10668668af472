package secret_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"clientele/internal/secret"
)

func TestASealedValueOpensInItsPlaceOnly(t *testing.T) {
	m := newMaster(t, "one")
	sealed := m.Seal("table/column/1", []byte("plain"))
	if plain, err := m.Open("table/column/1", sealed); err != nil || string(plain) != "plain" {
		t.Errorf("got %q, %v", plain, err)
	}
	if strings.Contains(sealed, "plain") || !m.Sealed(sealed) {
		t.Errorf("sealed as %s", sealed)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another row":        func() ([]byte, error) { return m.Open("table/column/2", sealed) },
		"another master key": func() ([]byte, error) { return newMaster(t, "two").Open("table/column/1", sealed) },
		"damage":             func() ([]byte, error) { return m.Open("table/column/1", sealed[:len(sealed)-4]+"AAAA") },
		"no key id":          func() ([]byte, error) { return m.Open("table/column/1", "AAAA") },
		"nothing":            func() ([]byte, error) { return m.Open("table/column/1", "") },
	} {
		if _, err := open(); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAMasterKeyHas32Bytes(t *testing.T) {
	if _, err := secret.NewMaster(make([]byte, 16)); err == nil {
		t.Error("16 bytes are enough?")
	}
}

func masterPath(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "data", "master.key")
}

func create(t *testing.T, path string) *secret.Master {
	t.Helper()
	m, err := secret.LoadOrCreateMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTheMasterKeyIsMadeOnceAndReadAfterwards(t *testing.T) {
	path := masterPath(t)
	if _, err := secret.LoadMaster(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before: %v", err)
	}
	made := create(t, path)
	sealed := made.Seal("x", []byte("plain"))
	if plain, err := create(t, path).Open("x", sealed); err != nil || string(plain) != "plain" {
		t.Errorf("got %q, %v", plain, err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "clientele-master-key-v1 ") || strings.Count(string(text), "\n") != 1 {
		t.Errorf("the file has %d bytes, %v", len(text), err)
	}
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, %v", filepath.Base(name), info.Mode().Perm(), err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestProcessesThatStartAtOnceShareOneMasterKey(t *testing.T) {
	path := masterPath(t)
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			m, err := secret.LoadOrCreateMaster(path)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = m.ID()
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("got %v", ids)
		}
	}
}

func TestAMasterKeyThatOthersCanReadIsRefused(t *testing.T) {
	path := masterPath(t)
	create(t, path)
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o660, 0o644, 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.LoadOrCreateMaster(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%04o: %v", mode, err)
		}
	}
	if err := errors.Join(os.Chmod(path, 0o400), os.Chmod(filepath.Dir(path), 0o770)); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.LoadOrCreateMaster(path); err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("a directory that others can write: %v", err)
	}
	if err := os.Chmod(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.LoadOrCreateMaster(path); err != nil {
		t.Errorf("0400 in a directory that only its owner writes: %v", err)
	}
}

func TestADamagedMasterKeyIsNeverOverwritten(t *testing.T) {
	path := masterPath(t)
	create(t, path)
	for name, text := range map[string]string{
		"empty":           "",
		"another file":    "-----BEGIN PRIVATE KEY-----\n",
		"too short":       "clientele-master-key-v1 AAAA\n",
		"not base64":      "clientele-master-key-v1 ***\n",
		"a second line":   "clientele-master-key-v1 MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\nmore\n",
		"another version": "clientele-master-key-v2 MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.LoadOrCreateMaster(path); err == nil || strings.Contains(err.Error(), "MDEy") {
			t.Errorf("%s: %v", name, err)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != text {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestARewrapReplacesTheMasterKeyOnlyAfterItsTransaction(t *testing.T) {
	path := masterPath(t)
	old := create(t, path)
	key := secret.NewDataKey(old, epoch)
	failure := errors.New("the database is gone")

	var first string
	err := secret.RewriteMaster(path, func(_, to *secret.Master) error { first = to.ID(); return failure })
	if !errors.Is(err, failure) || create(t, path).ID() != old.ID() {
		t.Fatalf("after a failure: %v", err)
	}
	err = secret.RewriteMaster(path, func(from, to *secret.Master) error {
		if from.ID() != old.ID() || to.ID() != first {
			t.Error("the second try does not use the key of the first")
		}
		var err error
		key, err = key.Rewrap(from, to)
		return err
	})
	if err != nil || create(t, path).ID() != first {
		t.Fatalf("after success: %v", err)
	}
	if _, err := secret.OpenKeyring(create(t, path), []secret.DataKey{key}); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestARewrapThatStoppedAfterItsTransactionIsFinished(t *testing.T) {
	path := masterPath(t)
	key := secret.NewDataKey(create(t, path), epoch)
	before := key
	crash := errors.New("power cut after the commit")
	err := secret.RewriteMaster(path, func(from, to *secret.Master) (err error) {
		key, err = key.Rewrap(from, to)
		return errors.Join(err, crash)
	})
	if !errors.Is(err, crash) {
		t.Fatal(err)
	}
	if done, err := secret.FinishRewrite(path, before.Sealed); done || err != nil {
		t.Errorf("nothing was committed, but: %v, %v", done, err)
	}
	if done, err := secret.FinishRewrite(path, key.Sealed); !done || err != nil {
		t.Errorf("got %v, %v", done, err)
	}
	if _, err := secret.OpenKeyring(create(t, path), []secret.DataKey{key}); err != nil {
		t.Error(err)
	}
	if done, err := secret.FinishRewrite(path, key.Sealed); done || err != nil {
		t.Errorf("a second time: %v, %v", done, err)
	}
}

func TestARunningServerFollowsARewrap(t *testing.T) {
	path := masterPath(t)
	server := create(t, path)
	if err := secret.RewriteMaster(path, func(_, _ *secret.Master) error { return nil }); err != nil {
		t.Fatal(err)
	}
	restarted := create(t, path)
	if _, err := restarted.Open("x", server.Seal("x", []byte("made after the rewrap"))); err != nil {
		t.Errorf("what the server seals now is lost: %v", err)
	}
	if err := secret.RewriteMaster(path, func(_, _ *secret.Master) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Open("x", create(t, path).Seal("x", []byte("made elsewhere"))); err != nil {
		t.Errorf("what others seal now is closed to the server: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Open("x", server.Seal("x", nil)); err != nil {
		t.Errorf("without the file the server stops: %v", err)
	}
}
