package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"clientele/internal/account"
	"clientele/internal/settings"
	"clientele/internal/ui"
)

var toSettings = ui.Link{Label: "Settings", Href: "/dashboard/settings"}

// settingGroup is some settings that belong together.
type settingGroup struct {
	Title, Text string
	Names       []string
}

var settingGroups = []settingGroup{
	{"Look", "What people see when they sign in.", []string{"instance_name", "logo_url", "accent"}},
	{"Signing in", "What people may do by themselves.", []string{"sign_up"}},
	{"Applications", "Rules for every application.", []string{"wildcard_redirects", "default_api"}},
	{"Sessions", "How long people and operators stay signed in.", []string{"person_session_idle", "person_session_lifetime", "operator_session_idle", "operator_session_lifetime"}},
	{"Records", "How long what happened is kept.", []string{"change_retention", "use_retention"}},
}

// settingTitles are what the page calls the settings.
var settingTitles = map[string]string{
	"instance_name": "Name", "logo_url": "Logo URL", "accent": "Accent colour", "sign_up": "Sign-up", "wildcard_redirects": "Wildcards in callback URLs",
	"default_api": "Default API", "person_session_idle": "People, unused for", "person_session_lifetime": "People, at most",
	"cimd_admission": "The choice", "cimd_profile": "What must be there", "cimd_redirect_hosts": "Where they may send people",
	"operator_session_idle": "Operators, unused for", "operator_session_lifetime": "Operators, at most", "change_retention": "Changes", "use_retention": "Uses",
}

func settingTitle(d settings.Definition) string {
	if title := settingTitles[d.Name]; title != "" {
		return title
	}
	return d.Name
}

// instanceForm is the settings as text.
type instanceForm struct {
	values url.Values
	Wrong  faults
}

func (f instanceForm) get(name string) string { return f.values.Get(name) }

// groups are the settings in their groups; one that has no group stands in a last one, so that a new setting is never lost.
func groups() []settingGroup {
	list := slices.Clone(settingGroups)
	var rest []string
	for _, d := range settings.Definitions() {
		if !slices.Contains(admissionNames, d.Name) && !slices.ContainsFunc(list, func(g settingGroup) bool { return slices.Contains(g.Names, d.Name) }) {
			rest = append(rest, d.Name)
		}
	}
	if len(rest) > 0 {
		list = append(list, settingGroup{"More", "", rest})
	}
	return list
}

func (d *Dashboard) settings(w http.ResponseWriter, r *http.Request, v *visit) error {
	return v.write(w, r, http.StatusOK, instancePage(v, d.currentSettings(settingNames())))
}

func (d *Dashboard) saveSettings(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := instanceForm{values: r.PostForm, Wrong: faults{}}
	if err := d.saveNamed(r, v, settingNames(), f); err != nil {
		return err
	}
	if len(f.Wrong) > 0 {
		return v.write(w, r, http.StatusUnprocessableEntity, instancePage(v, f))
	}
	return d.done(w, r, "/dashboard/settings", "Saved. The change is in force.")
}

// saveNamed checks the values of all settings with these names before it writes the first, so that a page with a fault changes
// nothing. What is wrong stands in the form afterwards.
func (d *Dashboard) saveNamed(r *http.Request, v *visit, names []string, f instanceForm) error {
	wanted := d.Settings.Current()
	var changed []settings.Definition
	for _, def := range settings.Definitions() {
		if !slices.Contains(names, def.Name) {
			continue
		}
		text := strings.TrimSpace(f.get(def.Name))
		if toggle(def) && text == "" {
			text = "off"
		}
		f.values.Set(def.Name, text)
		if text == "" {
			text = def.DefaultText()
		}
		if err := def.Parse(&wanted, text); err != nil {
			f.Wrong.add(def.Name, settingTitle(def)+" "+err.Error())
			continue
		}
		if def.Format(wanted) != def.Format(d.Settings.Current()) {
			changed = append(changed, def)
		}
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	return d.writeSettings(r, v, changed, wanted, f.Wrong)
}

func (d *Dashboard) writeSettings(r *http.Request, v *visit, changed []settings.Definition, wanted settings.Settings, wrong faults) error {
	for _, def := range changed {
		err := d.Settings.Set(r.Context(), v.actor(), def.Name, def.Format(wanted))
		if invalid, ok := errors.AsType[*settings.InvalidValue](err); ok {
			wrong.add(def.Name, settingTitle(def)+" "+invalid.Message)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func toggle(d settings.Definition) bool { return d.Unit == "on or off" }

func settingField(v *visit, d settings.Definition, f instanceForm, lock string) ui.Field {
	return ui.Field{
		Name: d.Name, Label: settingTitle(d), Value: f.get(d.Name), Help: d.Help, Error: f.Wrong.first(d.Name), ReadOnly: lock,
		Narrow: strings.HasPrefix(d.Unit, "a duration"), Mono: d.Unit != "text", Placeholder: d.DefaultText(),
	}
}

// settingRoutes are the settings of the instance and its signing keys.
func (d *Dashboard) settingRoutes() []route {
	return []route{
		{"GET /dashboard/keys", account.ActView, false, d.movedKeys},
		{"GET " + keysPath, account.ActView, false, d.listKeys},
		{"POST " + keysPath + "/rotate", account.ActManageInstance, true, d.rotateKey},
		{"POST " + keysPath + "/revoke", account.ActManageInstance, true, d.revokeKey},
		{"GET /dashboard/settings", account.ActView, false, d.settings},
		{"POST /dashboard/settings", account.ActManageInstance, false, d.saveSettings},
		{"GET /dashboard/settings/applications", account.ActView, false, d.admission},
		{"POST /dashboard/settings/applications", account.ActManageInstance, true, d.saveAdmission},
		{"POST /dashboard/settings/applications/rules", account.ActManageInstance, true, d.addRule},
		{"POST /dashboard/settings/applications/rules/{rule}/delete", account.ActManageInstance, true, d.deleteRule},
	}
}
