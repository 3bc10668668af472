package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"clientele/internal/secret"
)

func TestASecretNeverPrintsItself(t *testing.T) {
	s := secret.Mint(secret.PrefixClientSecret)
	holder := struct {
		S secret.Secret
		P *secret.Secret
	}{s, &s}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", slog.Any("s", s), slog.Any("holder", holder))
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", slog.Any("s", s), slog.Any("holder", holder))
	asJSON, err := json.Marshal(map[string]any{"s": s, "holder": holder})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), fmt.Sprintf("%v %+v %#v", holder, holder, holder), string(asJSON), log.String(),
	} {
		if strings.Contains(text, s.Reveal()) {
			t.Errorf("printed: %s", text)
		}
	}
}

func TestAMintedSecretIsWellFormedAndNothingElseIs(t *testing.T) {
	form := regexp.MustCompile(`^clts_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$`)
	for range 200 {
		s := secret.Mint(secret.PrefixClientSecret).Reveal()
		if !form.MatchString(s) || !secret.WellFormed(secret.PrefixClientSecret, s) {
			t.Fatalf("%s is not well formed", s)
		}
		if secret.WellFormed(secret.PrefixCode, s) || secret.WellFormed(secret.PrefixClientSecret, s+"0") || secret.WellFormed(secret.PrefixClientSecret, s[:len(s)-1]) {
			t.Fatalf("a variation of %s is well formed", s)
		}
		changed := []byte(s)
		changed[10] ^= 1
		if secret.WellFormed(secret.PrefixClientSecret, string(changed)) {
			t.Fatalf("%s has a wrong checksum", changed)
		}
	}
}

func TestLastFourIsWhatPeopleSee(t *testing.T) {
	if got := secret.New("clts_abcdef").LastFour(); got != "cdef" {
		t.Errorf("got %s", got)
	}
	if got := secret.New("ab").LastFour(); got != "ab" {
		t.Errorf("got %s", got)
	}
	if !secret.New("").IsZero() || secret.New("x").IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestAnIDUsesEveryLetterAlike(t *testing.T) {
	counts := map[rune]int{}
	for _, r := range secret.ID(62 * 1000) {
		counts[r]++
	}
	if len(counts) != 62 {
		t.Fatalf("%d letters", len(counts))
	}
	for r, n := range counts { // 1000 expected; ten standard deviations are about 316
		if n < 684 || n > 1316 {
			t.Errorf("%c came %d times", r, n)
		}
	}
}
