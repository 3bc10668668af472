package tools

import (
	"encoding/base64"
	"strings"
	"testing"
)

func FuzzTakeAsegment(f *testing.F) {
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("a.b.c")
	f.Add(segment(`{"alg":"RS256","kid":"k"}`) + "." + segment(`{"exp":1e400,"aud":["a",1],"iat":-5}`) + ".c2ln")
	f.Fuzz(func(t *testing.T, text string) {
		taken, err := takeApart(cleanToken(text))
		switch {
		case err != nil && (len(err.Error()) > 400 || !strings.HasSuffix(err.Error(), ".")):
			t.Errorf("%q is refused with %q", text, err)
		case err == nil && strings.Count(text, ".") != 2:
			t.Errorf("%q is a token of %d and %d members", text, len(taken.rows.header), len(taken.rows.claims))
		}
	})
}

func segment(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
