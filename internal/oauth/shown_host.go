package oauth

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// ShownHost is a host in the parts that a page shows of it, so that people see who owns it.
type ShownHost struct {
	Front   string // what stands before Domain, with its dot; whoever owns the domain chooses it
	Domain  string // the part that somebody registered; the whole host if there is none, as for localhost
	Port    string // with its colon; empty if there is none
	Written string // the host as its owner writes it, if that is not ASCII; looks can deceive
	Mixed   bool   // a label mixes scripts that no language mixes
}

// maxFront is how much of a front is shown, in characters. The domain at the end is never cut.
const maxFront = 40

// ShowHost takes a host, with or without a port, apart. The host is ASCII, as in a URL.
func ShowHost(authority string) ShownHost {
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		host, port = authority[:i], authority[i:]
	}
	s := ShownHost{Domain: host, Port: port}
	if domain := RegistrableDomain(host); domain != "" {
		s.Front, s.Domain = strings.TrimSuffix(host, domain), domain
	}
	if len(s.Front) > maxFront {
		s.Front = "…" + s.Front[len(s.Front)-maxFront:]
	}
	if !strings.Contains(host, "xn--") {
		return s
	}
	if written, err := idna.Display.ToUnicode(host); err == nil && written != host {
		s.Written = written
		for label := range strings.SplitSeq(written, ".") {
			s.Mixed = s.Mixed || mixesScripts(label)
		}
	}
	return s
}

// String is the host in one piece.
func (s ShownHost) String() string { return s.Front + s.Domain + s.Port }

// RegistrableDomain is the part of a host that somebody registered: one label more than its public suffix, the private part of
// the list included. It is empty for addresses, for single labels and for the suffixes themselves.
func RegistrableDomain(host string) string {
	if strings.ContainsAny(host, ":[]") || numeric(host[strings.LastIndexByte(host, '.')+1:]) {
		return ""
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	return domain
}

// SameSite reports whether two hosts, without port, are one, or belong to the same registered domain.
func SameSite(a, b string) bool {
	domain := RegistrableDomain(a)
	return a == b || domain != "" && domain == RegistrableDomain(b)
}

// mixable are the scripts that are written together, beside what belongs to none. Unicode Technical Standard 39 §5.2.
var mixable = [][]string{{"Latin", "Han", "Hiragana", "Katakana"}, {"Latin", "Han", "Bopomofo"}, {"Latin", "Han", "Hangul"}}

func mixesScripts(label string) bool {
	found := map[string]bool{}
	for _, r := range label {
		if name := scriptOf(r); name != "" {
			found[name] = true
		}
	}
	if len(found) < 2 {
		return false
	}
	for _, set := range mixable {
		fits := 0
		for _, name := range set {
			if found[name] {
				fits++
			}
		}
		if fits == len(found) {
			return false
		}
	}
	return true
}

// scriptOf names the script of a character; empty if it belongs to several or to none.
func scriptOf(r rune) string {
	if r < 0x80 {
		if unicode.IsLetter(r) {
			return "Latin"
		}
		return ""
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			if name == "Common" || name == "Inherited" {
				return ""
			}
			return name
		}
	}
	return ""
}
