package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// How long a password may be, in characters after NFKC. NIST SP 800-63B-4 §3.1.1.2 asks for 64 to be allowed at least.
const (
	MinPasswordLength = 10
	MaxPasswordLength = 256
)

// maxPasswordBytes bounds a password before it is normalised.
const maxPasswordBytes = 4 * MaxPasswordLength

// Cost is what one argon2id hash takes. RFC 9106 §3.1.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// ErrBusy means that so many passwords wait to be hashed that one more would not get its turn in time.
var ErrBusy = errors.New("too many people sign in at this moment; try again in a few seconds")

// waitingPerSlot is how many may wait for one slot: at 40 ms each, the last waits some 2.5 s.
const waitingPerSlot = 64

// DefaultCost takes some 40 ms and 19 MiB, the second choice of the OWASP Password Storage Cheat Sheet.
var DefaultCost = Cost{Memory: 19 * 1024, Time: 2, Threads: 1}

// Passwords hashes and checks passwords, a few at a time. It is safe for concurrent use.
type Passwords struct {
	cost    Cost
	slots   chan struct{}
	waiting atomic.Int64
	dummy   string // hash of a password nobody has
}

// NewPasswords makes a hasher at the default cost.
func NewPasswords() *Passwords { return NewPasswordsAt(DefaultCost) }

// NewPasswordsAt makes a hasher at another cost: a cheap one for tests.
func NewPasswordsAt(cost Cost) *Passwords {
	p := &Passwords{cost: cost, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	p.dummy = p.encode(randomBytes(16), randomBytes(32), cost)
	return p
}

// Hash hashes a password as a PHC string. It waits for its turn, and fails with ErrBusy or if ctx ends first.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	release, err := p.enter(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	salt := randomBytes(16)
	return p.encode(salt, p.derive(password, salt, p.cost, 32), p.cost), nil
}

// Verify reports whether password is the one that hash was made from. An empty hash never fits, and takes as long as one
// that does not. It waits for its turn and fails with ErrBusy, if ctx ends first or if the hash is damaged.
func (p *Passwords) Verify(ctx context.Context, hash, password string) (bool, error) {
	release, err := p.enter(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	return p.fits(hash, password)
}

// fits is Verify for whoever has a slot already.
func (p *Passwords) fits(hash, password string) (bool, error) {
	known := hash != ""
	if !known || len(password) > maxPasswordBytes {
		hash, password, known = p.dummy, "", false
	}
	salt, want, cost, err := decodePHC(hash)
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare(want, p.derive(password, salt, cost, uint32(len(want)))) == 1
	return same && known, nil
}

// Outdated reports whether hash was made at another cost than today's.
func (p *Passwords) Outdated(hash string) bool {
	_, _, cost, err := decodePHC(hash)
	return err != nil || cost != p.cost
}

// enter takes one of the slots, so that at most GOMAXPROCS hashes are made at once and memory stays bounded. It fails with
// ErrBusy if the queue is long already.
func (p *Passwords) enter(ctx context.Context) (release func(), err error) {
	defer p.waiting.Add(-1)
	if p.waiting.Add(1) > int64(waitingPerSlot*cap(p.slots)) {
		return nil, ErrBusy
	}
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *Passwords) derive(password string, salt []byte, cost Cost, length uint32) []byte {
	return argon2.IDKey([]byte(normalisePassword(password)), salt, cost.Time, cost.Memory, cost.Threads, length)
}

// normalisePassword makes the same characters the same bytes, whichever keyboard they came from. NIST SP 800-63B-4 §3.1.1.2.
func normalisePassword(password string) string { return norm.NFKC.String(password) }

func (p *Passwords) encode(salt, sum []byte, c Cost) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

var errPHC = errors.New("the stored password hash is not an argon2id PHC string")

// decodePHC reads $argon2id$v=19$m=19456,t=2,p=1$salt$hash. Costs beyond reason are refused: a hash that somebody put into
// the database must not take the machine down.
func decodePHC(hash string) (salt, sum []byte, c Cost, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return nil, nil, c, errPHC
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); err != nil || n != 3 {
		return nil, nil, c, errPHC
	}
	if c.Memory < 8 || c.Memory > 1<<20 || c.Time < 1 || c.Time > 20 || c.Threads < 1 || c.Threads > 16 {
		return nil, nil, c, errPHC
	}
	salt, saltErr := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	sum, sumErr := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(salt) < 8 || len(sum) < 16 || len(sum) > 64 {
		return nil, nil, c, errPHC
	}
	return salt, sum, c, nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// checkPassword adds what is wrong with a new password. context are words that a guesser tries first for this person.
func checkPassword(invalid *Invalid, password string, context ...string) {
	if !utf8.ValidString(password) {
		invalid.add("password", "malformed", "The password has something in it that is no character.")
		return
	}
	normal := normalisePassword(password)
	switch length := utf8.RuneCountInString(normal); {
	case length < MinPasswordLength:
		invalid.add("password", "too_short", fmt.Sprintf("The password needs at least %d characters. Three or four words do well.", MinPasswordLength))
	case length > MaxPasswordLength || len(password) > maxPasswordBytes:
		invalid.add("password", "too_long", fmt.Sprintf("The password may have %d characters at most.", MaxPasswordLength))
	case common(normal, context...):
		invalid.add("password", "too_common", "This password is among the first that a guesser tries. Three or four words that do not belong together do well.")
	}
}
