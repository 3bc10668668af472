package frame

import (
	"io"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/registry"
)

// Faults are the messages of a form, by field, in the order in which they were found.
type Faults map[string][]string

// Add puts a message to a field.
func (f Faults) Add(field, message string) { f[field] = append(f[field], message) }

// First is the message of a field that has one line for it.
func (f Faults) First(field string) string {
	if len(f[field]) == 0 {
		return ""
	}
	return strings.Join(f[field], " ")
}

// count says how many there are, for the sentence at the top of the page.
func (f Faults) count() string {
	n := 0
	for _, list := range f {
		n += len(list)
	}
	if n == 1 {
		return "One thing to correct"
	}
	return strconv.Itoa(n) + " things to correct"
}

// rest are the messages whose field is none of those the page shows, so that none is lost.
func (f Faults) rest(shown ...string) []string {
	var list []string
	for field, messages := range f {
		if !slices.Contains(shown, field) {
			for _, m := range messages {
				list = append(list, field+": "+m)
			}
		}
	}
	slices.Sort(list)
	return list
}

// AddInvalid puts the registry's violations where they belong. labels are what the page calls the fields; lists are the values
// of those that have several, so that a message names the value it is about.
func (f Faults) AddInvalid(invalid *registry.Invalid, labels map[string]string, lists map[string][]string) {
	unread := maps.Clone(f) // fields that could not even be read have their message already
	for _, v := range invalid.Violations {
		field, index := SplitField(v.Field)
		if len(unread[field]) > 0 {
			continue
		}
		subject := labels[field]
		if subject == "" {
			subject = field
		}
		if values := lists[field]; index >= 0 && index < len(values) {
			subject = Shortened(values[index])
		}
		f.Add(field, subject+" "+v.Message)
	}
}

// AddAccount puts the violations of a user where they belong.
func (f Faults) AddAccount(invalid *account.Invalid) {
	for _, v := range invalid.Violations {
		f.Add(v.Field, v.Message)
	}
}

// SplitField takes redirect_uris[2] apart. The index is -1 if there is none.
func SplitField(path string) (field string, index int) {
	field, rest, found := strings.Cut(path, "[")
	if !found {
		return path, -1
	}
	n, err := strconv.Atoi(strings.TrimSuffix(strings.SplitN(rest, "]", 2)[0], "]"))
	if err != nil {
		return field, -1
	}
	return field, n
}

// maxUpload bounds a file that a form carries: a public key, or a certificate.
const maxUpload = 16 << 10

// formMemory is more than the server lets through of any form, so that nothing of one is ever written to a disk.
const formMemory = 1 << 20

// ParseForm reads the body of a form. Small files that a form carries become values of it, so that they survive whatever a typed
// value survives; larger ones stay files. The whole body is bounded by the server.
func ParseForm(r *http.Request) error {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return r.ParseForm()
	}
	if err := r.ParseMultipartForm(formMemory); err != nil {
		return err
	}
	for field, files := range r.MultipartForm.File {
		for _, header := range files {
			if header.Size > maxUpload {
				continue
			}
			file, err := header.Open()
			if err != nil {
				return err
			}
			text, err := io.ReadAll(io.LimitReader(file, maxUpload))
			_ = file.Close()
			if err != nil {
				return err
			}
			if len(text) > 0 {
				r.PostForm.Add(field, string(text))
			}
		}
	}
	return nil
}

// Shortened cuts a long value in the middle.
func Shortened(s string) string {
	if len(s) <= 60 {
		return s
	}
	return strings.ToValidUTF8(s[:40], "") + "…" + strings.ToValidUTF8(s[len(s)-16:], "")
}

// LinesOf reads a list field: one value a line, blanks and repetitions left out, as the registry does it.
func LinesOf(text string) []string {
	list := []string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	return list
}

// SpanOf reads a time span. One that cannot be read is noted and becomes negative, which no rule accepts.
func (f Faults) SpanOf(form url.Values, field, label string) time.Duration {
	text := strings.TrimSpace(form.Get(field))
	if text == "" {
		return 0
	}
	for unit, size := range spanUnits {
		digits, found := strings.CutSuffix(text, unit)
		n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 31)
		if found && err == nil && int64(n) <= math.MaxInt64/int64(size) {
			return time.Duration(n) * size
		}
	}
	f.Add(field, label+" must be a number with a unit, as in 30s, 15m, 10h or 30d")
	return -time.Second
}

var spanUnits = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

// SpanText writes a time span in its largest whole unit, as spanOf reads it.
func SpanText(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d%(24*time.Hour) == 0:
		return strconv.FormatInt(int64(d/(24*time.Hour)), 10) + "d"
	case d%time.Hour == 0:
		return strconv.FormatInt(int64(d/time.Hour), 10) + "h"
	case d%time.Minute == 0:
		return strconv.FormatInt(int64(d/time.Minute), 10) + "m"
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

// RevisionOf is the revision that a form was made from. A form without one never passes for the current one.
func RevisionOf(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostForm.Get("revision"), 10, 64)
	if err != nil || n <= 0 {
		return -1
	}
	return n
}

// Ticked reports whether a box is ticked.
func Ticked(form url.Values, field string) bool { return form.Get(field) != "" }

// WholeNumber reads a number.
func WholeNumber(text string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return n, err == nil
}

// Sentence is a violation as it reads on its own.
func Sentence(label string, v registry.Violation) string {
	if label == "" {
		label = v.Field
	}
	return label + " " + v.Message
}

// SetOn writes a box into a form.
func SetOn(v url.Values, name string, is bool) {
	if is {
		v.Set(name, "on")
	}
}

// DayFrom reads a number of days from now on, or a date; the end of that day counts. Nothing is the zero time.
func DayFrom(r *http.Request, field string, now time.Time) (time.Time, error) {
	text := strings.TrimSpace(r.PostForm.Get(field))
	if text == "" {
		return time.Time{}, nil
	}
	if n, err := strconv.Atoi(text); err == nil && n > 0 && n <= 365 {
		return now.Add(time.Duration(n) * 24 * time.Hour), nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if end := day.Add(24*time.Hour - time.Second); err == nil && end.After(now) {
		return end, nil
	}
	return time.Time{}, &registry.Invalid{Violations: []registry.Violation{{Field: field, Message: "must be a day in the future, as in 2026-12-31"}}}
}
