package servertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"
)

// The flags of authenticator data. Web Authentication Level 3 §6.1.
const (
	UserPresent    byte = 0x01
	UserVerified   byte = 0x04
	BackupEligible byte = 0x08
	BackedUp       byte = 0x10
	hasCredential  byte = 0x40
)

// Authenticator is a browser with an authenticator that holds one passkey. Its fields bend what it answers, for tests of what
// is refused.
type Authenticator struct {
	Origin       string
	RPID         string // empty = as it was asked
	Challenge    string // empty = as it was asked
	Type         string // of the client data; empty = the right one
	CrossOrigin  bool
	Flags        byte
	Counter      uint32 // of the next answer; 0 = it has none
	BadSignature bool
	UserHandle   []byte // what a passkey says whose it is; empty = what it was made with
	ID           []byte // of the credential

	t    testing.TB
	key  *ecdsa.PrivateKey
	user []byte
}

// NewAuthenticator makes one whose passkey is copied to other devices, without a counter, as those of phones are.
func (s *Server) NewAuthenticator() *Authenticator {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	id := make([]byte, 16)
	rand.Read(id)
	return &Authenticator{Origin: s.URL, Flags: UserPresent | UserVerified | BackupEligible | BackedUp, ID: id, t: s.t, key: key}
}

// asked is what both kinds of options have that matters here.
type asked struct {
	Challenge string `json:"challenge"`
	RPID      string `json:"rpId"`
	RP        struct {
		ID string `json:"id"`
	} `json:"rp"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Exclude []struct {
		ID string `json:"id"`
	} `json:"excludeCredentials"`
}

func (a *Authenticator) read(options []byte) asked {
	a.t.Helper()
	var o asked
	if err := json.Unmarshal(options, &o); err != nil {
		a.t.Fatalf("the options %s: %v", options, err)
	}
	return o
}

// Excluded reports whether the options ask an authenticator that holds this passkey to decline.
func (a *Authenticator) Excluded(options []byte) bool {
	a.t.Helper()
	for _, e := range a.read(options).Exclude {
		if e.ID == encode(a.ID) {
			return true
		}
	}
	return false
}

// Create answers options for a new passkey.
func (a *Authenticator) Create(options []byte) []byte {
	a.t.Helper()
	o := a.read(options)
	a.user, _ = base64.RawURLEncoding.DecodeString(o.User.ID)
	data := a.data(o.RP.ID, a.Flags|hasCredential)
	data = append(data, make([]byte, 16)...) // no model
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.ID)))
	data = append(append(data, a.ID...), a.publicKey()...)
	// {"fmt": "none", "attStmt": {}, "authData": data}
	object := append([]byte{0xa3, 0x63}, "fmt\x64none\x67attStmt\xa0\x68authData\x59"...)
	object = append(binary.BigEndian.AppendUint16(object, uint16(len(data))), data...)
	return a.answer(map[string]any{
		"clientDataJSON": encode(a.clientData("webauthn.create", o.Challenge)), "attestationObject": encode(object), "transports": []string{"internal", "hybrid"},
	})
}

// Get answers options for a sign-in.
func (a *Authenticator) Get(options []byte) []byte {
	a.t.Helper()
	o := a.read(options)
	data, client := a.data(o.RPID, a.Flags), a.clientData("webauthn.get", o.Challenge)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		a.t.Fatal(err)
	}
	if a.BadSignature {
		signature, _ = ecdsa.SignASN1(rand.Reader, a.key, hash[:])
	}
	handle := a.user
	if len(a.UserHandle) > 0 {
		handle = a.UserHandle
	}
	return a.answer(map[string]any{
		"clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signature), "userHandle": encode(handle),
	})
}

func (a *Authenticator) data(rpID string, flags byte) []byte {
	if a.RPID != "" {
		rpID = a.RPID
	}
	hash := sha256.Sum256([]byte(rpID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), a.Counter)
}

func (a *Authenticator) clientData(kind, challenge string) []byte {
	if a.Type != "" {
		kind = a.Type
	}
	if a.Challenge != "" {
		challenge = a.Challenge
	}
	text, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": a.CrossOrigin})
	if err != nil {
		a.t.Fatal(err)
	}
	return text
}

// publicKey is a COSE_Key: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
func (a *Authenticator) publicKey() []byte {
	point, err := a.key.PublicKey.Bytes()
	if err != nil {
		a.t.Fatal(err)
	}
	cose := append([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}, point[1:33]...)
	return append(append(cose, 0x22, 0x58, 0x20), point[33:]...)
}

func (a *Authenticator) answer(response map[string]any) []byte {
	text, err := json.Marshal(map[string]any{
		"id": encode(a.ID), "rawId": encode(a.ID), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{},
		"authenticatorAttachment": "platform",
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return text
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
