package cimd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/strictjson"
)

// Limits of the text of a document.
const (
	maxDocument = 64 << 10 // bytes; the fetch has a smaller one of its own
	maxMembers  = 64       // of any object
	maxDepth    = 8
	maxText     = 2048 // bytes of a string
	maxArray    = 64   // elements
)

// ReadDocument says what becomes of each member of the document that came from u, in the words of the registry. The error is
// a *Failure: the body is no document at all. What is wrong with a document is in its Violations. The reading asks nobody:
// the same bytes give the same answer. CIMD-02 §4, CIMD-03 §6, RFC 7591 §2.
func ReadDocument(u oauth.ClientURL, body []byte, p Policy) (*Reading, error) {
	r, failure := readDocument(u, body, p)
	if failure != nil {
		return nil, failure
	}
	return r.Reading, nil
}

func readDocument(u oauth.ClientURL, body []byte, p Policy) (*reader, *Failure) {
	members, failure := splitDocument(body)
	if failure != nil {
		return nil, failure
	}
	r := newReader(u, body, p, members)
	r.identity()
	r.types(members)
	r.forbidden()
	r.statement()
	r.expiry()
	r.name()
	r.description()
	r.links()
	r.methods()
	r.keys()
	r.grants()
	r.applicationType()
	r.nativeGrants()
	r.redirects()
	r.scopes()
	r.rest()
	r.finish()
	return r, nil
}

// member is one member of a document, unread.
type member struct {
	name string
	raw  json.RawMessage
}

// splitDocument reads the members of a document in their order, if the body is one strict JSON object of reasonable size.
func splitDocument(body []byte) ([]member, *Failure) {
	if _, err := strictjson.Object(body, strictjson.MaxBytes(maxDocument), strictjson.MaxDepth(maxDepth), strictjson.MaxMembers(maxMembers)); err != nil {
		return nil, notADocument(body, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if _, err := decoder.Token(); err != nil {
		return nil, notADocument(body, err)
	}
	var members []member
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, notADocument(body, err)
		}
		m := member{name: name.(string)}
		if err := decoder.Decode(&m.raw); err != nil {
			return nil, notADocument(body, err)
		}
		if err := checkSizes(m.name, m.raw); err != nil {
			return nil, notADocument(body, err)
		}
		members = append(members, m)
	}
	return members, nil
}

// notADocument is for what cannot be read as a document: text that is no JSON, or JSON that two readers could understand
// differently, or too much of it.
func notADocument(body []byte, err error) *Failure {
	f := &Failure{
		Kind: audit.FailureNotJSON, Message: sentence(err.Error()), Side: audit.SideClient, Spec: "RFC 8259 §2",
		Mend: "Publish one JSON object: UTF-8 without a byte order mark, every member once, nothing after it.",
	}
	if json.Valid(body) {
		f.Kind = audit.FailureDocument
	}
	return f
}

// checkSizes caps strings and arrays within a member.
func checkSizes(path string, raw json.RawMessage) error {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	return checkSize(path, value)
}

func checkSize(path string, value any) error {
	switch v := value.(type) {
	case string:
		if len(v) > maxText {
			return fmt.Errorf("%s is a string longer than %d bytes", display(path), maxText)
		}
	case []any:
		if len(v) > maxArray {
			return fmt.Errorf("%s has more than %d elements", display(path), maxArray)
		}
		for i, element := range v {
			if err := checkSize(fmt.Sprintf("%s[%d]", path, i), element); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if err := checkSize(path+"."+name, v[name]); err != nil {
				return err
			}
		}
	}
	return nil
}
