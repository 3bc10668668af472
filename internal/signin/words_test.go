package signin

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestANameCannotRearrangeOrPushAwayWhatStandsBesideIt(t *testing.T) {
	for in, want := range map[string]string{
		"Orders web":               "Orders web",
		"  a \n\t b ":              "a b",
		"safe\u202egnp.exe":        "safegnp.exe",
		"zero\u200bwidth\ufeff":    "zerowidth",
		"null\x00byte\x1b[31m":     "nullbyte[31m",
		"Möbel & Söhne 家具":         "Möbel & Söhne 家具",
		strings.Repeat("W", 5000):  strings.Repeat("W", 59) + "…",
		strings.Repeat("界", 61):    strings.Repeat("界", 59) + "…",
		"broken \xff\xfe encoding": "broken encoding",
	} {
		got := displayName(in)
		if got != want || !utf8.ValidString(got) {
			t.Errorf("displayName(%.30q) = %q, want %q", in, got, want)
		}
	}
}

func TestAWaitInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "a second", time.Millisecond: "a second", time.Second: "a second", 1500 * time.Millisecond: "2 seconds", 59 * time.Second: "59 seconds",
		time.Minute: "a minute", 2 * time.Minute: "2 minutes", 121 * time.Second: "3 minutes", 15 * time.Minute: "15 minutes", 90 * time.Minute: "2 hours",
	} {
		if got := inWords(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
