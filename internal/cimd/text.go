package cimd

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"clientele/internal/registry"
)

// name is what the client calls itself: text of a stranger, so cleaned and cut. Without one the host stands for it.
func (r *reader) name() {
	const name = "client_name"
	text := r.meta.ClientName
	clean := cleanText(text, maxNameGraphemes, registry.MaxName)
	switch clean {
	case "":
		r.nameless(text)
		return
	case text:
		r.take(name, text, "name")
	default:
		const why = "has characters that cannot be seen or move other text about, or is too long; it was cleaned and cut"
		r.note(name, text, clean, why)
		r.warn("client_name_cleaned", name, text, why, "write a name of at most 64 visible characters in one line, without < and >")
	}
	r.Mapped.Name = clean
}

func (r *reader) nameless(text string) {
	const name, mend = "client_name", "say what people know the client by"
	r.Mapped.Name = cleanText(r.URL.Host(), maxNameGraphemes, registry.MaxName)
	if r.policy.NeedName {
		r.refuse("client_name_missing", name, text, "is missing; MCP asks for it", mend)
		return
	}
	r.note(name, text, r.Mapped.Name, "there is no name; the host stands for it")
	r.warn("client_name_missing", name, text, "is missing; people are shown the host instead", mend)
}

func (r *reader) description() {
	const name = "description"
	if !r.has(name) {
		return
	}
	text := r.meta.Description
	clean := cleanText(text, maxDescription, maxDescription)
	r.Mapped.Description = clean
	if clean == text {
		r.take(name, text, "description")
		return
	}
	r.note(name, text, clean, "cleaned, and cut to 140 characters")
}

// cleanText is text of a stranger as it may be shown: one line, nothing that cannot be seen or changes the direction, no
// markup, at most so many graphemes and characters.
func cleanText(s string, graphemes, runes int) string {
	var sb strings.Builder
	shown, marks, count, blank := 0, 0, 0, false
	for _, r := range s {
		if unicode.IsSpace(r) || r == 0x2800 || unicode.Is(unicode.Zs, r) {
			blank = sb.Len() > 0
			continue
		}
		if r == utf8.RuneError || hidden(r) || r == '<' || r == '>' {
			continue
		}
		if joins(r) { // part of the grapheme before it
			if marks++; shown == 0 || marks > maxMarks || blank {
				continue
			}
		} else {
			marks = 0
			if shown++; shown > graphemes {
				break
			}
		}
		if blank {
			sb.WriteByte(' ')
			shown, count, blank = shown+1, count+1, false
		}
		if count++; count > runes {
			break
		}
		sb.WriteRune(r)
	}
	return strings.TrimSpace(sb.String())
}

// maxMarks is how many marks one character may carry; more would run into the lines above and below.
const maxMarks = 4

// joins reports whether r is shown together with the character before it.
func joins(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) || 0x1F3FB <= r && r <= 0x1F3FF
}

// hidden reports whether r has no shape of its own: controls, formats (zero-width, direction), fillers, tags, private use.
func hidden(r rune) bool {
	switch r {
	case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x034F, 0x17B4, 0x17B5, 0x2028, 0x2029:
		return true
	}
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) || 0xFE00 <= r && r <= 0xFE0E || 0xE0000 <= r && r <= 0xE0FFF
}
