package cli

import (
	"context"
	"errors"
	"strconv"

	"clientele/internal/cimd"
	"clientele/internal/management"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// CIMDQueueCmd lists who waits.
type CIMDQueueCmd struct {
	JSON bool `help:"Print JSON."`
}

// waitingJSON is an entry of the queue in JSON.
type waitingJSON struct {
	ID           string   `json:"id"`
	URL          string   `json:"url"`
	Name         string   `json:"name"`
	RedirectURIs []string `json:"redirect_uris"`
	People       int      `json:"people"`
	Attempts     int      `json:"attempts"`
	Reference    string   `json:"reference"`
	DocumentHash string   `json:"document_hash"`
	KeySetHash   string   `json:"key_set_hash,omitempty"`
}

// Run prints a table.
func (c *CIMDQueueCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	page, err := o.Registry.WaitingClients(ctx, "", registry.MaxWaiting)
	if err != nil {
		return err
	}
	if c.JSON {
		all := make([]waitingJSON, len(page.Items))
		for i, w := range page.Items {
			all[i] = waitingJSON{w.ID, w.URL, w.Name, w.RedirectURIs, w.People, w.Attempts, w.Reference, w.Hash, w.KeySetHash}
		}
		return out.printJSON(all)
	}
	if len(page.Items) == 0 {
		out.Notef("Nobody waits.\n")
		return nil
	}
	rows := make([][]string, len(page.Items))
	for i, w := range page.Items {
		rows[i] = []string{w.ID, w.URL, "“" + w.Name + "”", strconv.Itoa(w.People), moment(w.FirstAt), w.Reference}
	}
	return out.table("id|client|calls itself|people|since|reference", rows)
}

// CIMDApproveCmd lets a waiting client in.
type CIMDApproveCmd struct {
	ID     string   `arg:"" help:"ID of the entry, as in wtg_…; see cimd queue."`
	API    []string `name:"api" help:"Let it call this API for people; may be given several times. Without it the default grants for third parties count." sep:"none" placeholder:"ID"`
	Scopes []string `help:"With --api: which scopes. Default: all that the API has today." placeholder:"SCOPE"`
	JSONFlag
}

// Run approves what waits, if its document is still the one that waits.
func (c *CIMDApproveCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	if len(c.Scopes) > 0 && len(c.API) == 0 {
		return Usagef("--scopes goes with --api; without an API there is nothing to have scopes of")
	}
	o, documents, err := g.openDocuments(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	apis, err := findAPIs(ctx, o, c.API)
	if err != nil {
		return err
	}
	entry, err := o.Registry.WaitingClient(ctx, c.ID)
	if err != nil {
		return absent("entry", c.ID, err)
	}
	done, err := documents.Approve(ctx, o.Actor, entry.ID, entry.Hash, entry.KeySetHash)
	if refused, ok := errors.AsType[*cimd.Declined](err); ok && !c.JSON {
		previewText(out, &refused.Preview)
	}
	if err != nil {
		return err
	}
	if err := grantUserAccess(ctx, o, &done.Application, apis, list(c.Scopes)); err != nil {
		return err
	}
	if c.JSON {
		return out.printJSON(management.ClientJSON(&done.Application, secret.Secret{}))
	}
	return printRegistered(ctx, out, o, &done, len(apis) > 0)
}

// CIMDDenyCmd takes a waiting client out of the queue.
type CIMDDenyCmd struct {
	ID    string `arg:"" help:"ID of the entry, as in wtg_…; see cimd queue."`
	Block string `help:"Keep it out from now on: its url, or everything of its host." enum:",url,host" default:"" placeholder:"url|host"`
}

// Run refuses what waits.
func (c *CIMDDenyCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	if c.Block == "" {
		o, err := g.openStore(ctx)
		if err != nil {
			return err
		}
		defer o.Close()
		return absent("entry", c.ID, o.Registry.RefuseWaiting(ctx, o.Actor, c.ID))
	}
	o, documents, err := g.openDocuments(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	rule, err := documents.DenyAndBlock(ctx, o.Actor, c.ID, cimd.Block(c.Block))
	if err != nil {
		return absent("entry", c.ID, err)
	}
	out.Printf("%s  deny  %s\n", rule.ID, oneLine(rule.Pattern))
	return nil
}

// CIMDTraceCmd explains a refusal.
type CIMDTraceCmd struct {
	Reference string `arg:"" optional:"" help:"What the person was shown, as in 7KQ2-MD4F. Without it the newest refusals are listed."`
	Limit     int    `help:"How many at most." default:"20"`
}

// Run prints the trace.
func (c *CIMDTraceCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	page, err := o.Store.Traces(ctx, registry.TraceQuery{Reference: c.Reference, Limit: c.Limit})
	if err != nil {
		return err
	}
	if c.Reference == "" {
		rows := make([][]string, len(page.Items))
		for i, t := range page.Items {
			rows[i] = []string{t.Reference, moment(t.At), t.ClientID, string(t.Kind), t.Rule, t.Message}
		}
		return out.table("reference|when|client|kind|rule|what", rows)
	}
	if len(page.Items) == 0 {
		return absence{"there is no trace " + oneLine(c.Reference) + "; traces are kept for 30 days", registry.ErrNotFound}
	}
	t := page.Items[0]
	facts := [][]string{
		fact("reference", t.Reference), fact("when", moment(t.At)), fact("client", t.ClientID), fact("application", t.ApplicationID), fact("at", t.Door),
		fact("kind", string(t.Kind)), fact("rule", t.Rule), fact("value", t.Value), fact("what is wrong", t.Message), fact("what to change", t.Mend),
		fact("who can", string(t.Side)), fact("written in", t.Spec), fact("repeated", repeats(t.Repeats)),
	}
	return out.facts(facts...)
}

func repeats(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + " times"
}
