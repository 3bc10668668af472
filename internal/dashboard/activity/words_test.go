package activity

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// recorded is how the code names what it records: the kind of an event or of a use event.
var recorded = regexp.MustCompile(`(?:Kind: |kind: |kind = |kind, why = |Kind, [a-zA-Z.]+ = |\.(?:event|rewrite|save|note|recordWith)\([^"\n]*|Event[A-Za-z]+ += |Use[A-Za-z]+ += |return )"([a-z_]+\.[a-z_]+)"`)

// kindStart are the groups that kinds belong to: other dotted names are fields, files and hosts.
func kindStart(kind string) bool {
	for _, g := range kindGroups {
		if strings.HasPrefix(kind, g.prefix) {
			return true
		}
	}
	return false
}

func TestEveryKindThatIsRecordedHasWords(t *testing.T) {
	found := 0
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "dashboard/") {
			return err
		}
		text, err := os.ReadFile("../../" + path)
		for _, m := range recorded.FindAllStringSubmatch(string(text), -1) {
			kind := m[1]
			if !kindStart(kind) {
				continue
			}
			found++
			if changeWords[kind] == "" && useWords[kind].words == "" {
				t.Errorf("%s records %s, which the log has no words for", path, kind)
			}
		}
		return err
	})
	if err != nil || found < 30 {
		t.Fatalf("%d kinds were found, %v", found, err)
	}
}
