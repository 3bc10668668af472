//go:build unix

package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// errLocked means that another process holds the lock.
var errLocked = errors.New("another clientele is using it")

// lockFile takes an exclusive lock that ends with the process, however it ends, and writes the process id into the file.
// It fails with errLocked, naming the holder.
func lockFile(path string) (release func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(path)
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("process %s: %w", strings.TrimSpace(string(holder)), errLocked)
		}
		return nil, err
	}
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return func() { f.Close() }, nil
}

// ownFiles makes every file that this program creates readable by its owner only, wherever the database is.
func ownFiles() { syscall.Umask(0o077) }

// checkOwner refuses unless this process runs as the owner of path. Files made by another user, root above all, would lock
// the server out of its own data.
func checkOwner(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s does not exist. Start `clientele serve` once, or run `clientele migrate`, or say where it is with --data: %w", path, err)
	}
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(stat.Uid) == os.Geteuid() {
		return nil
	}
	owner := strconv.Itoa(int(stat.Uid))
	if u, err := user.LookupId(owner); err == nil {
		owner = u.Username
	}
	return fmt.Errorf("%s belongs to %s: run this as %s, as in `sudo -u %s clientele …`", path, owner, owner, owner)
}
