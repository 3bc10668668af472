package account

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// commonWords are the words that passwords are made of most often, in the order of the alphabet.
//
//go:embed common_words.txt
var commonWords string

// commonSet is commonWords ready to look up; built when first asked for.
var commonSet = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(commonWords) {
		set[word] = true
	}
	return set
})

// common reports whether a password is among the first that a guesser tries: a common word or two of them, or words about
// the person or the instance (context), with the usual digits, signs and spellings; one piece repeated; or a run along the
// alphabet, the digits or the keyboard. NIST SP 800-63B-4 §3.1.1.2.
func common(password string, context ...string) bool {
	lower := strings.ToLower(password)
	words := contextWords(context)
	for _, text := range []string{lower, plainLetters.Replace(lower), otherLetters.Replace(lower)} {
		if commonSet()[text] || repeated(text) || mostlyRuns(text) || fewWords(text, words) {
			return true
		}
	}
	return onlyDigits(lower) || woven(lower)
}

// onlyDigits reports whether text is a number that is soon counted to: a telephone number, some dates.
func onlyDigits(text string) bool { return strings.Trim(text, "0123456789") == "" && len(text) < 16 }

// woven reports whether text is two runs or repetitions, a character of each in turn, as in q1w2e3r4t5 or 1029384756.
func woven(text string) bool {
	var even, odd []byte
	for i := range len(text) {
		if i%2 == 0 {
			even = append(even, text[i])
		} else {
			odd = append(odd, text[i])
		}
	}
	return along(string(even)) && along(string(odd))
}

func along(text string) bool { return runAt(text) == len(text) || repeated(text) }

// The letters that people write as digits and signs. Some stand for two, so there are two readings.
var (
	plainLetters = strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "@", "a", "$", "s", "!", "i", "+", "t")
	otherLetters = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "9", "g", "@", "a", "$", "s", "!", "i", "€", "e")
)

// contextWords splits what a guesser knows into the pieces they would try.
func contextWords(context []string) []string {
	var words []string
	for _, text := range context {
		text = strings.ToLower(text)
		pieces := append(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), text)
		for _, piece := range pieces {
			if utf8.RuneCountInString(piece) >= 4 {
				words = append(words, piece)
			}
		}
	}
	return words
}

// repeated reports whether text is one short or one common piece again and again.
func repeated(text string) bool {
	for size := 1; size <= len(text)/2; size++ {
		if len(text)%size == 0 && strings.Repeat(text[:size], len(text)/size) == text && (size <= 4 || len(text)/size > 2 || commonSet()[text[:size]]) {
			return true
		}
	}
	return false
}

// rows are what fingers run along.
var rows = []string{
	"01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "!@#$%^&*()", "147258369", "123654789", "zaq12wsx", "zaqxswcde", "112233445566778899", "abc123def456",
}

// mostlyRuns reports whether text is made of runs of four or more and little else.
func mostlyRuns(text string) bool {
	covered := 0
	for at := 0; at < len(text); {
		if n := runAt(text[at:]); n >= 4 {
			covered += n
			at += n
			continue
		}
		at++
	}
	return len(text)-covered < 4
}

// runAt is how far text runs along one row, in either direction, or repeats its first character.
func runAt(text string) int {
	longest := 1
	for longest < len(text) && text[longest] == text[0] {
		longest++
	}
	for _, row := range rows {
		for _, line := range []string{row, reversed(row)} {
			n := longest
			for n < len(text) && strings.Contains(line, text[:n+1]) {
				n++
			}
			if n > longest && strings.Contains(line, text[:n]) {
				longest = n
			}
		}
	}
	return longest
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// fewWords reports whether text is one or two words that are common or in context, with fewer than four characters between
// and around them that are neither digits, signs nor a run.
func fewWords(text string, context []string) bool {
	found, letters := 0, 0
	for at := 0; at < len(text); {
		if n := wordAt(text[at:], context); n > 0 {
			found++
			at += n
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		if n := runAt(text[at:]); n >= 4 {
			size = n
		} else if unicode.IsLetter(r) {
			letters++
		}
		at += size
	}
	return found >= 1 && found <= 2 && letters < 4 && utf8.RuneCountInString(text) <= 24
}

// wordAt is the length in bytes of the longest known word that text begins with, 0 if none.
func wordAt(text string, context []string) int {
	longest := 0
	for _, word := range context {
		if len(word) > longest && strings.HasPrefix(text, word) {
			longest = len(word)
		}
	}
	for n := min(len(text), 20); n >= 4 && n > longest; n-- {
		if commonSet()[text[:n]] {
			return n
		}
	}
	return longest
}
