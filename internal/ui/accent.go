package ui

import (
	"fmt"
	"math"
	"strconv"
)

// readable is the least contrast of text with its ground. WCAG 2.2 §1.4.3.
const readable = 4.5

// rgb is an sRGB colour, each part from 0 to 1.
type rgb [3]float64

// parseColour reads #rrggbb.
func parseColour(s string) (rgb, bool) {
	if len(s) != 7 || s[0] != '#' {
		return rgb{}, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return rgb{}, false
	}
	return rgb{float64(n>>16) / 255, float64(n>>8&0xff) / 255, float64(n&0xff) / 255}, true
}

func (c rgb) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(math.Round(c[0]*255)), int(math.Round(c[1]*255)), int(math.Round(c[2]*255)))
}

// mix is c with a share of other in it.
func (c rgb) mix(other rgb, share float64) rgb {
	for i := range c {
		c[i] = c[i]*(1-share) + other[i]*share
	}
	return c
}

// luminance is the relative luminance. WCAG 2.2, definition of relative luminance.
func (c rgb) luminance() float64 {
	linear := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

// contrast is the contrast ratio of two colours. WCAG 2.2, definition of contrast ratio.
func contrast(a, b rgb) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// towards moves c to the colour until it can be read on every ground.
func (c rgb) towards(end rgb, grounds ...rgb) rgb {
	for step := 0.0; step <= 1; step += 0.02 {
		moved := c.mix(end, step)
		moved, _ = parseColour(moved.String()) // what the browser gets is rounded
		enough := true
		for _, g := range grounds {
			enough = enough && contrast(moved, g) >= readable
		}
		if enough {
			return moved
		}
	}
	return end
}

// accentCSS turns one colour into the accent tokens of both schemes: however pale or dark the colour is, text in it and on it can
// be read. Anything that is no colour gives an empty stylesheet.
func accentCSS(accent string) []byte {
	c, ok := parseColour(accent)
	if !ok {
		return nil
	}
	return []byte("@layer base{" + paletteCSS(accentColours(c)) + "}\n")
}

func accentColours(c rgb) []colour {
	white, black := rgb{1, 1, 1}, rgb{}
	value := func(name string) (light, dark rgb) {
		for _, have := range colours {
			if have.name == name {
				light, _ = parseColour(have.light)
				dark, _ = parseColour(have.dark)
			}
		}
		return light, dark
	}
	surface, surfaceDark := value("surface")
	ground, _ := value("ground")
	_, raisedDark := value("raised")
	soft, softDark := surface.mix(c, 0.08), surfaceDark.mix(c, 0.2)
	text := c.towards(black, surface, ground, soft)
	textDark := c.towards(white, surfaceDark, raisedDark, softDark)
	fillDark := c.towards(black, white)
	return []colour{
		{"accent", text.String(), fillDark.String()},
		{"accent-hover", text.mix(black, 0.18).String(), fillDark.mix(black, 0.12).String()},
		{"accent-text", text.String(), textDark.String()},
		{"accent-soft", soft.String(), softDark.String()},
		{"accent-line", surface.mix(c, 0.35).String(), surfaceDark.mix(c, 0.45).String()},
	}
}
