package strictjson_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"clientele/internal/strictjson"
)

func TestRefuses(t *testing.T) {
	for name, test := range map[string]struct{ json, want string }{
		"nothing":                               {``, "is empty"},
		"only spaces":                           {" \n", "is empty"},
		"a byte order mark":                     {"\uFEFF{}", "byte order mark"},
		"a second value":                        {`{} {}`, "goes on after its end"},
		"trailing bytes":                        {`{}x`, "goes on after its end"},
		"a NUL after the end":                   {"{}\x00", "goes on after its end"},
		"a member twice":                        {`{"a":1,"b":2,"a":3}`, "twice (in a, at byte 13)"},
		"a member twice, once escaped":          {`{"a":1,"\u0061":3}`, "twice (in a"},
		"a member twice, deep":                  {`{"jwks":{"keys":[{"kid":"1","kid":"2"}]}}`, "twice (in jwks.keys[0].kid"},
		"invalid UTF-8":                         {"{\"a\":\"\xff\"}", "is not UTF-8 (in a"},
		"UTF-8 of a surrogate":                  {"\"\xed\xa0\x80\"", "is not UTF-8"},
		"an overlong encoding":                  {"\"\xc0\xaf\"", "is not UTF-8"},
		"a lone high surrogate":                 {`"\ud800"`, "half of a surrogate pair"},
		"a lone low surrogate":                  {`"\udc00\ud800"`, "half of a surrogate pair"},
		"U+0000, which no database takes":       {`"\u0000"`, "U+0000"},
		"a raw newline in a string":             {"\"a\nb\"", "control character"},
		"a raw newline after an escape":         {"\"\\t\nb\"", "control character"},
		"an unknown escape":                     {`"\x41"`, "escape"},
		"a short unicode escape":                {`"\u12"`, "four hexadecimal digits"},
		"an open string":                        {`"abc`, "ends within a string"},
		"an open escape":                        {`"abc\`, "ends within a string"},
		"an open object":                        {`{"a":1`, "ends where a comma"},
		"an open array":                         {`[1,`, "ends where a value"},
		"a trailing comma in an array":          {`[1,]`, "where a value"},
		"a trailing comma in an object":         {`{"a":1,}`, "the name of a member"},
		"a name without quotes":                 {`{a:1}`, "the name of a member"},
		"single quotes":                         {`{'a':1}`, "the name of a member"},
		"a comment":                             {`{"a":1 /* */}`, "a comma"},
		"NaN":                                   {`NaN`, "a value"},
		"a capital True":                        {`True`, "a value"},
		"a leading zero":                        {`[01]`, "a comma"},
		"a plus sign":                           {`[+1]`, "a value"},
		"a bare minus":                          {`[-]`, "a digit"},
		"a number that ends with its point":     {`[1.]`, "a digit"},
		"a number without digits in its power":  {`[1e]`, "a digit"},
		"a number beyond every float":           {`[1e999]`, "out of range"},
		"a number longer than any that is true": {`[` + strings.Repeat("1", 65) + `]`, "out of range"},
		"33 levels":                             {strings.Repeat("[", 33) + strings.Repeat("]", 33), "deeper than 32"},
	} {
		t.Run(name, func(t *testing.T) {
			err := strictjson.Check([]byte(test.json))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
			if _, ok := errors.AsType[*strictjson.Error](err); !ok {
				t.Errorf("%T is not an *Error", err)
			}
		})
	}
}

func TestAccepts(t *testing.T) {
	for _, text := range []string{
		`null`, `true`, ` {} `, `[]`, `""`, `-0`, `1.5e-7`, `"\ud83d\ude00"`, `"\"\\\/\b\f\n\r\t\u00e9"`, `"é😀"`,
		`{"a":{"a":{"a":1}},"A":2}`, "\t[1 , 2]\r\n", strings.Repeat("[", 32) + strings.Repeat("]", 32),
	} {
		if err := strictjson.Check([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestLimitsAreCapped(t *testing.T) {
	for name, test := range map[string]struct {
		json string
		opt  strictjson.Option
		want string
	}{
		"bytes":    {`{"a":1}`, strictjson.MaxBytes(6), "longer than 6 bytes"},
		"depth":    {`{"a":[{}]}`, strictjson.MaxDepth(2), "deeper than 2 levels (in a[0]"},
		"members":  {`{"a":1,"b":2,"c":3}`, strictjson.MaxMembers(2), "more than 2 members"},
		"elements": {`[1,2,3]`, strictjson.MaxElements(3), "more than 3 values"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := strictjson.Check([]byte(test.json), test.opt); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestDuplicatesAreFoundAmongManyMembers(t *testing.T) {
	var sb strings.Builder
	sb.WriteString(`{"first":0`)
	for i := range 100 {
		sb.WriteString(`,"m` + strings.Repeat("x", i) + `":1`)
	}
	sb.WriteString(`,"first":2}`)
	if err := strictjson.Check([]byte(sb.String())); err == nil || !strings.Contains(err.Error(), "twice (in first") {
		t.Errorf("got %v", err)
	}
}

type inner struct {
	KID string `json:"kid"`
}

type document struct {
	ClientID string            `json:"client_id"`
	Names    []string          `json:"names,omitempty"`
	Keys     []inner           `json:"keys"`
	Count    int               `json:"count"`
	On       *bool             `json:"on"`
	Meta     map[string]inner  `json:"meta"`
	Raw      json.RawMessage   `json:"raw"`
	Any      any               `json:"any"`
	Labels   map[string]string `json:"labels"`
	inner
}

func TestMemberNamesAreCaseSensitive(t *testing.T) {
	for text, where := range map[string]string{
		`{"Client_ID":"evil"}`:                    "in Client_ID",
		`{"client_id":"good","CLIENT_ID":"evil"}`: "in CLIENT_ID",
		`{"keys":[{"kid":"1"},{"Kid":"2"}]}`:      "in keys[1].Kid",
		`{"meta":{"x":{"KID":"2"}}}`:              "in meta.x.KID",
		"{\"\u212aeys\":[]}":                      "in \\u212aeys", // the Kelvin sign folds to k
	} {
		var into document
		err := strictjson.Decode([]byte(text), &into)
		if err == nil || !strings.Contains(err.Error(), "case-sensitive") || !strings.Contains(err.Error(), where) {
			t.Errorf("%s: got %v, want case-sensitive %s", text, err, where)
		}
	}
}

func TestDecodeReadsIntoAStruct(t *testing.T) {
	var got document
	err := strictjson.Decode([]byte(`{"client_id":"a","keys":[{"kid":"k"}],"count":3,"on":true,"any":12345678901234567890,
		"raw":{"Kid":1},"labels":{"A":"1","a":"2"},"unknown":[{"KID":1}]}`), &got)
	if err != nil {
		t.Fatal(err)
	}
	if got.ClientID != "a" || got.Keys[0].KID != "k" || got.Count != 3 || !*got.On || len(got.Labels) != 2 {
		t.Errorf("got %+v", got)
	}
	if n, ok := got.Any.(json.Number); !ok || n != "12345678901234567890" {
		t.Errorf("a big number became %v", got.Any)
	}
}

func TestUnknownMembersAreRefusedWhereAskedFor(t *testing.T) {
	var into document
	err := strictjson.Decode([]byte(`{"keys":[{"kid":"1","colour":"red"}]}`), &into, strictjson.RefuseUnknown())
	if err == nil || !strings.Contains(err.Error(), "not known here (in keys[0].colour") {
		t.Errorf("got %v", err)
	}
	if err := strictjson.Decode([]byte(`{"labels":{"anything":"x"}}`), &into, strictjson.RefuseUnknown()); err != nil {
		t.Errorf("a map takes any member: %v", err)
	}
}

func TestWrongTypesAreSaidInWords(t *testing.T) {
	for text, want := range map[string]string{
		`{"client_id":7}`:                "has a number where a string should stand (in client_id",
		`{"count":1.5}`:                  "has a number where an integer in range should stand (in count",
		`{"count":1e3}`:                  "an integer in range should stand (in count",
		`{"count":99999999999999999999}`: "an integer in range should stand (in count",
		`{"on":"yes"}`:                   "has a string where true or false should stand (in on",
		`{"names":{}}`:                   "has an object where an array should stand (in names",
		`[]`:                             "has an array where an object should stand",
	} {
		var into document
		err := strictjson.Decode([]byte(text), &into)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

func TestObjectWantsAnObject(t *testing.T) {
	if _, err := strictjson.Object([]byte(`[]`)); err == nil || !strings.Contains(err.Error(), "is not an object") {
		t.Errorf("got %v", err)
	}
	if _, err := strictjson.Object([]byte(`null`)); err == nil {
		t.Error("null is not an object")
	}
	members, err := strictjson.Object([]byte(`{"a":{"b":1}}`))
	if err != nil || string(members["a"]) != `{"b":1}` {
		t.Errorf("got %s, %v", members["a"], err)
	}
}

func TestAnErrorNeverRepeatsTheInputRaw(t *testing.T) {
	err := strictjson.Check([]byte("{\"<script>\u202e\":1,\"<script>\u202e\":1}"))
	if err == nil || strings.Contains(err.Error(), "\u202e") {
		t.Errorf("got %v", err)
	}
}
