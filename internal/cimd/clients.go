package cimd

import (
	"embed"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// known are the documents of clients in the field; see its README.
//
//go:embed known/chatgpt.json known/claude.json known/claude-code.json known/codex.json known/opencode.json known/vscode.json
var known embed.FS

// knownClients are those whom operators ask about. Some use their document only where the server says in its metadata that it
// takes clients without a credential, and fall back to registration without a word.
var knownClients = []struct {
	name, file string
	needsNone  bool
}{
	{"ChatGPT", "chatgpt", false},
	{"Claude", "claude", true},
	{"Claude Code", "claude-code", true},
	{"Codex", "codex", true},
	{"opencode", "opencode", true},
	{"Visual Studio Code", "vscode", false},
}

// Here is what a server does about clients that are known by a URL.
type Here struct {
	Policy Policy
	Flag   bool                                    // its metadata has client_id_metadata_document_supported
	None   bool                                    // and none among token_endpoint_auth_methods_supported
	Decide func(oauth.ClientURL) registry.Decision // by the rules and the mode; a client that is registered already is admitted
}

// ClientVerdict is whether a well-known client would be let in, and why.
type ClientVerdict struct {
	Client  string                   `json:"client"`
	URL     string                   `json:"url"`
	Verdict registry.DecisionVerdict `json:"verdict"`
	Why     string                   `json:"why"`
	Mend    string                   `json:"mend,omitempty"` // what the operator can change; empty if nothing need be
}

// KnownClients says of well-known clients whether they would be let in here, going by the documents that they were last seen
// with. Nothing is fetched.
func KnownClients(h Here) []ClientVerdict {
	all := make([]ClientVerdict, 0, len(knownClients))
	for _, k := range knownClients {
		body, err := known.ReadFile("known/" + k.file + ".json")
		if err != nil {
			continue // a test reads them all
		}
		v := h.judge(body, k.needsNone)
		v.Client = k.name
		all = append(all, v)
	}
	return all
}

// judgeAll begins with the client that a report is about, if there is a document at all.
func (h Here) judgeAll(r Report) []ClientVerdict {
	own := ClientVerdict{Client: "this client", URL: r.URL, Verdict: registry.Refuse, Why: "its document is refused", Mend: "See the rows that failed."}
	if u, err := oauth.ParseClientURL(r.URL, h.Policy.URLRules()); err == nil && !r.Failed() {
		d := h.Decide(u)
		own.Verdict, own.Why, own.Mend = d.Verdict, d.Why, ""
		if d.Verdict != registry.Admit {
			own.Mend = letIn
		}
	}
	return append([]ClientVerdict{own}, KnownClients(h)...)
}

const letIn = "Import it, or allow its exact URL."

func (h Here) judge(body []byte, needsNone bool) ClientVerdict {
	v := ClientVerdict{URL: ownURL(body), Verdict: registry.Refuse}
	u, err := oauth.ParseClientURL(v.URL, h.Policy.URLRules())
	if err != nil {
		v.Why = "its URL " + err.Error()
		return v
	}
	reading, failure := readDocument(u, body, h.Policy)
	switch {
	case failure != nil:
		v.Why = failure.Message
	case !reading.Usable():
		f := reading.Violations[0]
		v.Why, v.Mend = f.Field+" "+f.Message, "Change the settings for metadata documents."
	case !h.Flag:
		v.Why, v.Mend = "it is not told that its URL can be its client ID", "Admit more than imported clients, or import this one."
	case needsNone && !h.None:
		v.Why, v.Mend = "it looks for none among token_endpoint_auth_methods_supported, and falls back to registration", "Let clients without a credential in."
	default:
		d := h.Decide(u)
		v.Verdict, v.Why = d.Verdict, d.Why
		if d.Verdict != registry.Admit {
			v.Mend = letIn
		}
	}
	return v
}
