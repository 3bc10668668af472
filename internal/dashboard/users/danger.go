package users

import (
	"errors"
	"net/http"
	"strings"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
)

// userDelete is the page of blocking and deleting a user as it was and as it is shown again.
type userDelete struct {
	userAccess
	Typed string
	Wrong frame.Faults
}

func (d *Pages) userDanger(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return d.writeUserDanger(w, r, v, http.StatusOK, userDelete{Wrong: frame.Faults{}})
}

func (d *Pages) writeUserDanger(w http.ResponseWriter, r *http.Request, v *frame.Visit, status int, f userDelete) error {
	var err error
	if f.userAccess, err = d.accessOfUser(r); err != nil {
		return err
	}
	return v.Write(w, r, status, userDangerPage(v, f))
}

func (d *Pages) blockUser(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	said := "Unblocked. The person can sign in again."
	if r.PostForm.Get("blocked") == "yes" {
		said = "Blocked. Everything the person was signed in with has ended."
		_, err = d.Accounts.Block(r.Context(), v.Actor(), u.ID)
	} else {
		_, err = d.Accounts.Unblock(r.Context(), v.Actor(), u.ID)
	}
	f := userDelete{Wrong: frame.Faults{}}
	switch {
	case err == nil:
		return d.Done(w, r, frame.UserPath(&u, "danger"), said)
	case f.Wrong.AddUser(err):
		return d.writeUserDanger(w, r, v, http.StatusUnprocessableEntity, f)
	}
	return err
}

func (d *Pages) deleteUser(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	f := userDelete{Typed: strings.TrimSpace(r.PostForm.Get("typed")), Wrong: frame.Faults{}}
	if f.Typed != u.Email {
		f.Wrong.Add("typed", "Type the e-mail address exactly as it stands above: "+u.Email)
		return d.writeUserDanger(w, r, v, http.StatusUnprocessableEntity, f)
	}
	err = d.Accounts.Delete(r.Context(), v.Actor(), u.ID)
	if errors.Is(err, account.ErrLastOwner) {
		f.Wrong.AddUser(err)
		return d.writeUserDanger(w, r, v, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return d.Done(w, r, "/dashboard/users", u.Email+" was deleted.")
}

// losses say what is gone with a person.
func (f userDelete) losses() []string {
	list := []string{"Applications that know the person by the user ID " + f.User.ID + " will not know them again, even if the same address is created anew."}
	add := func(n int, one, many string) {
		if n > 0 {
			list = append(list, frame.CountWords(n, one, many))
		}
	}
	add(len(f.Sessions), "session ends: the person is signed out there.", "sessions end: the person is signed out everywhere.")
	add(len(f.Apps), "application loses its access, and what the person allowed it is forgotten.", "applications lose their access, and what the person allowed them is forgotten.")
	add(len(f.Passkeys), "passkey is removed.", "passkeys are removed.")
	if f.User.Role.Operator() {
		list = append(list, "An "+string(f.User.Role)+" of this dashboard is gone. What they did stays in the record.")
	}
	return append(list, "Access tokens that are out verify until they end.")
}
