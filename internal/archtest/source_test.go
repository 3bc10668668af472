package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const root = "../.."

// source is one Go file of this module, parsed.
type source struct {
	path    string // from the root of the module: internal/token/handler.go
	room    string // token, store/migrations, cmd/clientele, test/protocol …
	test    bool
	text    string
	fset    *token.FileSet
	file    *ast.File
	imports []string
}

// sources is every Go file that is ours to write: generated templates included, they import too.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := readSources()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 300 {
		t.Fatalf("found only %d Go files below %s", len(all), root)
	}
	return all
}

// readSources parses once for all tests.
var readSources = sync.OnceValues(func() ([]source, error) {
	var all []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch name := d.Name(); {
			case name == "node_modules", name == "testdata", path == root+"/tmp", path == root+"/bin", strings.HasPrefix(name, ".") && name != "..":
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(fset, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		s := source{path: filepath.ToSlash(rel), test: strings.HasSuffix(path, "_test.go"), text: string(text), fset: fset, file: file}
		s.room = strings.TrimPrefix(filepath.ToSlash(filepath.Dir(rel)), "internal/")
		for _, spec := range file.Imports {
			s.imports = append(s.imports, strings.Trim(spec.Path.Value, `"`))
		}
		all = append(all, s)
		return nil
	})
	return all, err
})
