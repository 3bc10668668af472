package cimd

import (
	"context"
	"errors"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Service is what the doors ask about clients that are known by a URL.
type Service struct{}

// RegisterOptions is how an operator registers a URL.
type RegisterOptions struct {
	Mode       registry.FollowMode // empty = Review for a new application, as it is for one that is there
	Hash       string              // of the previewed document; empty = whatever is there now
	KeySetHash string              // of the previewed key set; not looked at without Hash
}

// Registered is what an import, a refresh or an approval came to.
type Registered struct {
	Application registry.Application
	Created     bool
	Changed     bool
	Preview     Preview // of what was registered, with the differences from what was there before
}

// Declined is why an operator's import, refresh or approval did not happen. Preview tells what is there and what is wrong with
// it; Moved is set if nothing is wrong but it is no longer what the operator looked at.
type Declined struct {
	Preview Preview
	Moved   bool
}

func (e *Declined) Error() string {
	switch {
	case e.Moved:
		return "the document has changed since it was looked at"
	case e.Preview.Failure != nil:
		return e.Preview.Failure.Message
	}
	return "the document cannot be accepted"
}

// Block is what DenyAndBlock keeps out from then on.
type Block string

// The blocks. A whole host is the second, explicit step.
const (
	BlockURL  Block = "url"
	BlockHost Block = "host"
)

var errNotYet = errors.New("not there yet")

// Find says who a client ID is, for the doors that never fetch. It fails with registry.ErrNotFound. A client whose document
// is due is refreshed in the background afterwards.
func (s *Service) Find(context.Context, oauth.ClientID) (*registry.Application, error) {
	return nil, errNotYet
}

// Resolve says who a client URL is, and lets an unknown one in, puts it into the queue or refuses it. It fails with *Refusal.
func (s *Service) Resolve(context.Context, Arrival) (*registry.Application, error) {
	return nil, errNotYet
}

// Current is app with its document refreshed if it is due. It fails with *Refusal.
func (s *Service) Current(context.Context, *registry.Application, Arrival) (*registry.Application, error) {
	return nil, errNotYet
}

// Preview is what Register would do with the URL. What is wrong with the URL or its document is in the preview.
func (s *Service) Preview(context.Context, string) (Preview, error) { return Preview{}, errNotYet }

// Register imports the application at the URL, or approves what its document says now if it is there already. It fails with
// *Declined, and with *registry.Invalid for what the registry has against it.
func (s *Service) Register(context.Context, audit.Actor, string, RegisterOptions) (Registered, error) {
	return Registered{}, errNotYet
}

// Refresh approves what the document of the application with the internal id says now. It fails as Register does.
func (s *Service) Refresh(ctx context.Context, actor audit.Actor, id, hash, keySetHash string) (Registered, error) {
	return Registered{}, errNotYet
}

// Approve lets a waiting client in, if its document is what the operator looked at. It fails as Register does.
func (s *Service) Approve(ctx context.Context, actor audit.Actor, waitingID, hash, keySetHash string) (Registered, error) {
	return Registered{}, errNotYet
}

// DenyAndBlock takes a client out of the queue and keeps its URL, or its whole host, out from then on.
func (s *Service) DenyAndBlock(ctx context.Context, actor audit.Actor, waitingID string, block Block) (registry.AdmissionRule, error) {
	return registry.AdmissionRule{}, errNotYet
}

// Keys are the keys of the application after looking for the one with the key ID, which its kept key set lacks. The set is
// fetched again at most every thirty seconds, and never for an application without jwks_uri.
func (s *Service) Keys(ctx context.Context, app *registry.Application, kid string) ([]registry.Key, error) {
	return nil, errNotYet
}

// RefreshDue fetches the documents and key sets that are due, of clients in use. It is called every few seconds.
func (s *Service) RefreshDue(context.Context) {}
