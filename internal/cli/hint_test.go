package cli

import (
	"strings"
	"testing"
)

func TestAWordTooManySaysWhatWasMeant(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"apps", "create", "Orders web"}, "unexpected argument \"Orders web\", did you mean --name \"Orders web\"?\nTry: clientele apps create --help"},
		{[]string{"apps", "create", "Orders", "web", "--type", "web"}, "unexpected argument Orders, did you mean --name \"Orders web\"?\nTry: clientele apps create --help"},
		{[]string{"apps", "create", "--name", "Orders", "web"}, "unexpected argument web, did you mean --name \"Orders web\"?\nTry: clientele apps create --help"},
		{[]string{"apps", "create", "--name=Orders", "web"}, "unexpected argument web, did you mean --name \"Orders web\"?\nTry: clientele apps create --help"},
		{[]string{"apps", "create", "Ada's $HOME"}, `did you mean --name 'Ada'\''s $HOME'?`},
		{[]string{"settings", "set", "instance_name", "Example", "Inc."}, "unexpected argument Inc., did you mean \"Example Inc.\"?\nTry: clientele settings set --help"},
		{[]string{"apps", "crate", "--name", "x"}, "unexpected argument crate, did you mean \"create\"?\nTry: clientele apps --help"},
		{[]string{"users", "rewrite me"}, "unexpected argument \"rewrite me\"\nTry: clientele users --help"},
		{[]string{"apps", "create", "--nam", "x"}, "Try: clientele apps create --help"},
		{[]string{"--nonsense"}, "Try: clientele --help"},
	} {
		if code, text := command(t, c.args...); code != exitUsage || !strings.Contains(text, c.says) {
			t.Errorf("%q: %d: %s", c.args, code, text)
		}
	}
}
