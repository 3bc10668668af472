package account

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// MaxEmailLength is how long an address may be, in bytes. RFC 5321 §4.5.3.1.3 leaves 254 for it.
const MaxEmailLength = 254

var errEmail = errors.New("is not an e-mail address, as in name@example.com")

// domains maps and checks domains as for a look-up, their lengths and letters included. RFC 5891 §5.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// EmailKey is the address in the one spelling by which users are found: NFKC, lower case, the domain in its ASCII form. Two
// spellings with one key are one user. It fails for what is no address. RFC 5321 §4.1.2, RFC 6531 §3.3, RFC 5891 §4.4.
//
// The local part is lower-cased too, against RFC 5321 §2.4, as every provider of mail does: two users who differ by a
// capital letter are one person with a shift key. Dots and plus signs stay: who may drop them depends on the provider.
func EmailKey(address string) (string, error) {
	address = strings.TrimSpace(address)
	if len(address) > MaxEmailLength || !utf8.ValidString(address) {
		return "", errEmail
	}
	folded := norm.NFKC.String(strings.ToLower(norm.NFKC.String(address)))
	cut := strings.LastIndexByte(folded, '@')
	if cut < 0 {
		return "", errEmail
	}
	local, domain := folded[:cut], folded[cut+1:]
	if !validLocalPart(local) {
		return "", errEmail
	}
	ascii, err := domains.ToASCII(domain)
	if err != nil || ascii == "" || strings.HasSuffix(ascii, ".") {
		return "", errEmail
	}
	key := local + "@" + ascii
	if len(key) > MaxEmailLength {
		return "", errEmail
	}
	return key, nil
}

// validLocalPart accepts dot-atoms, also beyond ASCII. Quoted local parts exist on paper only. RFC 5322 §3.2.3, RFC 6532 §3.2.
func validLocalPart(local string) bool {
	if local == "" || len(local) > 64 || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return false
	}
	for _, r := range local {
		switch {
		case r < utf8.RuneSelf && !atext(byte(r)):
			return false
		case r >= utf8.RuneSelf && !unicode.IsPrint(r):
			return false
		}
	}
	return true
}

func atext(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) >= 0
}
