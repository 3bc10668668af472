package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What is a page of its own, or takes the focus, cannot stand on another page. A bare form has no look.
var alone = map[string]bool{
	"AuthPage": true, "AuthCard": true, "ErrorPage": true, "FormPost": true, "Halt": true, "Own": true, "Form": true, "NewPasskey": true,
}

// A component that is in no entry of the style guide is used by nobody who looks for one, and is made a second time.
func TestEveryComponentHasAPlaceInTheStyleGuide(t *testing.T) {
	guide := ""
	templates, err := filepath.Glob("*.templ")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range templates {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for block := range strings.SplitSeq(string(text), "\ntempl ") {
			if strings.HasPrefix(block, "guide") || strings.HasPrefix(block, "styleguide") {
				guide += block
			}
		}
	}
	for _, name := range components(t) {
		if !alone[name] && !regexp.MustCompile(`\b`+name+`\b[{(]`).MatchString(guide) {
			t.Errorf("%s is not in the style guide", name)
		}
	}
}

// components are the exported types that write themselves, and the exported templates.
func components(t *testing.T) (names []string) {
	t.Helper()
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range sources {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				if name := componentOf(f); name != "" && ast.IsExported(name) {
					names = append(names, name)
				}
			}
		}
	}
	if len(names) < 30 {
		t.Fatalf("only %v", names)
	}
	return names
}

// componentOf is the name of the component that a function is or writes, or nothing.
func componentOf(f *ast.FuncDecl) string {
	if f.Recv != nil {
		if id, ok := f.Recv.List[0].Type.(*ast.Ident); ok && f.Name.Name == "Render" {
			return id.Name
		}
		return ""
	}
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return ""
	}
	result, ok := f.Type.Results.List[0].Type.(*ast.SelectorExpr)
	if !ok || result.Sel.Name != "Component" {
		return ""
	}
	return f.Name.Name
}
