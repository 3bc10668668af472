package registry

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"clientele/internal/oauth"
)

func clientURL(t testing.TB, s string) oauth.ClientURL {
	t.Helper()
	u, err := oauth.ParseClientURL(s, oauth.ClientURLRules{Query: true})
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return u
}

func TestWhatAnAdmissionPatternStandsFor(t *testing.T) {
	for _, c := range []struct{ pattern, in, out string }{
		{"https://chatgpt.com/oauth/abc/client.json", "https://chatgpt.com/oauth/abc/client.json", "https://chatgpt.com/oauth/abd/client.json"},
		{"https://chatgpt.com/oauth/abc/client.json", "", "https://chatgpt.com/oauth/abc/client.json/"},
		{"https://chatgpt.com/oauth/abc/client.json", "", "https://chatgpt.com/oauth/abc/client.json?x"},
		{"https://chatgpt.com/oauth/abc/client.json", "", "https://chatgpt.com/oauth/ABC/client.json"},
		{"https://chatgpt.com/oauth/", "https://chatgpt.com/oauth/abd/client.json", "https://chatgpt.com/oauth"},
		{"https://chatgpt.com/oauth/", "", "https://chatgpt.com/oauth-evil/client.json"},
		{"https://chatgpt.com/oauth/", "", "https://chatgpt.com/%6fauth/client.json"},
		{"https://chatgpt.com/oauth/", "", "https://www.chatgpt.com/oauth/client.json"},
		{"chatgpt.com", "https://chatgpt.com/any", "https://www.chatgpt.com/any"},
		{"chatgpt.com", "", "https://chatgpt.com.evil.example.com/any"},
		{"chatgpt.com", "", "https://evilchatgpt.com/any"},
		{"*.example.com", "https://a.example.com/c", "https://example.com/c"},
		{"*.example.com", "https://a.b.example.com/c", "https://evilexample.com/c"},
		{"*.example.com", "", "https://example.com.evil.net/c"},
	} {
		p, err := ParseAdmissionPattern(c.pattern)
		if err != nil || p.String() != c.pattern {
			t.Fatalf("%s: %v, %v", c.pattern, p, err)
		}
		if c.in != "" && !p.Matches(clientURL(t, c.in)) {
			t.Errorf("%s does not stand for %s", c.pattern, c.in)
		}
		if p.Matches(clientURL(t, c.out)) {
			t.Errorf("%s stands for %s", c.pattern, c.out)
		}
	}
}

func TestWhatIsNoAdmissionPattern(t *testing.T) {
	for _, s := range []string{
		"", "*", "*.", ".example.com", "example", "*.com.", "EXAMPLE.com", "a.*.example.com", "*a.example.com", "**.example.com", "example.com/", "example.com/x",
		"example.com:443", "https://", "https://example.com", "http://example.com/c", "https://user@example.com/c", "https://example.com/c#f",
		"https://example.com/../c", "https://example.com/%2e%2e/", "https://*.example.com/c", "https://Example.com/c", "ftp://example.com/", "exämple.com", "a b.com", "example.com\n",
	} {
		if p, err := ParseAdmissionPattern(s); err == nil {
			t.Errorf("%q is the pattern %v", s, p)
		}
	}
}

// Below a public suffix anybody can get a name, and on a shared host anybody can get a path. To keep them out is another thing.
func TestARuleLetsInNobodysNeighbours(t *testing.T) {
	for pattern, want := range map[string]string{
		"*.github.io":                            "admission_public_suffix",
		"*.co.uk":                                "admission_public_suffix",
		"github.io":                              "admission_public_suffix",
		"*.vercel.app":                           "admission_public_suffix",
		"https://github.io/":                     "admission_public_suffix",
		"github.com":                             "admission_shared_host",
		"https://github.com/":                    "admission_shared_host",
		"raw.githubusercontent.com":              "admission_shared_host",
		"https://github.com/owner/":              "",
		"https://raw.githubusercontent.com/a/b/": "",
		"https://github.com/owner/client.json":   "",
		"me.github.io":                           "",
		"*.me.github.io":                         "",
		"*.example.com":                          "",
		"chatgpt.com":                            "",
	} {
		p, err := ParseAdmissionPattern(pattern)
		if err != nil {
			t.Fatal(pattern, err)
		}
		if got := judgePattern(p, Allow); got.Rule != want {
			t.Errorf("allowing %s: %+v", pattern, got)
		}
		if got := judgePattern(p, Deny); got != fine {
			t.Errorf("denying %s: %+v", pattern, got)
		}
	}
}

func TestWhoIsAdmitted(t *testing.T) {
	rules := []AdmissionRule{
		{ID: "1", Pattern: "*.example.com", Effect: Allow},
		{ID: "2", Pattern: "https://a.example.com/agents/", Effect: Allow},
		{ID: "3", Pattern: "https://a.example.com/agents/one.json", Effect: Allow},
		{ID: "4", Pattern: "a.example.com", Effect: Allow},
		{ID: "5", Pattern: "*.evil.example.com", Effect: Deny},
		{ID: "6", Pattern: "https://a.example.com/agents/bad/", Effect: Deny},
		{ID: "7", Pattern: "*.b.example.com", Effect: Allow},
	}
	for _, c := range []struct {
		url  string
		mode AdmissionMode
		want DecisionVerdict
		rule string
	}{
		{"https://other.example.net/c", AdmitImported, Refuse, ""},
		{"https://other.example.net/c", AdmitApproval, Wait, ""},
		{"https://other.example.net/c", AdmitOpen, Admit, ""},
		{"https://other.example.net/c", "", Refuse, ""},
		{"https://a.example.com/agents/one.json", AdmitImported, Refuse, ""},
		{"https://a.example.com/agents/one.json", AdmitApproval, Admit, "3"},
		{"https://a.example.com/agents/two.json", AdmitApproval, Admit, "2"},
		{"https://a.example.com/three.json", AdmitApproval, Admit, "4"},
		{"https://x.example.com/c", AdmitApproval, Admit, "1"},
		{"https://x.b.example.com/c", AdmitApproval, Admit, "7"},
		{"https://x.evil.example.com/c", AdmitApproval, Refuse, "5"},
		{"https://x.evil.example.com/c", AdmitOpen, Refuse, "5"},
		{"https://a.example.com/agents/bad/c", AdmitOpen, Refuse, "6"},
		{"https://x.evil.example.com/c", AdmitImported, Refuse, "5"},
	} {
		d := Decide(clientURL(t, c.url), c.mode, rules)
		rule := ""
		if d.Rule != nil {
			rule = d.Rule.ID
		}
		if d.Verdict != c.want || rule != c.rule || d.Why == "" || d.Mode != c.mode {
			t.Errorf("%s under %q: %+v", c.url, c.mode, d)
		}
	}
}

var (
	someHosts = rapid.SampledFrom([]string{"example.com", "a.example.com", "b.a.example.com", "example.net", "aexample.com"})
	somePaths = rapid.SampledFrom([]string{"/c", "/a/c", "/a/b/c", "/ab/c", "/a/", "/a/%62/c", "/A/c"})
	someURLs  = rapid.Custom(func(t *rapid.T) string { return "https://" + someHosts.Draw(t, "host") + somePaths.Draw(t, "path") })
	somePats  = rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return someURLs.Draw(t, "url")
		case 1:
			url := someURLs.Draw(t, "url")
			return url[:strings.LastIndexByte(url, '/')+1]
		case 2:
			return "*." + someHosts.Draw(t, "suffix")
		}
		return someHosts.Draw(t, "host")
	})
	someRules = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) AdmissionRule {
		return AdmissionRule{Pattern: somePats.Draw(t, "pattern"), Effect: rapid.SampledFrom([]RuleEffect{Allow, Deny}).Draw(t, "effect")}
	}), 0, 8)
	someModes = rapid.SampledFrom([]AdmissionMode{AdmitImported, AdmitApproval, AdmitOpen})
)

func TestDenyBeatsAllowWhateverElseThereIs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		url := clientURL(t, someURLs.Draw(rt, "url"))
		rules, mode := someRules.Draw(rt, "rules"), someModes.Draw(rt, "mode")
		denied, allowed := false, false
		for _, r := range rules {
			matches := patternOf(r.Pattern).Matches(url)
			denied = denied || matches && r.Effect == Deny
			allowed = allowed || matches && r.Effect == Allow
		}
		want := map[AdmissionMode]DecisionVerdict{AdmitImported: Refuse, AdmitApproval: Wait, AdmitOpen: Admit}[mode]
		if allowed && mode == AdmitApproval {
			want = Admit
		}
		if denied {
			want = Refuse
		}
		if d := Decide(url, mode, rules); d.Verdict != want || denied && d.Rule == nil {
			rt.Fatalf("%s under %s with %v: %+v, want %s", url, mode, rules, d, want)
		}
	})
}

func TestAnExactRuleAdmitsNothingElse(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := someURLs.Draw(rt, "url")
		if strings.HasSuffix(text, "/") {
			return
		}
		other, err := oauth.ParseClientURL(rapid.OneOf(someURLs, rapid.Just(text+"/"), rapid.Just(text+"?x"), rapid.Just(strings.Replace(text, "://", "://x.", 1)),
			rapid.Just(text[:len(text)-1]), rapid.Just(text+"c")).Draw(rt, "other"), oauth.ClientURLRules{Query: true})
		if err != nil || other.String() == text {
			return
		}
		if d := Decide(other, AdmitApproval, []AdmissionRule{{Pattern: text, Effect: Allow}}); d.Verdict != Wait {
			rt.Fatalf("%s lets in %s", text, other)
		}
	})
}

func TestASuffixEndsAtADotAndAPrefixAtASlash(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		u, pattern := clientURL(t, someURLs.Draw(rt, "url")), somePats.Draw(rt, "pattern")
		p := patternOf(pattern)
		if !p.Matches(u) {
			return
		}
		switch p.kind {
		case patternSuffix:
			label, found := strings.CutSuffix(u.Host(), p.text)
			if !found || label == "" || p.text[0] != '.' {
				rt.Fatalf("%s stands for %s", pattern, u)
			}
		case patternPrefix:
			if p.text[len(p.text)-1] != '/' || u.Host() != hostOf(p.text) {
				rt.Fatalf("%s stands for %s", pattern, u)
			}
		}
	})
}
