package ui

import (
	"fmt"
	"strings"
)

// colour is one colour token with its value on light and on dark pages.
type colour struct{ name, light, dark string }

// colours is the palette: neutral greys with a slight blue cast, one accent, four meanings. The stylesheet is made from it, the
// style guide shows it and a test holds it against WCAG.
var colours = []colour{
	// Grounds. On dark pages a ground gets lighter as it rises.
	{"ground", "#f6f7f9", "#0e1218"},
	{"surface", "#ffffff", "#151a22"},
	{"raised", "#ffffff", "#1d2430"},
	{"sunken", "#f1f3f6", "#10151c"},
	{"hover", "#eef1f5", "#1f2733"},
	// Lines. A hairline does most of the structure; a control's border can be told from its ground without help.
	{"line", "#dfe3ea", "#2a3240"},
	{"line-strong", "#c3cad6", "#3b4557"},
	{"line-control", "#858e9e", "#677388"},
	// Text.
	{"text", "#151a24", "#edf0f5"},
	{"text-soft", "#454e5e", "#b8c0ce"},
	{"text-faint", "#5c6676", "#97a2b3"},
	// The accent: fill under white text, text on the grounds, a soft ground for what is chosen.
	{"accent", "#2a4bb3", "#4468dc"},
	{"accent-hover", "#203c95", "#3859c4"},
	{"accent-text", "#2a4bb3", "#9db7ff"},
	{"accent-soft", "#edf1fd", "#1b2644"},
	{"accent-line", "#b9c7f1", "#34508f"},
	{"on-accent", "#ffffff", "#ffffff"},
	// Meanings, each as text, ground and line.
	{"good", "#0e6638", "#7ed6a4"},
	{"good-soft", "#e9f6ee", "#10291c"},
	{"good-line", "#addcc0", "#235a3c"},
	{"note", "#1b4f8f", "#9ac3f8"},
	{"note-soft", "#eaf2fc", "#12253c"},
	{"note-line", "#b4d0ef", "#27486f"},
	{"warn", "#744600", "#f1c878"},
	{"warn-soft", "#fef5e0", "#2e2410"},
	{"warn-line", "#ecd294", "#5f4a1b"},
	{"danger", "#a11f1d", "#ff9d97"},
	{"danger-soft", "#fdeeec", "#361715"},
	{"danger-line", "#f2bcb7", "#6f2f2b"},
	{"danger-fill", "#b3261e", "#c93a33"},
	{"danger-fill-hover", "#8f1c16", "#b2302a"},
	// One tint for each type of application, text and soft ground.
	{"native", "#6a3aa8", "#cdacf5"},
	{"native-soft", "#f3ecfb", "#2a1d3d"},
	{"spa", "#0b6477", "#7fd3e4"},
	{"spa-soft", "#e4f4f7", "#0f2b32"},
	{"web", "#2a4bb3", "#9db7ff"},
	{"web-soft", "#eaeffc", "#1b2644"},
	{"machine", "#7c4512", "#efb98a"},
	{"machine-soft", "#fbf0e5", "#33230f"},
	{"generic", "#454e5e", "#b8c0ce"},
	{"generic-soft", "#eceff3", "#232b37"},
}

// paletteCSS writes the palette three times: light, dark where the device asks for it, and dark where the person chose it.
func paletteCSS(palette []colour) string {
	var light, dark strings.Builder
	for _, c := range palette {
		fmt.Fprintf(&light, "--%s:%s;", c.name, c.light)
		fmt.Fprintf(&dark, "--%s:%s;", c.name, c.dark)
	}
	return ":root{color-scheme:light;" + light.String() + "}\n" +
		"@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;" + dark.String() + "}}\n" +
		":root[data-theme=dark]{color-scheme:dark;" + dark.String() + "}\n"
}

// swatchesCSS paints the swatches of the style guide.
func swatchesCSS() string {
	var sb strings.Builder
	sb.WriteString("@layer components{")
	for _, c := range colours {
		fmt.Fprintf(&sb, ".swatch-%s span{background:var(--%s)}", c.name, c.name)
	}
	sb.WriteString("}\n")
	return sb.String()
}
