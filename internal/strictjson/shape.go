package strictjson

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"unicode"
)

// names are the members of one object that were seen. Most objects are small, so a slice does until it does not.
type names struct {
	few  []string
	many map[string]struct{}
}

func (n *names) len() int { return max(len(n.few), len(n.many)) }

// add reports whether name is new.
func (n *names) add(name string) bool {
	if n.many == nil && len(n.few) < 16 {
		for _, other := range n.few {
			if other == name {
				return false
			}
		}
		n.few = append(n.few, name)
		return true
	}
	if n.many == nil {
		n.many = make(map[string]struct{}, 64)
		for _, other := range n.few {
			n.many[other] = struct{}{}
		}
	}
	if _, twice := n.many[name]; twice {
		return false
	}
	n.many[name] = struct{}{}
	return true
}

// shape is what an object is read into: the fields of a struct, the values of a map, or nothing in particular.
type shape struct {
	fields  map[string]reflect.Type // nil unless a struct
	element reflect.Type            // of a map
}

// Strict is for types with an UnmarshalJSON of their own: it names the type that they read, so that names within it are
// compared exactly too.
type Strict interface {
	StrictType() reflect.Type
}

var (
	unmarshalerType     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
	strictType          = reflect.TypeFor[Strict]()
)

// bare strips pointers, and answers nil for a type that reads itself.
func bare(t reflect.Type) reflect.Type {
	for t != nil {
		switch {
		case t.Implements(strictType):
			t = reflect.Zero(t).Interface().(Strict).StrictType()
			continue
		case t.Kind() == reflect.Pointer:
			t = t.Elem()
			continue
		case reflect.PointerTo(t).Implements(unmarshalerType), reflect.PointerTo(t).Implements(textUnmarshalerType):
			return nil
		}
		return t
	}
	return nil
}

func elementOf(t reflect.Type) reflect.Type {
	if t = bare(t); t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		return t.Elem()
	}
	return nil
}

func shapeOf(t reflect.Type) shape {
	t = bare(t)
	switch {
	case t == nil:
		return shape{}
	case t.Kind() == reflect.Map:
		return shape{element: t.Elem()}
	case t.Kind() != reflect.Struct:
		return shape{}
	}
	s := shape{fields: make(map[string]reflect.Type, t.NumField())}
	s.collect(t)
	return s
}

// collect lists the fields of t by their JSON names, embedded structs' included, as encoding/json does.
func (s shape) collect(t reflect.Type) {
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Tag.Get("json") == "-":
		case field.Anonymous && name == "" && structBehind(field.Type) != nil:
			s.collect(structBehind(field.Type))
		case !field.IsExported():
		case name == "":
			s.fields[field.Name] = field.Type
		default:
			s.fields[name] = field.Type
		}
	}
}

func structBehind(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct {
		return t
	}
	return nil
}

func (s shape) isStruct() bool { return s.fields != nil }

func (s shape) has(name string) bool {
	_, ok := s.fields[name]
	return ok
}

func (s shape) typeOf(name string) reflect.Type {
	if s.fields != nil {
		return s.fields[name]
	}
	return s.element
}

// sameBut finds the field that encoding/json would fill from name although the letters differ.
func (s shape) sameBut(name string) (string, bool) {
	if s.fields == nil || s.has(name) {
		return "", false
	}
	folded := fold(name)
	for known := range s.fields {
		if fold(known) == folded {
			return known, true
		}
	}
	return "", false
}

// fold maps every rune to the smallest one of its case orbit, as encoding/json does when it compares names.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		for {
			next := unicode.SimpleFold(r)
			if next <= r {
				return next
			}
			r = next
		}
	}, name)
}
