package endpoint

import (
	"fmt"
	"slices"
)

// Capabilities are the members of the server's metadata document that one room answers for: bool, string or []string by
// member name. A room names what it does, and nothing else. RFC 8414 §2, OpenID Connect Discovery 1.0 §3.
type Capabilities map[string]any

// Merge puts what several rooms can do together. Lists are united in order; anything else may be said by one room only,
// or by several alike.
func Merge(rooms ...Capabilities) (Capabilities, error) {
	all := Capabilities{}
	for _, room := range rooms {
		for name, value := range room {
			if err := all.add(name, value); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

func (c Capabilities) add(name string, value any) error {
	list, isList := value.([]string)
	before, there := c[name]
	if !there {
		if isList {
			value = slices.Clone(list)
		}
		c[name] = value
		return nil
	}
	if have, ok := before.([]string); ok && isList {
		for _, item := range list {
			if !slices.Contains(have, item) {
				have = append(have, item)
			}
		}
		c[name] = have
		return nil
	}
	if isList || before != value {
		return fmt.Errorf("two rooms disagree about %s", name)
	}
	return nil
}
