package cli

import (
	"testing"

	"github.com/alecthomas/kong"
)

// The mode of an application that is registered already is the operator's earlier choice: importing again does not undo it unless
// it is named.
func TestImportingAgainLeavesTheModeAloneUnlessItIsNamed(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"apps", "import", "https://app.example.com/client.json"}, ""},
		{[]string{"apps", "import", "https://app.example.com/client.json", "--mode", "follow"}, "follow"},
	} {
		var all commands
		parser, err := kong.New(&all)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(c.args); err != nil || all.Apps.Import.Mode != c.want {
			t.Errorf("%v: %q, %v", c.args, all.Apps.Import.Mode, err)
		}
	}
	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"apps", "import", "https://app.example.com/client.json", "--mode", "always"}); err == nil {
		t.Error("an unknown mode passes")
	}
}
