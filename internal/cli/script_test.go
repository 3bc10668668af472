package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"clientele/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"clientele": func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// The scripts are the command line as people use it. Each has a data directory of its own.
//
//	status N clientele …   runs it and expects the exit code
//	json PATH VALUE        the last output is JSON with this value there, as in 0.callbacks.1; - means it is not there
//	keep NAME PATH         keeps such a value in the environment
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("CLIENTELE_DATA", e.Getenv("WORK")+"/data")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": wantStatus, "json": wantJSON, "keep": keepJSON,
		},
	})
}

func wantStatus(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}

func wantJSON(ts *testscript.TestScript, neg bool, args []string) {
	got, found := lookUp(ts, args[0])
	want := strings.Join(args[1:], " ")
	if !found {
		got = "-"
	}
	if (got == want) == neg {
		ts.Fatalf("%s is %q, want %q", args[0], got, want)
	}
}

func keepJSON(ts *testscript.TestScript, _ bool, args []string) {
	value, found := lookUp(ts, args[1])
	if !found {
		ts.Fatalf("there is no %s", args[1])
	}
	ts.Setenv(args[0], value)
}

// lookUp walks the JSON of the last output.
func lookUp(ts *testscript.TestScript, path string) (string, bool) {
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	for step := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			var ok bool
			if v, ok = at[step]; !ok {
				return "", false
			}
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(at) {
				return "", false
			}
			v = at[i]
		default:
			return "", false
		}
	}
	return fmt.Sprint(v), true
}
