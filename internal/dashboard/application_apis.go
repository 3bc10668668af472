package dashboard

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// apiAccess is what an application may do with one API.
type apiAccess struct {
	API    registry.API
	People *registry.ClientGrant // acting for a person
	Itself *registry.ClientGrant // acting for itself
}

// byPolicy reports whether the API lets every application of ours act for people, so that no grant is needed.
func (x apiAccess) byPolicy(a *registry.Application) bool {
	return x.API.UserPolicy == registry.AllowAll && a.Ownership == registry.FirstParty && !x.API.System
}

// peopleWords say what the application may do for people.
func (x apiAccess) peopleWords(a *registry.Application) ui.Badge {
	switch {
	case !signsPeopleIn(a):
		return ui.Badge{Text: "does not sign people in"}
	case x.API.System:
		return ui.Badge{Text: "never"}
	case x.API.UserPolicy == registry.DenyAll:
		return ui.Badge{Text: "denied by the API"}
	case x.byPolicy(a):
		return ui.Badge{Kind: ui.Good, Text: "all permissions, by the API's policy"}
	}
	return grantBadge(x.People)
}

// itselfWords say what the application may do for itself.
func (x apiAccess) itselfWords(a *registry.Application) ui.Badge {
	switch {
	case !a.Allows(oauth.ClientCredentials):
		return ui.Badge{Text: "does not act for itself"}
	case x.API.ClientPolicy == registry.DenyAll:
		return ui.Badge{Text: "denied by the API"}
	}
	return grantBadge(x.Itself)
}

func grantBadge(g *registry.ClientGrant) ui.Badge {
	switch {
	case g == nil:
		return ui.Badge{Text: "none"}
	case g.AllScopes:
		return ui.Badge{Kind: ui.Good, Text: "all permissions"}
	case len(g.Scopes) == 0:
		return ui.Badge{Kind: ui.Good, Text: "tokens without permissions"}
	case len(g.Scopes) <= 3:
		return ui.Badge{Kind: ui.Good, Text: strings.Join(g.Scopes, ", ")}
	}
	return ui.Badge{Kind: ui.Good, Text: strconv.Itoa(len(g.Scopes)) + " permissions"}
}

// accessList joins the APIs with the grants of an application.
func (d *Dashboard) accessList(r *http.Request, a *registry.Application) ([]apiAccess, error) {
	apis, err := d.Registry.APIs(r.Context(), registry.APIQuery{Limit: registry.MaxPageSize})
	if err != nil {
		return nil, err
	}
	grants, err := d.Registry.ClientGrants(r.Context(), registry.ClientGrantQuery{ApplicationID: a.ID, Limit: registry.MaxPageSize})
	if err != nil {
		return nil, err
	}
	list := make([]apiAccess, len(apis.Items))
	for i, api := range apis.Items {
		list[i] = accessTo(api, grants.Items)
	}
	slices.SortStableFunc(list, func(x, y apiAccess) int { // the one of this server itself last
		return bit(x.API.System) - bit(y.API.System)
	})
	return list, nil
}

func bit(is bool) int {
	if is {
		return 1
	}
	return 0
}

func accessTo(api registry.API, grants []registry.ClientGrant) apiAccess {
	x := apiAccess{API: api}
	for i := range grants {
		switch g := &grants[i]; {
		case g.APIID != api.ID:
		case g.SubjectType == registry.ForUser:
			x.People = g
		default:
			x.Itself = g
		}
	}
	return x
}

func (d *Dashboard) applicationAPIs(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	list, err := d.accessList(r, &a)
	if err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, applicationAPIsPage(v, &a, list))
}

// accessForm is the choice for one API and one way of acting.
type accessForm struct {
	Subject registry.SubjectType
	Whom    string // toStrangers; empty for everything else
	Choice  string // none, some, all
	Scopes  []string
	Fault   string
}

// id is that of one of its fields; there are two such forms on a page.
func (f accessForm) id(field string) string { return "f-" + f.Whom + string(f.Subject) + "-" + field }

// contradiction refuses boxes that are ticked beside a choice that ignores them: without scripts it is easy to forget the one in
// front. A choice that is none of the three is refused, too.
func (f accessForm) contradiction() error {
	violation := registry.Violation{Field: "access"}
	switch {
	case f.Choice == "none" && len(f.Scopes) > 0:
		violation.Message = "is None, but permissions are ticked. Choose These permissions, or untick them."
	case f.Choice != "none" && f.Choice != "some" && f.Choice != "all":
		violation.Message = "is missing; choose one."
	default:
		return nil
	}
	return &registry.Invalid{Violations: []registry.Violation{violation}}
}

// grantFault is the sentence above the choice.
func grantFault(invalid *registry.Invalid) string {
	sentences := make([]string, len(invalid.Violations))
	for i, v := range invalid.Violations {
		field, _ := splitField(v.Field)
		sentences[i] = sentence(map[string]string{"access": "Access", "scopes": "One of the permissions", "api": "The API", "subject_type": "The way of acting", "all_scopes": "All permissions"}[field], v)
	}
	return strings.Join(sentences, " ")
}

func formFrom(g *registry.ClientGrant, subject registry.SubjectType) accessForm {
	f := accessForm{Subject: subject, Choice: "none"}
	if g != nil {
		f.Choice, f.Scopes = "some", g.Scopes
		if g.AllScopes {
			f.Choice = "all"
		}
	}
	return f
}

func (d *Dashboard) applicationAPI(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, x, err := d.accessOf(r)
	if err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, applicationAPIPage(v, &a, x, formFrom(x.People, registry.ForUser), formFrom(x.Itself, registry.ForClient)))
}

func (d *Dashboard) accessOf(r *http.Request) (registry.Application, apiAccess, error) {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return a, apiAccess{}, err
	}
	api, err := d.Registry.API(r.Context(), r.PathValue("api"))
	if err != nil {
		return a, apiAccess{}, err
	}
	grants, err := d.Registry.ClientGrants(r.Context(), registry.ClientGrantQuery{ApplicationID: a.ID, APIID: api.ID})
	return a, accessTo(api, grants.Items), err
}

// saveApplicationAPI makes the client grant what the form says: made, changed or taken back.
func (d *Dashboard) saveApplicationAPI(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, x, err := d.accessOf(r)
	if err != nil {
		return err
	}
	f := accessForm{Subject: registry.SubjectType(r.PostForm.Get("subject")), Choice: r.PostForm.Get("access"), Scopes: r.PostForm["scope"]}
	had := x.Itself
	if f.Subject == registry.ForUser {
		had = x.People
	}
	err = f.contradiction()
	if err == nil {
		err = d.saveGrant(r, v, had, registry.ClientGrant{ApplicationID: a.ID, APIID: x.API.ID, SubjectType: f.Subject}, f)
	}
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	switch {
	case wrong:
		f.Fault = grantFault(invalid)
	case errors.Is(err, registry.ErrConflict), errors.Is(err, registry.ErrStale):
		f.Fault = "Somebody else saved in the meantime. Nothing was overwritten; look again and save once more."
	case err != nil:
		return err
	default:
		return d.done(w, r, appPath(&a, "apis"), "Saved. The next token has the new permissions.")
	}
	people, itself := formFrom(x.People, registry.ForUser), formFrom(x.Itself, registry.ForClient)
	if f.Subject == registry.ForUser {
		people = f
	} else {
		itself = f
	}
	return v.write(w, r, http.StatusUnprocessableEntity, applicationAPIPage(v, &a, x, people, itself))
}

// saveGrant makes, changes or deletes the grant that was there before (nil if none), so that it is what the form says.
func (d *Dashboard) saveGrant(r *http.Request, v *visit, had *registry.ClientGrant, want registry.ClientGrant, f accessForm) error {
	switch f.Choice {
	case "none":
		if had == nil {
			return nil
		}
		return d.Registry.DeleteClientGrant(r.Context(), v.actor(), had.ID)
	case "all":
		want.AllScopes = true
	default:
		want.Scopes = oauth.Scopes(slices.Clone(f.Scopes))
	}
	if had == nil {
		_, err := d.Registry.CreateClientGrant(r.Context(), v.actor(), want)
		return err
	}
	_, _, err := d.Registry.UpdateClientGrant(r.Context(), v.actor(), had.ID, 0, func(g *registry.ClientGrant) error {
		g.Scopes, g.AllScopes = want.Scopes, want.AllScopes
		return nil
	})
	return err
}
