package store

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// Bounds of what is searched: more terms for one thing, longer ones, or more words in a search, do not count.
const (
	maxTerms      = 500
	maxTermLength = 100
	maxWords      = 8
)

// saveTerms makes the terms of the thing at place what they should be.
func (k catalogue) saveTerms(ctx context.Context, c *sqldb.Conn, place int64, want []string) error {
	have := make(map[string]bool)
	err := c.Each(ctx, `SELECT term FROM `+k.terms+` WHERE place = $1`, []any{place}, func(row sqldb.Scanner) error {
		var term string
		err := row.Scan(&term)
		have[term] = true
		return err
	})
	if err != nil {
		return err
	}
	var missing []string
	for _, term := range want {
		if !have[term] {
			missing = append(missing, term)
		}
		delete(have, term)
	}
	for term := range have {
		if err := exec(ctx, c, `DELETE FROM `+k.terms+` WHERE place = $1 AND term = $2`, place, term); err != nil {
			return err
		}
	}
	return k.insertTerms(ctx, c, place, missing)
}

// insertTerms writes terms some at a time: in few statements, which have few different texts.
func (k catalogue) insertTerms(ctx context.Context, c *sqldb.Conn, place int64, all []string) error {
	for len(all) > 0 {
		some := all[:1]
		if len(all) >= 4 {
			some = all[:4]
		}
		all = all[len(some):]
		f := filter{args: []any{place}}
		rows := make([]string, len(some))
		for i, term := range some {
			rows[i] = "(" + f.arg(term) + ", $1)"
		}
		if err := exec(ctx, c, `INSERT INTO `+k.terms+` (term, place) VALUES `+strings.Join(rows, ", "), f.args...); err != nil {
			return err
		}
	}
	return nil
}

// termsOfApplication are the words an application is found by: those of its name, both ids whole, its tags, and the hosts
// of its redirect URIs with every part of them that begins behind a dot.
func termsOfApplication(a *registry.Application) []string {
	var set termSet
	set.add(a.ID)
	if a.ExternalID != "" {
		set.add(a.ExternalID)
		set.addHost(a.ExternalID)
	}
	set.addText(a.Name)
	for _, tag := range a.Tags {
		set.addText(tag)
	}
	for _, u := range a.RedirectURIs {
		set.addHost(u.Value)
	}
	return set.sorted()
}

// termSet collects terms in lower case, each once.
type termSet map[string]bool

func (s *termSet) add(term string) {
	if *s == nil {
		*s = make(termSet)
	}
	term = shorten(strings.ToLower(term))
	if term != "" && len(*s) < maxTerms {
		(*s)[term] = true
	}
}

// addText adds the words between spaces, and the parts of those between other signs.
func (s *termSet) addText(text string) {
	for word := range strings.FieldsSeq(text) {
		s.add(word)
		for part := range strings.FieldsFuncSeq(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			s.add(part)
		}
	}
}

// addHost adds the host of a URI, or the scheme of one without, and what is left of it behind each dot.
func (s *termSet) addHost(uri string) {
	u, err := url.Parse(uri)
	if err != nil {
		return
	}
	host := u.Hostname()
	if host == "" {
		host = u.Scheme
	}
	for host != "" {
		s.add(host)
		_, host, _ = strings.Cut(host, ".")
	}
}

func (s *termSet) sorted() []string {
	all := make([]string, 0, len(*s))
	for term := range *s {
		all = append(all, term)
	}
	slices.Sort(all)
	return all
}

func shorten(term string) string {
	if len(term) <= maxTermLength {
		return term
	}
	return strings.ToValidUTF8(term[:maxTermLength], "")
}

// words are the words of a search, as prefixes of terms. A pasted origin stands for its host.
func words(search string) []string {
	var all []string
	for word := range strings.FieldsSeq(strings.ToLower(search)) {
		if u, err := url.Parse(word); err == nil && u.Host != "" && strings.Trim(u.Path, "/") == "" {
			word = u.Hostname()
		}
		if word = shorten(word); word != "" && !slices.Contains(all, word) && len(all) < maxWords {
			all = append(all, word)
		}
	}
	return all
}

// beyond is above every term that begins with prefix, and below every other that prefix is below.
func beyond(prefix string) string { return prefix + "\U0010FFFF" }
