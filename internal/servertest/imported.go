package servertest

import (
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// PutImported puts an application into the store as an import of its URL would have left it, in the state that change gives
// it: nothing is fetched and nothing judged. Without change it is public, approved by an operator, and may use codes and
// refresh tokens at https://HOST/cb, where HOST is app.example.com.
func (s *Server) PutImported(url string, change func(*registry.Application)) registry.Application {
	s.t.Helper()
	now := s.Clock.Now()
	ref := registry.DocumentRef{Version: 1, Hash: "a hash", At: now, By: Actor.Name}
	a := registry.Application{
		ID: "tpc_" + secret.ID(22), ExternalID: url, Origin: registry.Imported, Ownership: registry.ThirdParty,
		Name: "Imported", Type: registry.RegularWeb, Enabled: true, RequirePKCE: true,
		RedirectURIs: []registry.URI{{Value: "https://app.example.com/cb", Source: registry.FromDocument, AddedAt: now}},
		GrantTypes:   []oauth.GrantType{oauth.AuthorizationCode, oauth.RefreshToken},
		AuthMethods:  []oauth.AuthMethod{oauth.AuthNone},
		IDToken:      registry.IDTokenPolicy{Algorithm: "RS256"},
		Refresh:      registry.RefreshPolicy{Rotating: true, Lifetime: 30 * 24 * time.Hour},
		Import: &registry.Import{
			By: registry.ByOperator, Mode: registry.Review, Approved: ref, Live: ref, Identity: "an identity",
			FetchedAt: now, DueAt: now.Add(24 * time.Hour), Revision: 1,
		},
		CreatedAt: now, UpdatedAt: now, Revision: 1,
	}
	if change != nil {
		change(&a)
	}
	if err := s.Store.SaveImport(s.t.Context(), registry.ImportWrite{Application: a, Event: importEvent(s, &a, "application.imported")}); err != nil {
		s.t.Fatal(err)
	}
	s.Directory().Forget(registry.KindApplication, a.ID)
	return a
}

// ChangeImported changes an imported application as a new version of its document, or an operator, would have.
func (s *Server) ChangeImported(id string, change func(*registry.Application)) registry.Application {
	s.t.Helper()
	a, err := s.Store.Application(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	was, wasImport := a.Revision, a.Import.Revision
	change(&a)
	a.Revision++
	w := registry.ImportWrite{Application: a, Was: was, WasImport: wasImport, Event: importEvent(s, &a, "application.updated")}
	if err := s.Store.SaveImport(s.t.Context(), w); err != nil {
		s.t.Fatal(err)
	}
	s.Directory().Forget(registry.KindApplication, id)
	return a
}

func importEvent(s *Server, a *registry.Application, kind string) audit.Event {
	return audit.Event{At: s.Clock.Now(), Kind: kind, Actor: Actor, TargetKind: registry.KindApplication, TargetID: a.ID, TargetName: a.Name}
}
