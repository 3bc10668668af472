package protocol

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

const (
	callback    = "https://app.example.com/cb"
	person      = "ada@example.com"
	redemptions = 32
	rotations   = 24
)

// outcome is one answer of the token endpoint, with what a test looks at.
type outcome struct {
	status  int
	Error   string `json:"error"`
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

// stage is a server with an API, a confidential application that refreshes, and a person.
type stage struct {
	*servertest.Server
	t      *testing.T
	app    registry.Application
	secret string
}

func newStage(t *testing.T, on servertest.Option, leeway time.Duration) stage {
	t.Helper()
	s := servertest.New(t, on)
	s.CreateAPI("https://api.example.com/", "read:orders")
	s.CreateUser(person, "")
	app, minted := s.CreateApplication(registry.Draft{
		Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback},
		Refresh: &registry.RefreshPolicy{Rotating: true, Leeway: leeway, Lifetime: 2 * time.Hour, IdleLifetime: time.Hour},
	})
	return stage{s, t, app, minted.Reveal()}
}

func (s stage) code() string {
	s.t.Helper()
	answer := s.Browser().Authorize(person, url.Values{
		"client_id": {s.app.ID}, "redirect_uri": {callback}, "audience": {"https://api.example.com/"}, "scope": {"openid offline_access"},
	})
	if !answer.Has("code") {
		s.t.Fatalf("there is no code: %v", answer)
	}
	return answer.Get("code")
}

func (s stage) exchange(form url.Values) (outcome, error) {
	form.Set("client_id", s.app.ID)
	form.Set("client_secret", s.secret)
	resp, err := s.Client().PostForm(s.URL+"/oauth/token", form)
	if err != nil {
		return outcome{}, err
	}
	defer resp.Body.Close()
	o := outcome{status: resp.StatusCode}
	return o, json.NewDecoder(resp.Body).Decode(&o)
}

func (s stage) redeem(code string) (outcome, error) {
	return s.exchange(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {servertest.Verifier}})
}

func (s stage) refresh(token string) (outcome, error) {
	return s.exchange(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
}

// together runs do n times at once.
func together(t *testing.T, n int, do func() (outcome, error)) []outcome {
	t.Helper()
	all, errs := make([]outcome, n), make([]error, n)
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			<-start
			all[i], errs[i] = do()
		})
	}
	close(start)
	running.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func won(all []outcome) (winners []outcome, rest string) {
	var others strings.Builder
	for _, o := range all {
		if o.status == http.StatusOK {
			winners = append(winners, o)
			continue
		}
		if o.status != http.StatusBadRequest || o.Error != "invalid_grant" {
			fmt.Fprintf(&others, "%d %s; ", o.status, o.Error)
		}
	}
	return winners, others.String()
}

// Of 32 redemptions of one code at once one wins, and what it got is revoked, because the others are replays.
// RFC 6749 §4.1.2.
func TestOneOfManyRedemptionsWins(t *testing.T) {
	t.Parallel()
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		t.Parallel()
		s := newStage(t, on, 0)
		code := s.code()
		winners, rest := won(together(t, redemptions, func() (outcome, error) { return s.redeem(code) }))
		if len(winners) != 1 || rest != "" {
			t.Fatalf("%d redemptions won; others: %s", len(winners), rest)
		}
		if o, err := s.refresh(winners[0].Refresh); err != nil || o.status != http.StatusBadRequest || o.Error != "invalid_grant" {
			t.Errorf("the refresh token of a replayed code: %+v, %v", o, err)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/userinfo", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+winners[0].Access)
		resp, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("the access token of a replayed code: %d", resp.StatusCode)
		}
	})
}

// Of 24 rotations of one refresh token at once, without leeway, one succeeds, and then the family is over: the others are
// reuses. RFC 9700 §4.14.2.
func TestOneOfManyRotationsSucceedsAndReuseEndsTheFamily(t *testing.T) {
	t.Parallel()
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		t.Parallel()
		s := newStage(t, on, 0)
		first, err := s.redeem(s.code())
		if err != nil || first.Refresh == "" {
			t.Fatalf("%+v, %v", first, err)
		}
		winners, rest := won(together(t, rotations, func() (outcome, error) { return s.refresh(first.Refresh) }))
		if len(winners) != 1 || rest != "" {
			t.Fatalf("%d rotations succeeded; others: %s", len(winners), rest)
		}
		if o, err := s.refresh(winners[0].Refresh); err != nil || o.Error != "invalid_grant" {
			t.Errorf("the successor after a reuse: %+v, %v", o, err)
		}
	})
}

// With a leeway, 24 uses of one refresh token at once are one rotation and its retries: all get the same successor, and it is
// good.
func TestRetriesWithinTheLeewayGetTheSameSuccessor(t *testing.T) {
	t.Parallel()
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		t.Parallel()
		s := newStage(t, on, 30*time.Second)
		first, err := s.redeem(s.code())
		if err != nil || first.Refresh == "" {
			t.Fatalf("%+v, %v", first, err)
		}
		winners, rest := won(together(t, rotations, func() (outcome, error) { return s.refresh(first.Refresh) }))
		if len(winners) != rotations || rest != "" {
			t.Fatalf("%d of %d succeeded; others: %s", len(winners), rotations, rest)
		}
		for _, w := range winners {
			if w.Refresh != winners[0].Refresh || w.Refresh == first.Refresh || w.Refresh == "" {
				t.Fatalf("successors differ: %q and %q", w.Refresh, winners[0].Refresh)
			}
		}
		if o, err := s.refresh(winners[0].Refresh); err != nil || o.status != http.StatusOK {
			t.Errorf("the successor: %+v, %v", o, err)
		}
	})
}
