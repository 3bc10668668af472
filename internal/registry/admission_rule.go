package registry

import (
	"context"
	"slices"
	"strings"

	"clientele/internal/audit"
)

// Limits of admission rules.
const (
	MaxAdmissionRules = 1000
	maxRuleNote       = 200
)

// CreateAdmissionRule makes a rule. It fails with *Invalid, and with ErrConflict if there is the same already.
func (r *Registry) CreateAdmissionRule(ctx context.Context, actor audit.Actor, pattern string, e RuleEffect, note string) (AdmissionRule, error) {
	rule := AdmissionRule{
		ID: mintRuleID(), Pattern: strings.TrimSpace(pattern), Effect: e, Note: strings.TrimSpace(note), CreatedAt: r.now(), CreatedBy: actor.Name,
	}
	rules, err := r.AdmissionRules(ctx)
	if err != nil {
		return AdmissionRule{}, err
	}
	if err := inspectRule(rule, len(rules)); err != nil {
		return AdmissionRule{}, err
	}
	for _, other := range rules {
		switch {
		case other.Pattern != rule.Pattern:
		case other.Effect == rule.Effect:
			return AdmissionRule{}, ErrConflict
		default:
			return AdmissionRule{}, refusal("pattern", "admission_opposite", "has a rule already that says the opposite (%s %s); delete that first", other.Effect, other.Pattern)
		}
	}
	event := r.event(actor, rule.CreatedAt, "admission_rule.created", KindAdmissionRule, rule.ID, rule.Pattern, changedRule(AdmissionRule{}, rule))
	if err := r.Store.CreateAdmissionRule(ctx, rule, event); err != nil {
		return AdmissionRule{}, err
	}
	r.committed(KindAdmissionRule, rule.ID)
	return rule, nil
}

// DeleteAdmissionRule removes a rule. It fails with ErrNotFound.
func (r *Registry) DeleteAdmissionRule(ctx context.Context, actor audit.Actor, id string) error {
	rules, err := r.AdmissionRules(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rules, func(rule AdmissionRule) bool { return rule.ID == id })
	if i < 0 {
		return ErrNotFound
	}
	event := r.event(actor, r.now(), "admission_rule.deleted", KindAdmissionRule, id, rules[i].Pattern, changedRule(rules[i], AdmissionRule{}))
	if err := r.Store.DeleteAdmissionRule(ctx, id, event); err != nil {
		return err
	}
	r.committed(KindAdmissionRule, id)
	return nil
}

// AdmissionRules are all of them, oldest first.
func (r *Registry) AdmissionRules(ctx context.Context) ([]AdmissionRule, error) {
	return r.Store.AdmissionRules(ctx)
}

func inspectRule(rule AdmissionRule, before int) error {
	i := &inspection{rule: "admission_rule"}
	p, err := ParseAdmissionPattern(rule.Pattern)
	i.add("pattern", judge(err))
	if err == nil {
		i.add("pattern", judgePattern(p, rule.Effect))
	}
	if rule.Effect != Allow && rule.Effect != Deny {
		i.refuse("effect", "must be allow or deny")
	}
	if !boundedText(rule.Note, maxRuleNote) {
		i.refuse("note", "must be at most %d printable characters", maxRuleNote)
	}
	if before >= MaxAdmissionRules {
		i.refuse("pattern", "is one too many: there are %d rules", before)
	}
	if len(i.found) > 0 {
		return &Invalid{Violations: i.found}
	}
	return nil
}

func changedRule(before, after AdmissionRule) Change {
	var c Change
	c.add("pattern", before.Pattern, after.Pattern)
	c.add("effect", string(before.Effect), string(after.Effect))
	c.add("note", before.Note, after.Note)
	return c
}
