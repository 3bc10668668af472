package endpoint

import (
	"encoding/json"
	"errors"
	"strings"

	"clientele/internal/oauth"
	"clientele/internal/strictjson"
)

// parseJSON reads a flat object: a string for each parameter, or an array of strings for one that may repeat. null is the
// same as nothing. Members that are not known are ignored, whatever they hold, as unknown parameters of a form are; but one
// that differs from a known one by case only is refused, because another reader might take it for that.
func parseJSON(raw string, known Names) (Form, *oauth.Error) {
	members, err := strictjson.Object([]byte(raw), strictjson.MaxBytes(MaxBody), strictjson.MaxDepth(8))
	if err != nil {
		if wrong, ok := errors.AsType[*strictjson.Error](err); ok {
			return Form{}, oauth.InvalidRequest("%s", wrong.Error())
		}
		return Form{}, oauth.InvalidRequest("the body is not JSON").Because(err)
	}
	f := Form{values: make([]value, 0, len(members))}
	var empty []string
	for name, member := range members {
		repeats, ok := known.repeats[name]
		if !ok {
			if _, alike := known.repeats[strings.ToLower(name)]; alike {
				return Form{}, oauth.InvalidRequest("the JSON has %s in other letters than it is written; names are case-sensitive", strings.ToLower(name))
			}
			continue
		}
		texts, err := textsOf(name, member, repeats)
		if err != nil {
			return Form{}, err
		}
		for _, text := range texts {
			if err := f.add(name, text, repeats, &empty); err != nil {
				return Form{}, err
			}
		}
	}
	return f, nil
}

// textsOf reads a member as the parameter's values.
func textsOf(name string, member json.RawMessage, repeats bool) ([]string, *oauth.Error) {
	var text *string
	if json.Unmarshal(member, &text) == nil {
		if text == nil {
			return nil, nil
		}
		return []string{*text}, nil
	}
	var texts []string
	if repeats && json.Unmarshal(member, &texts) == nil {
		return texts, nil
	}
	if repeats {
		return nil, oauth.InvalidRequest("the member %s must be a string or an array of strings", name)
	}
	return nil, oauth.InvalidRequest("the member %s must be a string", name)
}
