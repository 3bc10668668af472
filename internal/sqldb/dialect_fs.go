package sqldb

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// dialectFS shows the migrations of one engine: the files both share, rewritten, and the engine's own from the directory
// of its name.
type dialectFS struct {
	fs     fs.FS
	engine Engine
}

// ReadDir implements fs.ReadDirFS for the root.
func (d dialectFS) ReadDir(name string) ([]fs.DirEntry, error) {
	shared, err := fs.ReadDir(d.fs, name)
	if err != nil {
		return nil, err
	}
	own, err := fs.ReadDir(d.fs, path.Join(name, string(d.engine)))
	if err != nil {
		own = nil // an engine without files of its own
	}
	all := slices.DeleteFunc(append(shared, own...), fs.DirEntry.IsDir)
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, nil
}

// Open implements fs.FS.
func (d dialectFS) Open(name string) (fs.File, error) {
	if name == "." {
		return d.fs.Open(name)
	}
	text, err := fs.ReadFile(d.fs, name)
	if err != nil {
		if text, err = fs.ReadFile(d.fs, path.Join(path.Dir(name), string(d.engine), path.Base(name))); err != nil {
			return nil, err
		}
		return &migrationFile{Reader: strings.NewReader(string(text)), name: path.Base(name)}, nil
	}
	return &migrationFile{Reader: strings.NewReader(Rewrite(d.engine, string(text))), name: path.Base(name)}, nil
}

// migrationFile is a file in memory, and its own description.
type migrationFile struct {
	*strings.Reader
	name string
}

func (f *migrationFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *migrationFile) Close() error               { return nil }
func (f *migrationFile) Name() string               { return f.name }
func (f *migrationFile) Mode() fs.FileMode          { return 0o444 }
func (f *migrationFile) ModTime() time.Time         { return time.Time{} }
func (f *migrationFile) IsDir() bool                { return false }
func (f *migrationFile) Sys() any                   { return nil }
