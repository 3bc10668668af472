package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/secret"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

func operator(id string) account.User {
	u := user(id)
	u.Role = account.Owner
	return u
}

func redeem(s *store.Store, hash secret.Hash, now time.Time, u account.User) error {
	return s.RedeemSetupLink(ctx, []secret.Hash{"k0:older-key", hash}, now, u, event("user.created", "user", u.ID))
}

func TestOf16ConcurrentUsesOfASetupLinkOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if err := s.SaveSetupLink(ctx, "k1:link", noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		won := together(16, func(i int) bool {
			err := redeem(s, "k1:link", noon, operator(fmt.Sprint("usr_", i)))
			if err != nil && !errors.Is(err, account.ErrNotFound) {
				t.Error(err)
			}
			return err == nil
		})
		if page, err := s.Users(ctx, account.Query{Operators: true}); won != 1 || err != nil || len(page.Users) != 1 {
			t.Errorf("%d won and there are %d operators, %v", won, len(page.Users), err)
		}
	})
}

func TestASetupLinkIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(s *store.Store) (secret.Hash, time.Time, error){
		"when it has expired": func(*store.Store) (secret.Hash, time.Time, error) { return "k1:link", noon.Add(time.Hour), nil },
		"when a newer one voids it": func(s *store.Store) (secret.Hash, time.Time, error) {
			return "k1:link", noon, s.SaveSetupLink(ctx, "k1:newer", noon.Add(time.Hour))
		},
		"when it is none": func(*store.Store) (secret.Hash, time.Time, error) { return "k1:guess", noon, nil },
		"when there is an operator": func(s *store.Store) (secret.Hash, time.Time, error) {
			return "k1:link", noon, s.CreateUser(ctx, operator("usr_first"), event("user.created", "user", "usr_first"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				if err := s.SaveSetupLink(ctx, "k1:link", noon.Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
				hash, now, err := spoil(s)
				if err != nil {
					t.Fatal(err)
				}
				if err := redeem(s, hash, now, operator("usr_late")); !errors.Is(err, account.ErrNotFound) {
					t.Errorf("got %v, want ErrNotFound", err)
				}
			})
		})
	}
}

func TestASetupLinkSurvivesATakenAddress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		taken := createUser(t, s, user("usr_person"))
		if err := s.SaveSetupLink(ctx, "k1:link", noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		u := operator("usr_1")
		u.EmailKey = taken.EmailKey
		if err := redeem(s, "k1:link", noon, u); !errors.Is(err, account.ErrConflict) {
			t.Errorf("got %v, want ErrConflict", err)
		}
		if has, err := s.HasOperator(ctx); has || err != nil {
			t.Errorf("there is an operator: %v, %v", has, err)
		}
		if err := redeem(s, "k1:link", noon, operator("usr_2")); err != nil {
			t.Errorf("the link was used up by the refusal: %v", err)
		}
		if has, err := s.HasOperator(ctx); !has || err != nil {
			t.Errorf("there is no operator: %v, %v", has, err)
		}
	})
}
