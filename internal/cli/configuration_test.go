package cli

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"clientele/internal/settings"
)

// rows are the table rows of docs/configuration.md whose first cell begins with prefix: the cells without their backquotes.
func rows(t *testing.T, prefix string) [][]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	var found [][]string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 5 || !strings.HasPrefix(strings.TrimSpace(cells[1]), prefix) {
			continue
		}
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
		}
		found = append(found, cells[1:len(cells)-1])
	}
	return found
}

func flags(t *testing.T) []*kong.Flag {
	t.Helper()
	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Clone(parser.Model.Flags)
	for _, child := range parser.Model.Children {
		if child.Name == "serve" {
			all = append(all, child.Flags...)
		}
	}
	return slices.DeleteFunc(all, func(f *kong.Flag) bool { return f.Name == "help" })
}

func TestEveryFlagHasAnEnvironmentVariableAndALineInTheDocumentation(t *testing.T) {
	documented := rows(t, "`--")
	all := flags(t)
	if len(all) > 15 {
		t.Errorf("there are %d flags; 15 are enough", len(all))
	}
	if len(documented) != len(all) {
		t.Errorf("%d flags are documented, %d exist", len(documented), len(all))
	}
	for _, f := range all {
		i := slices.IndexFunc(documented, func(row []string) bool { return row[0] == "--"+f.Name })
		if i < 0 {
			t.Errorf("--%s has no line in docs/configuration.md", f.Name)
			continue
		}
		env := "CLIENTELE_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if row := documented[i]; !slices.Equal(f.Envs, []string{env}) || row[1] != env || row[2] != f.Default {
			t.Errorf("--%s: the program has %v and default %q; docs/configuration.md has %q and %q", f.Name, f.Envs, f.Default, row[1], row[2])
		}
	}
}

func TestEverySettingHasALineInTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "## Settings")
	if !found {
		t.Fatal("docs/configuration.md has no section Settings")
	}
	for _, d := range settings.Definitions() {
		want := "| `" + d.Name + "` | "
		if value := d.DefaultText(); value != "" {
			want += "`" + value + "` |"
		}
		if !strings.Contains(table, want) {
			t.Errorf("docs/configuration.md has no line that begins with %q", want)
		}
	}
	if got, want := strings.Count(table, "\n| `"), len(settings.Definitions()); got != want {
		t.Errorf("docs/configuration.md has %d settings, the program %d", got, want)
	}
}
