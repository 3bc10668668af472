package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/secret"
	"clientele/internal/sqldb"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestAUserIsFoundByIDAndByAddress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := createUser(t, s, user("usr_1"))
		byID, err := s.User(ctx, "usr_1")
		if err != nil {
			t.Fatal(err)
		}
		byEmail, err := s.UserByEmail(ctx, want.EmailKey)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, byID) + cmp.Diff(want, byEmail); diff != "" {
			t.Error(diff)
		}
		if _, err := s.UserByEmail(ctx, "none"); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestAnAddressAndASubjectMeanOnePerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		two := createUser(t, s, user("usr_2"))
		three := user("usr_3")
		three.EmailKey = two.EmailKey
		if err := s.CreateUser(ctx, three, event("user.created", "user", "usr_3")); !errors.Is(err, account.ErrConflict) {
			t.Errorf("a second user with the address: %v", err)
		}
		two.EmailKey = user("usr_1").EmailKey
		if err := s.SaveUser(ctx, two, 1, event("user.updated", "user", "usr_2")); !errors.Is(err, account.ErrConflict) {
			t.Errorf("a change to a taken address: %v", err)
		}
		if err := s.DeleteUser(ctx, "usr_1", noon, event("user.deleted", "user", "usr_1")); err != nil {
			t.Fatal(err)
		}
		if err := s.CreateUser(ctx, user("usr_1"), event("user.created", "user", "usr_1")); !errors.Is(err, account.ErrConflict) {
			t.Errorf("the id of a deleted user was used again: %v", err)
		}
	})
}

func TestSavingAUserIsRefusedWhenStale(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := createUser(t, s, user("usr_1"))
		u.Name, u.Role, u.Blocked = "Countess", account.Editor, true
		if err := s.SaveUser(ctx, u, 1, event("user.updated", "user", u.ID)); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveUser(ctx, u, 1, event("user.updated", "user", u.ID)); !errors.Is(err, account.ErrStale) {
			t.Errorf("got %v, want ErrStale", err)
		}
		if err := s.MarkSignedIn(ctx, u.ID, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.MarkSignedIn(ctx, u.ID, noon); err != nil {
			t.Fatal(err)
		}
		u.Revision, u.LastSignIn = 2, noon.Add(time.Hour)
		got, err := s.User(ctx, u.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(u, got); diff != "" {
			t.Error(diff)
		}
		u.ID = "none"
		if err := s.SaveUser(ctx, u, 1, event("user.updated", "user", u.ID)); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestUsersAreFoundByTheBeginningOfAddressOrName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		grace := user("usr_2")
		grace.Email, grace.EmailKey, grace.Name, grace.Role = "Grace@navy.example", "grace@navy.example", "Grace Hopper", account.Owner
		createUser(t, s, grace)
		for want, q := range map[string]account.Query{
			"usr_2 usr_1 ": {Limit: 1}, "usr_1 ": {Search: "LOVE ada.usr"}, "usr_2 ": {Search: "grace@na"}, "": {Search: "navy.example"},
		} {
			got := ""
			for {
				page, err := s.Users(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, u := range page.Users {
					got += u.ID + " "
				}
				if q.After = page.Next; q.After == "" {
					break
				}
			}
			if got != want {
				t.Errorf("%+v: got %q, want %q", q, got, want)
			}
		}
		page, err := s.Users(ctx, account.Query{Operators: true, Total: true})
		if err != nil || page.Total != 1 || page.Users[0].ID != "usr_2" {
			t.Errorf("operators: %+v, %v", page, err)
		}
	})
}

func TestDeletingAUserEndsAllThatIsTheirs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		if err := s.StartSession(ctx, session("ses_1", g.UserID), "k1:s", ""); err != nil {
			t.Fatal(err)
		}
		enqueue(t, s, waitingOf("a"), g.UserID)
		if err := s.DeleteUser(ctx, g.UserID, noon, event("user.deleted", "user", g.UserID)); err != nil {
			t.Fatal(err)
		}
		if w, err := s.WaitingByURL(ctx, urlOf("a")); err != nil || w.People != 0 {
			t.Errorf("they still wait: %d people, %v", w.People, err)
		}
		if _, err := s.Grant(ctx, g.ID); err == nil {
			t.Error("the grant stands")
		}
		if _, err := s.Session(ctx, []secret.Hash{"k1:s"}); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("the session stands: %v", err)
		}
		if err := s.DeleteUser(ctx, g.UserID, noon, event("user.deleted", "user", g.UserID)); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

// Few people are operators, and few are blocked: nobody else is read to find them.
func TestTheListOfUsersReadsNobodyThatItDoesNotShow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range 50 {
			createUser(t, s, user(fmt.Sprint("usr_", i)))
		}
		for _, plan := range store.UserPlans() {
			steps := explain(t, s, plan)
			if filtered := strings.Contains(plan.Text, "WHERE"); filtered && s.Engine() == sqldb.SQLite && !strings.Contains(steps, "INDEX users_") {
				t.Errorf("%s\n%s", plan.Text, steps)
			}
		}
	})
}
