package protocol

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"clientele/internal/servertest"
)

// Every transcript in testdata is played on a server of its own. One whose name ends in -path-issuer runs on a server whose
// issuer has a path.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no transcripts", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script, err := read(path)
			if err != nil {
				t.Fatal(err)
			}
			servertest.Each(t, func(t *testing.T, on servertest.Option) {
				opts := []servertest.Option{on}
				if strings.HasSuffix(name, "-path-issuer") {
					opts = append(opts, servertest.WithPublicURL("https://id.example.test/tenant"))
				}
				if err := newPlayer(servertest.New(t, opts...), script).play(); err != nil {
					t.Fatalf("%s, %v", path, err)
				}
			})
		})
	}
}

// A transcript is named after the place that makes its rule, so that a reader of the specification finds it.
func TestTranscriptsAreNamedAfterTheirRule(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	rule := regexp.MustCompile(`^(rfc\d+(-\d+)?|oidc-(core|discovery)|cimd|ours)(-\d+(\.\d+)*)?-[a-z0-9-]+$`)
	for _, path := range paths {
		if name := strings.TrimSuffix(filepath.Base(path), ".txtar"); !rule.MatchString(name) {
			t.Errorf("%s names no rule", name)
		}
	}
}
