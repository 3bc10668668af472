package protocol

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clientele/internal/servertest"
)

// A transcript that is not true fails, whatever it looks at: otherwise the others would show nothing.
func TestATranscriptThatIsNotTrueFails(t *testing.T) {
	const setup = "app job non_interactive\nrequest POST /oauth/token\n\tgrant_type=password\n\tclient_id=$job\n"
	for script, want := range map[string]string{
		setup + "status 200":                                 "the status is not 200",
		setup + "json error invalid_grant":                   "is \"unsupported_grant_type\", not",
		setup + "json error_description has teapot":          "does not have",
		setup + "json access_token x":                        "there is no member",
		setup + "no json error":                              "it is there",
		setup + "header Cache-Control public":                "is \"no-store\", not",
		setup + "no header Cache-Control":                    "it is there",
		setup + "header X-Nothing x":                         "there is no header",
		setup + "body has teapot":                            "does not have",
		setup + "no body has error":                          "it is there",
		setup + "same a b":                                   "differ",
		setup + "differ a a":                                 "both are",
		setup + "jwt a.b.c iss x":                            "no JWT",
		setup + "status $nothing":                            "nothing was kept",
		setup + "keep json nothing x":                        "there is no member",
		setup + "dance":                                      "there is no command",
		setup + "status":                                     "needs 1 words",
		setup + "status 400\n\tindented":                     "only a request",
		"app job teapot":                                     "type",
		"permit nobody nothing":                              "",
		"setting nonsense x":                                 "nonsense",
		"request GET https://elsewhere.example/\nstatus 200": "no internet",
	} {
		path := filepath.Join(t.TempDir(), "script.txtar")
		if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		steps, err := read(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := newPlayer(servertest.New(t), steps).play(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", script, err, want)
		}
	}
}
