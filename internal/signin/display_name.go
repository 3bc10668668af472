package signin

import (
	"strings"
	"unicode"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

const (
	maxName  = 60 // letters of a name that somebody else chose
	maxMarks = 3  // marks on one letter; more would tower over the lines beside it
)

// displayName is a name as it may stand on a page that asks for trust: without what rearranges, hides or towers over what stands
// beside it, and cut where it would push facts away.
func displayName(name string) string {
	all := letters(strings.Join(strings.Fields(text(name)), " "))
	if len(all) > maxName {
		return strings.TrimSpace(strings.Join(all[:maxName-1], "")) + "…"
	}
	return strings.Join(all, "")
}

// letters cuts s into what people see as one: a character with the marks on it.
func letters(s string) []string {
	var all []string
	marks := 0
	for _, c := range s {
		if len(all) == 0 || !unicode.In(c, unicode.M) {
			all, marks = append(all, string(c)), 0
			continue
		}
		if marks++; marks <= maxMarks {
			all[len(all)-1] += string(c)
		}
	}
	return all
}

// blank are letters that show nothing, so that a name of them looks like none.
const blank = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"

// text is s as plain UTF-8: without control, format and direction characters, and without what shows nothing at all.
func text(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '\t' || c == '\n' {
			return c
		}
		if c == unicode.ReplacementChar || !unicode.IsGraphic(c) || strings.ContainsRune(blank, c) {
			return -1
		}
		return c
	}, s)
}

// nameOf is what a page may call an application before the person is asked about it. Of one that is known by a URL that is its
// host, which nobody can choose freely.
func nameOf(app *registry.Application) string {
	switch {
	case app == nil:
		return ""
	case app.Import != nil:
		return hostOf(app.ExternalID)
	}
	return displayName(app.Name)
}

// hostOf is host and port of a client URL.
func hostOf(clientURL string) string {
	host, _, _ := strings.Cut(strings.TrimPrefix(clientURL, "https://"), "/")
	return host
}

// hostOfLink is the host of a link that a metadata document has, or empty if it is not one to show: it must be https and
// belong to whoever the client's host belongs to. CIMD-02 §8.1.
func hostOfLink(link, clientHost string) string {
	uri, err := oauth.ParseRedirectURI(link)
	if err != nil || uri.Class() != oauth.RedirectHTTPS || !oauth.SameSite(uri.Host(), withoutPort(clientHost)) {
		return ""
	}
	return hostOf(link)
}

func withoutPort(authority string) string {
	host, _, found := strings.Cut(authority, ":")
	if !found || strings.HasPrefix(authority, "[") {
		return authority
	}
	return host
}
