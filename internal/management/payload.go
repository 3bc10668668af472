package management

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/strictjson"
)

// schemaOf is the published schema of a body.
func schemaOf[T any](a *API) *huma.Schema { return a.schemas.Schema(reflect.TypeFor[T](), true, "") }

// read reads a body that was sent to this API.
func read[T any](a *API, raw []byte) (*T, error) {
	into := new(T)
	if fault := decode(a.schemas, schemaOf[T](a), raw, into); fault != nil {
		return nil, fault
	}
	return into, nil
}

// decode reads a body strictly, checks it against the published schema and fills into. Every fault is named.
func decode[T any](schemas huma.Registry, s *huma.Schema, raw []byte, into *T) *Error {
	var tree any
	if err := strictjson.Check(raw, strictjson.MaxBytes(maxBody)); err != nil {
		return invalidBody([]Violation{{Message: err.Error()}})
	}
	if err := json.Unmarshal(raw, &tree); err != nil {
		return invalidBody([]Violation{{Message: "The body does not fit: " + err.Error()}})
	}
	c := checker{schemas: schemas}
	c.check(s, "", tree)
	if len(c.faults) > 0 {
		return invalidBody(c.faults)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return invalidBody([]Violation{{Message: "The body does not fit: " + err.Error()}})
	}
	return nil
}

// checker holds a value against a schema. It speaks the words of the validator behind Auth0's API, because tools match
// them, and unlike huma's own it refuses null where the schema does.
type checker struct {
	schemas huma.Registry
	faults  []Violation
}

const maxFaults = 50 // a body can be wrong in thousands of places; more than this helps nobody

func (c *checker) fault(path, format string, args ...any) {
	if len(c.faults) < maxFaults {
		c.faults = append(c.faults, Violation{Property: path, Message: fmt.Sprintf(format, args...)})
	}
}

func (c *checker) check(s *huma.Schema, path string, v any) {
	for s.Ref != "" {
		s = c.schemas.SchemaFromRef(s.Ref)
	}
	if s.Type == "" || v == nil && s.Nullable {
		return
	}
	if found := typeOf(v); found != s.Type && (s.Type != "number" || found != "integer") {
		c.fault(path, "Expected type %s but found type %s", s.Type, found)
		return
	}
	switch v := v.(type) {
	case string:
		c.text(s, path, v)
	case float64:
		c.number(s, path, v)
	case []any:
		c.array(s, path, v)
	case map[string]any:
		c.object(s, path, v)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		c.fault(path, "No enum match for: %s", short(fmt.Sprint(v)))
	}
}

func (c *checker) text(s *huma.Schema, path, v string) {
	n := utf8.RuneCountInString(v)
	if s.MinLength != nil && n < *s.MinLength {
		c.fault(path, "String is too short (%d chars), minimum %d", n, *s.MinLength)
	}
	if s.MaxLength != nil && n > *s.MaxLength {
		c.fault(path, "String is too long (%d chars), maximum %d", n, *s.MaxLength)
	}
	if s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) {
		c.fault(path, "String does not match pattern %s: %s", s.Pattern, short(v))
	}
}

func (c *checker) number(s *huma.Schema, path string, v float64) {
	if s.Minimum != nil && v < *s.Minimum {
		c.fault(path, "Value %s is less than minimum %s", decimal(v), decimal(*s.Minimum))
	}
	if s.Maximum != nil && v > *s.Maximum {
		c.fault(path, "Value %s is greater than maximum %s", decimal(v), decimal(*s.Maximum))
	}
}

func (c *checker) array(s *huma.Schema, path string, v []any) {
	if s.MinItems != nil && len(v) < *s.MinItems {
		c.fault(path, "Array is too short (%d), minimum %d", len(v), *s.MinItems)
	}
	if s.MaxItems != nil && len(v) > *s.MaxItems {
		c.fault(path, "Array is too long (%d), maximum %d", len(v), *s.MaxItems)
		return
	}
	if s.Items == nil {
		return
	}
	for i, item := range v {
		c.check(s.Items, path+"["+strconv.Itoa(i)+"]", item)
	}
}

func (c *checker) object(s *huma.Schema, path string, v map[string]any) {
	if s.MinProperties != nil && len(v) < *s.MinProperties {
		c.fault(path, "Too few properties defined (%d), minimum %d", len(v), *s.MinProperties)
	}
	if s.MaxProperties != nil && len(v) > *s.MaxProperties {
		c.fault(path, "Too many properties defined (%d), maximum %d", len(v), *s.MaxProperties)
	}
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			c.fault(path, "Missing required property: %s", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if property := s.Properties[name]; property != nil {
			c.check(property, join(path, name), v[name])
			continue
		}
		switch additional := s.AdditionalProperties.(type) {
		case *huma.Schema:
			c.check(additional, join(path, name), v[name])
		case bool:
			if !additional {
				c.fault(path, "Additional properties not allowed: %s", short(name))
			}
		}
	}
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	default:
		return "object"
	}
}

func join(path, name string) string {
	if path == "" {
		return short(name)
	}
	return path + "." + short(name)
}

// short keeps what a caller sent from filling the answer or breaking its quotes.
func short(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
