package endpoint_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/endpoint"
)

var known = endpoint.Known("grant_type", "code", "scope", "state").AndMany("resource")

func TestRFC6749_3_1_AFormIsReadOnce(t *testing.T) {
	for raw, want := range map[string]map[string][]string{
		"":                                      {},
		"&&":                                    {},
		"code=a":                                {"code": {"a"}},
		"code=a&":                               {"code": {"a"}},
		"code=a+b%26c":                          {"code": {"a b&c"}},
		"c%6Fde=a":                              {"code": {"a"}},
		"code=a=b":                              {"code": {"a=b"}},
		"code=a;b":                              {"code": {"a;b"}},
		"code":                                  {},
		"code=":                                 {},
		"unknown=1&unknown=2&code=a":            {"code": {"a"}},
		"unknown=%FF&code=a":                    {"code": {"a"}},
		"Code=b&code=a":                         {"code": {"a"}},
		"resource=https://a&resource=https://b": {"resource": {"https://a", "https://b"}},
		"resource=&resource=https://b":          {"resource": {"https://b"}},
		"state=%F0%9F%98%80":                    {"state": {"😀"}},
	} {
		form, err := endpoint.ParseForm(raw, known)
		if err != nil {
			t.Errorf("%q: %v", raw, err)
			continue
		}
		if diff := cmp.Diff(want, mapOf(form)); diff != "" {
			t.Errorf("%q: %s", raw, diff)
		}
	}
}

func TestRFC6749_3_1_AParameterIsThereOnce(t *testing.T) {
	for raw, want := range map[string]string{
		"code=a&code=b":   "more than once",
		"code=a&code=a":   "more than once",
		"code=&code=a":    "more than once",
		"code=a&code=":    "more than once",
		"code=&code=":     "more than once",
		"code=a&c%6fde=b": "more than once",
		strings.Repeat("resource=https://a&", 21): "more than 20 times",
		strings.Repeat("resource=&", 21):          "more than 20 times",
	} {
		_, err := endpoint.ParseForm(raw, known)
		if err == nil || err.Code != "invalid_request" || !strings.Contains(err.Description, want) {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

func TestAFormThatCannotBeReadIsRefused(t *testing.T) {
	for raw, want := range map[string]string{
		"code=%":            "percent",
		"code=%2":           "percent",
		"code=%zz":          "percent",
		"unknown=%zz":       "percent",
		"%zz=a":             "percent",
		"code=%FF":          "UTF-8",
		"code=%C0%80":       "UTF-8",
		"code=%ED%A0%80":    "UTF-8",
		"code=a%00b":        "control",
		"scope=a%0Ab":       "control",
		"state=%7F":         "control",
		"resource=a%0D%0Ab": "control",
	} {
		_, err := endpoint.ParseForm(raw, known)
		if err == nil || err.Code != "invalid_request" || !strings.Contains(err.Description, want) {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

// mapOf is the form as a map.
func mapOf(f endpoint.Form) map[string][]string {
	m := make(map[string][]string)
	for _, name := range []string{"grant_type", "code", "scope", "state", "resource", "unknown", "Code", "c%6Fde"} {
		if all := f.All(name); len(all) > 0 {
			m[name] = all
		}
	}
	return m
}

// Whatever comes, a form has each parameter once, never an empty one, and no control characters.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"code=a&state=b", "resource=a&resource=b", "code=%41+%zz", "a=1&a=2&&=", "code=\xff", "code=%00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		form, err := endpoint.ParseForm(raw, known)
		if err != nil {
			if err.Code != "invalid_request" || err.Description == "" {
				t.Errorf("%q: %v", raw, err)
			}
			return
		}
		for name, texts := range mapOf(form) {
			if len(texts) > 1 && name != "resource" || len(texts) > 20 {
				t.Errorf("%q: %s is there %d times", raw, name, len(texts))
			}
			for _, text := range texts {
				if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r == 0x7f }) || strings.ToValidUTF8(text, "") != text {
					t.Errorf("%q: %s has the value %q", raw, name, text)
				}
			}
		}
	})
}
