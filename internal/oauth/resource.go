package oauth

import (
	"net/url"
	"strings"
)

// MaxResourceLength is how long a resource indicator or audience may be, in bytes.
const MaxResourceLength = 600

// ParseResource reads a resource parameter: an absolute URI without a fragment. It fails with invalid_target. The text is
// kept as it is; which API it names is the registry's to say. RFC 8707 §2.
func ParseResource(s string) (string, *Error) {
	if len(s) > MaxResourceLength {
		return "", Refuse(CodeInvalidTarget, "resource is longer than %d characters", MaxResourceLength)
	}
	if strings.Contains(s, "#") {
		return "", Refuse(CodeInvalidTarget, "resource must not have a fragment (the part from #)")
	}
	for i := range len(s) {
		if s[i] <= 0x20 || s[i] >= 0x7f || s[i] == '"' || s[i] == '\\' || s[i] == '<' || s[i] == '>' {
			return "", Refuse(CodeInvalidTarget, "resource has a character that is not allowed in a URI")
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" && u.Path == "" {
		return "", Refuse(CodeInvalidTarget, "resource must be an absolute URI, as in https://api.example.com/")
	}
	return s, nil
}
