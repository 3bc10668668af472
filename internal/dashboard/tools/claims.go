package tools

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/strictjson"
	"clientele/internal/ui"
)

// claimRow is one member of a token, of UserInfo's answer or of a metadata document, explained.
type claimRow struct {
	Name  string
	Value string // as it stands there; a list one item a line
	At    time.Time
	Term  oauth.Term
	Means ui.Link // what the value names here; no Href means a word only

	List   bool // Value is several values, set in one line
	Unmade bool // Value is words about one that is made later
}

// copied reports whether the value is one somebody would paste: not a list, and not words about one that is made later.
func (r claimRow) copied() bool {
	return r.Value != "" && !r.Unmade && !r.List && !strings.Contains(r.Value, "\n")
}

// inOneLine sets a list with commas, where many lists stand under each other.
func (r claimRow) inOneLine() claimRow {
	if strings.Contains(r.Value, "\n") && !strings.HasPrefix(r.Value, "{") && !strings.HasPrefix(r.Value, "[") {
		r.Value, r.List = strings.ReplaceAll(r.Value, "\n", ", "), true
	}
	return r
}

// times are the claims that are moments, in seconds since 1970.
var times = []string{"exp", "iat", "nbf", "auth_time", "updated_at"}

// claimRows reads a JSON object, in the order of its members, into rows. It fails with a *strictjson.Error.
func claimRows(raw []byte, explain func(name string) oauth.Term) ([]claimRow, error) {
	members, err := strictjson.Object(raw, strictjson.MaxBytes(64<<10), strictjson.MaxMembers(200))
	if err != nil {
		return nil, err
	}
	rows := make([]claimRow, 0, len(members))
	for _, name := range memberNames(raw) {
		row := claimRow{Name: name, Value: valueText(members[name]), Term: explain(name)}
		if seconds, err := strconv.ParseInt(row.Value, 10, 64); err == nil && slices.Contains(times, name) && seconds > 0 && seconds < 1<<40 {
			row.At = time.Unix(seconds, 0)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// memberNames are the names of an object's members as they come. raw was checked before.
func memberNames(raw []byte) []string {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	var names []string
	if _, err := decoder.Token(); err != nil {
		return nil
	}
	for decoder.More() {
		name, err := decoder.Token()
		text, ok := name.(string)
		var value json.RawMessage
		if err != nil || !ok || decoder.Decode(&value) != nil {
			return names
		}
		names = append(names, text)
	}
	return names
}

// valueText is a JSON value as people read it: a string without quotes, a list of strings one a line, the rest as JSON.
func valueText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil && list != nil {
		return strings.Join(list, "\n")
	}
	var indented bytes.Buffer
	if json.Indent(&indented, raw, "", "  ") != nil {
		return string(raw)
	}
	return indented.String()
}

// claim is the value of a member, or empty.
func claim(rows []claimRow, name string) string {
	for _, row := range rows {
		if row.Name == name {
			return row.Value
		}
	}
	return ""
}
