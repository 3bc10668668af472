package store_test

import (
	"errors"
	"testing"
	"time"

	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestRulesAreKeptInTheirOrderAndToldToTheCaches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		rule := func(id, pattern string, e registry.RuleEffect, at time.Time) registry.AdmissionRule {
			return registry.AdmissionRule{ID: id, Pattern: pattern, Effect: e, Note: "why", CreatedAt: at, CreatedBy: "ada@example.com"}
		}
		first, second := rule("rul_b", "*.example.com", registry.Allow, noon), rule("rul_a", "bad.example.com", registry.Deny, noon.Add(time.Second))
		for _, r := range []registry.AdmissionRule{second, first} {
			if err := s.CreateAdmissionRule(ctx, r, event("admission_rule.created", "admission_rule", r.ID)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.CreateAdmissionRule(ctx, rule("rul_c", "*.example.com", registry.Deny, noon), event("admission_rule.created", "admission_rule", "rul_c")); !errors.Is(err, registry.ErrConflict) {
			t.Errorf("one like it: %v", err)
		}
		rules, err := s.AdmissionRules(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]registry.AdmissionRule{first, second}, rules); diff != "" {
			t.Error(diff)
		}
		before := lastNotice(t, s)
		if err := s.DeleteAdmissionRule(ctx, "rul_a", event("admission_rule.deleted", "admission_rule", "rul_a")); err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteAdmissionRule(ctx, "rul_a", event("admission_rule.deleted", "admission_rule", "rul_a")); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("a second time: %v", err)
		}
		notices, err := s.NoticesAfter(ctx, before, 10)
		if err != nil || len(notices) != 1 || notices[0].Kind != "admission_rule" || notices[0].ID != "rul_a" {
			t.Errorf("told the caches %v, %v", notices, err)
		}
	})
}
