package secret

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	masterSize   = 32
	masterHeader = "clientele-master-key-v1"
)

// LoadOrCreateMaster reads the master key file, or makes one with a new random key if there is none. The file is one line,
// "clientele-master-key-v1 <base64>", readable by its owner only (0600 or 0400); a missing directory is made with 0700.
// Looser permissions are refused: whoever reads this file and the database has every key.
func LoadOrCreateMaster(path string) (*Master, error) {
	m, err := LoadMaster(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the directory of the master key: %w", err)
	}
	if err := writeMasterFile(path, newMasterKey()); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("write a new master key: %w", err)
	}
	return LoadMaster(path) // ours, or that of whoever was faster
}

// LoadMaster reads the master key file. It fails with fs.ErrNotExist if there is none.
func LoadMaster(path string) (*Master, error) {
	raw, err := readMasterFile(path)
	if err != nil {
		return nil, err
	}
	m, err := NewMaster(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	m.path = path
	return m, nil
}

// RewriteMaster replaces the key in the file at path by a new random one. It writes the new key beside the old as
// path.new, calls rewrap, which seals everything anew in one transaction, and only then moves the new file into place. The
// old file is path.old until that has happened. If rewrap fails or the machine stops, path.new stays: OpenKeyring tells
// that it is needed, FinishRewrite or a second RewriteMaster, which uses the same new key, completes the work. A running
// server follows the file; only a signing key that it makes in the very moment between transaction and move is lost.
func RewriteMaster(path string, rewrap func(from, to *Master) error) error {
	from, err := LoadMaster(path)
	if err != nil {
		return err
	}
	from.path = "" // it stays the old one whatever happens to the file
	pending := path + ".new"
	if err := writeMasterFile(pending, newMasterKey()); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write the new master key: %w", err)
	}
	to, err := LoadMaster(pending)
	if err != nil {
		return err
	}
	to.path = ""
	if err := rewrap(from, to); err != nil {
		return fmt.Errorf("nothing was replaced; the new key waits in %s for the next try: %w", pending, err)
	}
	return replaceMaster(path, pending)
}

// FinishRewrite completes a RewriteMaster that was interrupted after its transaction: if there is a path.new and sealed (any
// sealed value of the database) was made with it, it moves into place. It reports whether it did.
func FinishRewrite(path, sealed string) (bool, error) {
	pending := path + ".new"
	m, err := LoadMaster(pending)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || !m.Sealed(sealed) {
		return false, err
	}
	return true, replaceMaster(path, pending)
}

func replaceMaster(path, pending string) error {
	old := path + ".old"
	if err := os.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := copyMaster(path, old); err != nil {
		return fmt.Errorf("keep the old master key: %w", err)
	}
	if err := os.Rename(pending, path); err != nil {
		return fmt.Errorf("put the new master key in place: %w", err)
	}
	if err := syncDirectory(filepath.Dir(path)); err != nil {
		return err
	}
	return os.Remove(old)
}

func copyMaster(from, to string) error {
	raw, err := readMasterFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	err = writeMasterFile(to, raw)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

func newMasterKey() []byte {
	key := make([]byte, masterSize)
	rand.Read(key)
	return key
}

// writeMasterFile makes the file complete or not at all, and never over another one: fs.ErrExist.
func writeMasterFile(path string, key []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = fmt.Fprintf(draft, "%s %s\n", masterHeader, base64.StdEncoding.EncodeToString(key))
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

func syncDirectory(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func readMasterFile(path string) ([]byte, error) {
	if err := checkOwnerOnly(path); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	line, rest, _ := bytes.Cut(text, []byte("\n"))
	encoded, ok := strings.CutPrefix(string(line), masterHeader+" ")
	if !ok || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("%s is not a master key file: it must be one line that begins with %q", path, masterHeader)
	}
	key, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSuffix(encoded, "\r"))
	if err != nil || len(key) != masterSize {
		return nil, fmt.Errorf("%s is damaged: after %q there must be %d bytes in base64", path, masterHeader, masterSize)
	}
	return key, nil
}

func checkOwnerOnly(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("the master key %s is not a file", path)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("the master key %s can be read by other users of this machine (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	dir, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	if dir.Mode().Perm()&0o022 != 0 && dir.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("the directory of the master key %s can be written by other users of this machine (mode %04o); run: chmod 700 %s",
			path, dir.Mode().Perm(), filepath.Dir(path))
	}
	return nil
}
