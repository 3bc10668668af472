package store

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// Facts returns what is known of how applications are used, by their ids. It takes a few queries, however many there are.
func (s *Store) Facts(ctx context.Context, apps []registry.Application, since time.Time) (facts map[string]registry.Facts, err error) {
	if len(apps) == 0 {
		return nil, nil
	}
	err = s.db.View(ctx, func(c *sqldb.Conn) error {
		facts = make(map[string]registry.Facts, len(apps))
		ids := make([]string, len(apps))
		for i := range apps {
			ids[i] = apps[i].ID
			facts[apps[i].ID] = registry.Facts{
				Tried: map[string]registry.Tried{}, Shared: map[string][]registry.Sharer{}, DeadHosts: map[string]time.Time{},
				ForPeople: registry.AskedScopes{Scopes: map[string]oauth.Scopes{}}, ForItself: registry.AskedScopes{Scopes: map[string]oauth.Scopes{}},
			}
		}
		if err := readTried(ctx, c, facts, ids, since); err != nil {
			return err
		}
		if err := readScopes(ctx, c, facts, ids, since); err != nil {
			return err
		}
		if err := readShared(ctx, c, facts, apps); err != nil {
			return err
		}
		return readDeadHosts(ctx, c, facts, apps)
	})
	return facts, err
}

// triedKinds are the kinds of uses that say that a credential was presented which does not count any more.
const triedKinds = `('secret.retired_used', 'secret.expired_used', 'key.retired_used', 'key.expired_used')`

func readTried(ctx context.Context, c *sqldb.Conn, facts map[string]registry.Facts, ids []string, since time.Time) error {
	var f filter
	text := `SELECT application_id, secret_id, COUNT(*), MAX(at) FROM audit_uses
		WHERE application_id IN ` + in(&f, ids) + ` AND kind IN ` + triedKinds + ` AND at >= ` + f.arg(since.UnixMicro()) + `
		GROUP BY application_id, secret_id`
	return c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
		var application, secret string
		var tried registry.Tried
		err := row.Scan(&application, &secret, &tried.Count, sqldb.ScanTime(&tried.Last))
		facts[application].Tried[secret] = tried
		return err
	})
}

// In granted_scopes stands what was granted for people under the id of the API, and what a program got for itself under this word and
// the identifier. Under the word alone stands from when on the latter is noted.
const itself = "itself "

func readScopes(ctx context.Context, c *sqldb.Conn, facts map[string]registry.Facts, ids []string, since time.Time) error {
	var f filter
	text := `SELECT f.application_id, f.noted_first, m.last_at FROM application_findings f
		LEFT JOIN granted_scopes m ON m.application_id = f.application_id AND m.api_id = ` + f.arg(itself) + ` AND m.scope = ''
		WHERE f.application_id IN ` + in(&f, ids)
	err := c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
		var id string
		var people, programs time.Time
		err := row.Scan(&id, sqldb.ScanTime(&people), sqldb.ScanTime(&programs))
		of := facts[id]
		of.ForPeople.Since, of.ForItself.Since = knownSince(people, since), knownSince(programs, since)
		facts[id] = of
		return err
	})
	if err != nil {
		return err
	}
	f = filter{}
	text = `SELECT application_id, api_id, scope FROM granted_scopes WHERE application_id IN ` + in(&f, ids) + `
		AND api_id <> ` + f.arg(itself) + ` AND last_at >= ` + f.arg(since.UnixMicro())
	return c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
		var application, api, scope string
		err := row.Scan(&application, &api, &scope)
		use := facts[application].ForPeople
		if identifier, own := strings.CutPrefix(api, itself); own {
			use, api = facts[application].ForItself, identifier
		}
		use.Scopes[api] = append(use.Scopes[api], scope)
		return err
	})
}

// knownSince is where lately begins for what is noted from first on.
func knownSince(first, since time.Time) time.Time {
	if first.After(since) || first.IsZero() {
		return first
	}
	return since
}

// maxSharers is how many other applications with the same key are named.
const maxSharers = 5

func readShared(ctx context.Context, c *sqldb.Conn, facts map[string]registry.Facts, apps []registry.Application) error {
	owners := make(map[string][]string)
	var all []string
	for i := range apps {
		for _, k := range apps[i].Keys {
			if k.RetiredAt.IsZero() {
				owners[k.Thumbprint] = append(owners[k.Thumbprint], apps[i].ID)
				all = append(all, k.Thumbprint)
			}
		}
	}
	slices.Sort(all)
	for some := range slices.Chunk(slices.Compact(all), 200) {
		var f filter
		text := `SELECT k.thumbprint, a.id, a.name FROM application_keys k JOIN applications a ON a.id = k.application_id
			WHERE k.retired_at IS NULL AND k.thumbprint IN ` + in(&f, some) + ` ORDER BY a.id LIMIT 1000`
		err := c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
			var thumbprint string
			var other registry.Sharer
			if err := row.Scan(&thumbprint, &other.ID, &other.Name); err != nil {
				return err
			}
			for _, id := range owners[thumbprint] {
				if id != other.ID && len(facts[id].Shared[thumbprint]) < maxSharers {
					facts[id].Shared[thumbprint] = append(facts[id].Shared[thumbprint], other)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func readDeadHosts(ctx context.Context, c *sqldb.Conn, facts map[string]registry.Facts, apps []registry.Application) error {
	owners := make(map[string][]string)
	var all []string
	for i := range apps {
		for _, u := range apps[i].RedirectURIs {
			parsed, err := url.Parse(u.Value)
			if err != nil || parsed.Hostname() == "" {
				continue
			}
			host := strings.ToLower(parsed.Hostname())
			owners[host] = append(owners[host], apps[i].ID)
			all = append(all, host)
		}
	}
	slices.Sort(all)
	for some := range slices.Chunk(slices.Compact(all), 200) {
		var f filter
		text := `SELECT host, dead_at FROM redirect_hosts WHERE dead_at IS NOT NULL AND host IN ` + in(&f, some)
		err := c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
			var host string
			var dead time.Time
			err := row.Scan(&host, sqldb.ScanTime(&dead))
			for _, id := range owners[host] {
				facts[id].DeadHosts[host] = dead
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// How often what applications were granted is noted, and how far a noting looks back over the one before, for what was under way.
const (
	noteEvery = 12 * time.Hour
	noteAgain = time.Hour
)

// NoteScopes notes which scopes applications were granted, or refreshed, since the last noting. It is cheap to call often.
func (s *Store) NoteScopes(ctx context.Context, ids []string, now time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	since, err := s.notedUntil(ctx, ids, now)
	if err != nil {
		return err
	}
	for _, id := range ids {
		from, due := since[id]
		if !due {
			continue
		}
		if err := s.noteScopes(ctx, id, from, now); err != nil {
			return err
		}
	}
	return nil
}

// notedUntil returns for those that are due until when their scopes are noted; for the first noting that is as far back as grants
// are kept.
func (s *Store) notedUntil(ctx context.Context, ids []string, now time.Time) (map[string]time.Time, error) {
	since := make(map[string]time.Time, len(ids))
	for _, id := range ids {
		since[id] = now.Add(-keepGrants)
	}
	var f filter
	text := `SELECT application_id, noted_at FROM application_findings WHERE noted_at IS NOT NULL AND application_id IN ` + in(&f, ids)
	err := s.db.Read(ctx, func(c *sqldb.Conn) error {
		return c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
			var id string
			var noted time.Time
			err := row.Scan(&id, sqldb.ScanTime(&noted))
			since[id] = noted.Add(-noteAgain)
			if now.Sub(noted) < noteEvery {
				delete(since, id)
			}
			return err
		})
	})
	return since, err
}

// The targets of what an application was granted since $2, and of what it refreshed.
const (
	grantedTargets   = `SELECT DISTINCT targets FROM grants WHERE application_id = $1 AND created_at >= $2 AND trial_id = ''`
	refreshedTargets = `SELECT DISTINCT g.targets FROM refresh_families f JOIN grants g ON g.id = f.grant_id
		WHERE f.application_id = $1 AND f.used_at >= $2`
)

func (s *Store) noteScopes(ctx context.Context, id string, from, now time.Time) error {
	granted := make(map[[2]string]bool)
	err := s.db.View(ctx, func(c *sqldb.Conn) error {
		for _, text := range []string{grantedTargets, refreshedTargets} {
			err := c.Each(ctx, text, []any{id, from.UnixMicro()}, func(row sqldb.Scanner) error {
				var targets []grant.Target
				err := row.Scan(sqldb.ScanJSON(&targets))
				for _, t := range targets {
					for _, scope := range t.Scopes {
						granted[[2]string{t.APIID, scope}] = true
					}
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		for pair := range granted {
			if err := exec(ctx, c, `INSERT INTO granted_scopes (application_id, api_id, scope, last_at)
				SELECT id, $2, $3, $4 FROM applications WHERE id = $1
				ON CONFLICT (application_id, api_id, scope) DO UPDATE SET last_at = excluded.last_at`, id, pair[0], pair[1], now.UnixMicro()); err != nil {
				return err
			}
		}
		if err := exec(ctx, c, `INSERT INTO granted_scopes (application_id, api_id, scope, last_at)
			SELECT id, $2, '', $3 FROM applications WHERE id = $1
			ON CONFLICT (application_id, api_id, scope) DO NOTHING`, id, itself, now.UnixMicro()); err != nil {
			return err
		}
		return exec(ctx, c, `INSERT INTO application_findings (application_id, high, moderate, low, info, due_at, noted_first, noted_at)
			SELECT id, 0, 0, 0, 0, 0, $2, $3 FROM applications WHERE id = $1
			ON CONFLICT (application_id) DO UPDATE SET noted_at = excluded.noted_at,
				noted_first = COALESCE(application_findings.noted_first, excluded.noted_first)`, id, from.UnixMicro(), now.UnixMicro())
	})
}
