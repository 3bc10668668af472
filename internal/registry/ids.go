package registry

import (
	"crypto/rand"
	"encoding/hex"

	"clientele/internal/secret"
)

// mintApplicationID makes a client ID: 32 alphanumerics, or tpc_ and 22 of them for a third party. Nobody can choose one,
// and none looks like a URL, so an opaque id is never mistaken for the URL of a metadata document.
func mintApplicationID(o Ownership) string {
	if o == ThirdParty {
		return "tpc_" + secret.ID(22)
	}
	return secret.ID(32)
}

func mintSecretID() string { return "sec_" + secret.ID(16) }

func mintClientGrantID() string { return "cgr_" + secret.ID(16) }

func mintRuleID() string { return "rul_" + secret.ID(16) }

func mintWaitingID() string { return "wtg_" + secret.ID(16) }

func mintKeyID() string { return "cred_" + secret.ID(16) }

func mintAPIID() string {
	var b [12]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// maxIDLength bounds every id that comes from outside: the longest legal one is the URL of a metadata document.
const maxIDLength = 512

// plausible reports whether s may be an id at all. What is not plausible is unknown without asking the store, whose engines
// disagree about odd bytes.
func plausible(s string) bool {
	if s == "" || len(s) > maxIDLength {
		return false
	}
	for i := range len(s) {
		if s[i] <= 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
