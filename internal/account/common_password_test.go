package account

import (
	"fmt"
	"testing"
	"time"
)

func TestAPasswordThatGuessersTryFirstIsCommon(t *testing.T) {
	words := []string{"ada", "lovelace", "ada.lovelace@example.com", "example", "Clientele"}
	for _, password := range []string{
		"password123", "Password123!", "P@ssw0rd2026", "passwordpassword", "welcome2026!", "Sommer2025!!", "iloveyou12345", "qwertyuiop", "QwErTyUiOp1!",
		"1234567890", "0987654321", "1q2w3e4r5t", "q1w2e3r4t5", "1029384756", "1qaz2wsx3edc", "zaq12wsx34", "aaaaaaaaaa", "abababababab", "abcdefghij", "abc123abc123",
		"asdfghjkl123", "01712345678", "19850412", "dragonmonkey", "letmein123456", "Adm1nistrator", "changeme!!!!", "correcthorsebatterystaple",
		"lovelace1815", "Clientele2026!", "ada.lovelace1", "clienteleclientele", "example-1234", "ghbdtnghbdtn", "harrypotter7",
	} {
		if len(password) >= 10 && !common(password, contextWords(words)...) {
			t.Errorf("%s passes", password)
		}
	}
}

func TestAPasswordOfItsOwnIsNotCommon(t *testing.T) {
	for _, password := range []string{
		"correct horse battery staple", "tall grass, quiet bell", "orange tuba lampshade", "Wq7!pZ2m#Lk9", "xkqjvbhwzmtr", "mein-fahrrad-hat-keine-bremse",
		"purple-sunset-over-narvik", "7h3 c4t s4t 0n my k3yb04rd", "日本語のパスワードです", "k4Jd82nQpz", "vogelhaus am kanal 12", "monkey shadow trumpet dragon",
	} {
		if common(password, "ada", "example", "Clientele") {
			t.Errorf("%s is refused", password)
		}
	}
}

func TestTheDelayDoublesUpToItsLongestAndIsForgotten(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	l := lane{free: 3, longest: time.Minute, memory: time.Hour}
	var row Throttle
	var got []time.Duration
	for range 12 {
		row = l.count(row, now)
		got = append(got, max(0, row.Until.Sub(now)))
	}
	const want = "[0s 0s 0s 1s 2s 4s 8s 16s 32s 1m0s 1m0s 1m0s]"
	if fmt.Sprint(got) != want {
		t.Fatalf("the delays are %v, want %s", got, want)
	}
	if row = l.count(row, now.Add(2*time.Hour)); row.Failures != 1 || !row.Since.Equal(now.Add(2*time.Hour)) {
		t.Errorf("after its memory: %+v", row)
	}
	if d := l.delay(1 << 40); d != l.longest {
		t.Errorf("a delay of %v", d)
	}
}
