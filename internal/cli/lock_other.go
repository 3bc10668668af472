//go:build !unix

package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// errLocked means that another process holds the lock.
var errLocked = errors.New("another clientele is using it")

// lockFile takes no lock here: this system has no lock that ends with the process. SQLite's own locks still keep the data
// whole.
func lockFile(string) (release func(), err error) { return func() {}, nil }

// ownFiles does nothing here: who may read a file is not decided by its mode.
func ownFiles() {}

// checkOwner only checks that path is there: owners have no number here.
func checkOwner(path string) error {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s does not exist. Start `clientele serve` once, or run `clientele migrate`, or say where it is with --data: %w", path, err)
	}
	return err
}
