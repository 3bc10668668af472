package settings

import (
	"net/http"
	"net/url"
	"slices"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/settings"
	"clientele/internal/ui"
)

// settingGroup is some settings that belong together.
type settingGroup struct {
	Title, Text string
	Names       []string
}

// settingPage is one tab of the settings that is nothing but settings.
type settingPage struct {
	Label, Path, Lead string
	Groups            []settingGroup
}

const (
	brandingPath  = "/dashboard/settings/branding"
	operatorsPath = "/dashboard/settings/operators"
)

// freshSettings are the pages whose settings let somebody hide what was done here, or stay signed in as an operator: a browser that
// was left open is not enough for them.
var freshSettings = []string{operatorsPath, "/dashboard/settings/sessions", "/dashboard/settings/retention"}

var settingPages = []settingPage{
	{"General", "/dashboard/settings", "What this instance is called, and the rules for all of its applications.", []settingGroup{
		{"Instance", "", []string{"instance_name"}},
		{"Applications", "Rules for every application.", []string{"default_api", "wildcard_redirects"}},
	}},
	{"Branding", brandingPath, "What sign-in and consent pages look like. They ask nobody but this server for anything.", []settingGroup{
		{"Colour", "Of buttons and links. It is made darker or lighter where text could not be read.", []string{"accent"}},
		{"Logo", "Shown at 28 pixels beside the name. A picture you bring is drawn anew here as a PNG and served from this server.", []string{"logo_url"}},
	}},
	{"Sign-in", "/dashboard/settings/sign-in", "What people may do by themselves.", []settingGroup{
		{"Sign-up", "Without it, operators create people.", []string{"sign_up"}},
	}},
	{"Sessions", "/dashboard/settings/sessions", "How long somebody stays signed in. Sessions that are there keep what they began with.", []settingGroup{
		{"People", "At the door for applications.", []string{"person_session_idle", "person_session_lifetime"}},
		{"Operators", "At the door of this dashboard. Secrets, keys and operators ask for a sign-in of the last 5 minutes besides.", []string{"operator_session_idle", "operator_session_lifetime"}},
	}},
	{"Default lifetimes", "/dashboard/settings/defaults", "What new APIs and applications begin with. Those that are there keep what they have.", []settingGroup{
		{"New APIs", "An access token cannot be called back, so short is safer.", []string{"api_token_lifetime"}},
		{"New applications", "Each can be changed on its own page.", []string{"id_token_lifetime", "refresh_lifetime", "refresh_idle_lifetime"}},
	}},
	{"Retention", "/dashboard/settings/retention", "How long what happened is kept. Older records are removed in the background.", []settingGroup{
		{"Records", "The record of changes is chained, and stays verifiable from where it begins.", []string{"change_retention", "use_retention"}},
	}},
	{"Operators", operatorsPath, "Who runs this instance, and how they sign in.", []settingGroup{
		{"How they sign in", "With a password or a passkey. A passkey cannot be typed into a false page.", []string{"operator_passkeys"}},
	}},
}

// settingsTabs are the pages of the settings, those with more than settings among them.
func settingsTabs(current string) ui.Tabs {
	var links []ui.Link
	for _, p := range settingPages {
		links = append(links, ui.Link{Label: p.Label, Href: p.Path})
		if p.Label == "Sessions" {
			links = append(links, ui.Link{Label: "Applications from a URL", Href: frame.AdmissionPath})
		}
	}
	links = append(links, ui.Link{Label: "Signing keys", Href: keysPath})
	for i := range links {
		links[i].Current = links[i].Label == current
	}
	return ui.Tabs{Label: "Settings", Links: links}
}

// settingTitles are what the page calls the settings, below the heading they stand under.
var settingTitles = map[string]string{
	"instance_name": "Name", "logo_url": "Logo URL", "accent": "Accent colour", "sign_up": "People may create their own user", "wildcard_redirects": "Wildcards in callback URLs",
	"default_api": "Default API", "person_session_idle": "Unused for", "person_session_lifetime": "At most",
	"cimd_admission": "The choice", "cimd_profile": "What must be there", "cimd_redirect_hosts": "Where they may send people",
	"operator_session_idle": "Unused for", "operator_session_lifetime": "At most", "operator_passkeys": "Operators need a passkey",
	"change_retention": "Changes", "use_retention": "Uses", "api_token_lifetime": "Access tokens", "id_token_lifetime": "ID tokens",
	"refresh_lifetime": "Refresh tokens, at most", "refresh_idle_lifetime": "Refresh tokens, unused for",
	"cimd_confidential_only": "They must prove themselves with a key", "cimd_foreign_keys": "Their keys may be on another origin",
	"cimd_query": "Their URL may have a query", "localhost_port": "Any port of http://localhost is fine",
}

func settingTitle(name string) string {
	if title := settingTitles[name]; title != "" {
		return title
	}
	return name
}

// instanceForm is some settings as text. It also carries what each was when the form was made: was.NAME.
type instanceForm struct {
	values url.Values
	Wrong  frame.Faults
	Stale  []frame.StaleField
	apis   []ui.Option // for the default API; nil = it is typed
}

func (f instanceForm) get(name string) string { return f.values.Get(name) }

// dirty reports whether something stands in the form that is not saved: it came back, or a colour is only looked at.
func (f instanceForm) dirty() bool {
	return len(f.Wrong)+len(f.Stale) > 0 || f.values.Has("was.accent") && f.get("accent") != f.get("was.accent")
}

// names are the settings of a page. Those that no page has stand on the first, so that a new setting is never lost.
func (p settingPage) names() []string {
	var names []string
	for _, g := range p.groups() {
		names = append(names, g.Names...)
	}
	return names
}

func (p settingPage) groups() []settingGroup {
	if p.Label != "General" {
		return p.Groups
	}
	placed := slices.Clone(admissionNames)
	for _, other := range settingPages {
		for _, g := range other.Groups {
			placed = append(placed, g.Names...)
		}
	}
	var rest []string
	for _, d := range settings.Definitions() {
		if !slices.Contains(placed, d.Name) {
			rest = append(rest, d.Name)
		}
	}
	if len(rest) == 0 {
		return p.Groups
	}
	return append(slices.Clone(p.Groups), settingGroup{"More", "", rest})
}

// currentSettings is a form with the values that are in force.
func (d *Pages) currentSettings(names []string) instanceForm {
	now := d.Settings.Current()
	f := instanceForm{values: url.Values{}, Wrong: frame.Faults{}}
	for _, name := range names {
		if def, ok := settings.Lookup(name); ok {
			f.values.Set(name, def.Format(now))
			f.values.Set("was."+name, def.Format(now))
		}
	}
	f.values.Set("seen", frame.SeenOf(f.values, names))
	return f
}

func (d *Pages) showSettings(p settingPage) frame.Page {
	return func(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
		return d.writeSettingPage(w, r, v, http.StatusOK, p, d.currentSettings(p.names()))
	}
}

func (d *Pages) writeSettingPage(w http.ResponseWriter, r *http.Request, v *frame.Visit, status int, p settingPage, f instanceForm) error {
	switch p.Path {
	case brandingPath:
		return v.Write(w, r, status, brandingPage(v, p, f, d.brandingOf(r, f)))
	case operatorsPath:
		return d.writeOperators(w, r, v, status, p, f, inviteForm{Wrong: frame.Faults{}})
	}
	var err error
	if f.apis, err = d.apiChoice(r, p, f.get("default_api")); err != nil {
		return err
	}
	return v.Write(w, r, status, instancePage(v, p, f))
}

// apiChoice are the APIs that a request without audience can be for; nil where the page does not ask, or where there are too many
// for a list. chosen is always among them.
func (d *Pages) apiChoice(r *http.Request, p settingPage, chosen string) ([]ui.Option, error) {
	if !slices.Contains(p.names(), "default_api") {
		return nil, nil
	}
	page, err := d.Registry.APIs(r.Context(), registry.APIQuery{Limit: registry.MaxPageSize})
	if err != nil || page.Next != "" {
		return nil, err
	}
	options, known := []ui.Option{{Label: "None"}}, chosen == ""
	for _, a := range page.Items {
		if !a.System {
			options = append(options, ui.Option{Value: a.Identifier, Label: a.Name + " – " + a.Identifier})
			known = known || a.Identifier == chosen
		}
	}
	if !known {
		options = append(options, ui.Option{Value: chosen, Label: chosen})
	}
	return options, nil
}

func toggle(d settings.Definition) bool { return d.Unit == "on or off" }

func lockInstance(v *frame.Visit) string {
	if v.May(account.ActManageInstance) {
		return ""
	}
	return "Only an owner changes settings."
}

// Routes are the settings of the instance, its operators and its signing keys.
func (d *Pages) Routes() []frame.Route {
	list := []frame.Route{
		frame.On("GET /dashboard/keys", account.ActView, d.movedKeys),
		frame.On("GET "+keysPath, account.ActView, d.listKeys),
		frame.OnFresh("POST "+keysPath+"/rotate", account.ActManageInstance, d.rotateKey),
		frame.OnFresh("POST "+keysPath+"/revoke", account.ActManageInstance, d.revokeKey),
		frame.On("POST "+brandingPath+"/logo", account.ActManageInstance, d.uploadLogo),
		frame.On("POST "+brandingPath+"/logo/remove", account.ActManageInstance, d.removeLogo),
		frame.On("GET "+brandingPath+"/preview.svg", account.ActView, d.brandingPreview),
		frame.OnFresh("POST "+operatorsPath+"/invite", account.ActManageOperators, d.inviteOperator),
		frame.OnFresh("POST "+operatorsPath+"/{id}", account.ActManageOperators, d.changeOperator),
		frame.On("GET /dashboard/settings/applications", account.ActView, d.admission),
		frame.OnFresh("POST /dashboard/settings/applications", account.ActManageInstance, d.saveAdmission),
		frame.OnFresh("POST /dashboard/settings/applications/rules", account.ActManageInstance, d.addRule),
		frame.OnFresh("POST /dashboard/settings/applications/rules/{rule}/delete", account.ActManageInstance, d.deleteRule),
	}
	for _, p := range settingPages {
		list = append(list,
			frame.On("GET "+p.Path, account.ActView, d.showSettings(p)),
			frame.Route{Pattern: "POST " + p.Path, Needs: account.ActManageInstance, Fresh: slices.Contains(freshSettings, p.Path), Page: d.saveSettings(p)})
	}
	return list
}
