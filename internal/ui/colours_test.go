package ui

import (
	"strings"
	"testing"
)

// pairs says which text stands on which grounds, and how much contrast it needs. WCAG 2.2 §1.4.3, §1.4.6, §1.4.11.
var pairs = []struct {
	text    string
	grounds string
	least   float64
}{
	{"text", "ground surface raised sunken hover accent-soft good-soft note-soft warn-soft danger-soft", 7},
	{"text-soft", "ground surface raised sunken hover accent-soft", 4.5},
	{"text-faint", "ground surface raised sunken hover accent-soft", 4.5},
	{"accent-text", "ground surface raised hover accent-soft", 4.5},
	{"on-accent", "accent accent-hover danger-fill danger-fill-hover", 4.5},
	{"good", "good-soft surface hover", 4.5},
	{"note", "note-soft surface", 4.5},
	{"warn", "warn-soft surface", 4.5},
	{"danger", "danger-soft surface ground", 4.5},
	{"native", "native-soft", 4.5},
	{"spa", "spa-soft", 4.5},
	{"web", "web-soft", 4.5},
	{"machine", "machine-soft", 4.5},
	{"generic", "generic-soft", 4.5},
	{"line-control", "surface ground raised", 3},
}

func schemes(t *testing.T) map[string]map[string]rgb {
	t.Helper()
	all := map[string]map[string]rgb{"light": {}, "dark": {}}
	for _, c := range colours {
		light, ok1 := parseColour(c.light)
		dark, ok2 := parseColour(c.dark)
		if !ok1 || !ok2 {
			t.Fatalf("%s is no colour", c.name)
		}
		all["light"][c.name], all["dark"][c.name] = light, dark
	}
	return all
}

func TestEveryTextCanBeReadOnItsGrounds(t *testing.T) {
	for scheme, palette := range schemes(t) {
		for _, p := range pairs {
			for ground := range strings.FieldsSeq(p.grounds) {
				if got := contrast(palette[p.text], palette[ground]); got < p.least {
					t.Errorf("%s: %s on %s has a contrast of %.2f, needs %.1f", scheme, p.text, ground, got, p.least)
				}
			}
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	white, black := rgb{1, 1, 1}, rgb{}
	if got := contrast(white, black); got < 20.99 || got > 21.01 {
		t.Error(got)
	}
	grey, _ := parseColour("#767676")
	if got := contrast(grey, white); got < 4.53 || got > 4.55 {
		t.Error(got)
	}
}

func TestAnyAccentCanBeRead(t *testing.T) {
	base := schemes(t)
	for _, accent := range []string{"#ffff00", "#ffffff", "#000000", "#ff0000", "#00ff88", "#2a4bb3", "#777777"} {
		c, _ := parseColour(accent)
		got := map[string]colour{}
		for _, token := range accentColours(c) {
			got[token.name] = token
		}
		light := func(name string) rgb { c, _ := parseColour(got[name].light); return c }
		dark := func(name string) rgb { c, _ := parseColour(got[name].dark); return c }
		white := rgb{1, 1, 1}
		for what, ratio := range map[string]float64{
			"white on the light fill":      contrast(white, light("accent")),
			"white on the light hover":     contrast(white, light("accent-hover")),
			"white on the dark fill":       contrast(white, dark("accent")),
			"white on the dark hover":      contrast(white, dark("accent-hover")),
			"text on the light surface":    contrast(light("accent-text"), base["light"]["surface"]),
			"text on the light soft":       contrast(light("accent-text"), light("accent-soft")),
			"text on the dark surface":     contrast(dark("accent-text"), base["dark"]["surface"]),
			"text on the dark soft ground": contrast(dark("accent-text"), dark("accent-soft")),
		} {
			if ratio < readable {
				t.Errorf("%s: %s has a contrast of %.2f", accent, what, ratio)
			}
		}
	}
}

func TestWhatIsNoColourGivesAnEmptyStylesheet(t *testing.T) {
	for _, s := range []string{"", "#", "#12345", "#1234567", "red", "#gggggg", "#12345;}body{display:none"} {
		if css := accentCSS(s); css != nil {
			t.Errorf("%q: %s", s, css)
		}
	}
}

func TestTheStylesheetUsesNoColourThatIsNotInTheTable(t *testing.T) {
	css := string(assets().files["style.css"])
	known := map[string]bool{}
	for _, c := range colours {
		known[c.name] = true
	}
	defined := map[string]bool{}
	for line := range strings.SplitSeq(css, "--") {
		name, _, ok := strings.Cut(line, ":")
		if ok && !strings.ContainsAny(name, " );,{}") {
			defined[name] = true
		}
	}
	for use := range strings.SplitSeq(css, "var(--") {
		name, _, _ := strings.Cut(use, ")")
		name, _, _ = strings.Cut(name, ",")
		if len(name) < 40 && !strings.ContainsAny(name, " {@/") && !known[name] && !defined[name] {
			t.Errorf("var(--%s) is not defined", name)
		}
	}
}
