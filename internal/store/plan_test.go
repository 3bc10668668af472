package store_test

import (
	"strings"
	"testing"

	"clientele/internal/sqldb"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

// Every table here may be large or is filled by strangers, and these statements run often.
func TestTheseStatementsNeverWalkATable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.FillImported(t, s, 300)
		if s.Engine() == sqldb.PostgreSQL {
			if err := behind(s, "ANALYZE"); err != nil { //nolint:misspell // SQL
				t.Fatal(err)
			}
		}
		for name, plan := range store.Plans(noon) {
			steps := explain(t, s, plan)
			for _, step := range strings.Split(steps, "\n") {
				if walks(s.Engine(), step) {
					t.Errorf("%s: %s\n%s", name, step, steps)
				}
			}
		}
	})
}

// explain is the way that the engine takes; PostgreSQL is told that tables are too large to be walked.
func explain(t *testing.T, s *store.Store, plan store.Plan) string {
	t.Helper()
	var steps []string
	err := s.DB().View(ctx, func(c *sqldb.Conn) error {
		steps = nil
		explain := "EXPLAIN QUERY PLAN "
		if s.Engine() == sqldb.PostgreSQL {
			explain = "EXPLAIN "
			if _, err := c.Exec(ctx, "SET LOCAL enable_seqscan = off"); err != nil {
				return err
			}
		}
		return c.Each(ctx, explain+plan.Text, plan.Args, func(row sqldb.Scanner) error {
			var step string
			var err error
			if s.Engine() == sqldb.PostgreSQL {
				err = row.Scan(&step)
			} else {
				var id, parent, unused int
				err = row.Scan(&id, &parent, &unused, &step)
			}
			steps = append(steps, step)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "\n")
}

// walks reports whether a step reads a whole table, or sorts because no index has the order.
func walks(engine sqldb.Engine, step string) bool {
	if engine == sqldb.PostgreSQL {
		return strings.Contains(step, "Seq Scan")
	}
	walked := strings.HasPrefix(step, "SCAN ") && !strings.Contains(step, "INDEX")
	return walked || strings.Contains(step, "TEMP B-TREE")
}
