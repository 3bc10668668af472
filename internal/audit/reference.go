package audit

import "crypto/rand"

// referenceAlphabet leaves out what people mistake for something else. It has 32 characters, so that a byte picks one without bias.
const referenceAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// NewReference makes a reference like 7KQ2-MD4F, which ties what somebody was shown to what was recorded. It is random and
// opens nothing.
func NewReference() string {
	id := make([]byte, 9)
	_, _ = rand.Read(id) // never fails
	for i := range id {
		id[i] = referenceAlphabet[int(id[i])%len(referenceAlphabet)]
	}
	id[4] = '-'
	return string(id)
}
