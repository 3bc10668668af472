package advisor

import (
	"context"
	"fmt"
	"slices"

	"clientele/internal/registry"
)

// Bounds of what is read about one application: more client grants, or more APIs that are open to everybody, do not count.
const (
	maxGrants = 1000
	maxAPIs   = 1000
)

// Reports checks some stored applications together and keeps how many findings each has.
func (s *Service) Reports(ctx context.Context, apps []registry.Application) ([]Report, error) {
	subjects, err := s.subjects(ctx, apps)
	if err != nil {
		return nil, err
	}
	reports := make([]Report, len(subjects))
	counts := make(map[string]registry.FindingCounts, len(subjects))
	for i := range subjects {
		sub := &subjects[i]
		r := &reports[i]
		r.ApplicationID, r.At = sub.Application.ID, sub.Now
		r.Findings, r.Passed = run(sub)
		counts[r.ApplicationID] = r.Counts()
	}
	if err := s.Store.SaveFindings(ctx, counts, s.now().Add(every)); err != nil {
		return nil, fmt.Errorf("keeping how many findings there are: %w", err)
	}
	return reports, nil
}

// subjects gathers what the checks look at.
func (s *Service) subjects(ctx context.Context, apps []registry.Application) ([]Subject, error) {
	now := s.now()
	ids := make([]string, len(apps))
	for i := range apps {
		ids[i] = apps[i].ID
	}
	if err := s.Store.NoteScopes(ctx, ids, now); err != nil {
		return nil, fmt.Errorf("noting which scopes were granted: %w", err)
	}
	facts, err := s.Store.Facts(ctx, apps, now.Add(-lately))
	if err != nil {
		return nil, fmt.Errorf("reading how applications are used: %w", err)
	}
	known := &surroundings{service: s}
	subjects := make([]Subject, len(apps))
	for i := range apps {
		subjects[i] = s.subject(&apps[i], now)
		subjects[i].Facts = facts[apps[i].ID]
		if err := known.fill(ctx, &subjects[i]); err != nil {
			return nil, err
		}
	}
	return subjects, nil
}

// surroundings are what several subjects have in common, each read once.
type surroundings struct {
	service  *Service
	apis     map[string]*registry.API // nil = it is gone
	open     []registry.API
	openRead bool
	common   map[bool][]registry.ClientGrant // by whether for strangers
}

// fill adds the client grants that count for the application, and the APIs.
func (k *surroundings) fill(ctx context.Context, sub *Subject) (err error) {
	a := &sub.Application
	sub.APIs = make(map[string]registry.API)
	if a.ID != "" {
		if sub.Grants, err = k.all(ctx, registry.ClientGrantQuery{ApplicationID: a.ID}); err != nil {
			return err
		}
	}
	if a.Ownership == registry.ThirdParty {
		if err := k.addCommon(ctx, sub); err != nil {
			return err
		}
	}
	if err := k.addAPIs(ctx, sub); err != nil {
		return err
	}
	if a.Ownership == registry.FirstParty && person(a) {
		return k.addOpen(ctx, sub)
	}
	return nil
}

// addCommon adds the default grants of the application's like. A grant of its own beats the default.
func (k *surroundings) addCommon(ctx context.Context, sub *Subject) error {
	strangers := sub.Application.Import != nil && sub.Application.Import.By != registry.ByOperator
	list, read := k.common[strangers]
	if !read {
		var err error
		if list, err = k.all(ctx, registry.ClientGrantQuery{Strangers: strangers, ThirdParties: !strangers}); err != nil {
			return err
		}
		if k.common == nil {
			k.common = make(map[bool][]registry.ClientGrant)
		}
		k.common[strangers] = list
	}
	for _, g := range list {
		beaten := slices.ContainsFunc(sub.Grants, func(own registry.ClientGrant) bool {
			return own.APIID == g.APIID && own.SubjectType == g.SubjectType
		})
		if !beaten {
			sub.Grants = append(sub.Grants, g)
		}
	}
	return nil
}

func (k *surroundings) all(ctx context.Context, q registry.ClientGrantQuery) (list []registry.ClientGrant, err error) {
	q.Limit = registry.MaxPageSize
	for {
		page, err := k.service.Registry.ClientGrants(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("reading client grants: %w", err)
		}
		list = append(list, page.Items...)
		if page.Next == "" || len(list) >= maxGrants {
			return list, nil
		}
		q.After = page.Next
	}
}

// addAPIs adds the APIs that the grants are about. Those that no subject before had are read at once.
func (k *surroundings) addAPIs(ctx context.Context, sub *Subject) error {
	var unread []string
	for i := range sub.Grants {
		id := sub.Grants[i].APIID
		if _, read := k.apis[id]; !read && !slices.Contains(unread, id) {
			unread = append(unread, id)
		}
	}
	if k.apis == nil {
		k.apis = make(map[string]*registry.API)
	}
	for some := range slices.Chunk(unread, registry.MaxPageSize) {
		page, err := k.service.Registry.APIs(ctx, registry.APIQuery{IDs: some, Limit: registry.MaxPageSize})
		if err != nil {
			return fmt.Errorf("reading the APIs: %w", err)
		}
		for _, id := range some {
			k.apis[id] = nil // it is gone, unless it was found
		}
		for i := range page.Items {
			k.apis[page.Items[i].ID] = &page.Items[i]
		}
	}
	for i := range sub.Grants {
		if api := k.apis[sub.Grants[i].APIID]; api != nil {
			sub.APIs[api.ID] = *api
		}
	}
	return nil
}

func (k *surroundings) addOpen(ctx context.Context, sub *Subject) error {
	if !k.openRead {
		q := registry.APIQuery{Limit: registry.MaxPageSize}
		for n := 0; n < maxAPIs; n += registry.MaxPageSize {
			page, err := k.service.Registry.APIs(ctx, q)
			if err != nil {
				return fmt.Errorf("reading the APIs: %w", err)
			}
			for i := range page.Items {
				if page.Items[i].UserPolicy == registry.AllowAll && !page.Items[i].System {
					k.open = append(k.open, page.Items[i])
				}
			}
			if q.After = page.Next; page.Next == "" {
				break
			}
		}
		k.openRead = true
	}
	for _, api := range k.open {
		sub.APIs[api.ID] = api
	}
	return nil
}
