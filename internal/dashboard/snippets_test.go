package dashboard

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"clientele/internal/registry"
)

func TestEveryStackIsFilledInAndParses(t *testing.T) {
	for _, a := range []registry.Application{
		{Type: registry.RegularWeb}, {Type: registry.SinglePage}, {Type: registry.Native}, registry.Defaults(registry.MachineToMachine, registry.FirstParty, nil),
	} {
		for _, s := range stacksFor(&a) {
			for _, audience := range []string{"", "https://orders.example.com/a'b"} {
				code := s.fill("http://localhost:8080/", "abc", "http://localhost:3000/callback", audience)
				if code == "" || strings.Contains(code, "{{a") || strings.Contains(code, "{{c") || strings.Contains(code, "{{i") || strings.Contains(code, "{{o") {
					t.Errorf("%s is not filled in:\n%s", s.File, code)
				}
				if !strings.HasSuffix(s.name(), ".go") {
					continue
				}
				if _, err := parser.ParseFile(token.NewFileSet(), s.name(), code, parser.AllErrors); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

func TestSigningInNamesNoAPIThatIsNotThere(t *testing.T) {
	for _, s := range browserStacks {
		if code := s.fill("https://id.example.com/", "abc", "https://app.example.com/", ""); strings.Contains(code, "audience") {
			t.Errorf("%s:\n%s", s.File, code)
		}
	}
}

func TestAShellValueCannotEndItsQuotes(t *testing.T) {
	code := machineStacks[0].fill("https://id.example.com/", "abc", "", "https://x/'; rm -rf ~; '")
	if want := `'https://x/'\''; rm -rf ~; '\'''`; !strings.Contains(code, want) {
		t.Error(code)
	}
}
