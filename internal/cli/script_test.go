package cli_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

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
//	publish                serves the directory site as a client's web site, $SITE
//	waits FILE             puts a document of that site into the queue, as $WAITING
//	calls ID SECRET N      the application gets a token for the Management API of the running server, and the list of clients
//	                       answers N with it; waits until it does
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("CLIENTELE_DATA", e.Getenv("WORK")+"/data")
			e.Setenv("CLIENTELE_LISTEN", freeAddress(t))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": wantStatus, "json": wantJSON, "keep": keepJSON, "calls": wantCall,
			"publish": publish, "waits": waits,
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

// freeAddress is a loopback address that nobody listens on. Scripts name it to the verbs; one of them serves there.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func wantCall(ts *testscript.TestScript, _ bool, args []string) {
	_, port, err := net.SplitHostPort(ts.Getenv("CLIENTELE_LISTEN"))
	ts.Check(err)
	base := "http://localhost:" + port
	var got string
	for range 200 { // the server starts, then sees a change within a second
		if got = callWith(ts, base, args[0], args[1]); got == args[2] {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("the call answers %s, want %s", got, args[2])
}

// callWith is the status of the list of clients, or of what went wrong before it.
func callWith(ts *testscript.TestScript, base, id, secret string) string {
	form := url.Values{
		"grant_type": {"client_credentials"}, "audience": {base + "/api/v2/"}, "client_id": {id}, "client_secret": {secret},
	}
	resp, err := http.PostForm(base+"/oauth/token", form)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if resp.StatusCode != http.StatusOK || json.NewDecoder(resp.Body).Decode(&token) != nil {
		return "token " + strconv.Itoa(resp.StatusCode)
	}
	req, err := http.NewRequest(http.MethodGet, base+"/api/v2/clients", nil)
	ts.Check(err)
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	list, err := http.DefaultClient.Do(req)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = list.Body.Close() }()
	return strconv.Itoa(list.StatusCode)
}
