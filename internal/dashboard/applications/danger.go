package applications

import (
	"errors"
	"net/http"
	"strconv"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// dangerForm is the page of the verbs that stop something from working.
type dangerForm struct {
	Once  string
	Typed string
	Block bool
	Wrong frame.Faults
	Reach registry.Reach
}

func (d *Pages) danger(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.writeDanger(w, r, v, &a, dangerForm{}, http.StatusOK)
}

func (d *Pages) writeDanger(w http.ResponseWriter, r *http.Request, v *frame.Visit, a *registry.Application, f dangerForm, status int) error {
	reach, err := d.Tokens.Reach(r.Context(), a.ID, v.Now)
	if err != nil {
		return err
	}
	f.Once, f.Reach = d.NewOnce(), reach
	return v.Write(w, r, status, dangerPage(v, a, f))
}

func (d *Pages) switchApplication(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.SetEnabled(r.Context(), v.Actor(), r.PathValue("id"), r.PostForm.Get("enabled") == "yes")
	if err != nil {
		return err
	}
	if a.Enabled {
		return d.Done(w, r, frame.AppPath(&a, "danger"), "Switched on. People can sign in with it again.")
	}
	return d.Sent(w, r, frame.AppPath(&a, "danger"), ui.Warn, "Switched off. Nobody can sign in with it and it gets no new tokens.")
}

// deleteApplication asks for the name, because there is no undo and the client ID never comes back.
func (d *Pages) deleteApplication(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if errors.Is(err, registry.ErrNotFound) { // the form was sent twice, or somebody else was faster
		return d.Sent(w, r, "/dashboard/applications", ui.Note, "That application is gone already.")
	}
	if err != nil {
		return err
	}
	f := dangerForm{Typed: r.PostForm.Get("typed"), Block: frame.Ticked(r.PostForm, "block"), Wrong: frame.Faults{}}
	if f.Typed != a.Name {
		f.Wrong.Add("typed", "Type the name exactly as it stands above: "+a.Name)
		return d.writeDanger(w, r, v, &a, f, http.StatusUnprocessableEntity)
	}
	said := a.Name + " was deleted."
	if a.Import != nil && f.Block { // before it is deleted, so that it cannot come back in between
		_, err := d.Registry.CreateAdmissionRule(r.Context(), v.Actor(), a.ExternalID, registry.Deny, "deleted: "+frame.Shortened(a.Name))
		if err != nil && !errors.Is(err, registry.ErrConflict) {
			return err
		}
		said = a.Name + " was deleted, and its URL is blocked."
	}
	if err := d.Registry.Delete(r.Context(), v.Actor(), a.ID); err != nil && !errors.Is(err, registry.ErrNotFound) {
		return err
	}
	return d.Done(w, r, "/dashboard/applications", said)
}

// reachCount says a number that is counted up to a bound.
func reachCount(n int, one, many string) string {
	switch {
	case n == 1:
		return "1 " + one
	case n >= registry.MaxReach:
		return "10 000 or more " + many
	}
	return strconv.Itoa(n) + " " + many
}

// tokensNow says how many refresh tokens there are to end.
func tokensNow(reach registry.Reach) string {
	if reach.RefreshTokens == 0 {
		return "It has none now."
	}
	return "It has " + reachCount(reach.RefreshTokens, "refresh token", "refresh tokens") + " now. People sign in again the next time they use the application."
}

// offStops are what stops while an application is switched off.
func offStops(a *registry.Application, reach registry.Reach) []string {
	var stops []string
	switch {
	case frame.SignsPeopleIn(a) && reach.People+reach.RefreshTokens == 0:
		stops = append(stops, "Nobody can sign in with it. Nobody has so far, so nobody is cut off.")
	case frame.SignsPeopleIn(a):
		stops = append(stops,
			reachCount(reach.People, "person cannot sign in with it", "people cannot sign in with it")+".",
			reachCount(reach.RefreshTokens, "refresh token is refused", "refresh tokens are refused")+" until it is switched on again.")
	}
	return append(stops, "It gets no new tokens. Access tokens that are out work until they end.")
}

// deleteStops are what goes with an application.
func deleteStops(v *frame.Visit, a *registry.Application, reach registry.Reach) []string {
	var stops []string
	switch {
	case frame.SignsPeopleIn(a) && reach.People+reach.RefreshTokens == 0:
		stops = append(stops, "Nobody can sign in with it again. Nobody has so far, so nobody is cut off.")
	case frame.SignsPeopleIn(a) || reach.People > 0:
		stops = append(stops,
			reachCount(reach.People, "person is signed out of it", "people are signed out of it")+" and cannot sign in with it again.",
			reachCount(reach.RefreshTokens, "refresh token ends", "refresh tokens end")+".")
	}
	if n := len(liveSecrets(a, v.Now)); n > 0 {
		stops = append(stops, reachCount(n, "secret stops", "secrets stop")+" working.")
	}
	if n := len(liveKeys(a, v.Now)); n > 0 {
		stops = append(stops, reachCount(n, "key stops", "keys stop")+" working.")
	}
	return append(stops, grantsWords(reach.ClientGrants)+".", "Access tokens that are out work until they end. The client ID never comes back.")
}

func grantsWords(n int) string {
	switch n {
	case 0:
		return "It has no API permissions to lose"
	case 1:
		return "Its permission for 1 API goes"
	}
	return "Its " + strconv.Itoa(n) + " API permissions go"
}
