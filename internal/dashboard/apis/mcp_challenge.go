package apis

import "strings"

// challengeParameter finds a parameter of the first Bearer challenge in WWW-Authenticate headers, and says whether there is such a
// challenge at all. What follows something that cannot be read is not read. RFC 9110 §11.6.1.
func challengeParameter(headers []string, name string) (value string, bearer bool) {
	for _, header := range headers {
		for scheme, params := range challenges(header) {
			if !strings.EqualFold(scheme, "Bearer") {
				continue
			}
			for key, v := range params {
				if strings.EqualFold(key, name) {
					return v, true
				}
			}
			bearer = true
		}
	}
	return "", bearer
}

// challenges goes through the challenges of one header: their schemes, and their parameters in order.
func challenges(header string) func(yield func(scheme string, params func(func(key, value string) bool)) bool) {
	return func(yield func(string, func(func(string, string) bool)) bool) {
		rest := header
		for {
			rest = strings.TrimLeft(rest, " \t,")
			scheme := httpToken(rest)
			if scheme == "" {
				return
			}
			var params [][2]string
			params, rest = parameters(rest[len(scheme):])
			pairs := func(each func(string, string) bool) {
				for _, p := range params {
					if !each(p[0], p[1]) {
						return
					}
				}
			}
			if !yield(scheme, pairs) {
				return
			}
		}
	}
}

// parameters reads key=value pairs up to the next scheme, which is a word without an equals sign behind it.
func parameters(text string) (params [][2]string, rest string) {
	rest = text
	for {
		rest = strings.TrimLeft(rest, " \t,")
		key := httpToken(rest)
		after := strings.TrimLeft(rest[len(key):], " \t")
		if key == "" || !strings.HasPrefix(after, "=") {
			if key == "" {
				rest = "" // not readable: stop here
			}
			return params, rest
		}
		value, behind, ok := parameterValue(strings.TrimLeft(after[1:], " \t"))
		if !ok {
			return params, ""
		}
		params, rest = append(params, [2]string{key, value}), behind
	}
}

// parameterValue reads a token or a quoted string.
func parameterValue(text string) (value, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		value = httpToken(text)
		return value, text[len(value):], value != ""
	}
	var sb strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return sb.String(), text[i+1:], true
		case '\\':
			i++
			if i == len(text) {
				return "", "", false
			}
		}
		sb.WriteByte(text[i])
	}
	return "", "", false
}

// httpToken is the token that text begins with. RFC 9110 §5.6.2.
func httpToken(text string) string {
	for i := range len(text) {
		c := text[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return text[:i]
		}
	}
	return text
}
