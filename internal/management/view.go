package management

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// view is which properties of a thing a caller gets: those his scopes let him see, narrowed by fields and include_fields.
type view struct {
	readable func(property string) bool
	fields   map[string]struct{} // nil = all; also children, as in jwt_configuration.alg
	exclude  bool
}

// The three tiers of a client's properties, by the scopes that show them.
var (
	publicProperties = []string{"client_id", "app_type", "name", "description"}
	secretProperties = []string{"client_secret", "signing_keys", "encryption_key", "client_authentication_methods", "signed_request_object"}
)

// clientChildren are the properties of properties that fields may name.
var clientChildren = map[string][]string{
	"jwt_configuration": propertiesOf[JWTConfiguration](),
	"refresh_token":     propertiesOf[RefreshToken](),
	"mobile":            {"android", "ios"},
}

// clientProperties are all properties of a client, in the order in which they are answered.
var clientProperties = append(propertiesOf[Client](), namesOf(clientExtras)...)

// echoedProperties may be named in fields, because Auth0's tools name them, although no application here has them.
var echoedProperties = []string{
	"tenant", "signing_keys", "callback_url_template", "owners", "config_route", "api_type", "registration_type",
	"resource_server_identifier", "subject_type_authorization", "id_token", "cross_origin_auth",
}

// clientView reads fields and include_fields. Naming what does not exist is a fault; naming what the caller may not read
// is a refusal; not naming it just leaves it out.
func clientView(c *Caller, fields string, include *bool) (*view, error) {
	v := &view{readable: c.readsClientProperty, exclude: include != nil && !*include}
	if fields == "" {
		return v, nil
	}
	v.fields = map[string]struct{}{}
	for name := range strings.SplitSeq(fields, ",") {
		name = strings.TrimSpace(name)
		parent, child, nested := strings.Cut(name, ".")
		known := slices.Contains(clientProperties, parent) || slices.Contains(echoedProperties, parent)
		if nested {
			known = slices.Contains(clientChildren[parent], child)
		}
		if !known {
			return nil, invalidQuery(Violation{Property: "fields", Message: fmt.Sprintf("There is no field called %s", short(name))})
		}
		if !v.exclude && !v.readable(parent) {
			return nil, refuse(403, "insufficient_scope", "Some fields cannot be read with the permissions granted by the bearer token scopes.")
		}
		v.fields[name] = struct{}{}
	}
	return v, nil
}

// pick returns the object with the properties of the view, in order.
func (v *view) pick(object []byte, order []string) ([]byte, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(object, &all); err != nil {
		return nil, err
	}
	out := []byte("{")
	for _, name := range order {
		value, ok := all[name]
		if !ok || v.readable != nil && !v.readable(name) {
			continue
		}
		if value, ok = v.narrow(name, value); !ok {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, `"`+name+`":`...)
		out = append(out, value...)
	}
	return append(out, '}'), nil
}

// narrow applies fields to one property and its children.
func (v *view) narrow(name string, value json.RawMessage) (json.RawMessage, bool) {
	if v.fields == nil {
		return value, true
	}
	if _, named := v.fields[name]; named {
		return value, !v.exclude
	}
	var children map[string]json.RawMessage
	if !v.namesChildOf(name) || json.Unmarshal(value, &children) != nil {
		return value, v.exclude
	}
	for child := range children {
		if _, named := v.fields[name+"."+child]; named == v.exclude {
			delete(children, child)
		}
	}
	narrowed, err := json.Marshal(children)
	return narrowed, err == nil && len(children) > 0
}

func (v *view) namesChildOf(parent string) bool {
	for name := range v.fields {
		if strings.HasPrefix(name, parent+".") {
			return true
		}
	}
	return false
}

// propertiesOf are the JSON names of a struct's fields, in order.
func propertiesOf[T any]() []string {
	var all []string
	for field := range reflect.TypeFor[T]().Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" {
			all = append(all, name)
		}
	}
	return all
}

func namesOf(table []remembered) []string {
	all := make([]string, len(table))
	for i, row := range table {
		all[i] = row.name
	}
	return all
}
