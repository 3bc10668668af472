package registry

import (
	"crypto/ed25519"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// A field that is added to a noun and forgotten here would change without a trace, or not be saved at all.
func TestEveryFieldThatPeopleEditIsRecorded(t *testing.T) {
	beside := map[string]bool{ // who, when and how often: written beside the edit, not by it
		"ID": true, "ExternalID": true, "CreatedAt": true, "CreatedBy": true, "UpdatedAt": true, "LastUsed": true, "Revision": true, "System": true,
		"Findings": true,                    // counted by the security check
		"Import":   true, "ExpiresAt": true, // changes by verbs of its own, which record them
	}
	recorded := func(noun any, change func() Change) {
		t.Helper()
		v := reflect.ValueOf(noun).Elem()
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if beside[name] {
				continue
			}
			kept := reflect.ValueOf(v.Field(i).Interface())
			fill(t, v.Field(i))
			if change().Empty() {
				t.Errorf("%T.%s changes without a trace", noun, name)
			}
			v.Field(i).Set(kept)
		}
	}
	var a Application
	recorded(&a, func() Change { return changed(&Application{}, &a) })
	for _, part := range []any{&a.IDToken, &a.Refresh} {
		recorded(part, func() Change { return changed(&Application{}, &a) })
	}
	var api API
	recorded(&api, func() Change { return changedAPI(&API{}, &api) })
	var g ClientGrant
	recorded(&g, func() Change { return grantParties{}.changed(&ClientGrant{}, &g) })
}

// fill sets v to something that is not zero.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		v.SetInt(int64(time.Hour))
	case reflect.Uint8:
		v.SetUint('1')
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("k"), reflect.ValueOf("v"))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).Type() != reflect.TypeFor[time.Time]() {
				fill(t, v.Field(i))
			}
		}
	case reflect.Interface: // a public key
		v.Set(reflect.ValueOf(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize))))
	default:
		t.Fatalf("no value for %s", v.Type())
	}
}

func TestALongChangeIsCutAndStillSeen(t *testing.T) {
	before, after := Application{Description: strings.Repeat("ü", 5000)}, Application{Description: strings.Repeat("ü", 5000) + "!"}
	c := changed(&before, &after)
	if len(c.Fields) != 1 || len(c.Fields[0].After) > maxShown+32 || !utf8.ValidString(c.Fields[0].After) || !strings.HasSuffix(c.Fields[0].After, "… (10001 bytes)") {
		t.Errorf("%+v", c)
	}
}

func TestRememberedSettingsAreComparedButNotShown(t *testing.T) {
	before, after := Application{Extras: json.RawMessage(`{"key":"aaaa"}`)}, Application{Extras: json.RawMessage(`{"key":"bbbb"}`)}
	c := changed(&before, &after)
	if !c.Touches("extras") || strings.Contains(c.Fields[0].Before+c.Fields[0].After, "aaa") {
		t.Errorf("%+v", c)
	}
}
