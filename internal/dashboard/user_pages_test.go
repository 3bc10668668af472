package dashboard_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"clientele/internal/account"
	"clientele/internal/servertest"
)

func TestAUserIsCreatedBlockedAndGivenARole(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	wrong := b.Get("/dashboard/users/new").Submit(url.Values{"email": {"grace"}, "name": {"Grace"}, "password": {"short"}}, "email")
	wants(t, wrong, http.StatusUnprocessableEntity, `id="f-email-error"`, `id="f-password-error"`, `value="grace"`, `value="Grace"`)
	page := wrong.Submit(url.Values{"email": {"grace@example.com"}, "password": {aPassword}}, "email")
	wants(t, page, http.StatusOK, "User created", "can sign in")
	page = page.Submit(url.Values{"role": {"editor"}}, "role")
	wants(t, page, http.StatusOK, "Saved. The role counts from now on.")
	page = b.Post(page.URL.Path+"/block", url.Values{"blocked": {"yes"}})
	wants(t, page, http.StatusOK, "Blocked.", "blocked")
	u, err := s.Accounts.UserByEmail(t.Context(), "grace@example.com")
	if err != nil || u.Role != account.Editor || !u.Blocked {
		t.Error(err, u)
	}
	wants(t, b.Get("/dashboard/users/new").Submit(url.Values{"email": {"Grace@Example.com"}}, "email"), http.StatusUnprocessableEntity, "There is a user with this e-mail address already")
	listed := b.Get("/dashboard/users?who=blocked")
	wants(t, listed, http.StatusOK, "grace@example.com")
	if strings.Contains(listed.Body, ">owner@example.com</a>") {
		t.Error("the list of the blocked has others")
	}
}

func TestAProfileWithMistakesComesBackWhole(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	s.CreateUser("taken@example.com", account.NoRole)
	person := s.CreateUser("person@example.com", account.NoRole)
	long := strings.Repeat("n", account.MaxNameLength+1)
	wrong := b.Get("/dashboard/users/"+person.ID).Submit(url.Values{"email": {"person at home"}, "name": {long}, "verified": {"on"}}, "revision")
	wants(t, wrong, http.StatusUnprocessableEntity, "2 things to correct", `id="f-email-error"`, `id="f-name-error"`, `value="person at home"`, `value="`+long+`"`, "checked")
	servertest.CheckMarkup(t, "profile with mistakes", wrong.Body)
	wrong = wrong.Submit(url.Values{"email": {"Taken@Example.com"}, "name": {"Ada"}}, "revision")
	wants(t, wrong, http.StatusUnprocessableEntity, "There is a user with this e-mail address already", `value="Taken@Example.com"`, `value="Ada"`)
	if now, err := s.Accounts.User(t.Context(), person.ID); err != nil || now.Email != "person@example.com" || now.Revision != person.Revision {
		t.Errorf("%v %+v", err, now)
	}
	wants(t, wrong.Submit(url.Values{"email": {"ada@example.com"}}, "revision"), http.StatusOK, "Saved.", `value="Ada"`, "ada@example.com")
}

func TestTheListOfUsersIsNarrowedByStateAndName(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	blocked := s.CreateUser("blocked@example.com", account.NoRole)
	s.CreateUser("person@example.com", account.NoRole)
	wants(t, b.Post("/dashboard/users/"+blocked.ID+"/block", url.Values{"blocked": {"yes"}}), http.StatusOK, "Blocked.")
	for query, want := range map[string][]string{
		"":                      {"owner@", "blocked@", "person@"},
		"who=blocked":           {"blocked@"},
		"who=operators":         {"owner@"},
		"who=blocked&q=block":   {"blocked@"},
		"who=operators&q=block": {},
		"q=per":                 {"person@"},
		"who=nonsense":          {"owner@", "blocked@", "person@"},
	} {
		page := b.Get("/dashboard/users?" + query)
		for _, name := range []string{"owner@", "blocked@", "person@"} {
			if got := strings.Contains(page.Body, ">"+name+"example.com</a>"); got != slices.Contains(want, name) {
				t.Errorf("%s: %s %v", query, name, got)
			}
		}
		servertest.CheckMarkup(t, query, page.Body)
	}
	wants(t, b.Get("/dashboard/users?who=operators&q=block"), http.StatusOK, "Nobody fits", "Show all")
}

func TestAStaleEditOfAUserShowsBothVersions(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	at := "/dashboard/users/" + s.CreateUser("person@example.com", account.NoRole).ID
	mine, theirs := b.Get(at), b.Get(at)
	wants(t, theirs.Submit(url.Values{"name": {"Theirs"}}, "revision"), http.StatusOK, "Saved.")
	stale := mine.Submit(url.Values{"name": {"Mine"}}, "revision")
	wants(t, stale, http.StatusConflict, "This was saved in the meantime", "Theirs", "Mine", "saved by owner@example.com")
	servertest.CheckMarkup(t, "stale user", stale.Body)
	wants(t, stale.Submit(url.Values{"take.name": {"mine"}}, "revision"), http.StatusOK, "Saved.", `value="Mine"`)
}

func TestWhatAPersonIsSignedInWithIsShownAndEnded(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	person := s.CreateUser("person@example.com", account.NoRole)
	for range 2 {
		if _, _, err := s.Accounts.StartSession(t.Context(), person, account.PersonSession, []string{"pwd"}, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "192.0.2.7", ""); err != nil {
			t.Fatal(err)
		}
	}
	at := "/dashboard/users/" + person.ID
	page := b.Get(at + "/access")
	wants(t, page, http.StatusOK, "Firefox on Linux", "192.0.2.7", "None. An application appears here")
	servertest.CheckMarkup(t, "access", page.Body)
	first := between(t, page, `action="`+at+`/sessions/`, `"`)
	for range 2 { // sent twice
		wants(t, b.Post(at+"/sessions/"+first, nil), http.StatusOK, "Signed out there.")
	}
	if left, err := s.Accounts.Sessions(t.Context(), person.ID, ""); err != nil || len(left) != 1 {
		t.Error(err, left)
	}
	wants(t, b.Get(at+"/danger"), http.StatusOK, "1 session ends")
	asked := b.Get(at + "/access?end=all")
	wants(t, asked, http.StatusOK, "1 session ends.", "Access tokens that are out count until they end.")
	servertest.CheckMarkup(t, "asked", asked.Body)
	wants(t, b.Post(at+"/sessions", nil), http.StatusOK, "Nowhere at the moment")
	viewer := signedIn(t, s, account.Viewer)
	for _, path := range []string{"/sessions", "/sessions/x", "/applications/x", "/passkeys/x", "/block", "/role", "/password", ""} {
		if got := viewer.Post(at+path, url.Values{"email": {"x@example.com"}}); got.Status != http.StatusForbidden {
			t.Errorf("a viewer posts %s: %d", path, got.Status)
		}
	}
	shown := viewer.Get(at + "/access")
	if strings.Contains(shown.Body, "End all sessions") || shown.Status != http.StatusOK {
		t.Error("a viewer is offered to end sessions", shown.Status)
	}
}

func TestDeletingAUserNeedsTheAddress(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	person := s.CreateUser("person@example.com", account.NoRole)
	page := b.Get("/dashboard/users/" + person.ID + "/danger")
	wants(t, page, http.StatusOK, "What is lost", person.ID)
	wants(t, page.Submit(url.Values{"typed": {"somebody"}}, "typed"), http.StatusUnprocessableEntity, "Type the e-mail address exactly", `value="somebody"`)
	wants(t, page.Submit(url.Values{"typed": {"person@example.com"}}, "typed"), http.StatusOK, "person@example.com was deleted")
}
