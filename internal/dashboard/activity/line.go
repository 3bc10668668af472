package activity

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/ui"
)

// LogLine is one line of the log in words.
type LogLine struct {
	At        time.Time
	Icon      string
	Kind      ui.Meaning // Danger where something was refused
	Subject   string     // what it is about; a person, an application, a setting
	Link      string     // its page; empty = none
	Words     string     // what happened to it, or what it did
	Other     string     // who else took part: the operator, the person
	OtherLink string
	By        string // how Other took part: by, for
	Aside     string // the one fact that tells it from others of its kind, for machines
	Reason    string // why it was refused
	Reference string // leads to the explanation
	Edit      bool   // some fields of what was there before were changed
	Fields    []ui.DiffField
	Facts     []ui.Hidden
	Repeats   int
}

// namedFields is how many fields of a change a line names; more are counted.
const namedFields = 3

// changed names the fields that a change is about, if there are few. What was made or deleted has all of them, and a setting is one
// itself.
func (l *LogLine) changed() string {
	if !l.Edit || len(l.Fields) > namedFields {
		return ""
	}
	names := make([]string, len(l.Fields))
	for i, f := range l.Fields {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}

// words is what happened, as the beginning of the line where nothing stands before it.
func (l *LogLine) words() string {
	if l.Subject == "" {
		return frame.Capital(l.Words)
	}
	return l.Words
}

// Lines puts entries into words. The names of all that they are about are read at once.
func (d *Pages) Lines(ctx context.Context, entries []audit.Entry) ([]LogLine, error) {
	var applications, people []string
	for _, e := range entries {
		switch {
		case e.Use != nil:
			applications, people = append(applications, e.Use.ApplicationID), append(people, e.Use.UserID)
		case e.Trace != nil:
			applications, people = append(applications, e.Trace.ApplicationID), append(people, e.Trace.UserID)
		}
	}
	names, err := d.Events.Names(ctx, distinct(applications), distinct(people))
	if err != nil {
		return nil, err
	}
	all := make([]LogLine, len(entries))
	for i, e := range entries {
		switch {
		case e.Event != nil:
			all[i] = lineOfChange(e.Event)
		case e.Use != nil:
			all[i] = lineOfUse(e.Use, names)
		case e.Trace != nil:
			all[i] = lineOfTrace(e.Trace, names)
		}
	}
	return all, nil
}

// distinct are the texts without the empty one and without repetition.
func distinct(texts []string) []string {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	texts = slices.Compact(texts)
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

func lineOfChange(e *audit.Event) LogLine {
	l := LogLine{
		At: e.At, Icon: kindIcon(e.Kind), Subject: e.TargetName, Link: changeLink(e), Words: changeWord(e), By: "by",
		Other: e.Actor.Name, Fields: fieldsOf(e.Changes), Edit: strings.HasSuffix(e.Kind, ".updated"),
	}
	if name := settingNames[e.TargetID]; e.TargetKind == "setting" && name != "" {
		l.Subject = name
	}
	if l.Subject == "" {
		l.Subject = e.TargetID
	}
	if l.Subject == "" {
		l.Subject = thingWords[e.TargetKind]
	}
	if l.Subject == "" {
		l.Subject = "Something"
	}
	switch e.Actor.Kind {
	case audit.ActorOperator, audit.ActorPerson:
		l.OtherLink = personLink(e.Actor.ID)
	case audit.ActorClient:
		l.OtherLink = ApplicationLink(e.Actor.ID)
	case audit.ActorOSUser:
		l.Other = strings.TrimPrefix(l.Other+", on the command line", ", ")
	}
	if l.Other == "" {
		l.Other = actorWords[e.Actor.Kind]
	}
	l.fact("Through", doorName(e.Actor.Door))
	l.fact("From", e.Actor.Address)
	l.fact("Kind", e.Kind)
	l.fact("ID", e.TargetID)
	l.fact("Place in the record", strconv.FormatInt(e.Sequence, 10))
	return l
}

// thingWords name what has neither a name nor an id.
var thingWords = map[string]string{"signing_key": "Signing keys", "setting": "Settings", "session": "A session", "grant": "A connection", "consent": "A consent"}

// actorWords say who did something that has no name.
var actorWords = map[audit.ActorKind]string{
	audit.ActorOperator: "an operator", audit.ActorClient: "an application", audit.ActorPerson: "a person",
	audit.ActorOSUser: "somebody on the machine", audit.ActorSystem: "the server",
}

func doorName(door string) string {
	if name := doorNames[door]; name != "" {
		return name
	}
	return door
}

func fieldsOf(changes []audit.FieldChange) []ui.DiffField {
	fields := make([]ui.DiffField, len(changes))
	for i, c := range changes {
		fields[i] = ui.DiffField{Name: fieldName(c.Field)}
		if name := settingNames[c.Field]; name != "" {
			fields[i].Name = name
		}
		before, after := strings.Split(c.Before, "\n"), strings.Split(c.After, "\n")
		fields[i].Removed, fields[i].Added = linesWithout(before, after), linesWithout(after, before)
	}
	return fields
}

// linesWithout are the lines that are not among others. Lists are recorded with a value on each line.
func linesWithout(lines, others []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(s string) bool { return s == "" || slices.Contains(others, s) })
}

// fieldName is a field as people read it: id_token.lifetime is ID token, lifetime.
func fieldName(field string) string {
	parts := strings.Split(field, ".")
	for i, part := range parts {
		words := strings.Split(part, "_")
		for j, word := range words {
			if short := shortWords[word]; short != "" {
				words[j] = short
			}
		}
		parts[i] = strings.Join(words, " ")
	}
	return frame.Capital(strings.Join(parts, ", "))
}

// shortWords are what is not written in small letters.
var shortWords = map[string]string{
	"id": "ID", "uri": "URI", "uris": "URIs", "url": "URL", "pkce": "PKCE", "cors": "CORS", "jwks": "JWKS", "api": "API", "ids": "IDs",
}

func (l *LogLine) fact(name, value string) {
	if value != "" {
		l.Facts = append(l.Facts, ui.Hidden{Name: name, Value: value})
	}
}

func nameOf(names map[string]string, id string) string {
	if name := names[id]; name != "" {
		return name
	}
	return id
}

// linkIfNamed leads to what is still there.
func linkIfNamed(names map[string]string, id string, link func(string) string) string {
	if names[id] == "" {
		return ""
	}
	return link(id)
}

// ApplicationLink is the first page of an application.
func ApplicationLink(id string) string { return "/dashboard/applications/" + id }
func personLink(id string) string      { return "/dashboard/users/" + id }
