package cli

import (
	"context"

	"clientele/internal/settings"
)

// SettingsCmd is the verbs for what can be changed while the server runs.
type SettingsCmd struct {
	List SettingsListCmd `cmd:"" help:"List all settings with their values."`
	Get  SettingsGetCmd  `cmd:"" help:"Print the value of a setting."`
	Set  SettingsSetCmd  `cmd:"" help:"Change a setting; an empty value restores the default. A running server follows within a second."`
}

// SettingsListCmd lists settings.
type SettingsListCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run prints a table.
func (c *SettingsListCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	current := o.Settings.Current()
	if c.JSON {
		all := map[string]string{}
		for _, d := range settings.Definitions() {
			all[d.Name] = d.Format(current)
		}
		return out.printJSON(all)
	}
	var rows [][]string
	for _, d := range settings.Definitions() {
		value, note := d.Format(current), ""
		if value != d.DefaultText() {
			note = "changed"
		}
		rows = append(rows, []string{d.Name, value, note, d.Help})
	}
	return out.table("setting|value||what it does", rows)
}

// SettingsGetCmd prints a setting.
type SettingsGetCmd struct {
	Name string `arg:"" help:"Name of the setting; see settings list."`
}

// Run prints the value alone.
func (c *SettingsGetCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	d, err := definition(c.Name)
	if err != nil {
		return err
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	out.Printf("%s\n", d.Format(o.Settings.Current()))
	return nil
}

func definition(name string) (settings.Definition, error) {
	d, ok := settings.Lookup(name)
	if !ok {
		return d, Usagef("there is no setting %s; `clientele settings list` shows all", oneLine(name))
	}
	return d, nil
}

// SettingsSetCmd changes a setting.
type SettingsSetCmd struct {
	Name  string `arg:"" help:"Name of the setting; see settings list."`
	Value string `arg:"" help:"Its value; empty restores the default."`
}

// Help is the long help.
func (c *SettingsSetCmd) Help() string {
	return `Examples:
  clientele settings set instance_name "Example Inc."
  clientele settings set sign_up on
  clientele settings set person_session_idle 12h`
}

// Run changes the setting and prints what it is now.
func (c *SettingsSetCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	d, err := definition(c.Name)
	if err != nil {
		return err
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.Settings.Set(ctx, o.Actor, d.Name, c.Value); err != nil {
		return err
	}
	out.Printf("%s\n", d.Format(o.Settings.Current()))
	return nil
}
