package account_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"clientele/internal/account"
	"clientele/internal/servertest"
)

// Web Authentication Level 3 §13.4.3: of those who come at once with one answer to a request for a new passkey, one makes it.
func TestOneChallengeMakesOnePasskey(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		u := create(t, s, newUser("ada@example.com"))
		c, err := s.Accounts.BeginPasskey(t.Context(), u, "ses_1")
		if err != nil {
			t.Fatal(err)
		}
		n := account.NewPasskey{State: c.State, Answer: s.NewAuthenticator().Create(c.Options), Session: "ses_1"}
		var made, late atomic.Int64
		together(16, func() {
			switch _, err := s.Accounts.AddPasskey(t.Context(), servertest.Actor, u, n); {
			case err == nil:
				made.Add(1)
			case errors.Is(err, account.ErrCeremony):
				late.Add(1)
			default:
				t.Error(err)
			}
		})
		if held, err := s.Accounts.Passkeys(t.Context(), u.ID); err != nil || len(held) != 1 || made.Load() != 1 || late.Load() != 15 {
			t.Errorf("%d were made, %d were late, %d are kept, %v", made.Load(), late.Load(), len(held), err)
		}
	})
}

// The same at the two doors themselves: of several browsers with one answer, one gets a session.
func TestOneAnswerOpensOneSessionAtEachDoor(t *testing.T) {
	for door, kind := range map[string]account.SessionKind{"/signin": account.PersonSession, "/dashboard/signin": account.OperatorSession} {
		t.Run(string(kind), func(t *testing.T) {
			servertest.Each(t, func(t *testing.T, on servertest.Option) {
				s := servertest.New(t, on)
				u := createOwner(t, s, "ada@example.com")
				key, _ := enrolled(t, s, u)
				var asked struct {
					Options json.RawMessage `json:"options"`
					State   string          `json:"state"`
				}
				if err := json.Unmarshal([]byte(s.Browser().Get(door+"/passkey").Body), &asked); err != nil {
					t.Fatal(err)
				}
				form := url.Values{"state": {asked.State}, "answer": {string(key.Get(asked.Options))}}
				browsers := make(chan *servertest.Browser, 8)
				for range cap(browsers) {
					browsers <- s.Browser()
				}
				together(cap(browsers), func() { (<-browsers).Post(door+"/passkey", form) })
				sessions, err := s.Store.UserSessions(t.Context(), u.ID)
				if err != nil || len(sessions) != 1 || sessions[0].Kind != kind {
					t.Errorf("%d sessions were opened: %+v, %v", len(sessions), sessions, err)
				}
			})
		})
	}
}

// together does something n times at once.
func together(n int, do func()) {
	var all sync.WaitGroup
	begin := make(chan struct{})
	for range n {
		all.Go(func() {
			<-begin
			do()
		})
	}
	close(begin)
	all.Wait()
}
