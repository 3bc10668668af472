package strictjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"clientele/internal/strictjson"
)

// What passes here is JSON to the standard library too, means the same after a round trip, and every refusal says where.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"client_id":"a","keys":[{"kid":"k"}],"count":3}`, `{"a":1,"a":2}`, `{"\u0061":1}`, `"\ud83d\ude00"`, `[1e5,-0.1]`,
		`{"Client_ID":1}`, "\uFEFF{}", `{"meta":{"x":{"kid":"y"}}}`, `null`, "\"\xff\"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var into document
		if err := strictjson.Decode(data, &into); err != nil {
			if wrong, ok := errors.AsType[*strictjson.Error](err); !ok || wrong.Offset < 0 || wrong.Offset > len(data) {
				t.Errorf("%v is no *Error with a place in the input", err)
			}
		}
		if strictjson.Check(data) != nil {
			return
		}
		var once, again any
		if !json.Valid(data) || json.Unmarshal(data, &once) != nil {
			t.Fatalf("accepted what encoding/json refuses: %q", data)
		}
		written, err := json.Marshal(once)
		if err != nil || strictjson.Check(written) != nil || json.Unmarshal(written, &again) != nil || !reflect.DeepEqual(once, again) {
			t.Errorf("%q does not survive a round trip", data)
		}
		if bytes.ContainsRune(written, 0xFFFD) && !bytes.ContainsRune(data, 0xFFFD) && !bytes.Contains(bytes.ToLower(data), []byte(`\ufffd`)) {
			t.Errorf("%q was changed on the way", data)
		}
	})
}
