package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Decode reads data into the value that into points to. Members are matched by their exact names; numbers in an any
// become json.Number, so that nothing is rounded. Errors are *Error.
func Decode(data []byte, into any, opts ...Option) error {
	if err := check(data, reflect.TypeOf(into), limitsOf(opts)); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return inWords(err, len(data))
	}
	return nil
}

// Object reads data, which must be an object, and returns its members unread.
func Object(data []byte, opts ...Option) (map[string]json.RawMessage, error) {
	if err := check(data, nil, limitsOf(opts)); err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil || members == nil {
		return nil, &Error{Problem: "is not an object"}
	}
	return members, nil
}

// inWords is for values that are JSON but of another type than asked for.
func inWords(err error, end int) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &Error{Path: wrong.Field, Offset: int(wrong.Offset), Problem: fmt.Sprintf("has %s where %s should stand", valueWords(wrong.Value), kindWords(wrong.Type))}
	}
	return &Error{Offset: end, Problem: "does not fit: " + err.Error()}
}

func valueWords(value string) string {
	switch value {
	case "object", "array":
		return "an " + value
	case "string":
		return "a string"
	case "bool":
		return "true or false"
	}
	return "a number"
}

func kindWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "an integer in range"
}
