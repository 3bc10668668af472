package registry

import "clientele/internal/oauth"

// Decide says what becomes of a client URL that nobody imported.
func Decide(url oauth.ClientURL, mode AdmissionMode, rules []AdmissionRule) Decision {
	return Decision{Verdict: Refuse, Mode: mode}
}
