package registry

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"clientele/internal/oauth"
)

// patternKind says what an admission pattern names. A larger one is more specific.
type patternKind int

const (
	patternSuffix patternKind = iota + 1 // *.example.com: every name below, not the name itself
	patternHost                          // app.example.com: every URL of the host
	patternPrefix                        // https://app.example.com/oauth/: every URL that begins with exactly these bytes
	patternURL                           // https://app.example.com/client.json: this one
)

// AdmissionPattern is what an admission rule is about: one client URL, those that begin with a path, those of a host, or those
// of every name below a domain.
type AdmissionPattern struct {
	kind patternKind
	text string // as written; of a suffix without its asterisk
}

// ParseAdmissionPattern reads a pattern. Hosts and URLs are compared as strings, so one that no client URL could equal is
// refused: in upper case, with a fragment, a user name or dot segments. The error is a *oauth.URIError.
func ParseAdmissionPattern(s string) (AdmissionPattern, error) {
	p := patternOf(s)
	example := map[patternKind]string{patternURL: s, patternPrefix: s + "x", patternHost: "https://" + p.text + "/x", patternSuffix: "https://x" + p.text + "/x"}[p.kind]
	u, err := oauth.ParseClientURL(example, oauth.ClientURLRules{Query: true, Exempt: func(string) bool { return true }})
	switch {
	case err != nil && strings.Contains(s, "/"):
		return AdmissionPattern{}, err
	case err != nil || p.kind <= patternHost && (u.Port() != "" || !strings.Contains(u.Host(), ".") || u.Path() != "/x"):
		return AdmissionPattern{}, &oauth.URIError{Rule: "admission_pattern", Message: "is no pattern; write the URL of a client, a URL that ends in / for all below it, a host, or *.example.com"}
	}
	return p, nil
}

// patternOf takes a pattern that was accepted before.
func patternOf(s string) AdmissionPattern {
	suffix, below := strings.CutPrefix(s, "*")
	switch {
	case strings.Contains(s, "://") && strings.HasSuffix(s, "/"):
		return AdmissionPattern{patternPrefix, s}
	case strings.Contains(s, "://"):
		return AdmissionPattern{patternURL, s}
	case below && strings.HasPrefix(suffix, "."):
		return AdmissionPattern{patternSuffix, suffix}
	}
	return AdmissionPattern{patternHost, s}
}

// String is the pattern as it was written.
func (p AdmissionPattern) String() string {
	if p.kind == patternSuffix {
		return "*" + p.text
	}
	return p.text
}

// HostWide reports whether the pattern stands for every client of a host or more: one host may serve very different ones.
func (p AdmissionPattern) HostWide() bool {
	return p.kind == patternHost || p.kind == patternSuffix || p.kind == patternPrefix && strings.Count(p.text, "/") == 3
}

// Matches reports whether the pattern stands for the client URL. Nothing is normalised: a prefix is matched byte for byte and
// ends at a slash, a suffix at a dot.
func (p AdmissionPattern) Matches(url oauth.ClientURL) bool {
	switch p.kind {
	case patternURL:
		return url.String() == p.text
	case patternPrefix:
		return strings.HasPrefix(url.String(), p.text)
	case patternHost:
		return url.Host() == p.text
	case patternSuffix:
		return len(url.Host()) > len(p.text) && strings.HasSuffix(url.Host(), p.text)
	}
	return false
}

// moreSpecific orders patterns that match the same URL: by what they name, then by length.
func (p AdmissionPattern) moreSpecific(q AdmissionPattern) bool {
	if p.kind != q.kind {
		return p.kind > q.kind
	}
	return len(p.text) > len(q.text)
}

// host is the host a pattern names, or the domain it names names below.
func (p AdmissionPattern) host() string {
	switch p.kind {
	case patternURL, patternPrefix:
		return hostOf(p.text)
	}
	return strings.TrimPrefix(p.text, ".")
}

// sharedHosts serve what anybody uploads, under paths that people choose. Names below a public suffix are no host of this
// list: whoever has one has it alone.
var sharedHosts = []string{
	"bitbucket.org", "cdn.jsdelivr.net", "docs.google.com", "drive.google.com", "gist.github.com", "gist.githubusercontent.com", "github.com",
	"gitlab.com", "huggingface.co", "objects.githubusercontent.com", "pastebin.com", "raw.githubusercontent.com", "s3.amazonaws.com",
	"sites.google.com", "storage.googleapis.com", "unpkg.com", "www.dropbox.com",
}

// judgePattern says whether a rule may let in what the pattern stands for. To keep it out anything goes. Below a public
// suffix, the private part of the list included, everybody can get a name.
func judgePattern(p AdmissionPattern, e RuleEffect) Judgement {
	if e != Allow || !p.HostWide() {
		return fine
	}
	host := p.host()
	suffix, _ := publicsuffix.PublicSuffix(host)
	switch {
	case host == suffix || !strings.Contains(host, "."):
		return Judgement{Unusable, "admission_public_suffix", "would let in everybody: below " + host + " anybody can get a name; name the URL or the host of one owner"}
	case slices.Contains(sharedHosts, host):
		return Judgement{Unusable, "admission_shared_host", "would let in everybody: " + host + " serves what anybody uploads; name the URL of the client, or the path of its owner"}
	}
	return fine
}
