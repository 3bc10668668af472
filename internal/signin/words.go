package signin

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"clientele/internal/oauth"
)

const (
	maxForm   = 64 << 10 // bytes of a form
	maxEmail  = 320      // characters of an e-mail address
	maxName   = 60       // characters of a name that somebody else chose
	maxDevice = 200      // characters of a user agent
)

// displayName is a name as it may stand on a page that asks for trust: without control and direction characters, which
// could rearrange what stands beside it, and cut where it would push facts away.
func displayName(name string) string {
	clean := strings.Join(strings.Fields(text(name)), " ")
	if runes := []rune(clean); len(runes) > maxName {
		return string(runes[:maxName-1]) + "…"
	}
	return clean
}

// text is s as plain UTF-8: without control, format and direction characters.
func text(s string) string {
	return strings.Map(func(c rune) rune {
		if c == unicode.ReplacementChar || unicode.IsControl(c) && c != '\t' && c != '\n' || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return c
	}, s)
}

func shorten(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}

// inWords is how long to wait, rounded up.
func inWords(d time.Duration) string {
	switch {
	case d <= time.Second:
		return "a second"
	case d < time.Minute:
		return fmt.Sprintf("%d seconds", int((d+time.Second-1)/time.Second))
	case d <= 90*time.Second:
		return "a minute"
	case d < time.Hour:
		return fmt.Sprintf("%d minutes", int((d+time.Minute-1)/time.Minute))
	}
	return fmt.Sprintf("%d hours", int((d+time.Hour-1)/time.Hour))
}

// identityWords say what the scopes mean that belong to no API.
var identityWords = map[string]string{
	oauth.ScopeOpenID:        "know who you are here",
	oauth.ScopeProfile:       "see your name",
	oauth.ScopeEmail:         "see your e-mail address",
	oauth.ScopeOfflineAccess: "stay connected until you disconnect it",
}
