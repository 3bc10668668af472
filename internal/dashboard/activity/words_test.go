package activity

import (
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"clientele/internal/cimd"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/settings"
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

func TestARunOfTryItIsToldInWords(t *testing.T) {
	for _, kind := range []string{"trial.begun", "trial.granted", "trial.refused", "trial.issued"} { // put together where they are recorded
		if useWords[kind].words == "" || kindIcon(kind) != "play" {
			t.Errorf("%s: %q, %s", kind, useWords[kind].words, kindIcon(kind))
		}
	}
}

func TestEverySettingHasANameThatStandsAlone(t *testing.T) {
	for _, d := range settings.Definitions() {
		if settingNames[d.Name] == "" {
			t.Errorf("the log has no name for the setting %s", d.Name)
		}
	}
}

func TestAReasonThatIsRecordedAsAWordIsASentence(t *testing.T) {
	for _, reason := range []cimd.Reason{cimd.Unreachable, cimd.Invalid, cimd.NotAdmitted, cimd.Waiting, cimd.Busy} {
		if words, kind := reasonOf("client " + string(reason)); strings.Contains(words, string(reason)+" ") || kind == "" || words == "Client "+string(reason) {
			t.Errorf("client %s: %q %q", reason, words, kind)
		}
	}
	if words, kind := reasonOf("the password is wrong"); words != "The password is wrong" || kind != "" {
		t.Errorf("%q %q", words, kind)
	}
}

func TestTheKindsToChooseFromAreThoseThatAnApplicationCanHave(t *testing.T) {
	labels := func(a *registry.Application) string {
		var list []string
		for _, o := range kindOptions("", a) {
			list = append(list, o.Label)
		}
		return strings.Join(list, ", ")
	}
	web := &registry.Application{GrantTypes: []oauth.GrantType{oauth.AuthorizationCode}}
	for _, never := range []string{"Sign-ins", "People", "Settings", "Signing keys", "Metadata documents"} {
		if all := labels(web); strings.Contains(all, never) || !strings.Contains(all, "Tokens") {
			t.Errorf("a web application: %s", all)
		}
	}
	machine := &registry.Application{GrantTypes: []oauth.GrantType{oauth.ClientCredentials}, Import: &registry.Import{}}
	if all := labels(machine); !strings.Contains(all, "People") || !strings.Contains(all, "Metadata documents") || strings.Contains(all, "Sign-ins") {
		t.Errorf("a program from a URL: %s", all)
	}
	if all := labels(nil); !strings.Contains(all, "Sign-ins") || !strings.Contains(all, "Try it") {
		t.Errorf("the whole log: %s", all)
	}
}

func TestAnOperatorExportsOneFileAtATime(t *testing.T) {
	var e exporting
	if !e.begin("usr_1") || e.begin("usr_1") {
		t.Fatal("the same operator began a second export")
	}
	for i := range exportsMost - 1 {
		if !e.begin("usr_" + strconv.Itoa(i+2)) {
			t.Fatal("another operator could not export")
		}
	}
	if e.begin("usr_9") {
		t.Error("more exports run than there is room for")
	}
	e.end("usr_1")
	if !e.begin("usr_9") || e.begin("usr_1") {
		t.Error("the room of an export that ended was not free again, or twice")
	}
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
