package store_test

import (
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/sqldb"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

// The log is the largest thing there is: no question may read more of it than its answer.
func TestNoQuestionAboutTheLogWalksATable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		happened(t, s)
		if s.Engine() == sqldb.PostgreSQL {
			if err := behind(s, "ANALYZE"); err != nil { //nolint:misspell // SQL
				t.Fatal(err)
			}
		}
		questions := map[string]audit.ActivityQuery{
			"all": {}, "since": {Since: noon, Until: noon.Add(time.Hour)}, "kind": {Kind: "token."}, "change kind": {Kind: "application."},
			"application": {ApplicationID: "app1"}, "application kind": {ApplicationID: "app1", Kind: "token.issued"},
			"application refused": {ApplicationID: "app1", Refused: true}, "user": {UserID: "usr_2"}, "user kind": {UserID: "usr_2", Kind: "token."},
			"refused": {Refused: true}, "refused kind": {Refused: true, Kind: "signin."}, "reference": {Reference: "BOTH-0000"},
			"refusals": {Sources: []audit.Source{audit.Refusals}}, "user and application": {UserID: "usr_2", ApplicationID: "app1"},
		}
		for name, q := range questions {
			page, err := s.Activity(ctx, audit.ActivityQuery{Limit: 2})
			if err != nil {
				t.Fatal(err)
			}
			q.After = page.Next
			questions[name+" further on"] = q
		}
		plans, err := store.ActivityPlans(ctx, s, questions)
		if err != nil {
			t.Fatal(err)
		}
		for name, plan := range plans {
			if strings.Contains(plan.Text, "client_grants") {
				continue // the changes of a few permissions are sorted
			}
			steps := explain(t, s, plan)
			for _, step := range strings.Split(steps, "\n") {
				if walks(s.Engine(), step) || strings.HasPrefix(step, "SCAN ") && !strings.Contains(name, "all") && !strings.Contains(name, "refus") {
					t.Errorf("%s: %s\n%s\n%s", name, step, plan.Text, steps)
				}
			}
		}
	})
}
