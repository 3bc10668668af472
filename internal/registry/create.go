package registry

import (
	"context"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
)

// Create makes an application out of a draft: defaults by type, all rules, id and secret, and the audit event, in one
// transaction. The minted secret is in the answer and nowhere else; an application that sends none has none. It fails with
// *Invalid.
func (r *Registry) Create(ctx context.Context, actor audit.Actor, d Draft) (Application, []Minted, error) {
	now := r.now()
	a, found := r.drafted(actor, d, now)
	if len(found) > 0 {
		return Application{}, nil, &Invalid{Violations: found}
	}
	a.ID = mintApplicationID(a.Ownership)
	a.Revision = 1
	var minted []Minted
	if a.usesSecret() {
		m := r.mint(actor, now, "")
		a.Secrets = []ClientSecret{m.Secret}
		minted = []Minted{m}
	}
	e := r.event(actor, now, "application.created", KindApplication, a.ID, a.Name, changed(&Application{}, &a))
	if err := r.Store.CreateApplication(ctx, a, e); err != nil {
		return Application{}, nil, err
	}
	r.committed(KindApplication, a.ID)
	return a, minted, nil
}

// addDraftedKey adds a key of a draft; what is wrong with it stands at its place in the list.
func (a *Application) addDraftedKey(field string, d KeyDraft, actor audit.Actor, now time.Time) []Violation {
	err := mayHaveKeys(a)
	if err == nil {
		_, err = a.addKey(d, actor, now)
	}
	found := violationsOf(err)
	for i := range found {
		if found[i].Field == "keys" {
			found[i].Field = field
		} else {
			found[i].Field = field + "." + found[i].Field
		}
	}
	return found
}

// usesSecret reports whether one of the methods presents a shared secret.
func (a *Application) usesSecret() bool {
	return a.Accepts(oauth.AuthClientSecretBasic) || a.Accepts(oauth.AuthClientSecretPost)
}

// Check says what Create would refuse of a draft, and keeps nothing. It fails with *Invalid.
func (r *Registry) Check(actor audit.Actor, d Draft) error {
	if _, found := r.drafted(actor, d, r.now()); len(found) > 0 {
		return &Invalid{Violations: found}
	}
	return nil
}

// drafted is the application that a draft becomes, and what breaks a rule in it.
func (r *Registry) drafted(actor audit.Actor, d Draft, now time.Time) (a Application, found []Violation) {
	a = d.application(actor, now)
	r.policy().Lifetimes.begin(&a, &d)
	a.tidy(nil, actor, now)
	for n, draft := range d.Keys {
		found = append(found, a.addDraftedKey(element("keys", n), draft, actor, now)...)
	}
	return a, append(found, violationsOf(inspect(&a, nil, r.policy()))...)
}
