package account_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/servertest"
)

// enrolled makes a passkey for u.
func enrolled(t *testing.T, s *servertest.Server, u account.User) (*servertest.Authenticator, account.Passkey) {
	t.Helper()
	key := s.NewAuthenticator()
	p, err := enrol(t, s, u, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key, p
}

// enrol lets key answer a new ceremony; bend changes what is sent.
func enrol(t *testing.T, s *servertest.Server, u account.User, key *servertest.Authenticator, bend func(*account.NewPasskey)) (account.Passkey, error) {
	t.Helper()
	c, err := s.Accounts.BeginPasskey(t.Context(), u, "ses_1")
	if err != nil {
		return account.Passkey{}, err
	}
	n := account.NewPasskey{State: c.State, Answer: key.Create(c.Options), Name: "Laptop", Session: "ses_1"}
	if bend != nil {
		bend(&n)
	}
	return s.Accounts.AddPasskey(t.Context(), servertest.Actor, u, n)
}

// by lets key sign in as a person.
func by(t *testing.T, s *servertest.Server, key *servertest.Authenticator) (account.User, account.Passkey, error) {
	t.Helper()
	c, err := s.Accounts.BeginPasskeySignIn(account.PersonSession)
	if err != nil {
		t.Fatal(err)
	}
	return s.Accounts.PasskeySignIn(t.Context(), account.PasskeyAttempt{State: c.State, Answer: key.Get(c.Options), Kind: account.PersonSession, Address: here})
}

func TestAPasskeySignsItsOwnerIn(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		u := create(t, s, newUser("ada@example.com"))
		create(t, s, newUser("grace@example.com"))
		key, made := enrolled(t, s, u)
		s.Clock.Advance(time.Hour)
		got, p, err := by(t, s, key)
		if err != nil || got.ID != u.ID || p.ID != made.ID || !got.LastSignIn.Equal(s.Clock.Now()) {
			t.Fatalf("%+v, %+v, %v", got, p, err)
		}
		if !slices.Equal(p.AMR(), []string{"swk", "user"}) || !(account.Session{AMR: p.AMR()}).ByPasskey() {
			t.Errorf("it says %v", p.AMR())
		}
		all, err := s.Accounts.Passkeys(t.Context(), u.ID)
		if err != nil || len(all) != 1 || all[0].Name != "Laptop" || !all[0].LastUsed.Equal(s.Clock.Now()) {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// RFC 8176 §2: hardware is never claimed, because nobody attests it.
func TestAPasskeyOfOneDeviceSaysThatSomebodyHasIt(t *testing.T) {
	s := servertest.New(t)
	key := s.NewAuthenticator()
	key.Flags = servertest.UserPresent | servertest.UserVerified
	p, err := enrol(t, s, create(t, s, newUser("ada@example.com")), key, nil)
	if err != nil || !slices.Equal(p.AMR(), []string{"pop", "user"}) {
		t.Errorf("%v, %v", p.AMR(), err)
	}
}

// Web Authentication Level 3 §7.2, by its steps. The order of the steps is the library's.
func TestAnAssertionIsRefused(t *testing.T) {
	s := servertest.New(t)
	for name, bend := range map[string]func(*servertest.Authenticator){
		"step 6, an unknown credential":            func(k *servertest.Authenticator) { k.ID = []byte("another credential") },
		"step 6, the handle of somebody else":      func(k *servertest.Authenticator) { k.UserHandle = []byte("usr_another") },
		"step 10, the type of a new passkey":       func(k *servertest.Authenticator) { k.Type = "webauthn.create" },
		"step 11, another challenge":               func(k *servertest.Authenticator) { k.Challenge = "c29tZSBvdGhlciBjaGFsbGVuZ2U" },
		"step 12, another origin":                  func(k *servertest.Authenticator) { k.Origin = "https://evil.example" },
		"step 12, a subdomain":                     func(k *servertest.Authenticator) { k.Origin = strings.Replace(k.Origin, "https://", "https://sub.", 1) },
		"step 12, another port":                    func(k *servertest.Authenticator) { k.Origin += ":8443" },
		"step 12, plain http":                      func(k *servertest.Authenticator) { k.Origin = strings.Replace(k.Origin, "https:", "http:", 1) },
		"step 13, in a frame of another site":      func(k *servertest.Authenticator) { k.CrossOrigin = true },
		"step 15, the id of another relying party": func(k *servertest.Authenticator) { k.RPID = "evil.example" },
		"step 16, nobody present":                  func(k *servertest.Authenticator) { k.Flags &^= servertest.UserPresent },
		"step 17, nobody verified":                 func(k *servertest.Authenticator) { k.Flags &^= servertest.UserVerified },
		"step 18, backed up but not eligible":      func(k *servertest.Authenticator) { k.Flags &^= servertest.BackupEligible },
		"step 21, a wrong signature":               func(k *servertest.Authenticator) { k.BadSignature = true },
	} {
		t.Run(name, func(t *testing.T) {
			u := create(t, s, newUser("ada"+strings.Fields(name)[1][:1]+s.Clock.Now().Format("150405")+"@example.com"))
			defer s.Clock.Advance(time.Second)
			key, _ := enrolled(t, s, u)
			bend(key)
			if _, _, err := by(t, s, key); !errors.Is(err, account.ErrPasskey) {
				t.Errorf("got %v, want ErrPasskey", err)
			}
		})
	}
}

// Web Authentication Level 3 §7.1, by its steps.
func TestANewPasskeyIsRefused(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	for name, bend := range map[string]func(*servertest.Authenticator){
		"step 7, the type of a sign-in":            func(k *servertest.Authenticator) { k.Type = "webauthn.get" },
		"step 8, another challenge":                func(k *servertest.Authenticator) { k.Challenge = "c29tZSBvdGhlciBjaGFsbGVuZ2U" },
		"step 9, another origin":                   func(k *servertest.Authenticator) { k.Origin = "https://evil.example" },
		"step 10, in a frame of another site":      func(k *servertest.Authenticator) { k.CrossOrigin = true },
		"step 14, the id of another relying party": func(k *servertest.Authenticator) { k.RPID = "evil.example" },
		"step 15, nobody present":                  func(k *servertest.Authenticator) { k.Flags &^= servertest.UserPresent },
		"step 16, nobody verified":                 func(k *servertest.Authenticator) { k.Flags &^= servertest.UserVerified },
		"step 17, backed up but not eligible":      func(k *servertest.Authenticator) { k.Flags &^= servertest.BackupEligible },
	} {
		t.Run(name, func(t *testing.T) {
			key := s.NewAuthenticator()
			bend(key)
			if _, err := enrol(t, s, u, key, nil); !errors.Is(err, account.ErrPasskey) {
				t.Errorf("got %v, want ErrPasskey", err)
			}
		})
	}
}

// Web Authentication Level 3 §13.4.3: of those who come with one answer at once, one is let in.
func TestOneChallengeIsAnsweredOnce(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		key, _ := enrolled(t, s, create(t, s, newUser("ada@example.com")))
		c, err := s.Accounts.BeginPasskeySignIn(account.PersonSession)
		if err != nil {
			t.Fatal(err)
		}
		try := account.PasskeyAttempt{State: c.State, Answer: key.Get(c.Options), Kind: account.PersonSession, Address: here}
		var in, late atomic.Int64
		var all sync.WaitGroup
		begin := make(chan struct{})
		for range 16 {
			all.Go(func() {
				<-begin
				switch _, _, err := s.Accounts.PasskeySignIn(t.Context(), try); {
				case err == nil:
					in.Add(1)
				case errors.Is(err, account.ErrCeremony):
					late.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		close(begin)
		all.Wait()
		if in.Load() != 1 || late.Load() != 15 {
			t.Errorf("%d were let in, %d were late", in.Load(), late.Load())
		}
	})
}

func TestAChallengeIsGoodForFiveMinutesAtItsDoorAndInItsSession(t *testing.T) {
	s := servertest.New(t)
	u := createOwner(t, s, "ada@example.com")
	grace := create(t, s, newUser("grace@example.com"))
	key, _ := enrolled(t, s, u)
	signIn := func(kind account.SessionKind, wait time.Duration, state string) error {
		c, err := s.Accounts.BeginPasskeySignIn(account.PersonSession)
		if err != nil {
			t.Fatal(err)
		}
		s.Clock.Advance(wait)
		if state == "" {
			state = c.State
		}
		_, _, err = s.Accounts.PasskeySignIn(t.Context(), account.PasskeyAttempt{State: state, Answer: key.Get(c.Options), Kind: kind, Address: here})
		return err
	}
	enrolment, err := s.Accounts.BeginPasskey(t.Context(), u, "ses_1")
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]error{
		"another door":         signIn(account.OperatorSession, 0, ""),
		"too late":             signIn(account.PersonSession, 5*time.Minute+time.Second, ""),
		"made up":              signIn(account.PersonSession, 0, "made up"),
		"of an enrolment":      signIn(account.PersonSession, 0, enrolment.State),
		"enrol, other session": second(enrol(t, s, u, s.NewAuthenticator(), func(n *account.NewPasskey) { n.Session = "ses_2" })),
		"enrol, other person": second(enrol(t, s, u, s.NewAuthenticator(), func(n *account.NewPasskey) {
			c, err := s.Accounts.BeginPasskey(t.Context(), grace, "ses_1")
			if err != nil {
				t.Fatal(err)
			}
			n.State = c.State
		})),
	} {
		if !errors.Is(got, account.ErrCeremony) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if err := signIn(account.PersonSession, 4*time.Minute, ""); err != nil {
		t.Errorf("in time: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// Web Authentication Level 3 §7.2 step 22.
func TestACopyIsRefusedAndRecorded(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		u := create(t, s, newUser("ada@example.com"))
		key, _ := enrolled(t, s, u)
		for _, step := range []struct {
			counter uint32
			want    error
		}{{5, nil}, {5, account.ErrPasskeyCopied}, {4, account.ErrPasskeyCopied}, {6, nil}} {
			key.Counter = step.counter
			if _, _, err := by(t, s, key); !errors.Is(err, step.want) {
				t.Errorf("counter %d: %v, want %v", step.counter, err, step.want)
			}
		}
		all, err := s.Accounts.Passkeys(t.Context(), u.ID)
		if err != nil || all[0].Suspected.IsZero() {
			t.Errorf("%+v, %v", all, err)
		}
		events, err := s.Store.Events(t.Context(), audit.Query{TargetKind: "user", TargetID: u.ID, Limit: 10})
		if err != nil || !slices.ContainsFunc(events, func(e audit.Event) bool { return e.Kind == account.EventPasskeySuspected }) {
			t.Errorf("%+v, %v", events, err)
		}
	})
}

func TestWhoIsBlockedOrGoneDoesNotGetInWithAPasskey(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	key, _ := enrolled(t, s, u)
	if _, err := s.Accounts.Block(t.Context(), servertest.Actor, u.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := by(t, s, key); !errors.Is(err, account.ErrBlocked) {
		t.Errorf("blocked: %v", err)
	}
	if err := s.Accounts.Delete(t.Context(), servertest.Actor, u.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := by(t, s, key); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("gone: %v", err)
	}
}

// A sign-in with a passkey begins for nobody in particular, so it cannot tell who has an account.
func TestBeginningASignInNamesNobody(t *testing.T) {
	s := servertest.New(t)
	enrolled(t, s, create(t, s, newUser("ada@example.com")))
	c, err := s.Accounts.BeginPasskeySignIn(account.PersonSession)
	if err != nil || strings.Contains(string(c.Options), "allowCredentials") || !strings.Contains(string(c.Options), `"userVerification":"required"`) {
		t.Errorf("%s, %v", c.Options, err)
	}
}

func TestANewPasskeyIsDiscoverableVerifiedUnattestedAndNotThereYet(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	key, _ := enrolled(t, s, u)
	c, err := s.Accounts.BeginPasskey(t.Context(), u, "ses_1")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"residentKey":"required"`, `"requireResidentKey":true`, `"userVerification":"required"`, `"attestation":"none"`, `"id":"` + s.Host() + `"`} {
		if !strings.Contains(string(c.Options), want) {
			t.Errorf("the options lack %s: %s", want, c.Options)
		}
	}
	if !key.Excluded(c.Options) {
		t.Errorf("the passkey that is there is not excluded: %s", c.Options)
	}
	if _, err := enrol(t, s, u, key, nil); !errors.Is(err, account.ErrPasskeyTaken) {
		t.Errorf("all the same: %v", err)
	}
}

func TestPasskeysAreNamedAndRemoved(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	key, p := enrolled(t, s, u)
	for name, want := range map[string]bool{"Phone": true, strings.Repeat("n", 65): false, "a\u202eb": false} {
		err := s.Accounts.RenamePasskey(t.Context(), servertest.Actor, u, p.ID, name)
		if _, invalid := errors.AsType[*account.Invalid](err); invalid == want || (err == nil) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
	if all, err := s.Accounts.Passkeys(t.Context(), u.ID); err != nil || all[0].Name != "Phone" {
		t.Errorf("%+v, %v", all, err)
	}
	if err := s.Accounts.RemovePasskey(t.Context(), servertest.Actor, u, p.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := by(t, s, key); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("a removed one: %v", err)
	}
	if err := s.Accounts.RemovePasskey(t.Context(), servertest.Actor, u, p.ID); !errors.Is(err, account.ErrNoPasskey) {
		t.Errorf("twice: %v", err)
	}
}

// Somebody who guesses passwords of Ada, or answers nonsense from elsewhere, does not keep her passkey out.
func TestGuessingDoesNotKeepAPasskeyOut(t *testing.T) {
	s := servertest.New(t)
	key, _ := enrolled(t, s, create(t, s, newUser("ada@example.com")))
	for range 30 {
		_, _ = s.Accounts.Authenticate(t.Context(), "ada@example.com", "wrong", here)
	}
	if _, _, err := by(t, s, key); err != nil {
		t.Errorf("got %v", err)
	}
	nonsense := func(address string) error {
		_, _, err := s.Accounts.PasskeySignIn(t.Context(), account.PasskeyAttempt{State: "x", Answer: []byte("{}"), Kind: account.PersonSession, Address: address})
		return err
	}
	var err error
	for range 110 {
		err = nonsense(elsewhere)
	}
	if _, slow := errors.AsType[*account.Throttled](err); !slow {
		t.Errorf("nonsense is taken for ever: %v", err)
	}
	if _, _, err := by(t, s, key); err != nil {
		t.Errorf("here: %v", err)
	}
}

func TestAtAnIPAddressThereAreNoPasskeys(t *testing.T) {
	s := servertest.New(t, servertest.WithPublicURL("http://127.0.0.1:8080"))
	if s.Accounts.PasskeysWork() {
		t.Error("they are offered")
	}
	if _, err := s.Accounts.BeginPasskeySignIn(account.PersonSession); !errors.Is(err, account.ErrNoPasskeys) {
		t.Errorf("got %v", err)
	}
}

func TestAPasswordIsChangedByWhoKnowsItAndEndsTheOtherSessions(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	this, token := signIn(t, s, u, account.PersonSession)
	_, other := signIn(t, s, u, account.PersonSession)
	change := func(current, wanted string) error {
		return s.Accounts.ChangePassword(t.Context(), servertest.Actor, u.ID, account.OwnPassword{Current: current, New: wanted, Address: here, Session: this.ID})
	}
	if err := change("wrong", "another tall grass"); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("without knowing it: %v", err)
	}
	if _, invalid := errors.AsType[*account.Invalid](change(goodPassword, "short")); !invalid {
		t.Error("a short one is taken")
	}
	if err := change(goodPassword, "another tall grass"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Accounts.SessionOf(t.Context(), token, account.PersonSession); err != nil {
		t.Errorf("this session: %v", err)
	}
	if _, _, err := s.Accounts.SessionOf(t.Context(), other, account.PersonSession); !errors.Is(err, account.ErrNoSession) {
		t.Errorf("the other session: %v", err)
	}
	if all, err := s.Accounts.Sessions(t.Context(), u.ID, account.PersonSession); err != nil || len(all) != 1 || all[0].ID != this.ID {
		t.Errorf("%+v, %v", all, err)
	}
}

// What a browser sends goes through the gate and the library's parsers without a panic, and nothing of it is let in.
func FuzzPasskeyAnswer(f *testing.F) {
	s := servertest.New(f)
	key := s.NewAuthenticator()
	f.Add(key.Create([]byte(`{"challenge":"YWJj","rp":{"id":"example.test"},"user":{"id":"dXNy"}}`)))
	f.Add(key.Get([]byte(`{"challenge":"YWJj","rpId":"example.test"}`)))
	f.Add([]byte(`{"id":"","rawId":"","type":"public-key","response":{}}`))
	u, err := s.Accounts.Create(f.Context(), servertest.Actor, newUser("ada@example.com"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		s.Clock.Advance(time.Hour) // opens the lane that failures close
		c, err := s.Accounts.BeginPasskeySignIn(account.PersonSession)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Accounts.PasskeySignIn(t.Context(), account.PasskeyAttempt{State: c.State, Answer: answer, Kind: account.PersonSession, Address: here}); err == nil {
			t.Fatalf("%q signs somebody in", answer)
		}
		if c, err = s.Accounts.BeginPasskey(t.Context(), u, "ses_1"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Accounts.AddPasskey(t.Context(), servertest.Actor, u, account.NewPasskey{State: c.State, Answer: answer, Session: "ses_1"}); err == nil {
			t.Fatalf("%q is a passkey", answer)
		}
	})
}
