package dashboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
)

// Two operators may open the same form and save it one after the other. The second is refused, sees both versions of every field
// that differs, and chooses for each which one stays. Nothing typed is lost and nothing is overwritten unseen.
//
// A form that takes part carries its revision, and in "seen" a mark of each value it came with, so that the page knows which
// fields this operator changed and which the other one did. What is chosen comes back as take.FIELD.

// staleField is one field in which two versions differ.
type staleField struct {
	Name   string
	Label  string
	Mine   []string // one a line; empty = nothing
	Now    []string
	Plain  bool      // words for people, not for machines
	Theirs bool      // only the other one changed it, so theirs is chosen beforehand
	By     string    // who changed it; empty if it is not known
	At     time.Time // when
}

// listOf reads a field of several values: one a field or one a line, blanks and repetitions left out.
func listOf(v url.Values, field string) []string { return linesOf(strings.Join(v[field], "\n")) }

// seenOf marks the values of a form as it was made.
func seenOf(v url.Values, fields []string) string {
	marks := make([]string, len(fields))
	for i, field := range fields {
		marks[i] = field + ":" + markOf(v, field)
	}
	return strings.Join(marks, " ")
}

// markOf is short: it only tells whether an operator touched a field, and a wrong answer changes nothing but what is preselected.
func markOf(v url.Values, field string) string {
	sum := sha256.Sum256([]byte(strings.Join(listOf(v, field), "\n")))
	return hex.EncodeToString(sum[:4])
}

func marksIn(seen string) map[string]string {
	marks := map[string]string{}
	for part := range strings.FieldsSeq(seen) {
		if field, mark, ok := strings.Cut(part, ":"); ok {
			marks[field] = mark
		}
	}
	return marks
}

// staleFields compares what was typed with what is there now. labels and words say how a field and its value read; words may be
// nil, or without an entry for a field.
func staleFields(fields []string, mine, now url.Values, label func(field string) string, words map[string]func(string) string) []staleField {
	seen := marksIn(mine.Get("seen"))
	var list []staleField
	for _, field := range fields {
		if !mine.Has(field) && !now.Has(field) || markOf(mine, field) == markOf(now, field) {
			continue
		}
		s := staleField{Name: field, Label: label(field), Mine: listOf(mine, field), Now: listOf(now, field)}
		s.Theirs = seen[field] == markOf(mine, field)
		if word := words[field]; word != nil {
			s.Plain = true
			s.Mine, s.Now = []string{word(mine.Get(field))}, []string{word(now.Get(field))}
		}
		list = append(list, s)
	}
	return list
}

// takeTheirs puts into the form what its operator chose of the other one's.
func (f *settingsForm) takeTheirs(now settingsForm) {
	for _, field := range settingFields[f.get("part")] {
		if f.get("take."+field) == "theirs" {
			f.copyFrom(now, field)
		}
		f.values.Del("take." + field)
	}
}

func (f *settingsForm) copyFrom(now settingsForm, field string) {
	names := []string{field}
	if field == "metadata" {
		names = []string{"metadata", "meta_key", "meta_value"}
	}
	for _, name := range names {
		f.values.Del(name)
		if values := now.values[name]; len(values) > 0 {
			f.values[name] = slices.Clone(values)
		}
	}
}

// staleSettings is the answer to a form whose application changed meanwhile. One that says what is there already was sent twice,
// or two people had the same idea: it went through.
func (d *Dashboard) staleSettings(r *http.Request, id string, f settingsForm) (registry.Application, settingsForm, int, error) {
	was, err := d.Registry.Application(r.Context(), id)
	if err != nil {
		return was, f, 0, err
	}
	now, part := formOf(&was, f.get("part")), f.get("part")
	fields := shownFields(&was, part)
	f.Stale = staleFields(fields, f.values, now.values, staleLabel, staleWords)
	if len(f.Stale) == 0 {
		return was, f, http.StatusSeeOther, nil
	}
	since := was.Revision - revisionOf(r)
	if err := d.sayWho(r.Context(), registry.KindApplication, id, since, f.Stale); err != nil {
		return was, f, 0, err
	}
	for _, s := range f.Stale {
		if s.Theirs {
			f.copyFrom(now, s.Name)
		}
	}
	f.values.Set("revision", strconv.FormatInt(was.Revision, 10))
	f.values.Set("seen", now.get("seen"))
	return was, f, http.StatusConflict, nil
}

// maxLookedBack bounds how many changes are read to say who changed a field.
const maxLookedBack = 50

// sayWho adds to each field who changed it last, from the newest changes of the thing.
func (d *Dashboard) sayWho(ctx context.Context, kind, id string, changes int64, fields []staleField) error {
	limit := int(min(max(changes, 1), maxLookedBack))
	events, err := d.Store.Events(ctx, audit.Query{TargetKind: kind, TargetID: id, Limit: limit})
	if err != nil {
		return err
	}
	for i := range fields {
		f := &fields[i]
		at := slices.IndexFunc(events, func(e audit.Event) bool {
			return slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool { return c.Field == f.Name })
		})
		if at >= 0 {
			f.By, f.At = events[at].Actor.Name, events[at].At
		}
	}
	return nil
}

// shownFields are the fields that the page shows of an application: the others were not typed, so they cannot differ.
func shownFields(a *registry.Application, part string) []string {
	if part == partAdvanced {
		if a.Import != nil {
			return []string{"metadata"}
		}
		return settingFields[part]
	}
	return slices.DeleteFunc(slices.Clone(settingFields[part]), func(field string) bool {
		switch {
		case a.Import != nil && a.FieldOwner(field) == registry.FromDocument:
			return true
		case strings.HasPrefix(field, "id_token."):
			return !hasURIs(a)
		case strings.HasPrefix(field, "refresh."):
			return !hasURIs(a)
		}
		return !hasURIs(a) && (field == "initiate_login_uri" || slices.Contains(uriFields, field))
	})
}

// hasURIs reports whether the page shows what people who sign in need.
func hasURIs(a *registry.Application) bool {
	return signsPeopleIn(a) || len(a.RedirectURIs)+len(a.LogoutURIs)+len(a.WebOrigins)+len(a.CORSOrigins) > 0
}

var staleLabels = map[string]string{
	"name": "Name", "description": "Description", "logo_uri": "Logo URL", "type": "Type", "tags": "Tags", "initiate_login_uri": "Login URL",
	"redirect_uris": "Callback URLs", "logout_uris": "Logout URLs", "web_origins": "Web origins", "cors_origins": "Other origins",
	"id_token.lifetime": "ID token lifetime", "id_token.algorithm": "ID token algorithm", "refresh.rotating": "Refresh token rotation",
	"refresh.leeway": "Refresh token leeway", "refresh.lifetime": "Refresh token lifetime", "refresh.idle_lifetime": "Idle lifetime of refresh tokens",
	"grant_types": "Grant types", "require_pkce": "Require PKCE", "metadata": "Metadata",
}

func staleLabel(field string) string { return staleLabels[field] }

// staleWords say how a value reads that is not shown as it is typed.
var staleWords = map[string]func(string) string{
	"name": asIs, "description": asIs, "tags": asIs, "refresh.rotating": onOff, "require_pkce": onOff,
	"type": func(t string) string { return wordsOf(registry.Type(t)).Label },
}

func asIs(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

func onOff(s string) string {
	if s == "" {
		return "off"
	}
	return "on"
}
