package quickstart

import (
	"regexp"
	"strconv"
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
)

// addLabel names everything that one press registers.
func addLabel(missing []missingURL) string {
	words := make([]string, len(missing))
	for i, m := range missing {
		words[i] = m.What
		if i > 0 {
			words[i] = strings.ToLower(m.What)
		}
	}
	if n := len(words); n > 1 {
		words = append(words[:n-2], words[n-2]+" and "+words[n-1])
	}
	label := strings.Join(words, ", ")
	return "Add " + strings.ToLower(label[:1]) + label[1:]
}

// otherCallbacks are the registered ones beside the guide's.
func otherCallbacks(a *registry.Application, but string) []string {
	var list []string
	for _, u := range a.RedirectURIs {
		if u.Value != but {
			list = append(list, u.Value)
		}
	}
	return list
}

// strangersWords say for whom a guide is where nobody here writes the application's code.
func strangersWords(a *registry.Application) string {
	switch {
	case a.Import != nil:
		return "Somebody else runs this application. What follows is for the API that it calls, if that is yours."
	case a.Ownership == registry.ThirdParty:
		return "Somebody else runs this application. What follows is for whoever writes its code."
	}
	return ""
}

func faultOfTyped(q quickStart) string {
	if q.Typed == "" {
		return ""
	}
	return q.Fault
}

// newestUsable is the end of the newest secret that still works.
func newestUsable(v *frame.Visit, a *registry.Application) string {
	for _, s := range frame.NewestFirst(a.Secrets) {
		if s.Usable(v.Now) {
			return s.LastFour
		}
	}
	return ""
}

func scopeWords(scopes []string) string {
	if len(scopes) == 0 {
		return ""
	}
	return ", with " + strings.Join(scopes, " ")
}

// trouble reports whether the step is no step but what goes wrong most often.
func (s guideStep) trouble() bool { return len(s.Blocks) > 0 && s.Blocks[0].Kind == troubleBlock }

// protects reports whether the guide is for what tokens are shown to, not for what asks for them.
func (g guide) protects() bool { return g.Kind == guideKinds["protect"] }

// tints is how many colours the marks have.
const tints = 6

// tint is the colour of a guide's mark. The same language has the same one.
func (g guide) tint() string {
	sum := 0
	for _, b := range []byte(g.Language) {
		sum += int(b)
	}
	return strconv.Itoa(sum % tints)
}

// prosePart is a piece of a sentence: words, code, or a link to another page of the application.
type prosePart struct {
	Text string
	Code bool
	Href string
}

var proseMark = regexp.MustCompile("`([^`]+)`|\\[([^\\]]+)\\]\\(([^)]+)\\)")

func proseParts(text string) []prosePart {
	var parts []prosePart
	last := 0
	for _, m := range proseMark.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > last {
			parts = append(parts, prosePart{Text: text[last:m[0]]})
		}
		if m[2] >= 0 {
			parts = append(parts, prosePart{Text: text[m[2]:m[3]], Code: true})
		} else {
			parts = append(parts, prosePart{Text: text[m[4]:m[5]], Href: text[m[6]:m[7]]})
		}
		last = m[1]
	}
	if last < len(text) {
		parts = append(parts, prosePart{Text: text[last:]})
	}
	return parts
}

// partPath is a page of the application, or with a slash in front one of the dashboard.
func partPath(a *registry.Application, href string) string {
	if strings.HasPrefix(href, "/") {
		return href
	}
	return frame.AppPath(a, href)
}
