package secret

import (
	"crypto/rand"
	"hash/crc32"
	"log/slog"
	"math/big"
	"strings"
)

const redacted = "[secret]"

// Secret is a value that prints as [secret] in every format, in JSON and in slog. Reveal is the only way to its text.
type Secret struct{ text string }

// New wraps text.
func New(text string) Secret { return Secret{text} }

// Reveal returns the text. Call it where the value leaves for its owner, or where it is hashed.
func (s Secret) Reveal() string { return s.text }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.text == "" }

// LastFour is what people recognise a secret by.
func (s Secret) LastFour() string { return s.text[max(0, len(s.text)-4):] }

// String is [secret].
func (s Secret) String() string { return redacted }

// GoString is [secret].
func (s Secret) GoString() string { return redacted }

// LogValue is [secret].
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is [secret], in JSON and wherever else text is written.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// The prefixes of what this server mints, so that a scanner or a person can tell what was found.
const (
	PrefixClientSecret = "clts_" // client secret
	PrefixCode         = "clac_" // authorization code
	PrefixRefresh      = "clrt_" // refresh token
	PrefixUserInfo     = "clat_" // opaque access token for UserInfo
	PrefixSession      = "clss_" // browser session
	PrefixSetup        = "clsu_" // set-up and reset links
)

// Mint makes a secret of 256 random bits: prefix, 43 characters of base62, and a checksum of 6 that lets a scanner reject
// look-alikes without asking the server.
func Mint(prefix string) Secret {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	body := prefix + base62(b[:], 43)
	return Secret{body + checksum(body)}
}

// WellFormed reports whether s has the prefix, length, alphabet and checksum of something Mint made. It says nothing about
// whether the secret is known.
func WellFormed(prefix, s string) bool {
	body, ok := strings.CutPrefix(s, prefix)
	if !ok || len(body) != 49 || strings.Trim(body, alphabet) != "" {
		return false
	}
	cut := len(s) - 6
	return checksum(s[:cut]) == s[cut:]
}

// ID makes n random characters of [A-Za-z0-9], each with log2(62) bits.
func ID(n int) string {
	var sb strings.Builder
	sb.Grow(n)
	var buf [64]byte
	for sb.Len() < n {
		rand.Read(buf[:])
		for _, b := range buf {
			if b < 248 && sb.Len() < n { // 248 = 4 × 62: no value is likelier than another
				sb.WriteByte(alphabet[b%62])
			}
		}
	}
	return sb.String()
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func base62(b []byte, width int) string {
	text := new(big.Int).SetBytes(b).Text(62)
	return strings.Repeat("0", max(0, width-len(text))) + text
}

func checksum(body string) string {
	sum := crc32.ChecksumIEEE([]byte(body))
	return base62([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}, 6)
}
