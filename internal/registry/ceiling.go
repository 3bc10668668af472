package registry

import (
	"context"
	"slices"

	"clientele/internal/oauth"
)

// limit takes what an operator changed of the type and the grant types of an imported application as limits of his own,
// which later versions of the document do not lift. It fails with *Invalid if he asks for more than the document does.
func (r *Registry) limit(ctx context.Context, was, a *Application) error {
	if was.Import == nil || a.Type == was.Type && slices.Equal(a.GrantTypes, was.GrantTypes) {
		return nil
	}
	st := &step{app: was.clone()}
	if err := r.recall(ctx, st); err != nil {
		return err
	}
	asked := both(st.mode(), st.approved, st.live)
	i := &inspection{app: a, rule: "document_owned"}
	if a.Type != was.Type {
		i.limitType(asked.Type)
	}
	if !slices.Equal(a.GrantTypes, was.GrantTypes) {
		i.limitGrants(a.grantsAsked(asked))
	}
	if len(i.found) > 0 {
		return &Invalid{Violations: i.found}
	}
	return nil
}

// limitType: what a person can sign in to is for the operator to tell apart; that nobody signs in, only the document says.
func (i *inspection) limitType(documents Type) {
	switch i.app.Type {
	case documents:
		i.app.Import.OwnType = ""
	case Native, SinglePage, RegularWeb:
		i.app.Import.OwnType = i.app.Type
	default:
		i.refuse("type", documentOwned, i.app.ExternalID)
	}
}

func (i *inspection) limitGrants(asked []oauth.GrantType) {
	for n, g := range i.app.GrantTypes {
		if !slices.Contains(asked, g) {
			i.refuse(element("grant_types", n), "is not what the metadata document at %s asks for; grant types can be taken away here, not added", i.app.ExternalID)
		}
	}
	switch {
	case len(i.app.GrantTypes) == 0:
		i.refuse("grant_types", "must keep one; switch the application off if it is to do nothing")
	case len(without(texts(asked), texts(i.app.GrantTypes))) == 0:
		i.app.Import.Ceiling = nil
	default:
		i.app.Import.Ceiling = slices.Clone(i.app.GrantTypes)
	}
}
