package quickstart

import (
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// The guides that people look for first, by the type of their application.
var wantedGuides = map[registry.Type][]string{
	registry.SinglePage:       {"react", "vue", "plain-js"},
	registry.RegularWeb:       {"express", "next", "go-web", "fastapi", "rails", "spring", "aspnet", "php", "mcp-server-typescript", "mcp-server-python"},
	registry.Native:           {"ios", "android", "electron", "go-cli", "mcp-client", "mcp-server-typescript"},
	registry.MachineToMachine: {"curl", "node", "python", "go-machine", "mcp-server-python"},
	registry.Generic:          {"express", "go-web", "fastapi", "curl", "mcp-server-typescript"},
}

func guidesOfTest(t *testing.T) []guide {
	t.Helper()
	all, err := allGuides()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryTypeHasTheGuidesPeopleLookFor(t *testing.T) {
	for kind, want := range wantedGuides {
		a := registry.Defaults(kind, registry.FirstParty, nil)
		var have []string
		for _, g := range guidesFor(guidesOfTest(t), &a) {
			have = append(have, g.Key)
		}
		for _, key := range want {
			if !slices.Contains(have, key) {
				t.Errorf("%s has no guide %s, only %v", kind, key, have)
			}
		}
	}
}

func TestAServerWithoutPeopleHasTheGuidesOfAMachineAndAnImportedOneThoseOfItsAPI(t *testing.T) {
	machine := registry.Application{Type: registry.RegularWeb, GrantTypes: []oauth.GrantType{oauth.ClientCredentials}}
	if g := guidesFor(guidesOfTest(t), &machine)[0]; g.Key != "curl" {
		t.Error(g.Key)
	}
	imported := registry.Defaults(registry.Native, registry.ThirdParty, nil)
	imported.Import = &registry.Import{}
	for _, g := range guidesFor(guidesOfTest(t), &imported) {
		if !g.protects() {
			t.Error(g.Key)
		}
	}
}

func TestEveryGuideSaysEverything(t *testing.T) {
	for _, g := range guidesOfTest(t) {
		for field, value := range map[string]string{"title": g.Title, "kind": g.Kind, "language": g.Language, "end": g.End} {
			if value == "" {
				t.Errorf("%s: no %s", g.Key, field)
			}
		}
		if len(g.Mark) != 2 || len(g.Types) == 0 || g.Order == 0 {
			t.Errorf("%s: mark %q, types %v, order %d", g.Key, g.Mark, g.Types, g.Order)
		}
		var files, commands, troubles int
		for _, step := range g.Steps {
			for _, b := range step.Blocks {
				files += count(b.Kind == fileBlock)
				commands += count(b.Kind == commandBlock)
				troubles += count(b.Kind == troubleBlock)
			}
		}
		if files == 0 || troubles < 3 || commands == 0 && g.Key != "ios" && g.Key != "android" {
			t.Errorf("%s: %d files, %d commands, %d troubles", g.Key, files, commands, troubles)
		}
		if last := g.Steps[len(g.Steps)-1]; !last.trouble() || len(last.Blocks) != troubles {
			t.Errorf("%s does not end with what goes wrong", g.Key)
		}
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// The callback that a guide says is one that an application of its types may register, and so is what else it adds.
func TestTheCallbackOfAGuideMayBeRegistered(t *testing.T) {
	for _, g := range guidesOfTest(t) {
		for _, kind := range g.Types {
			a := registry.Defaults(kind, registry.FirstParty, nil)
			for _, m := range g.missing(&a) {
				m.add(&a)
			}
			if g.Callback == "" {
				continue
			}
			if left := g.missing(&a); len(left) > 0 && a.Allows(oauth.AuthorizationCode) {
				t.Errorf("%s still misses %v", g.Key, left)
			}
			if j := registry.JudgeRedirectURI(&a, registry.Policy{}, g.Callback); j.Verdict != registry.OK {
				t.Errorf("%s for %s: %s %s", g.Key, kind, g.Callback, j.Message)
			}
			for _, o := range a.WebOrigins {
				if j := registry.JudgeOrigin(o.Value); j.Verdict != registry.OK {
					t.Errorf("%s: %s %s", g.Key, o.Value, j.Message)
				}
			}
		}
	}
}

// valuesOfTest are every mixture of what an application and an instance can be.
func valuesOfTest(g guide) []guideValues {
	var list []guideValues
	for _, issuer := range []string{"http://localhost:8080/", "https://id.example.com/"} {
		for _, audience := range []string{"", "https://orders.example.com/a'b$c\"d</script>", "http://localhost:3901/mcp"} {
			for _, confident := range []bool{true, false} {
				v := guideValues{Issuer: issuer, ClientID: "tXObxx9hqBIJ", Callback: g.Callback, Audience: audience, Confident: confident}
				if audience != "" {
					v.Scopes, v.Offline = []string{"read:orders", "write:orders"}, true
				}
				list = append(list, v)
			}
		}
	}
	return list
}

func TestEveryGuideIsFilledForEveryApplication(t *testing.T) {
	for _, g := range guidesOfTest(t) {
		for _, v := range valuesOfTest(g) {
			filled, err := g.fill(v)
			if err != nil {
				t.Fatal(g.Key, err)
			}
			var whole strings.Builder
			for _, step := range filled.Steps {
				for _, b := range step.Blocks {
					whole.WriteString(b.Text + "\n")
					checkFilled(t, g, v, b)
				}
			}
			checkValues(t, g, v, whole.String())
		}
	}
}

func checkFilled(t *testing.T, g guide, v guideValues, b guideBlock) {
	t.Helper()
	for _, left := range []string{"«", "»", "{{", "<no value>", "%!"} {
		if strings.Contains(b.Text, left) {
			t.Errorf("%s %s: %q is left:\n%s", g.Key, b.Name, left, b.Text)
		}
	}
	if b.Kind == fileBlock && strings.Contains(b.Text, "\n\n\n\n") {
		t.Errorf("%s %s: a condition leaves empty lines:\n%s", g.Key, b.Name, b.Text)
	}
	if b.Kind == fileBlock && path.Ext(b.Name) == ".go" {
		if _, err := parser.ParseFile(token.NewFileSet(), b.Name, b.Text, parser.AllErrors); err != nil {
			t.Errorf("%s with %+v: %v", g.Key, v, err)
		}
	}
}

// checkValues: the application's own values stand in it, an API only if there is one, and never a secret.
func checkValues(t *testing.T, g guide, v guideValues, whole string) {
	t.Helper()
	if !strings.Contains(whole, strings.TrimSuffix(v.Issuer, "/")) {
		t.Errorf("%s does not name the issuer", g.Key)
	}
	if !g.protects() && !strings.Contains(whole, v.ClientID) {
		t.Errorf("%s does not name the client ID", g.Key)
	}
	if v.Audience == "" && !g.needs("api") && strings.Contains(whole, "audience") {
		t.Errorf("%s asks for an API that is not there", g.Key)
	}
	if strings.HasPrefix(v.Audience, "http://localhost") && g.Callback != "" && !strings.Contains(whole, v.Audience) {
		t.Errorf("%s does not name the API", g.Key)
	}
	reads := strings.Contains(whole, "CLIENT_SECRET")
	if wants := g.needs("secret") && (v.Confident || g.needs("api")); reads && !g.needs("secret") || wants && !reads {
		t.Errorf("%s, confidential %t: reads a secret from the environment: %t", g.Key, v.Confident, reads)
	}
}

// A guide holds no secret: what looks like one is a mistake.
func TestNoGuideHoldsASecret(t *testing.T) {
	for _, g := range guidesOfTest(t) {
		filled, err := g.fill(guideValues{Issuer: "https://id.example.com/", ClientID: "abc", Callback: g.Callback, Confident: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range filled.Steps {
			for _, b := range step.Blocks {
				for line := range strings.Lines(b.Text) {
					if at := strings.Index(strings.ToLower(line), "secret"); at >= 0 && secretValue(line[at:]) {
						t.Errorf("%s %s: %s", g.Key, b.Name, line)
					}
				}
			}
		}
	}
}

// secretValue reports whether a name with secret in it is given a literal.
func secretValue(line string) bool {
	name, value, ok := strings.Cut(line, "=")
	if !ok {
		name, value, ok = strings.Cut(line, ":")
	}
	value = strings.Trim(value, " \t,;")
	return ok && !strings.Contains(name, " ") && len(value) > 2 && (value[0] == '"' || value[0] == '\'') && !strings.Contains(value, "$CLIENT_SECRET")
}

func TestAValueCannotLeaveItsQuotes(t *testing.T) {
	for name, want := range map[string]string{
		"a.sh": `'x'\''"$y\<'`, "a.php": `'x\'"$y\\<'`, "a.rb": `'x\'"$y\\<'`, "a.kt": `"x'\"\$y\\<"`, "a.html": `"x'\"$y\\\u003c"`, "a.go": `"x'\"$y\\<"`, "a.xml": "x&#39;&#34;$y\\&lt;",
	} {
		if got := (guideBlock{Kind: fileBlock, Name: name}).quote()(`x'"$y\<`); got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
}

func TestAGuideTakesThePortThatIsRegistered(t *testing.T) {
	g := guide{Callback: "http://localhost:3000/callback"}
	a := registry.Application{RedirectURIs: []registry.URI{{Value: "https://orders.example.com/callback"}, {Value: "http://localhost:3000/other"}, {Value: "http://localhost:4000/callback"}}}
	if got := g.callbackFor(&a); got != "http://localhost:4000/callback" {
		t.Error(got)
	}
}

func TestProseHasCodeAndLinks(t *testing.T) {
	got := proseParts("Set `a b` under [Settings](settings).")
	want := []prosePart{{Text: "Set "}, {Text: "a b", Code: true}, {Text: " under "}, {Text: "Settings", Href: "settings"}, {Text: "."}}
	if !slices.Equal(got, want) {
		t.Error(got)
	}
}
