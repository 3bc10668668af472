package store

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// pageSize bounds how many things one call returns.
func pageSize(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 1000)
}

// cursor is the opaque text that stands for the place of the last thing of a page: a key and an id, which together are
// unique. People may keep one over restarts; a text that is none is the first page.
func cursor(key, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(key + "\x00" + id))
}

func parseCursor(text string) (key, id string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || bytes.Count(raw, []byte{0}) != 1 || !utf8.Valid(raw) { // PostgreSQL takes neither for a text
		return "", "", false
	}
	return strings.Cut(string(raw), "\x00")
}

// newestCursor is the cursor of lists that are sorted by age.
func newestCursor(created time.Time, id string) string {
	return cursor(strconv.FormatInt(created.UnixMicro(), 36), id)
}

// older adds the condition that a row comes after the cursor in a list sorted by created_at and id, newest first.
func (f *filter) older(table, after string) { f.olderThan(table+"created_at", table+"id", after) }

// olderThan is older for a list that is sorted by other columns.
func (f *filter) olderThan(at, id, after string) {
	key, last, ok := parseCursor(after)
	created, err := strconv.ParseInt(key, 36, 64)
	if !ok || err != nil {
		return
	}
	f.add("("+at+", "+id+") < (?, ?)", created, last)
}

// cut drops what was read beyond the limit, and says whether there was any: lists ask for one more than they return.
func cut[T any](items []T, limit int) ([]T, bool) {
	if len(items) <= limit {
		return items, false
	}
	return items[:limit], true
}

// placeCursor is the cursor of lists that are sorted by place.
func placeCursor(place int64) string { return cursor(strconv.FormatInt(place, 36), "") }

func parsePlace(after string) (place int64, ok bool) {
	key, id, ok := parseCursor(after)
	place, err := strconv.ParseInt(key, 36, 64)
	return place, ok && id == "" && err == nil
}
