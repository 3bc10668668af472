package registry

import (
	"context"

	"clientele/internal/audit"
	"clientele/internal/oauth"
)

// Create makes an application out of a draft: defaults by type, all rules, id and secret, and the audit event, in one
// transaction. The minted secret is in the answer and nowhere else; a public application has none. It fails with *Invalid.
func (r *Registry) Create(ctx context.Context, actor audit.Actor, d Draft) (Application, []Minted, error) {
	now := r.now()
	a := d.application(actor, now)
	a.tidy(nil, actor, now)
	if err := inspect(&a, nil, r.policy()); err != nil {
		return Application{}, nil, err
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

// usesSecret reports whether one of the methods presents a shared secret.
func (a *Application) usesSecret() bool {
	return a.Accepts(oauth.AuthClientSecretBasic) || a.Accepts(oauth.AuthClientSecretPost)
}
