package ui

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
)

// AccentUse is what becomes of an accent colour so that text in it and on it can be read.
type AccentUse struct {
	Contrast float64 // of white on the colour as it was given
	Light    string  // fill and text on light pages
	DarkFill string
	DarkText string
}

// UseOfAccent says what pages make of a colour. It reports false for what is no #rrggbb.
func UseOfAccent(accent string) (AccentUse, bool) {
	c, ok := parseColour(accent)
	if !ok {
		return AccentUse{}, false
	}
	u := AccentUse{Contrast: contrast(rgb{1, 1, 1}, c)}
	for _, have := range accentColours(c) {
		switch have.name {
		case "accent":
			u.Light, u.DarkFill = have.light, have.dark
		case "accent-text":
			u.DarkText = have.dark
		}
	}
	return u, true
}

// SignInPreview is the sign-in card as a small picture, in colours that are not in force yet.
type SignInPreview struct {
	Name   string
	Accent string // #rrggbb; empty = the default
	Logo   []byte // a PNG of ours; nil = the mark
	Dark   bool
}

// previewFaces are those of the style sheet, which a picture cannot see.
const previewFaces = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"

// SVG draws the card.
func (p SignInPreview) SVG() []byte {
	tone := func(name string) string {
		palette := colours
		if c, ok := parseColour(p.Accent); ok {
			palette = append(accentColours(c), colours...)
		}
		for _, have := range palette {
			if have.name == name && p.Dark {
				return have.dark
			} else if have.name == name {
				return have.light
			}
		}
		return ""
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="300" viewBox="0 0 320 300" font-family="%s">`, previewFaces)
	fmt.Fprintf(&out, `<rect width="320" height="300" fill="%s"/>`, tone("ground"))
	if p.Logo != nil {
		fmt.Fprintf(&out, `<image x="40" y="24" width="28" height="28" href="data:image/png;base64,%s"/>`, base64.StdEncoding.EncodeToString(p.Logo))
	} else {
		fmt.Fprintf(&out, `<path d="M54 26l12 12-12 12-12-12z" fill="%s"/>`, tone("accent-text"))
	}
	fmt.Fprintf(&out, `<text x="78" y="43" font-size="14" font-weight="700" fill="%s">%s</text>`, tone("text"), html.EscapeString(short(p.Name, 28)))
	fmt.Fprintf(&out, `<rect x="40" y="66" width="240" height="214" rx="10" fill="%s" stroke="%s"/>`, tone("surface"), tone("line"))
	fmt.Fprintf(&out, `<text x="60" y="98" font-size="17" font-weight="700" fill="%s">Sign in</text>`, tone("text"))
	for i, label := range []string{"E-mail address", "Password"} {
		y := 124 + 50*i
		fmt.Fprintf(&out, `<text x="60" y="%d" font-size="11" fill="%s">%s</text>`, y, tone("text"), label)
		fmt.Fprintf(&out, `<rect x="60" y="%d" width="200" height="26" rx="6" fill="%s" stroke="%s"/>`, y+7, tone("surface"), tone("line-control"))
	}
	fmt.Fprintf(&out, `<rect x="60" y="220" width="200" height="28" rx="6" fill="%s"/>`, tone("accent"))
	fmt.Fprintf(&out, `<text x="160" y="238" font-size="12" font-weight="600" text-anchor="middle" fill="%s">Sign in</text>`, tone("on-accent"))
	fmt.Fprintf(&out, `<text x="160" y="267" font-size="11" text-anchor="middle" fill="%s">Create an account</text></svg>`, tone("accent-text"))
	return out.Bytes()
}

func short(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
