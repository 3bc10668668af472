package advisor

import (
	"crypto/rsa"
	"fmt"
	"slices"
	"strconv"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// The limits of credentials.
const (
	oldSecret = 180 * day
	soon      = 14 * day
	shortRSA  = 2048 // bits
)

// secrets is one piece of evidence for each secret that is bad.
func secrets(s *Subject, bad func(registry.ClientSecret) bool, show func(registry.ClientSecret) Evidence) []Evidence {
	var found []Evidence
	for _, c := range s.Application.Secrets {
		if bad(c) {
			found = append(found, show(c))
		}
	}
	return found
}

func secretWord(c registry.ClientSecret) string {
	if c.Name != "" {
		return c.Name + " …" + c.LastFour
	}
	return "…" + c.LastFour
}

func secretPublic(s *Subject) []Evidence {
	if !s.Application.Public() {
		return nil
	}
	return secrets(s, func(c registry.ClientSecret) bool { return c.Usable(s.Now) }, func(c registry.ClientSecret) Evidence {
		return Evidence{Label: "Secret created", Value: secretWord(c), At: c.CreatedAt, Mend: mendRevokeSecret.of(c.ID)}
	})
}

func secretPublicRetired(s *Subject) []Evidence {
	if !s.Application.Public() {
		return nil
	}
	found := secrets(s, func(c registry.ClientSecret) bool { return !c.RetiredAt.IsZero() }, func(c registry.ClientSecret) Evidence {
		return Evidence{Label: "Secret retired", Value: secretWord(c), At: c.RetiredAt}
	})
	for _, k := range s.Application.Keys {
		if !k.RetiredAt.IsZero() {
			found = append(found, Evidence{Label: "Key retired", Value: keyWord(k), At: k.RetiredAt})
		}
	}
	return found
}

func secretInProgram(s *Subject) []Evidence {
	var found []Evidence
	for _, m := range s.Application.AuthMethods {
		if m == oauth.AuthClientSecretBasic || m == oauth.AuthClientSecretPost {
			found = append(found, Evidence{Label: "Authentication method", Value: string(m)})
		}
	}
	return found
}

func secretOld(s *Subject) []Evidence {
	return secrets(s, func(c registry.ClientSecret) bool { return c.Usable(s.Now) && s.Now.Sub(c.CreatedAt) > oldSecret },
		func(c registry.ClientSecret) Evidence {
			return Evidence{Label: "Secret of " + daysWords(s.Now.Sub(c.CreatedAt)), Value: secretWord(c), At: c.CreatedAt}
		})
}

// secretExpiring: one that ends while another goes on is a rotation as it should be.
func secretExpiring(s *Subject) []Evidence {
	end := s.Now.Add(soon)
	for _, c := range s.Application.Secrets {
		if c.Usable(s.Now) && (c.ExpiresAt.IsZero() || c.ExpiresAt.After(end)) {
			return nil
		}
	}
	return secrets(s, func(c registry.ClientSecret) bool { return c.Usable(s.Now) }, func(c registry.ClientSecret) Evidence {
		return Evidence{Label: "Secret ends", Value: secretWord(c), At: c.ExpiresAt}
	})
}

// secretExpired: one that ended while another works is what a rotation leaves behind.
func secretExpired(s *Subject) []Evidence {
	if slices.ContainsFunc(s.Application.Secrets, func(c registry.ClientSecret) bool { return c.Usable(s.Now) }) {
		return nil
	}
	return secrets(s, func(c registry.ClientSecret) bool { return c.RetiredAt.IsZero() }, func(c registry.ClientSecret) Evidence {
		return Evidence{Label: "Secret ended", Value: secretWord(c), At: c.ExpiresAt}
	})
}

func secretUnused(s *Subject) []Evidence {
	bad := func(c registry.ClientSecret) bool {
		return c.Usable(s.Now) && s.Now.Sub(c.CreatedAt) > lately && unusedSince(s, c.LastUsed)
	}
	return secrets(s, bad, func(c registry.ClientSecret) Evidence {
		return Evidence{Label: usedWords(c.LastUsed), Value: secretWord(c), At: c.LastUsed, Mend: mendRevokeSecret.of(c.ID)}
	})
}

func retiredTried(s *Subject) []Evidence {
	var found []Evidence
	add := func(id, word string) {
		if tried := s.Facts.Tried[id]; tried.Count > 0 {
			found = append(found, Evidence{Label: "Tried " + times(tried.Count) + ", last", Value: word, At: tried.Last})
		}
	}
	for _, c := range s.Application.Secrets {
		if !c.Usable(s.Now) {
			add(c.ID, secretWord(c))
		}
	}
	for _, k := range s.Application.Keys {
		if !k.Usable(s.Now) {
			add(k.ID, keyWord(k))
		}
	}
	return found
}

func secretOnly(s *Subject) []Evidence {
	return is(!s.Application.Accepts(oauth.AuthPrivateKeyJWT), "Authentication methods", methodWords(&s.Application))
}

func secretBesideKey(s *Subject) []Evidence {
	return is(s.Application.Accepts(oauth.AuthPrivateKeyJWT) && forSecret(s), "Authentication methods", methodWords(&s.Application))
}

func noneBesideKey(s *Subject) []Evidence {
	bad := s.Application.Accepts(oauth.AuthPrivateKeyJWT) && s.Application.Accepts(oauth.AuthNone)
	return is(bad, "Authentication methods", methodWords(&s.Application))
}

func methodWords(a *registry.Application) string {
	text := ""
	for i, m := range a.AuthMethods {
		if i > 0 {
			text += ", "
		}
		text += string(m)
	}
	return text
}

// keys is one piece of evidence for each key that is bad.
func keys(s *Subject, bad func(registry.Key) bool, show func(registry.Key) Evidence) []Evidence {
	var found []Evidence
	for _, k := range s.Application.Keys {
		if bad(k) {
			found = append(found, show(k))
		}
	}
	return found
}

func keyWord(k registry.Key) string {
	switch {
	case k.Name != "":
		return k.Name
	case k.KID != "":
		return k.KID
	}
	return k.Thumbprint
}

func keyShared(s *Subject) []Evidence {
	var found []Evidence
	for _, k := range s.Application.Keys {
		if !k.RetiredAt.IsZero() {
			continue
		}
		for _, other := range s.Facts.Shared[k.Thumbprint] {
			found = append(found, Evidence{Label: "Key " + keyWord(k) + " is also that of", Value: other.Name + " (" + other.ID + ")"})
		}
	}
	return found
}

func keyShort(s *Subject) []Evidence {
	short := func(k registry.Key) bool {
		_, isRSA := k.Public.Public.(*rsa.PublicKey)
		return isRSA && k.RetiredAt.IsZero() && k.Public.Bits() < shortRSA
	}
	return keys(s, short, func(k registry.Key) Evidence {
		return Evidence{Label: strconv.Itoa(k.Public.Bits()) + " bits", Value: keyWord(k)}
	})
}

// keyExpiring: as with secrets, one that goes on makes it a rotation.
func keyExpiring(s *Subject) []Evidence {
	end := s.Now.Add(soon)
	for _, k := range s.Application.Keys {
		if k.Usable(s.Now) && (k.ExpiresAt.IsZero() || k.ExpiresAt.After(end)) {
			return nil
		}
	}
	return keys(s, func(k registry.Key) bool { return k.Usable(s.Now) }, func(k registry.Key) Evidence {
		label := "Key ends"
		if k.Certificate != "" {
			label = "Certificate ends"
		}
		return Evidence{Label: label, Value: keyWord(k), At: k.ExpiresAt}
	})
}

// keyExpired: as with secrets, one that ended while another works is what a rotation leaves behind.
func keyExpired(s *Subject) []Evidence {
	if slices.ContainsFunc(s.Application.Keys, func(k registry.Key) bool { return k.Usable(s.Now) }) {
		return nil
	}
	ended := func(k registry.Key) bool {
		return k.RetiredAt.IsZero() && !k.ExpiresAt.IsZero() && !s.Now.Before(k.ExpiresAt)
	}
	return keys(s, ended, func(k registry.Key) Evidence { return Evidence{Label: "Key ended", Value: keyWord(k), At: k.ExpiresAt} })
}

func keyUnused(s *Subject) []Evidence {
	unused := func(k registry.Key) bool {
		return k.Usable(s.Now) && !k.CreatedAt.IsZero() && s.Now.Sub(k.CreatedAt) > lately && unusedSince(s, k.LastUsed)
	}
	return keys(s, unused, func(k registry.Key) Evidence {
		e := Evidence{Label: usedWords(k.LastUsed), Value: keyWord(k), At: k.LastUsed}
		if otherKey(s, k) {
			e.Mend = mendDeleteKey.of(k.ID)
		}
		return e
	})
}

func otherKey(s *Subject, than registry.Key) bool {
	for _, k := range s.Application.Keys {
		if k.ID != than.ID && k.Usable(s.Now) {
			return true
		}
	}
	return false
}

// unusedSince reports whether what was used last at last, zero for never, counts as unused.
func unusedSince(s *Subject, last time.Time) bool { return last.IsZero() || s.Now.Sub(last) > lately }

// usedWords introduces a date of last use.
func usedWords(last time.Time) string {
	if last.IsZero() {
		return "Never used"
	}
	return "Last used"
}

func daysWords(d time.Duration) string { return fmt.Sprintf("%d days", int(d/day)) }

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}
