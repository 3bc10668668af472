package audit

import (
	"context"
	"time"
)

// ActorKind says what kind of party did something.
type ActorKind string

// The kinds of actor.
const (
	ActorOperator ActorKind = "operator" // a signed-in operator, through the dashboard
	ActorClient   ActorKind = "client"   // an application, through the Management API or the protocol
	ActorPerson   ActorKind = "person"   // an end user, through sign-in or consent
	ActorOSUser   ActorKind = "os_user"  // whoever runs the command line on the machine
	ActorSystem   ActorKind = "system"   // the server itself: start-up, background jobs
)

// Actor is who did it, and from where.
type Actor struct {
	Kind    ActorKind
	ID      string // user id, client id or OS user name; empty for the system
	Name    string // what a person would call the actor: e-mail, application name
	Address string // remote IP address, without port; empty when there is none
	Door    string // dashboard, management, cli, protocol, signin, setup, system
}

// FieldChange is one field before and after. Values are display forms; a secret never appears.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Event is a change event: something an actor did to a thing. It is written in the transaction of the change itself,
// never updated, and linked to the event before it by a hash chain.
type Event struct {
	Sequence   int64 // given by the store; 0 before that
	At         time.Time
	Kind       string // noun.verb, as in application.created
	Actor      Actor
	TargetKind string // application, api, client_grant, user, signing_key, setting, session, grant
	TargetID   string
	TargetName string
	Changes    []FieldChange
}

// Use is a use event: something that happened while the service did its work (a token issued, a sign-in refused). Uses
// are written in batches shortly after they happened and carry no secret, code, token, state or cookie.
type Use struct {
	At            time.Time
	Kind          string // token.issued, token.refused, signin.succeeded, signin.failed, secret.retired_used …
	ApplicationID string // internal id, if one is known
	UserID        string
	GrantID       string
	SecretID      string // id of the client secret that was presented, never its value
	URI           string // the redirect URI that was used, as registered; marks its row as used
	Address       string
	Reference     string // what the person was shown, as in 7KQ2-MD4F; empty if none
	Reason        string // why it was refused, in words for operators
	Detail        map[string]string
}

// Recorder takes use events. Record never blocks and never fails: when the queue is full the event is counted as lost.
type Recorder interface {
	Record(ctx context.Context, u Use)
}

// Discard drops every use event.
type Discard struct{}

// Record drops u.
func (Discard) Record(context.Context, Use) {}

// Notice says that a thing was written, so that caches drop what they have of it. Sequence only goes up, in commit order.
type Notice struct {
	Sequence int64
	Kind     string // TargetKind of an event: application, api, client_grant, setting, signing_key, user, session, grant
	ID       string
}

// Query selects change events, newest first.
type Query struct {
	TargetKind string
	TargetID   string
	Before     int64 // sequence; 0 = from the newest on
	Limit      int
}
