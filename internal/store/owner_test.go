package store_test

import (
	"errors"
	"strconv"
	"testing"

	"clientele/internal/account"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

func owner(id string) account.User {
	u := user(id)
	u.Role = account.Owner
	return u
}

func TestTheLastOwnerWhoCanSignInStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		last := createUser(t, s, owner("usr_last"))
		blocked := owner("usr_blocked")
		blocked.Blocked = true
		createUser(t, s, blocked)
		person := createUser(t, s, user("usr_person"))
		for name, change := range map[string]func(*account.User){
			"demoted": func(u *account.User) { u.Role = account.Editor },
			"blocked": func(u *account.User) { u.Blocked = true },
		} {
			u := last
			change(&u)
			if err := s.SaveUser(ctx, u, 1, event("user.updated", "user", u.ID)); !errors.Is(err, account.ErrLastOwner) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.DeleteUser(ctx, last.ID, noon, event("user.deleted", "user", last.ID)); !errors.Is(err, account.ErrLastOwner) {
			t.Errorf("deleted: %v", err)
		}
		last.Name = "Another name"
		if err := s.SaveUser(ctx, last, 1, event("user.updated", "user", last.ID)); err != nil {
			t.Error("renamed:", err)
		}
		person.Name = "Another name"
		if err := s.SaveUser(ctx, person, 1, event("user.updated", "user", person.ID)); err != nil {
			t.Error("somebody else:", err)
		}
		blocked.Role = account.NoRole
		if err := s.SaveUser(ctx, blocked, 1, event("user.updated", "user", blocked.ID)); err != nil {
			t.Error("an owner who cannot sign in:", err)
		}
		if now, err := s.User(ctx, last.ID); err != nil || now.Role != account.Owner || now.Blocked {
			t.Error(err, now)
		}
	})
}

// Each demotes, blocks or deletes another owner at the same moment: one is left over.
func TestOwnersTakenAwayAtOnceLeaveOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const n = 6
		owners := make([]account.User, n)
		for i := range owners {
			owners[i] = createUser(t, s, owner("usr_"+strconv.Itoa(i)))
		}
		gone := together(n, func(i int) bool {
			u := owners[i]
			var err error
			switch i % 3 {
			case 0:
				u.Role = account.NoRole
				err = s.SaveUser(ctx, u, 1, event("user.updated", "user", u.ID))
			case 1:
				u.Blocked = true
				err = s.SaveUser(ctx, u, 1, event("user.blocked", "user", u.ID))
			default:
				err = s.DeleteUser(ctx, u.ID, noon, event("user.deleted", "user", u.ID))
			}
			if err != nil && !errors.Is(err, account.ErrLastOwner) {
				t.Error(err)
			}
			return err == nil
		})
		if gone != n-1 {
			t.Errorf("%d of %d owners could be taken away", gone, n)
		}
		left, err := s.Users(ctx, account.Query{Operators: true})
		if err != nil || len(left.Users) == 0 {
			t.Fatal(err, left)
		}
		can := 0
		for _, u := range left.Users {
			if u.Role == account.Owner && !u.Blocked {
				can++
			}
		}
		if can != 1 {
			t.Errorf("%d owners can sign in", can)
		}
	})
}

func TestBlockedUsersAreFilteredOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		blocked := user("usr_2")
		blocked.Blocked = true
		createUser(t, s, blocked)
		for _, search := range []string{"", "ada"} {
			page, err := s.Users(ctx, account.Query{Blocked: true, Search: search})
			if err != nil || len(page.Users) != 1 || page.Users[0].ID != "usr_2" {
				t.Errorf("%q: %v %v", search, err, page)
			}
		}
	})
}
