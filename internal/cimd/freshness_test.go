package cimd

import (
	"net/http"
	"testing"
	"time"
)

// RFC 9111 §4.2: how long an answer is good, within our bounds.
func TestAnAnswerIsGoodAsLongAsItsHeadersSayWithinBounds(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, c := range []struct {
		name   string
		header http.Header
		want   time.Duration
	}{
		{"no header at all", http.Header{}, 5 * time.Minute},
		{"max-age", http.Header{"Cache-Control": {"max-age=600"}}, 10 * time.Minute},
		{"max-age in capitals", http.Header{"Cache-Control": {"Public, Max-Age=600"}}, 10 * time.Minute},
		{"max-age in quotes", http.Header{"Cache-Control": {`max-age="600"`}}, 10 * time.Minute},
		{"s-maxage before max-age", http.Header{"Cache-Control": {"max-age=600, s-maxage=1200"}}, 20 * time.Minute},
		{"max-age before Expires", http.Header{"Cache-Control": {"max-age=600"}, "Expires": {date(time.Hour)}}, 10 * time.Minute},
		{"private says nothing of time", http.Header{"Cache-Control": {"private"}}, 5 * time.Minute},
		{"must-revalidate beside max-age", http.Header{"Cache-Control": {"must-revalidate, max-age=600"}}, 10 * time.Minute},
		{"max-age in a second line", http.Header{"Cache-Control": {"public", "max-age=600"}}, 10 * time.Minute},
		{"max-age within a quoted argument is none", http.Header{"Cache-Control": {`ext="a, max-age=600"`}}, 5 * time.Minute},
		{"zero", http.Header{"Cache-Control": {"max-age=0"}}, time.Minute},
		{"too little", http.Header{"Cache-Control": {"max-age=5"}}, time.Minute},
		{"negative", http.Header{"Cache-Control": {"max-age=-600"}}, time.Minute},
		{"malformed", http.Header{"Cache-Control": {"max-age=ten"}}, time.Minute},
		{"without a number", http.Header{"Cache-Control": {"max-age"}}, time.Minute},
		{"a fraction", http.Header{"Cache-Control": {"max-age=600.5"}}, time.Minute},
		{"twice", http.Header{"Cache-Control": {"max-age=600, max-age=900"}}, time.Minute},
		{"a week", http.Header{"Cache-Control": {"max-age=604800"}}, 24 * time.Hour},
		{"more than a number holds", http.Header{"Cache-Control": {"max-age=99999999999999999999999"}}, 24 * time.Hour},
		{"no-store", http.Header{"Cache-Control": {"no-store, max-age=600"}}, time.Minute},
		{"no-cache", http.Header{"Cache-Control": {"no-cache"}}, time.Minute},
		{"no-cache with a field", http.Header{"Cache-Control": {`no-cache="Set-Cookie", max-age=600`}}, time.Minute},
		{"Vary: *", http.Header{"Vary": {"*"}, "Cache-Control": {"max-age=600"}}, time.Minute},
		{"Expires", http.Header{"Expires": {date(time.Hour)}}, time.Hour},
		{"Expires and Date by another clock", http.Header{"Expires": {date(-23 * time.Hour)}, "Date": {date(-24 * time.Hour)}}, time.Hour},
		{"Expires in the past", http.Header{"Expires": {date(-time.Hour)}}, time.Minute},
		{"Expires: 0", http.Header{"Expires": {"0"}}, time.Minute},
		{"Expires twice", http.Header{"Expires": {date(time.Hour), date(2 * time.Hour)}}, time.Minute},
		{"Age counts", http.Header{"Cache-Control": {"max-age=600"}, "Age": {"120"}}, 8 * time.Minute},
		{"Age above max-age", http.Header{"Cache-Control": {"max-age=600"}, "Age": {"900"}}, time.Minute},
		{"a malformed Age counts for nothing", http.Header{"Cache-Control": {"max-age=600"}, "Age": {"-5"}}, 10 * time.Minute},
		{"an unclosed quote", http.Header{"Cache-Control": {`ext="a, max-age=600`}}, 5 * time.Minute},
	} {
		if got := freshFor(c.header, now); got != c.want {
			t.Errorf("%s: %v is good for %s; want %s", c.name, c.header, got, c.want)
		}
	}
}

func FuzzCacheHeadersNeverLeaveTheBounds(f *testing.F) {
	f.Add("max-age=600", "", "", "", "")
	f.Add(`no-cache="a,b", s-maxage=99999999999`, "5", "0", "", "*")
	f.Add(`ext="a\", max-age=1", max-age=-1`, "x", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "Accept")
	f.Fuzz(func(t *testing.T, control, age, expires, date, vary string) {
		h := http.Header{"Cache-Control": {control}, "Age": {age}, "Expires": {expires}, "Date": {date}, "Vary": {vary}}
		if got := freshFor(h, time.Unix(1_800_000_000, 0)); got < leastFresh || got > mostFresh {
			t.Errorf("%v is good for %s", h, got)
		}
	})
}
