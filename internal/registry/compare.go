package registry

import (
	"slices"

	"clientele/internal/oauth"
)

// Compare says what after changes of before, and what of it applies at once to an application under review.
func Compare(before, after Mapped) []Difference { return Differences(Review, before, after) }

// Differences says what after changes of before, and what of it applies at once in a mode. Additions and removals of one
// member are two differences, because they mean different things. The differences have the names of the document's members.
func Differences(mode FollowMode, before, after Mapped) []Difference {
	var list []Difference
	add := func(d Difference) {
		if len(d.Added)+len(d.Removed) > 0 {
			d.Applies = d.Applies || appliesAtOnce(mode, d.Class)
			list = append(list, d)
		}
	}
	for _, f := range comparedTexts {
		if was, is := f.of(&before), f.of(&after); was != is {
			add(Difference{Field: f.member, Class: f.class, Added: given(is), Removed: given(was), Applies: f.class == ClassKey && mode != Frozen || f.member == memberJWKSURI})
		}
	}
	for _, f := range comparedLists {
		was, is := f.of(&before), f.of(&after)
		add(Difference{Field: f.member, Class: ClassWidening, Added: without(is, was)})
		add(Difference{Field: f.member, Class: ClassNarrowing, Removed: without(was, is)})
	}
	for _, d := range compareMethods(before.AuthMethods, after.AuthMethods) {
		add(d)
	}
	add(compareKeys(mode, before.Keys, after.Keys))
	return list
}

var comparedTexts = []struct {
	member string
	class  ChangeClass
	of     func(*Mapped) string
}{
	{"client_name", ClassIdentity, func(m *Mapped) string { return m.Name }},
	{"logo_uri", ClassIdentity, func(m *Mapped) string { return m.LogoURI }},
	{"client_uri", ClassIdentity, func(m *Mapped) string { return m.ClientURI }},
	{"tos_uri", ClassCosmetic, func(m *Mapped) string { return m.TermsURI }},
	{"policy_uri", ClassCosmetic, func(m *Mapped) string { return m.PolicyURI }},
	// What a type may do more (private schemes, say) is a redirect URI of its own and judged as that.
	{"application_type", ClassCosmetic, func(m *Mapped) string { return string(m.Type) }},
	{"token_endpoint_auth_signing_alg", ClassKey, func(m *Mapped) string { return m.Algorithm }},
	// Keys are fetched from where the newest document says, and compared themselves.
	{memberJWKSURI, ClassKey, func(m *Mapped) string { return m.JWKSURI }},
}

var comparedLists = []struct {
	member string
	of     func(*Mapped) []string
}{
	{"redirect_uris", func(m *Mapped) []string { return m.RedirectURIs }},
	{"grant_types", func(m *Mapped) []string { return texts(m.GrantTypes) }},
	{"scope", func(m *Mapped) []string { return m.Scopes }},
}

// appliesAtOnce: removals do in every mode; a downgrade in none.
func appliesAtOnce(mode FollowMode, class ChangeClass) bool {
	switch class {
	case ClassNarrowing:
		return true
	case ClassCosmetic:
		return mode != Frozen
	}
	return mode == Follow && class != ClassDowngrade
}

const (
	memberMethods = "token_endpoint_auth_method"
	memberJWKSURI = "jwks_uri"
	memberKeys    = "jwks"
)

// compareMethods: to drop the keys altogether is a downgrade, whatever is offered instead. Where whoever liked could come
// with nothing, a key beside or instead of that takes nothing from anybody's safety, so it does not wait.
func compareMethods(was, is []oauth.AuthMethod) []Difference {
	added, removed := without(texts(is), texts(was)), without(texts(was), texts(is))
	key, none := oauth.AuthPrivateKeyJWT, oauth.AuthNone
	if slices.Contains(was, key) && !slices.Contains(is, key) {
		return []Difference{{Field: memberMethods, Class: ClassDowngrade, Added: added, Removed: removed}}
	}
	grows := Difference{Field: memberMethods, Class: ClassWidening, Added: added}
	if slices.Equal(added, []string{string(key)}) && slices.Contains(was, none) {
		grows.Class, grows.Applies = ClassKey, true
	}
	return []Difference{grows, {Field: memberMethods, Class: ClassNarrowing, Removed: removed}}
}

// compareKeys: a set that shares a key with the one before is a rotation. CIMD-02 §8.4.
func compareKeys(mode FollowMode, before, after []Key) Difference {
	was, is := thumbprints(before), thumbprints(after)
	_, held := chooseKeys(mode, was, after)
	return Difference{Field: memberKeys, Class: ClassKey, Added: without(is, was), Removed: without(was, is), Applies: !held}
}

// waits reports whether a difference other than of the keys themselves waits for an operator. Keys have a version of their own.
func waits(list []Difference) bool {
	return slices.ContainsFunc(list, func(d Difference) bool { return !d.Applies && d.Field != memberKeys })
}

// renames reports whether people who consented before consented to something else: another name, or less than there is now.
func renames(list []Difference) bool {
	return slices.ContainsFunc(list, func(d Difference) bool {
		return d.Class == ClassIdentity || d.Class == ClassWidening || d.Class == ClassDowngrade
	})
}

func hasClass(list []Difference, c ChangeClass) bool {
	return slices.ContainsFunc(list, func(d Difference) bool { return d.Class == c })
}

func given(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// without is what list has and other has not, each once, in the order of list.
func without(list, other []string) []string {
	var rest []string
	for _, v := range list {
		if !slices.Contains(other, v) && !slices.Contains(rest, v) {
			rest = append(rest, v)
		}
	}
	return rest
}

// common is what both have, in the order of list.
func common[T comparable](list, other []T) []T {
	both := make([]T, 0, len(list))
	for _, v := range list {
		if slices.Contains(other, v) && !slices.Contains(both, v) {
			both = append(both, v)
		}
	}
	return both
}

func texts[T ~string](list []T) []string {
	plain := make([]string, len(list))
	for i, v := range list {
		plain[i] = string(v)
	}
	return plain
}

func thumbprints(keys []Key) []string {
	list := make([]string, 0, len(keys))
	for _, k := range keys {
		if k.RetiredAt.IsZero() {
			list = append(list, k.Thumbprint)
		}
	}
	return list
}
