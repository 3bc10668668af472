package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/audit"
)

// Change is what an edit did, field by field, in words a person can read. It never holds a secret.
type Change struct{ Fields []audit.FieldChange }

// Empty reports whether nothing changed.
func (c Change) Empty() bool { return len(c.Fields) == 0 }

// Touches reports whether the field changed.
func (c Change) Touches(field string) bool {
	return slices.ContainsFunc(c.Fields, func(f audit.FieldChange) bool { return f.Field == field })
}

func (c *Change) add(field, before, after string) {
	if before != after {
		c.Fields = append(c.Fields, audit.FieldChange{Field: field, Before: shown(before), After: shown(after)})
	}
}

// maxShown bounds one side of a field's change, so that an event stays small whatever was edited.
const maxShown = 4096

// shown cuts a long text between two characters.
func shown(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "") + "… (" + strconv.Itoa(len(s)) + " bytes)"
}

// fingerprint stands for settings that are only remembered: nobody knows whether there is a secret among them.
func fingerprint(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	sum := sha256.Sum256(b)
	return strconv.Itoa(len(b)) + " bytes, SHA-256 " + hex.EncodeToString(sum[:6]) + "…"
}

// applicationFields is every field of an application whose change is recorded, and how it reads. Dates and counters are
// not among them.
var applicationFields = []struct {
	name string
	show func(*Application) string
}{
	{"name", func(a *Application) string { return a.Name }},
	{"description", func(a *Application) string { return a.Description }},
	{"logo_uri", func(a *Application) string { return a.LogoURI }},
	{"type", func(a *Application) string { return string(a.Type) }},
	{"origin", func(a *Application) string { return string(a.Origin) }},
	{"ownership", func(a *Application) string { return string(a.Ownership) }},
	{"enabled", func(a *Application) string { return strconv.FormatBool(a.Enabled) }},
	{"tags", func(a *Application) string { return lines(a.Tags) }},
	{"redirect_uris", func(a *Application) string { return lines(Values(a.RedirectURIs)) }},
	{"logout_uris", func(a *Application) string { return lines(Values(a.LogoutURIs)) }},
	{"web_origins", func(a *Application) string { return lines(Values(a.WebOrigins)) }},
	{"cors_origins", func(a *Application) string { return lines(Values(a.CORSOrigins)) }},
	{"initiate_login_uri", func(a *Application) string { return a.InitiateLoginURI }},
	{"grant_types", func(a *Application) string { return lines(a.GrantTypes) }},
	{"auth_methods", func(a *Application) string { return lines(a.AuthMethods) }},
	{"require_pkce", func(a *Application) string { return strconv.FormatBool(a.RequirePKCE) }},
	{"id_token.lifetime", func(a *Application) string { return duration(a.IDToken.Lifetime) }},
	{"id_token.algorithm", func(a *Application) string { return a.IDToken.Algorithm }},
	{"refresh.rotating", func(a *Application) string { return strconv.FormatBool(a.Refresh.Rotating) }},
	{"refresh.leeway", func(a *Application) string { return duration(a.Refresh.Leeway) }},
	{"refresh.lifetime", func(a *Application) string { return duration(a.Refresh.Lifetime) }},
	{"refresh.idle_lifetime", func(a *Application) string { return duration(a.Refresh.IdleLifetime) }},
	{"metadata", func(a *Application) string { return pairs(a.Metadata) }},
	{"extras", func(a *Application) string { return fingerprint(a.Extras) }},
	{"secrets", func(a *Application) string { return secretList(a.Secrets) }},
	{"keys", func(a *Application) string { return keyList(a.Keys) }},
}

// changed compares two states of an application.
func changed(before, after *Application) Change {
	var c Change
	for _, f := range applicationFields {
		c.add(f.name, f.show(before), f.show(after))
	}
	return c
}

func lines[T ~string](list []T) string {
	var sb strings.Builder
	for i, v := range list {
		if i > 0 {
			sb.WriteByte('\n')
		}
		sb.WriteString(string(v))
	}
	return sb.String()
}

func pairs(m map[string]string) string {
	list := make([]string, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, k+"="+m[k])
	}
	return lines(list)
}

func duration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + " s"
}

// keyList names keys by thumbprint, kid and end.
func keyList(keys []Key) string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = strings.TrimSpace(k.ID + " " + k.KID + " " + k.Thumbprint)
		switch {
		case !k.RetiredAt.IsZero():
			list[i] += " retired " + k.RetiredAt.UTC().Format(time.RFC3339)
		case !k.Active:
			list[i] += " off"
		case !k.ExpiresAt.IsZero():
			list[i] += " until " + k.ExpiresAt.UTC().Format(time.RFC3339)
		}
	}
	return lines(list)
}

// secretList names secrets by id, last four characters and end; their values and hashes stay where they are.
func secretList(secrets []ClientSecret) string {
	list := make([]string, len(secrets))
	for i, s := range secrets {
		list[i] = s.ID + " …" + s.LastFour
		switch {
		case !s.RetiredAt.IsZero():
			list[i] += " retired " + s.RetiredAt.UTC().Format(time.RFC3339)
		case !s.ExpiresAt.IsZero():
			list[i] += " until " + s.ExpiresAt.UTC().Format(time.RFC3339)
		}
	}
	return lines(list)
}
