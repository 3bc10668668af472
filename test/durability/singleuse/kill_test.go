package singleuse

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/secret"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

const kills = 50

func TestMain(m *testing.M) {
	helper()
	os.Exit(m.Run())
}

func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		t.Run(engine.Name, func(t *testing.T) {
			dsn := engine.DSN(t)
			total := make(map[string]int)
			events := 0
			for round := range kills {
				acknowledged := liveAndDie(t, dsn, fmt.Sprint("r", round))
				s, err := store.Open(t.Context(), dsn)
				if err != nil {
					t.Fatalf("after kill %d: %v", round+1, err)
				}
				for _, line := range acknowledged {
					kind, id, _ := strings.Cut(line, " ")
					if err := present(t.Context(), s, kind, id); err != nil {
						t.Errorf("kill %d: %s %s was acknowledged: %v", round+1, kind, id, err)
					}
					total[kind]++
				}
				if err := s.VerifyChain(t.Context()); err != nil {
					t.Errorf("kill %d: %v", round+1, err)
				}
				events = countEvents(t, s)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			least := total["application"] + total["user"]
			if events < least || events > least+kills*workers {
				t.Errorf("%d events for %d acknowledged changes and at most %d others", events, least, kills*workers)
			}
			if total["revoked"] == 0 {
				t.Error("no round came to its end: nothing was shown")
			}
			t.Logf("%d kills, acknowledged and found: %v", kills, total)
		})
	}
}

// liveAndDie runs the helper until it has acknowledged some writes, kills it, and returns all it has acknowledged.
func liveAndDie(t *testing.T, dsn, round string) (lines []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "CLIENTELE_DURABILITY_DSN="+dsn, "CLIENTELE_DURABILITY_ROUND="+round)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dieAt := 20 + rand.IntN(200)
	scan := bufio.NewScanner(out)
	for scan.Scan() {
		if !strings.HasPrefix(scan.Text(), "ready ") {
			lines = append(lines, scan.Text())
		}
		if len(lines) == dieAt {
			time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, func() { cmd.Process.Kill() })
		}
	}
	err = cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.Exited() {
		t.Fatalf("the helper was not killed: %v", err)
	}
	return lines
}

// present reports whether what was acknowledged is there.
func present(ctx context.Context, s *store.Store, kind, id string) error {
	switch kind {
	case "application":
		_, err := s.Application(ctx, id)
		return err
	case "user":
		_, err := s.User(ctx, id)
		return err
	case "code":
		_, _, err := s.Code(ctx, []secret.Hash{secret.Hash("k:" + id)})
		return err
	case "redeemed":
		won, err := s.RedeemCode(ctx, secret.Hash("k:"+id), noon, oauth.AuthNone, "", nil)
		if won {
			return errors.New("the code could be redeemed again")
		}
		return err
	case "rotated2", "rotated3":
		f, _, err := s.Family(ctx, id)
		if err == nil && f.Generation < int64(kind[len("rotated")]-'0') {
			return fmt.Errorf("the family is back at generation %d", f.Generation)
		}
		return err
	case "revoked":
		f, g, err := s.Family(ctx, id)
		if err == nil && (g.Alive() || f.RevokedAt.IsZero()) {
			return errors.New("the grant lives again")
		}
		outcome, _, err2 := s.Rotate(ctx, grant.Rotation{FamilyID: id, Generation: 3, Now: noon, Rotating: true})
		if outcome != grant.RotateRefused {
			return errors.New("its refresh token is good again")
		}
		return errors.Join(err, err2)
	}
	return fmt.Errorf("the helper said something unknown")
}

func countEvents(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	q := audit.Query{Limit: 1000}
	for {
		page, err := s.Events(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if n += len(page); len(page) < q.Limit {
			return n
		}
		q.Before = page[len(page)-1].Sequence
	}
}
