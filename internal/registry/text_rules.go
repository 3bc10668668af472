package registry

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"clientele/internal/oauth"
)

// Limits of what people write about an application.
const (
	MaxName          = 128
	MaxDescription   = 140
	MaxTags          = 20
	MaxTagLength     = 50
	MaxMetadataPairs = 10
	MaxMetadataText  = 255 // of a key, and of a value
	maxExtras        = 64 << 10
)

func checkImmutable(i *inspection) {
	if i.before == nil {
		return
	}
	a, b := i.app, i.before
	for _, f := range []struct {
		field string
		same  bool
	}{
		{"id", a.ID == b.ID},
		{"external_id", a.ExternalID == b.ExternalID},
		{"origin", a.Origin == b.Origin},
		{"ownership", a.Ownership == b.Ownership},
		{"created_at", a.CreatedAt.Equal(b.CreatedAt) && a.CreatedBy == b.CreatedBy},
	} {
		if !f.same {
			i.refuse(f.field, "cannot be changed; create another application instead")
		}
	}
}

func checkName(i *inspection) {
	checkTitle(i, "name", i.app.Name, MaxName)
}

// checkTitle is the rule for names of things: something a person can read in one line, without the characters of markup.
func checkTitle(i *inspection, field, s string, limit int) {
	switch {
	case s == "":
		i.refuse(field, "is empty; write what people know it by")
	case utf8.RuneCountInString(s) > limit:
		i.refuse(field, "is longer than %d characters", limit)
	case strings.ContainsAny(s, "<>"):
		i.refuse(field, "must not contain < or >")
	case !boundedText(s, limit):
		i.refuse(field, "has a character that cannot be seen; write it in one line of plain text")
	}
}

func checkDescription(i *inspection) {
	if s := strings.ReplaceAll(i.app.Description, "\n", " "); !boundedText(s, MaxDescription) {
		i.refuse("description", "must be at most %d characters of plain text", MaxDescription)
	}
}

func checkLogo(i *inspection) {
	if i.app.LogoURI == "" {
		return
	}
	u, err := oauth.ParseRedirectURI(i.app.LogoURI)
	if err == nil && u.Scheme() != "https" {
		i.refuse("logo_uri", "must be an https URL of an image, as in https://app.example.com/logo.png")
	}
	i.add("logo_uri", judge(err))
}

func checkType(i *inspection) {
	switch i.app.Type {
	case Generic, Native, SinglePage, RegularWeb, MachineToMachine:
	default:
		i.refuse("type", "is none of native, spa, regular_web and non_interactive")
	}
}

func checkOwnership(i *inspection) {
	if i.app.Ownership != FirstParty && i.app.Ownership != ThirdParty {
		i.refuse("ownership", "is neither first_party nor third_party")
	}
}

func checkTags(i *inspection) {
	if len(i.app.Tags) > MaxTags {
		i.refuse("tags", "are more than %d", MaxTags)
		return
	}
	for n, tag := range i.app.Tags {
		if tag == "" || !boundedText(tag, MaxTagLength) || strings.ContainsAny(tag, " ,<>") {
			i.refuse(element("tags", n), "must be 1 to %d characters without spaces, commas, < and >", MaxTagLength)
		}
	}
}

func checkMetadata(i *inspection) {
	if len(i.app.Metadata) > MaxMetadataPairs {
		i.refuse("metadata", "has more than %d pairs", MaxMetadataPairs)
		return
	}
	for key, value := range i.app.Metadata {
		if key == "" || !boundedText(strings.ReplaceAll(key, "\t", " "), MaxMetadataText) {
			i.refuse("metadata", "has a key that is not 1 to %d printable characters", MaxMetadataText)
			continue
		}
		if utf8.RuneCountInString(value) > MaxMetadataText || !storable(value) {
			i.refuse("metadata."+key, "must be at most %d characters of text", MaxMetadataText)
		}
	}
}

func checkExtras(i *inspection) {
	if len(i.app.Extras) > maxExtras || !storable(string(i.app.Extras)) {
		i.refuse("extras", "are more than %d kB of settings that are only remembered", maxExtras>>10)
	}
}

// boundedText reports whether s is one line of at most limit characters that can be seen, or blanks.
func boundedText(s string, limit int) bool {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > limit {
		return false
	}
	for _, r := range s {
		// Direction overrides are format characters: they would let a name read as another on the consent page.
		if unicode.IsControl(r) || bidiControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return false
		}
	}
	return true
}

func bidiControl(r rune) bool {
	return r == '\u200e' || r == '\u200f' || r == '\u061c' || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// storable reports whether both engines keep s as it is: PostgreSQL has no NUL and no broken UTF-8 in text.
func storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// printable reports whether s is visible ASCII without blanks.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return s != ""
}
