package cimd

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"clientele/internal/registry"
)

var updateTable = flag.Bool("update-table", false, "write the table of clients into docs/mcp.md")

const (
	tableFile  = "../../docs/mcp.md"
	tableBegin = "<!-- clients: go test ./internal/cimd -run Table -update-table -->\n"
	tableEnd   = "<!-- /clients -->\n"
)

// The table that people read is made from the documents that the tests read.
func TestTheTableOfClientsInTheDocumentation(t *testing.T) {
	page, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := bytes.Cut(page, []byte(tableBegin))
	_, tail, ended := bytes.Cut(rest, []byte(tableEnd))
	if !found || !ended {
		t.Fatalf("%s has no place for the table: %s", tableFile, tableBegin)
	}
	want := bytes.Join([][]byte{head, []byte(tableBegin), []byte(clientTable(t)), []byte(tableEnd), tail}, nil)
	if bytes.Equal(page, want) {
		return
	}
	if !*updateTable {
		t.Fatalf("%s is out of date; run: go test ./internal/cimd -run Table -update-table", tableFile)
	}
	if err := os.WriteFile(tableFile, want, 0o644); err != nil {
		t.Fatal(err)
	}
}

func clientTable(t *testing.T) string {
	t.Helper()
	var sb strings.Builder
	sb.WriteString("\n| Client | Client ID | Type | Authenticates with | Callback URLs | Left out |\n|---|---|---|---|---|---|\n")
	for _, f := range fixtures {
		u, body := published(t, f.file)
		r := read(t, u, string(body), usual)
		fmt.Fprintf(&sb, "| %s | `%s` | %s | %s | %s | %s |\n", f.client, u, typeWords(r.Mapped.Type), methodWords(r.Mapped), redirectWords(r.Mapped.RedirectURIs), droppedWords(r))
	}
	return sb.String() + "\n"
}

func typeWords(t registry.Type) string { return strings.ReplaceAll(string(t), "_", " ") }

func methodWords(m registry.Mapped) string {
	var all []string
	for _, method := range m.AuthMethods {
		all = append(all, "`"+string(method)+"`")
	}
	words := strings.Join(all, " or ")
	if m.Algorithm != "" {
		words += ", " + m.Algorithm
	}
	return words
}

// redirectWords lists redirect URIs; those that differ in the port only are one.
func redirectWords(uris []string) string {
	var all []string
	for _, uri := range uris {
		words := "`" + uri + "`"
		if isLoopback(uri) {
			words = "`http://" + hostOf(uri) + pathOf(uri) + "` at any port"
		}
		if len(all) == 0 || all[len(all)-1] != words {
			all = append(all, words)
		}
	}
	return strings.Join(all, ", ")
}

func pathOf(uri string) string {
	_, rest, _ := strings.Cut(uri, "://")
	return rest[strings.IndexByte(rest, '/'):]
}

func droppedWords(r *Reading) string {
	var all []string
	for _, row := range r.Rows {
		for _, v := range row.Values {
			if v.Verdict == Dropped {
				all = append(all, "`"+v.Text+"`")
			}
		}
	}
	return strings.Join(all, ", ")
}
