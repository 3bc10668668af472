package settings

import (
	"errors"
	"net/http"
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/settings"
)

func (d *Pages) saveSettings(p settingPage) frame.Page {
	return func(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
		f := instanceForm{values: r.PostForm, Wrong: frame.Faults{}}
		status, err := d.saveNamed(r, v, p.names(), &f)
		switch {
		case err != nil:
			return err
		case status != http.StatusSeeOther:
			return d.writeSettingPage(w, r, v, status, p, f)
		}
		return d.Done(w, r, p.Path, "Saved. The change is in force.")
	}
}

// saveNamed writes the settings with these names that the form changes, all or none. It answers with the status: 303 if they are
// written, else 422 or 409, and what is wrong or differs stands in the form.
func (d *Pages) saveNamed(r *http.Request, v *frame.Visit, names []string, f *instanceForm) (status int, err error) {
	frame.TakeTheirs(f.values, d.currentSettings(names).values, names)
	var edits []settings.Edit
	for _, name := range names {
		def, ok := settings.Lookup(name)
		if !ok {
			continue
		}
		text := strings.TrimSpace(f.get(name))
		if toggle(def) && text == "" {
			text = "off"
		}
		f.values.Set(name, text)
		seen := f.get("was." + name)
		if !f.values.Has("was." + name) { // a form without it is about what is there now
			seen = def.Format(d.Settings.Current())
		}
		if text != seen {
			edits = append(edits, settings.Edit{Name: name, Seen: seen, Value: text})
		}
	}
	err = d.Settings.Edit(r.Context(), v.Actor(), edits)
	switch {
	case err == nil:
		return http.StatusSeeOther, nil
	case errors.Is(err, settings.ErrStale):
		return d.staleNamed(r, names, f)
	case addSettings(f.Wrong, err):
		return http.StatusUnprocessableEntity, nil
	}
	return 0, err
}

// staleNamed compares the form with what somebody else saved.
func (d *Pages) staleNamed(r *http.Request, names []string, f *instanceForm) (status int, err error) {
	now := d.currentSettings(names)
	f.Stale = frame.StaleFields(names, f.values, now.values, settingTitle, settingWords)
	for i := range f.Stale {
		if err := d.SayWho(r.Context(), settings.Kind, f.Stale[i].Name, 1, f.Stale[i:i+1]); err != nil {
			return 0, err
		}
	}
	frame.KeepTheirs(f.values, now.values, f.Stale)
	for _, name := range names {
		f.values.Set("was."+name, now.get(name))
	}
	return http.StatusConflict, nil
}

// addSettings puts what is wrong with settings where it belongs, and reports whether err says nothing else.
func addSettings(wrong frame.Faults, err error) bool {
	if invalid, ok := errors.AsType[*settings.InvalidValue](err); ok {
		if joined, several := err.(interface{ Unwrap() []error }); several {
			for _, one := range joined.Unwrap() {
				addSettings(wrong, one)
			}
			return true
		}
		wrong.Add(invalid.Name, settingTitle(invalid.Name)+" "+invalid.Message)
		return true
	}
	return false
}
