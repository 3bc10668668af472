package registry

// Reach is how much stops when an application stops. The numbers are counted up to MaxReach; one that is as large may be larger.
type Reach struct {
	People        int // who signed in with it and whose grant still stands
	RefreshTokens int // that still work
	ClientGrants  int // permissions for APIs of its own
}

// MaxReach bounds how far a Reach is counted, so that asking costs the same however much an application is used.
const MaxReach = 10_000
