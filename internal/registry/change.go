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

// applicationFields is every field of an application whose change is recorded, who owns it if the application is imported,
// and how it reads. Dates and counters are not among them.
//
// What the document owns changes with the document. Of two of those the operator may want less than the document asks: the
// grant types may be narrowed and another type chosen. Both are kept beside the document (Import.Ceiling, Import.OwnType) and
// hold whatever a later version says, so that a refresh never gives back what an operator took away.
var applicationFields = []struct {
	name  string
	owner Source
	show  func(*Application) string
}{
	{"name", FromDocument, func(a *Application) string { return a.Name }},
	{"description", FromOperator, func(a *Application) string { return a.Description }},
	{"logo_uri", FromDocument, func(a *Application) string { return a.LogoURI }},
	{"type", FromDocument, func(a *Application) string { return string(a.Type) }},
	{"origin", FromOperator, func(a *Application) string { return string(a.Origin) }},
	{"ownership", FromOperator, func(a *Application) string { return string(a.Ownership) }},
	{"enabled", FromOperator, func(a *Application) string { return strconv.FormatBool(a.Enabled) }},
	{"tags", FromOperator, func(a *Application) string { return lines(a.Tags) }},
	{"redirect_uris", FromDocument, func(a *Application) string { return lines(Values(a.RedirectURIs)) }},
	{"logout_uris", FromOperator, func(a *Application) string { return lines(Values(a.LogoutURIs)) }},
	{"web_origins", FromOperator, func(a *Application) string { return lines(Values(a.WebOrigins)) }},
	{"cors_origins", FromOperator, func(a *Application) string { return lines(Values(a.CORSOrigins)) }},
	{"initiate_login_uri", FromOperator, func(a *Application) string { return a.InitiateLoginURI }},
	{"grant_types", FromDocument, func(a *Application) string { return lines(a.GrantTypes) }},
	{"auth_methods", FromDocument, func(a *Application) string { return lines(a.AuthMethods) }},
	{"require_pkce", FromOperator, func(a *Application) string { return strconv.FormatBool(a.RequirePKCE) }},
	{"id_token.lifetime", FromOperator, func(a *Application) string { return duration(a.IDToken.Lifetime) }},
	{"id_token.algorithm", FromOperator, func(a *Application) string { return a.IDToken.Algorithm }},
	{"refresh.rotating", FromOperator, func(a *Application) string { return strconv.FormatBool(a.Refresh.Rotating) }},
	{"refresh.leeway", FromOperator, func(a *Application) string { return duration(a.Refresh.Leeway) }},
	{"refresh.lifetime", FromOperator, func(a *Application) string { return duration(a.Refresh.Lifetime) }},
	{"refresh.idle_lifetime", FromOperator, func(a *Application) string { return duration(a.Refresh.IdleLifetime) }},
	{"metadata", FromOperator, func(a *Application) string { return pairs(a.Metadata) }},
	{"extras", FromOperator, func(a *Application) string { return fingerprint(a.Extras) }},
	{"secrets", FromOperator, func(a *Application) string { return secretList(a.Secrets) }},
	{"keys", FromDocument, func(a *Application) string { return keyList(a.Keys) }},

	{"import.by", FromOperator, ofImport(func(m *Import) string { return string(m.By) })},
	{"import.mode", FromOperator, ofImport(func(m *Import) string { return string(m.Mode) })},
	{"import.rule", FromOperator, ofImport(func(m *Import) string { return m.Rule })},
	{"import.approved", FromOperator, ofImport(func(m *Import) string { return versionOf(m.Approved.Version, m.Approved.Hash) })},
	{"import.keys", FromOperator, ofImport(func(m *Import) string { return versionOf(m.Keys.Version, m.Keys.Hash) })},
	{"import.client_credentials", FromOperator, ofImport(func(m *Import) string { return strconv.FormatBool(m.ClientCredentials) })},
	{"import.audience_until", FromOperator, ofImport(func(m *Import) string { return instant(m.AudienceUntil) })},
	{"import.pinned_until", FromOperator, ofImport(func(m *Import) string { return instant(m.PinnedUntil) })},
	{"import.ceiling", FromOperator, ofImport(func(m *Import) string { return lines(m.Ceiling) })},
	{"import.own_type", FromOperator, ofImport(func(m *Import) string { return string(m.OwnType) })},
}

// changed compares two states of an application.
func changed(before, after *Application) Change {
	var c Change
	for _, f := range applicationFields {
		c.add(f.name, f.show(before), f.show(after))
	}
	return c
}

// FieldOwner says who may change a field of the application, named as in a Violation: the operator, or the metadata document.
func (a *Application) FieldOwner(field string) Source {
	if a.Origin != Imported {
		return FromOperator
	}
	for _, f := range applicationFields {
		if f.name == field {
			return f.owner
		}
	}
	return FromOperator
}

// ofImport shows something of the state of the document; nothing for an application without one.
func ofImport(show func(*Import) string) func(*Application) string {
	return func(a *Application) string {
		if a.Import == nil {
			return ""
		}
		return show(a.Import)
	}
}

func versionOf(version int64, hash string) string {
	if version == 0 {
		return ""
	}
	return strconv.FormatInt(version, 10) + ", SHA-256 " + hash
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
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

// keyList names keys by id, name, kid, algorithm, thumbprint and end.
func keyList(keys []Key) string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = strings.Join(strings.Fields(k.ID+" "+k.Name+" "+k.KID+" "+k.Algorithm+" "+k.Thumbprint), " ")
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
