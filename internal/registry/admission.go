package registry

import (
	"time"

	"clientele/internal/audit"
)

// AdmissionMode says what becomes of a client URL that nobody imported and no rule names.
type AdmissionMode string

// The modes.
const (
	AdmitImported AdmissionMode = "imported" // only what an operator imported; nothing unknown is fetched
	AdmitApproval AdmissionMode = "approval" // the person waits, an operator decides
	AdmitOpen     AdmissionMode = "open"     // the person's consent decides
)

// AdmissionRule lets client URLs in or keeps them out.
type AdmissionRule struct {
	ID        string // rul_ and 16 characters
	Pattern   string // an exact URL, a URL ending in / (prefix), a host, or *.suffix; see ParseAdmissionPattern
	Effect    RuleEffect
	Note      string
	CreatedAt time.Time
	CreatedBy string
}

// RuleEffect is what a rule does.
type RuleEffect string

// The effects. Deny beats allow; among rules of one effect the most specific one is the one that counts.
const (
	Allow RuleEffect = "allow"
	Deny  RuleEffect = "deny"
)

// Decision is what admission says about a client URL, and why.
type Decision struct {
	Verdict DecisionVerdict
	Mode    AdmissionMode
	Rule    *AdmissionRule // nil if the mode decided
	Why     string         // for operators
}

// DecisionVerdict is one of three.
type DecisionVerdict string

// The verdicts.
const (
	Admit  DecisionVerdict = "admit"
	Wait   DecisionVerdict = "wait"
	Refuse DecisionVerdict = "refuse"
)

// Waiting is an unknown client that waits for an operator.
type Waiting struct {
	ID           string // wtg_ and 16 characters
	URL          string
	Hash         string // of the document
	KeySetHash   string // empty: no keys
	Body         []byte
	Address      string
	Headers      map[string]string
	Name         string // what it calls itself
	RedirectURIs []string
	Reference    string // what the first person was shown
	Door         string
	FirstAt      time.Time
	LastAt       time.Time
	ExpiresAt    time.Time
	People       int // how many different ones wait for it
	Attempts     int
}

// The limits of the queue.
const (
	MaxWaiting          = 100
	MaxWaitingPerPerson = 5 // new ones, per day
	WaitingLifetime     = 14 * 24 * time.Hour
	ResumeLifetime      = 10 * time.Minute // a person who waits may go on without beginning again
)

// The limits of applications that nobody approved and nobody has used yet.
const (
	MaxUnfinished      = 1000
	UnfinishedLifetime = time.Hour
)

// TraceQuery selects traces, newest first.
type TraceQuery struct {
	Reference     string
	ClientID      string
	ApplicationID string
	Kind          audit.FailureKind
	After         string
	Limit         int
}
