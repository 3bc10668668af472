package store

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// DB lets tests look behind the store.
func (s *Store) DB() *sqldb.DB { return s.db }

// SetBounds makes searches take another way sooner.
func (s *Store) SetBounds(few, soon, frequent int) { s.bounds = bounds{few, soon, frequent} }

// Migrations are the files that make the schema.
func Migrations() fs.FS { return migrations() }

// Plan is how an engine goes about a statement.
type Plan struct {
	Text string
	Args []any
}

// ActivityPlans are the ways that questions about the log take.
func ActivityPlans(ctx context.Context, s *Store, questions map[string]audit.ActivityQuery) (map[string]Plan, error) {
	plans := make(map[string]Plan)
	err := s.db.View(ctx, func(c *sqldb.Conn) error {
		for name, q := range questions {
			streams, err := activityStreams(ctx, c, &q)
			if err != nil {
				return err
			}
			for i, st := range streams {
				text, args := st.statement(&q, 51)
				plans[fmt.Sprint(name, " ", tables[st.rank].name, " ", i)] = Plan{text, args}
			}
		}
		return nil
	})
	kinds := filter{}
	kinds.add("application_id = ?", "app1")
	kinds.add("kind > ?", "token.issued")
	plans["the next kind of an application"] = Plan{nextKind("audit_uses", &kinds), kinds.args}
	return plans, err
}

// Plans are the statements whose way through the tables is watched, by what they look for.
func Plans(now time.Time) map[string]Plan {
	byReference, reference, _ := selectTraces(registry.TraceQuery{Reference: "7KQ2-MD4F"})
	ofClient, client, _ := selectTraces(registry.TraceQuery{ClientID: "https://client.example/x"})
	ofApplication, application, _ := selectTraces(registry.TraceQuery{ApplicationID: "tpc_1"})
	newest, none, _ := selectTraces(registry.TraceQuery{After: newestCursor(now, "7KQ2-MD4F")})
	queue, first, _ := selectWaiting(newestCursor(now, "wtg_1"), 50)
	plans := map[string]Plan{
		"applications to check":          {dueFindings, []any{now.UnixMicro(), 50}},
		"hosts to look up":               {dueHosts, []any{now.UnixMicro(), 10}},
		"how many applications at risk":  {countRisky, nil},
		"what was granted lately":        {`SELECT targets FROM grants WHERE application_id = $1 AND created_at >= $2`, []any{"app1", now.UnixMicro()}},
		"imports that are due":           {dueImports, []any{now.UnixMicro(), now.UnixMicro(), 100, string(registry.ByOperator)}},
		"the tallies of an application":  {selectTallies, []any{"app1", dayOf(now)}},
		"the days that are over":         {`SELECT application_id, day, kind FROM use_tallies WHERE day < $1 ORDER BY day LIMIT $2`, []any{dayOf(now), 500}},
		"a trace by its reference":       {byReference, reference},
		"the traces of a client":         {ofClient, client},
		"the traces of an application":   {ofApplication, application},
		"the newest traces":              {newest, none},
		"the queue":                      {queue, first},
		"what waits under a URL":         {waitingSelect + ` WHERE url = $1`, []any{"https://client.example/x"}},
		"strangers that have expired":    {`SELECT id FROM applications WHERE expires_at <= $1 LIMIT $2`, []any{now.UnixMicro(), 500}},
		"how many strangers there are":   {`SELECT COUNT(*) FROM applications WHERE expires_at IS NOT NULL`, nil},
		"an application by its URL":      {applicationSelect + ` WHERE a.external_id = $1`, []any{"https://client.example/x"}},
		"the keys of applications":       {keySelect + ` WHERE application_id IN ($1, $2)`, []any{"tpc_1", "tpc_2"}},
		"the newest version of document": {documentSelect + ` WHERE application_id = $1 ORDER BY version DESC LIMIT $2`, []any{"tpc_1", 50}},
	}
	for _, kind := range registry.ConcernKinds() {
		text, args, err := selectConcerns(kind, now, 10)
		if err != nil {
			panic(err)
		}
		plans["concerns "+string(kind)] = Plan{text, args}
	}
	return plans
}

// UserPlans are the lists of users with each filter.
func UserPlans() (plans []Plan) {
	for _, q := range []account.Query{{}, {Operators: true}, {Blocked: true}, {After: placeCursor(7), Blocked: true}} {
		wanted := (&Store{bounds: usualBounds}).selectUsers(q)
		wanted.begin()
		s := search{catalogue: users, selection: wanted}
		text, f := s.list(nil)
		plans = append(plans, Plan{text + s.order.by(s.back) + " LIMIT " + f.arg(51), f.args})
	}
	return plans
}

// ListPlans are the walks of lists of applications: every order with every filter, from the start, forwards and back.
func ListPlans(now time.Time) (plans []Plan) {
	no := false
	filters := []registry.Query{
		{},
		{Types: []registry.Type{registry.Native}},
		{Ownership: registry.FirstParty},
		{Origin: registry.Manual},
		{Enabled: &no},
		{Unused: now},
		{Risky: true},
		{Held: true},
		{Types: []registry.Type{registry.Native}, Ownership: registry.FirstParty, Origin: registry.Manual, Enabled: &no, Unused: now, Risky: true},
	}
	for sort, by := range applicationOrders {
		at := by.cursor(spot{key: "7", place: 7})
		for _, q := range filters {
			for _, cursors := range [][2]string{{"", ""}, {at, ""}, {"", at}} {
				q.Sort, q.After, q.Before = sort, cursors[0], cursors[1]
				wanted := (&Store{bounds: usualBounds}).selectApplications(q)
				wanted.begin()
				s := search{catalogue: applications, selection: wanted}
				if s.byFacets() {
					text, f := s.fittingFacets()
					plans = append(plans, Plan{text, f.args})
					s.facets = []string{"native first_party manual on", "native first_party manual off", "spa first_party manual on"}
				}
				text, f := s.list(nil)
				plans = append(plans, Plan{text + s.order.by(s.back) + " LIMIT " + f.arg(51), f.args})
			}
		}
	}
	return plans
}
