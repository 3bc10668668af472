package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"clientele/internal/account"
	"clientele/internal/registry"
)

// JSONFlag is --json, for verbs that print things.
type JSONFlag struct {
	JSON bool `help:"Print the JSON of the Management API instead of text."`
}

// printJSON prints v as indented JSON.
func (o *Output) printJSON(v any) error {
	enc := json.NewEncoder(o.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// table prints rows under headings.
func (o *Output) table(headings string, rows [][]string) error {
	w := tabwriter.NewWriter(o.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.ReplaceAll(strings.ToUpper(headings), "|", "\t"))
	for _, row := range rows {
		for i := range row {
			row[i] = oneLine(row[i])
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

// facts prints names and values, one a line; what is empty is left out, and further values of a name go below the first.
func (o *Output) facts(pairs ...[]string) error {
	w := tabwriter.NewWriter(o.Out, 0, 0, 2, ' ', 0)
	for _, pair := range pairs {
		name := pair[0]
		for _, value := range pair[1:] {
			if value == "" {
				continue
			}
			fmt.Fprintf(w, "%s\t%s\n", name, oneLine(value))
			name = ""
		}
	}
	return w.Flush()
}

func fact(name string, values ...string) []string { return append([]string{name}, values...) }

// oneLine keeps a value from breaking the table or moving the cursor of the terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}

// explain puts every violation on a line of its own, with its field.
func explain(err error) string {
	var lines []string
	var app *registry.Invalid
	var user *account.Invalid
	switch {
	case errors.As(err, &app):
		for _, v := range app.Violations {
			lines = append(lines, "  "+v.Field+": "+v.Message)
		}
	case errors.As(err, &user):
		for _, v := range user.Violations {
			lines = append(lines, "  "+v.Field+": "+v.Message)
		}
	default:
		return err.Error()
	}
	return "this is refused:\n" + strings.Join(lines, "\n")
}

// missing reports whether err says that there is no such thing.
func missing(err error) bool {
	return errors.Is(err, registry.ErrNotFound) || errors.Is(err, account.ErrNotFound) || errors.Is(err, account.ErrNoPasskey)
}

// absent says what is missing if err says that something is.
func absent(kind, id string, err error) error {
	if missing(err) {
		return absence{"there is no " + kind + " " + oneLine(id), err}
	}
	return err
}

// absence names what is missing; the cause would only say it again.
type absence struct {
	message string
	cause   error
}

func (a absence) Error() string { return a.message }
func (a absence) Unwrap() error { return a.cause }

// confirmed refuses a verb that cannot be undone unless --yes was given.
func confirmed(yes bool, what string) error {
	if yes {
		return nil
	}
	return Usagef("this %s and cannot be undone; add --yes to do it", what)
}

func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.DateOnly)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// span is a duration in its largest whole unit.
func span(d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0 && d != 0:
		return strconv.FormatInt(int64(d/(24*time.Hour)), 10) + " d"
	case d%time.Hour == 0 && d != 0:
		return strconv.FormatInt(int64(d/time.Hour), 10) + " h"
	case d%time.Minute == 0 && d != 0:
		return strconv.FormatInt(int64(d/time.Minute), 10) + " min"
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + " s"
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// list splits values that may be given several times or separated by commas.
func list(values []string) []string {
	var all []string
	for _, v := range values {
		for one := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == ' ' }) {
			all = append(all, one)
		}
	}
	return all
}
