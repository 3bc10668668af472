package access

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// APIAccess is what an application may do with one API.
type APIAccess struct {
	API    registry.API
	People *registry.ClientGrant // acting for a person
	Itself *registry.ClientGrant // acting for itself

	CommonPeople *registry.ClientGrant // what it inherits as a third party where it has no grant of its own
	CommonItself *registry.ClientGrant
}

// ByPolicy reports whether the API lets every application of ours act for people, so that no grant is needed.
func (x APIAccess) ByPolicy(a *registry.Application) bool {
	return x.API.UserPolicy == registry.AllowAll && a.Ownership == registry.FirstParty && !x.API.System
}

// ForPeople is the grant that counts where the application acts for people: its own, else what it inherits; nil is none.
func (x APIAccess) ForPeople() *registry.ClientGrant {
	if x.People != nil {
		return x.People
	}
	return x.CommonPeople
}

// ForItself is the grant that counts where the application acts for itself; nil is none.
func (x APIAccess) ForItself() *registry.ClientGrant {
	if x.Itself != nil {
		return x.Itself
	}
	return x.CommonItself
}

// apiTab is one page of the APIs, with what the application may do at each.
type apiTab struct {
	List   []APIAccess
	Search string
	After  string
	Next   string
	Total  int // of all that fit the search
}

// apisPerPage is small enough that the grants for a page of APIs fit into one answer.
const apisPerPage = registry.MaxPageSize / 2

// accessPage joins a page of APIs with the grants of the application, and with those it inherits.
func (d *Pages) accessPage(r *http.Request, a *registry.Application) (apiTab, error) {
	t := apiTab{Search: strings.TrimSpace(r.URL.Query().Get("find")), After: r.URL.Query().Get("after")}
	apis, err := d.Registry.APIs(r.Context(), registry.APIQuery{Search: t.Search, After: t.After, Limit: apisPerPage, Total: true})
	if err != nil {
		return t, err
	}
	t.Next, t.Total = apis.Next, apis.Total
	ids := make([]string, len(apis.Items))
	for i := range apis.Items {
		ids[i] = apis.Items[i].ID
	}
	own, common, err := d.grantsOf(r, a, ids)
	if err != nil {
		return t, err
	}
	t.List = make([]APIAccess, len(apis.Items))
	for i, api := range apis.Items {
		t.List[i] = accessTo(api, own, common)
	}
	ownLast(t.List)
	return t, nil
}

// grantsOf are the grants of an application for some APIs, and the default ones that it inherits.
func (d *Pages) grantsOf(r *http.Request, a *registry.Application, apis []string) (own, common []registry.ClientGrant, err error) {
	if len(apis) == 0 {
		return nil, nil, nil
	}
	return d.grantsAt(r, a, apis)
}

// grantsAt are those for some APIs; for none named, for any.
func (d *Pages) grantsAt(r *http.Request, a *registry.Application, apis []string) (own, common []registry.ClientGrant, err error) {
	page, err := d.Registry.ClientGrants(r.Context(), registry.ClientGrantQuery{ApplicationID: a.ID, APIIDs: apis, Limit: registry.MaxPageSize})
	if err != nil || a.Ownership != registry.ThirdParty {
		return page.Items, nil, err
	}
	stranger := a.Import != nil && a.Import.By != registry.ByOperator
	defaults, err := d.Registry.ClientGrants(r.Context(), registry.ClientGrantQuery{ThirdParties: !stranger, Strangers: stranger, APIIDs: apis, Limit: registry.MaxPageSize})
	return page.Items, defaults.Items, err
}

// List joins the APIs with the grants of an application, its own and those it inherits.
func (d *Pages) List(r *http.Request, a *registry.Application) ([]APIAccess, error) {
	apis, err := d.Registry.APIs(r.Context(), registry.APIQuery{Limit: registry.MaxPageSize})
	if err != nil {
		return nil, err
	}
	own, common, err := d.grantsAt(r, a, nil)
	if err != nil {
		return nil, err
	}
	list := make([]APIAccess, len(apis.Items))
	for i, api := range apis.Items {
		list[i] = accessTo(api, own, common)
	}
	ownLast(list)
	return list, nil
}

// ownLast puts the API of this server itself at the end: few applications call it.
func ownLast(list []APIAccess) {
	slices.SortStableFunc(list, func(x, y APIAccess) int { return bit(x.API.System) - bit(y.API.System) })
}

func bit(is bool) int {
	if is {
		return 1
	}
	return 0
}

// accessTo finds the grants for one API.
func accessTo(api registry.API, own, common []registry.ClientGrant) APIAccess {
	return APIAccess{
		API: api, People: grantAs(own, api.ID, registry.ForUser), Itself: grantAs(own, api.ID, registry.ForClient),
		CommonPeople: grantAs(common, api.ID, registry.ForUser), CommonItself: grantAs(common, api.ID, registry.ForClient),
	}
}

func grantAs(list []registry.ClientGrant, api string, subject registry.SubjectType) *registry.ClientGrant {
	for i := range list {
		if list[i].APIID == api && list[i].SubjectType == subject {
			return &list[i]
		}
	}
	return nil
}

func (d *Pages) applicationAPIs(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	t, err := d.accessPage(r, &a)
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, applicationAPIsPage(v, &a, t))
}

// AccessForm is the choice for one API and one way of acting.
type AccessForm struct {
	Subject registry.SubjectType
	Whom    string // toStrangers; empty for everything else
	Choice  string // none, some, all
	Scopes  []string
	Fault   string

	Revision string                // of the grant that the form was made from, 0 for none; a form without it takes any
	Inherits *registry.ClientGrant // what counts where there is no grant of its own
}

// id is that of one of its fields; there are two such forms on a page.
func (f AccessForm) id(field string) string { return "f-" + f.Whom + string(f.Subject) + "-" + field }

// Contradiction refuses boxes that are ticked beside a choice that ignores them: without scripts it is easy to forget the one in
// front. A choice that is none of the three is refused, too.
func (f AccessForm) Contradiction() error {
	violation := registry.Violation{Field: "access"}
	switch {
	case f.Choice == "none" && len(f.Scopes) > 0:
		violation.Message = "is set to none, but permissions are ticked. Choose These permissions, or untick them."
	case f.Choice != "none" && f.Choice != "some" && f.Choice != "all":
		violation.Message = "is missing; choose one."
	default:
		return nil
	}
	return &registry.Invalid{Violations: []registry.Violation{violation}}
}

// GrantFault is the sentence above the choice.
func GrantFault(invalid *registry.Invalid) string {
	sentences := make([]string, len(invalid.Violations))
	for i, v := range invalid.Violations {
		field, _ := frame.SplitField(v.Field)
		sentences[i] = frame.Sentence(map[string]string{"access": "Access", "scopes": "One of the permissions", "api": "The API", "subject_type": "Whom it acts for", "all_scopes": "All permissions"}[field], v)
	}
	return strings.Join(sentences, " ")
}

// FormFrom is the choice as a grant makes it; nil is none.
func FormFrom(g *registry.ClientGrant, subject registry.SubjectType) AccessForm {
	f := AccessForm{Subject: subject, Choice: "none", Revision: grantRevision(g)}
	if g != nil {
		f.Choice, f.Scopes = "some", g.Scopes
		if g.AllScopes {
			f.Choice = "all"
		}
	}
	return f
}

func grantRevision(g *registry.ClientGrant) string {
	if g == nil {
		return "0"
	}
	return strconv.FormatInt(g.Revision, 10)
}

// forms are the two choices for an API as they stand.
func (x APIAccess) forms() (people, itself AccessForm) {
	people, itself = FormFrom(x.People, registry.ForUser), FormFrom(x.Itself, registry.ForClient)
	people.Inherits, itself.Inherits = x.CommonPeople, x.CommonItself
	return people, itself
}

func (d *Pages) applicationAPI(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, x, err := d.accessOf(r)
	if err != nil {
		return err
	}
	people, itself := x.forms()
	return v.Write(w, r, http.StatusOK, applicationAPIPage(v, &a, x, people, itself))
}

func (d *Pages) accessOf(r *http.Request) (registry.Application, APIAccess, error) {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return a, APIAccess{}, err
	}
	api, err := d.Registry.API(r.Context(), r.PathValue("api"))
	if err != nil {
		return a, APIAccess{}, err
	}
	own, common, err := d.grantsOf(r, &a, []string{api.ID})
	return a, accessTo(api, own, common), err
}

// saveApplicationAPI makes the grant what the form says: made, changed or taken back. One that somebody else changed since
// the form was made is left alone, and the page says what it is now.
func (d *Pages) saveApplicationAPI(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, x, err := d.accessOf(r)
	if err != nil {
		return err
	}
	f := AccessForm{Subject: registry.SubjectType(r.PostForm.Get("subject")), Choice: r.PostForm.Get("access"), Scopes: r.PostForm["scope"], Revision: r.PostForm.Get("revision")}
	had := x.Itself
	if f.Subject == registry.ForUser {
		had = x.People
	}
	err = d.Save(r, v, had, registry.ClientGrant{ApplicationID: a.ID, APIID: x.API.ID, SubjectType: f.Subject}, f)
	if err == nil {
		return d.Done(w, r, frame.AppPath(&a, "apis"), "Saved. The next token has the new permissions.")
	}
	return d.accessRefused(w, r, v, f, err)
}

// accessRefused shows the form again with everything typed, and what is in force now beside it.
func (d *Pages) accessRefused(w http.ResponseWriter, r *http.Request, v *frame.Visit, f AccessForm, refusal error) error {
	a, x, err := d.accessOf(r)
	if err != nil {
		return err
	}
	people, itself := x.forms()
	now := &itself
	if f.Subject == registry.ForUser {
		now = &people
	}
	status := http.StatusUnprocessableEntity
	invalid, wrong := errors.AsType[*registry.Invalid](refusal)
	switch {
	case wrong:
		f.Fault = GrantFault(invalid)
	case Overtaken(refusal):
		status, f.Fault = http.StatusConflict, now.OvertakenFault()
	default:
		return refusal
	}
	f.Revision, f.Inherits = now.Revision, now.Inherits
	*now = f
	return v.Write(w, r, status, applicationAPIPage(v, &a, x, people, itself))
}

// says reports whether a grant is already what the form asks for: it was sent twice, or nothing was changed.
func (f AccessForm) says(g *registry.ClientGrant) bool {
	is := FormFrom(g, f.Subject)
	return f.Choice == is.Choice && (f.Choice != "some" || sameScopes(f.Scopes, is.Scopes))
}

func (f AccessForm) words() string {
	switch {
	case f.Choice == "all":
		return "all permissions"
	case f.Choice != "some":
		return "none"
	case len(f.Scopes) == 0:
		return "tokens without permissions"
	}
	return strings.Join(f.Scopes, ", ")
}

// Overtaken reports whether a form was refused because what it was made from was changed since.
func Overtaken(err error) bool {
	return errors.Is(err, registry.ErrConflict) || errors.Is(err, registry.ErrStale) || errors.Is(err, registry.ErrNotFound)
}

// OvertakenFault is the sentence above a choice that was overtaken; f is the choice as it stands now.
func (f AccessForm) OvertakenFault() string {
	return "This was saved in the meantime. Now it is: " + f.words() + ". Nothing was overwritten, and your choice still stands below; save once more to make it so."
}

// Save makes the grant that was there before (nil if none) what the form says. It fails with a *registry.Invalid for a form that
// contradicts itself, and with what Overtaken knows for one that was made from another grant.
func (d *Pages) Save(r *http.Request, v *frame.Visit, had *registry.ClientGrant, want registry.ClientGrant, f AccessForm) error {
	if err := f.Contradiction(); err != nil {
		return err
	}
	switch {
	case f.says(had):
		return nil
	case f.Revision != "" && f.Revision != grantRevision(had):
		return registry.ErrStale
	}
	return d.saveGrant(r, v, had, want, f)
}

// saveGrant makes, changes or deletes the grant.
func (d *Pages) saveGrant(r *http.Request, v *frame.Visit, had *registry.ClientGrant, want registry.ClientGrant, f AccessForm) error {
	switch f.Choice {
	case "none":
		if had == nil {
			return nil
		}
		return d.Registry.DeleteClientGrant(r.Context(), v.Actor(), had.ID)
	case "all":
		want.AllScopes = true
	default:
		want.Scopes = oauth.Scopes(slices.Clone(f.Scopes))
	}
	if had == nil {
		_, err := d.Registry.CreateClientGrant(r.Context(), v.Actor(), want)
		return err
	}
	_, _, err := d.Registry.UpdateClientGrant(r.Context(), v.Actor(), had.ID, had.Revision, func(g *registry.ClientGrant) error {
		g.Scopes, g.AllScopes = want.Scopes, want.AllScopes
		return nil
	})
	return err
}
