package signin

import (
	"fmt"
	"time"

	"clientele/internal/oauth"
)

const (
	maxForm   = 64 << 10 // bytes of a form
	maxEmail  = 320      // characters of an e-mail address
	maxDevice = 200      // characters of a user agent
)

func shorten(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}

// inWords is how long to wait, rounded up.
func inWords(d time.Duration) string {
	switch {
	case d <= time.Second:
		return "a second"
	case d < time.Minute:
		return fmt.Sprintf("%d seconds", int((d+time.Second-1)/time.Second))
	case d <= 90*time.Second:
		return "a minute"
	case d < time.Hour:
		return fmt.Sprintf("%d minutes", int((d+time.Minute-1)/time.Minute))
	}
	return fmt.Sprintf("%d hours", int((d+time.Hour-1)/time.Hour))
}

// identityWords say what the scopes mean that belong to no API.
var identityWords = map[string]string{
	oauth.ScopeOpenID:        "know who you are here",
	oauth.ScopeProfile:       "see your name",
	oauth.ScopeEmail:         "see your e-mail address",
	oauth.ScopeOfflineAccess: "stay connected until you disconnect it",
}
