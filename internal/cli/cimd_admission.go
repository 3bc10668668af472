package cli

import (
	"context"
	"strings"

	"clientele/internal/registry"
)

// CIMDModeCmd shows or sets what becomes of client URLs that nobody imported.
type CIMDModeCmd struct {
	Mode string `arg:"" optional:"" help:"imported, approval or open. Without it the mode is printed." enum:",imported,approval,open" default:""`
}

// Help is the long help.
func (c *CIMDModeCmd) Help() string {
	return `imported   only what an operator imported; nothing unknown is fetched
approval   the person waits, an operator decides (clientele cimd queue)
open       the person's consent decides

Rules come before the mode; see clientele cimd rules.`
}

// Run prints or changes the mode.
func (c *CIMDModeCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Mode != "" {
		if err := o.Settings.Set(ctx, o.Actor, "cimd_admission", c.Mode); err != nil {
			return err
		}
	}
	out.Printf("%s\n", o.Settings.Current().CIMDAdmission)
	return nil
}

// CIMDRulesCmd is the verbs for rules of admission.
type CIMDRulesCmd struct {
	List   CIMDRulesListCmd   `cmd:"" default:"1" help:"List the rules."`
	Allow  CIMDRulesAllowCmd  `cmd:"" help:"Let client URLs in without an operator."`
	Deny   CIMDRulesDenyCmd   `cmd:"" help:"Keep client URLs out, whatever else says."`
	Remove CIMDRulesRemoveCmd `cmd:"" help:"Remove a rule."`
}

// Help is the long help.
func (c *CIMDRulesCmd) Help() string {
	return `A pattern is an exact URL, a URL that ends in / (everything below it), a host, or *.suffix for every host below a domain. A rule
that denies beats every rule that allows; among rules of one effect the most specific one counts. Rules that allow do
nothing in the mode imported.`
}

// CIMDRulesListCmd lists the rules.
type CIMDRulesListCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run prints a table.
func (c *CIMDRulesListCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	rules, err := o.Registry.AdmissionRules(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return out.printJSON(rulesJSON(rules))
	}
	rows := make([][]string, len(rules))
	for i, r := range rules {
		rows[i] = []string{r.ID, string(r.Effect), r.Pattern, r.Note, moment(r.CreatedAt), r.CreatedBy}
	}
	if len(rows) == 0 {
		out.Notef("There are no rules: the mode decides (clientele cimd mode).\n")
		return nil
	}
	return out.table("id|effect|pattern|note|created|by", rows)
}

// ruleJSON is a rule in JSON.
type ruleJSON struct {
	ID      string `json:"id"`
	Effect  string `json:"effect"`
	Pattern string `json:"pattern"`
	Note    string `json:"note,omitempty"`
}

func rulesJSON(rules []registry.AdmissionRule) []ruleJSON {
	all := make([]ruleJSON, len(rules))
	for i, r := range rules {
		all[i] = ruleJSON{r.ID, string(r.Effect), r.Pattern, r.Note}
	}
	return all
}

// RuleArguments are what a new rule needs.
type RuleArguments struct {
	Pattern string `arg:"" help:"Exact URL, URL ending in /, host, or *.suffix."`
	Note    string `help:"Why, for whoever reads it later." placeholder:"TEXT"`
}

func (c *RuleArguments) run(ctx context.Context, g *Globals, out *Output, effect registry.RuleEffect) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	rule, err := o.Registry.CreateAdmissionRule(ctx, o.Actor, c.Pattern, effect, c.Note)
	if err != nil {
		return err
	}
	out.Printf("%s\n", rule.ID)
	if exact := strings.HasPrefix(rule.Pattern, "https://") && !strings.HasSuffix(rule.Pattern, "/"); effect == registry.Allow && !exact {
		out.Notef("\nOne host can serve many clients, and this lets all of them in. An exact URL lets in one.\n")
	}
	return nil
}

// CIMDRulesAllowCmd adds a rule that lets in.
type CIMDRulesAllowCmd struct{ RuleArguments }

// Run adds the rule.
func (c *CIMDRulesAllowCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	return c.run(ctx, g, out, registry.Allow)
}

// CIMDRulesDenyCmd adds a rule that keeps out.
type CIMDRulesDenyCmd struct{ RuleArguments }

// Run adds the rule.
func (c *CIMDRulesDenyCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	return c.run(ctx, g, out, registry.Deny)
}

// CIMDRulesRemoveCmd removes a rule.
type CIMDRulesRemoveCmd struct {
	ID string `arg:"" help:"ID of the rule, as in rul_…"`
}

// Run removes the rule.
func (c *CIMDRulesRemoveCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	return absent("rule", c.ID, o.Registry.DeleteAdmissionRule(ctx, o.Actor, c.ID))
}
