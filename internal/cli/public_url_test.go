package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestVerbsKnowUnderWhichNameTheServerWasStarted(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	link := func(args ...string) string {
		t.Helper()
		code, text := command(t, append([]string{"setup-link", "--data", data}, args...)...)
		if code != exitDone {
			t.Fatalf("%d: %s", code, text)
		}
		return text
	}
	start := func(publicURL string) string {
		t.Helper()
		text, stop := serving(t, "setup#", "--data", data, "--listen", "127.0.0.1:0", "--public-url", publicURL)
		stop()
		return text
	}
	if text := start("https://id.example.com"); strings.Contains(text, "The public URL was") {
		t.Errorf("the first start says: %s", text)
	}
	if text := link(); !strings.Contains(text, "https://id.example.com/setup#") || strings.Contains(text, "--public-url") {
		t.Errorf("without the flag: %s", text)
	}
	if text := link("--public-url", "https://id.example.com"); strings.Contains(text, "was started as") {
		t.Errorf("with the same: %s", text)
	}
	text := link("--public-url", "https://login.example.com")
	if !strings.Contains(text, "https://login.example.com/setup#") || !strings.Contains(text, "--public-url says https://login.example.com/, but the server was started as https://id.example.com/.") {
		t.Errorf("with another: %s", text)
	}
	if text := start("https://login.example.com"); !strings.Contains(text, "The public URL was https://id.example.com/ and is https://login.example.com/ now") {
		t.Errorf("a start with another says: %s", text)
	}
}
