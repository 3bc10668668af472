package management

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Nullable is a property of a body that knows three states: absent (leave it alone), null (clear it) and a value. Whether
// null is allowed stands in the field's tag nullable.
type Nullable[T any] struct {
	Present bool
	Null    bool
	Value   T
}

// UnmarshalJSON notes that the property was there.
func (n *Nullable[T]) UnmarshalJSON(data []byte) error {
	*n = Nullable[T]{Present: true}
	if bytes.Equal(data, []byte("null")) {
		n.Null = true
		return nil
	}
	return json.Unmarshal(data, &n.Value)
}

// Schema is the schema of T, written in place so that each field can add its own rules.
func (Nullable[T]) Schema(r huma.Registry) *huma.Schema {
	s := *r.Schema(reflect.TypeFor[T](), false, "")
	s.Nullable = false
	return &s
}

// set writes the value to target if there is one; null writes the zero value.
func (n Nullable[T]) set(target *T) {
	if n.Present {
		*target = n.Value // the zero value for null
	}
}
