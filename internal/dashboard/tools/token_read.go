package tools

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"clientele/internal/oauth"
	"clientele/internal/secret"
	"clientele/internal/signing"
	"clientele/internal/strictjson"
)

// tokenFault says what is wrong with a text that should be a token, and where.
type tokenFault struct{ text string }

func (e *tokenFault) Error() string { return e.text }

func notToken(format string, args ...any) error { return &tokenFault{fmt.Sprintf(format, args...)} }

// readToken is a signed token taken apart. Nothing is verified yet.
type readToken struct {
	text    string
	header  []byte
	payload []byte
	rows    struct{ header, claims []claimRow }
}

// cleanToken is what somebody pasted without what often comes along: spaces, line ends, quotes, the word Bearer.
func cleanToken(pasted string) string {
	text := strings.Trim(strings.TrimSpace(pasted), "\"',;")
	if len(text) > 7 && strings.EqualFold(text[:7], "bearer ") {
		text = strings.TrimSpace(text[7:])
	}
	return text
}

// takeApart reads a compact JWS. It fails with a *tokenFault that says where the text is wrong, and never repeats it.
// RFC 7515 §7.1, RFC 7519 §7.2.
func takeApart(text string) (*readToken, error) {
	if len(text) > signing.MaxTokenLength {
		return nil, notToken("The text is longer than %d kB. No token of this server is.", signing.MaxTokenLength>>10)
	}
	parts := strings.Split(text, ".")
	switch {
	case len(parts) == 5:
		return nil, notToken("This is an encrypted token: five parts between dots. Only its receiver can read it.")
	case len(parts) == 1:
		return nil, notToken("This is no JWT: it has no dots. An opaque token can be read by the server that made it, and by nobody else.")
	case len(parts) != 3:
		return nil, notToken("A JWT has three parts, separated by two dots; this has %d. It was cut, or something else was copied with it.", len(parts))
	}
	t := &readToken{text: text}
	var err error
	if t.header, err = decodePart("header", parts[0], 0); err != nil {
		return nil, err
	}
	if t.payload, err = decodePart("payload", parts[1], len(parts[0])+1); err != nil {
		return nil, err
	}
	if _, err = decodePart("signature", parts[2], len(parts[0])+len(parts[1])+2); err != nil {
		return nil, err
	}
	if t.rows.header, err = claimRows(t.header, oauth.HeaderMember); err != nil {
		return nil, inPart("header", err)
	}
	if t.rows.claims, err = claimRows(t.payload, oauth.Claim); err != nil {
		return nil, inPart("payload", err)
	}
	return t, nil
}

// decodePart decodes one part, which begins at the character from of the text.
func decodePart(name, part string, from int) ([]byte, error) {
	if part == "" && name != "signature" {
		return nil, notToken("The %s is empty.", name)
	}
	if at := strings.IndexFunc(part, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '_'
	}); at >= 0 {
		return nil, notToken("Character %d, in the %s, does not belong into base64url. Look for a line break, a space, or padding.", from+at+1, name)
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, notToken("The %s does not end where base64url can end, at character %d. The token was cut.", name, from+len(part))
	}
	return decoded, nil
}

func inPart(name string, err error) error {
	if wrong, ok := errors.AsType[*strictjson.Error](err); ok {
		return notToken("The %s cannot be read: %s.", name, wrong.Error())
	}
	return err
}

// opaque are the values of this server that are no JWT, by their prefix. None of them is looked up: a tool that says whether a
// secret is good would be a place to guess secrets.
var opaque = []struct{ prefix, title, text string }{
	{secret.PrefixUserInfo, "An opaque access token for UserInfo", "An application gets it when its request names no API. It is good at UserInfo for an hour at most, and nobody else can read anything in it."},
	{secret.PrefixRefresh, "A refresh token", "An application gets new tokens with it. It belongs in the application's store and nowhere else: if it got out, revoke it, or end what the person granted."},
	{secret.PrefixCode, "An authorization code", "A ticket for tokens, good once and for 60 seconds. By the time anybody reads it somewhere, it is over."},
	{secret.PrefixClientSecret, "A client secret", "It proves who an application is. If others have seen it, replace it on the application's Credentials tab."},
	{secret.PrefixSession, "A browser session", "The value of a sign-in cookie. Whoever has it is that person here: sign out to end it."},
	{secret.PrefixSetup, "A set-up or reset link's token", "Good once. If others have seen it, make another link, which ends this one."},
}

// opaqueOf recognises a value of this server that is no JWT.
func opaqueOf(text string) (title, words string, ok bool) {
	for _, o := range opaque {
		if strings.HasPrefix(text, o.prefix) {
			return o.title, o.text, true
		}
	}
	return "", "", false
}
