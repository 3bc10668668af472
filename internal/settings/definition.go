package settings

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Definition is one setting: how it is called, what it does, and how its text becomes a value and back.
type Definition struct {
	Name string
	Help string
	Unit string // what its text looks like: text, on or off, a duration …

	parse  func(*Settings, string) error
	format func(*Settings) string
}

// Parse puts the value that text stands for into s. The error says what to write instead.
func (d Definition) Parse(s *Settings, text string) error { return d.parse(s, text) }

// Format is the text of the value in s.
func (d Definition) Format(s Settings) string { return d.format(&s) }

// DefaultText is the text of the default.
func (d Definition) DefaultText() string { return d.Format(Default()) }

// Definitions are all settings, in the order in which they are shown.
func Definitions() []Definition { return append([]Definition(nil), definitions...) }

// Lookup returns the definition of the setting with the name.
func Lookup(name string) (Definition, bool) {
	for _, d := range definitions {
		if d.Name == name {
			return d, true
		}
	}
	return Definition{}, false
}

const day = 24 * time.Hour

var definitions = []Definition{
	text("instance_name", "The name on sign-in and consent pages.", instanceName, func(s *Settings) *string { return &s.InstanceName }),
	text("logo_url", "The logo on sign-in and consent pages: an https URL, or a path of this server. Empty for the name only.", logo, func(s *Settings) *string { return &s.LogoURL }),
	text("accent", "The colour of buttons and links, as #rrggbb. Empty for the default.", accent, func(s *Settings) *string { return &s.Accent }),
	toggle("sign_up", "Whether people may create their own user.", func(s *Settings) *bool { return &s.SignUp }),
	toggle("wildcard_redirects", "Whether first-party web applications may register callback URLs like https://*.example.com/callback. Whoever takes over a subdomain then gets their codes.", func(s *Settings) *bool { return &s.WildcardRedirects }),
	text("default_api", "The identifier of the API that a request without audience and resource is for. Empty for none.", identifier, func(s *Settings) *string { return &s.DefaultAPI }),
	choice("cimd_admission", "What becomes of applications that come with a URL nobody imported: imported refuses them, approval lets an operator decide, open leaves it to the person.", []string{"imported", "approval", "open"}, func(s *Settings) *string { return &s.CIMDAdmission }),
	choice("cimd_profile", "What a metadata document must have: draft for what the specification asks, mcp for client_name and redirect_uris too.", []string{"draft", "mcp"}, func(s *Settings) *string { return &s.CIMDProfile }),
	choice("cimd_redirect_hosts", "Where a metadata document may send people: any host, one of the same_site as the document's, or its same_origin. Loopback is always allowed.", []string{"any", "same_site", "same_origin"}, func(s *Settings) *string { return &s.CIMDRedirectHosts }),
	toggle("cimd_query", "Whether the URL of a metadata document may have a query.", func(s *Settings) *bool { return &s.CIMDQuery }),
	toggle("cimd_foreign_keys", "Whether a metadata document's jwks_uri may be on another origin than the document.", func(s *Settings) *bool { return &s.CIMDForeignKeys }),
	toggle("cimd_confidential_only", "Whether applications from a URL must authenticate with a key.", func(s *Settings) *bool { return &s.CIMDConfidentialOnly }),
	toggle("localhost_port", "Whether the port of http://localhost callbacks of native and third-party applications does not count, as it does not for 127.0.0.1. Most command-line tools need it.", func(s *Settings) *bool { return &s.LocalhostPort }),
	span("person_session_idle", "How long a person stays signed in without doing anything.", time.Minute, 365*day, func(s *Settings) *time.Duration { return &s.PersonSessionIdle }),
	span("person_session_lifetime", "How long a person stays signed in at most.", time.Minute, 365*day, func(s *Settings) *time.Duration { return &s.PersonSessionLifetime }),
	span("operator_session_idle", "How long an operator stays signed in without doing anything.", time.Minute, day, func(s *Settings) *time.Duration { return &s.OperatorSessionIdle }),
	span("operator_session_lifetime", "How long an operator stays signed in at most.", time.Minute, 7*day, func(s *Settings) *time.Duration { return &s.OperatorSessionLifetime }),
	toggle("operator_passkeys", "Whether operators must sign in with a passkey. One who has none adds one right after signing in with the password; one who has lost it needs the command line.", func(s *Settings) *bool { return &s.OperatorPasskeys }),
	span("api_token_lifetime", "How long access tokens of a new API are good.", time.Second, 30*day, func(s *Settings) *time.Duration { return &s.APITokenLifetime }),
	span("id_token_lifetime", "How long ID tokens for a new first-party application are good. Third-party ones get an hour at most.", time.Second, 30*day, func(s *Settings) *time.Duration { return &s.IDTokenLifetime }),
	span("refresh_lifetime", "How long a new application may go on with refresh tokens before its people have to sign in again.", time.Minute, 1826*day, func(s *Settings) *time.Duration { return &s.RefreshLifetime }),
	span("refresh_idle_lifetime", "How long a refresh token of a new application may lie unused before it ends.", time.Minute, 1826*day, func(s *Settings) *time.Duration { return &s.RefreshIdleLifetime }),
	span("change_retention", "How long the record of changes is kept. 0 for ever.", 0, 36500*day, func(s *Settings) *time.Duration { return &s.ChangeRetention }),
	span("use_retention", "How long the record of uses (tokens issued, sign-ins) is kept.", time.Hour, 3650*day, func(s *Settings) *time.Duration { return &s.UseRetention }),
}

func text(name, help string, check func(string) error, field func(*Settings) *string) Definition {
	return Definition{
		Name: name, Help: help, Unit: "text",
		parse: func(s *Settings, v string) error {
			v = strings.TrimSpace(v)
			if err := check(v); err != nil {
				return err
			}
			*field(s) = v
			return nil
		},
		format: func(s *Settings) string { return *field(s) },
	}
}

func toggle(name, help string, field func(*Settings) *bool) Definition {
	return Definition{
		Name: name, Help: help, Unit: "on or off",
		parse: func(s *Settings, v string) error {
			switch strings.ToLower(strings.TrimSpace(v)) {
			case "on", "true", "yes":
				*field(s) = true
			case "off", "false", "no":
				*field(s) = false
			default:
				return fmt.Errorf("must be on or off")
			}
			return nil
		},
		format: func(s *Settings) string {
			if *field(s) {
				return "on"
			}
			return "off"
		},
	}
}

func choice(name, help string, values []string, field func(*Settings) *string) Definition {
	return Definition{
		Name: name, Help: help, Unit: strings.Join(values, ", "),
		parse: func(s *Settings, v string) error {
			v = strings.TrimSpace(v)
			if !slices.Contains(values, v) {
				return fmt.Errorf("must be one of %s", strings.Join(values, ", "))
			}
			*field(s) = v
			return nil
		},
		format: func(s *Settings) string { return *field(s) },
	}
}

func span(name, help string, least, most time.Duration, field func(*Settings) *time.Duration) Definition {
	return Definition{
		Name: name, Help: help, Unit: "a duration, as in 30m, 8h or 7d",
		parse: func(s *Settings, v string) error {
			d, err := parseSpan(strings.TrimSpace(v))
			if err != nil || d%time.Second != 0 || d < least && d != 0 || d > most || d == 0 && least > 0 {
				return fmt.Errorf("must be a duration between %s and %s, as in 30m, 8h or 7d", formatSpan(least), formatSpan(most))
			}
			*field(s) = d
			return nil
		},
		format: func(s *Settings) string { return formatSpan(*field(s)) },
	}
}

// parseSpan reads a Go duration, or whole days.
func parseSpan(v string) (time.Duration, error) {
	if days, found := strings.CutSuffix(v, "d"); found {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * day, err
	}
	return time.ParseDuration(v)
}

func formatSpan(d time.Duration) string {
	switch {
	case d == 0:
		return "0"
	case d%day == 0:
		return strconv.FormatInt(int64(d/day), 10) + "d"
	case d%time.Hour == 0:
		return strconv.FormatInt(int64(d/time.Hour), 10) + "h"
	case d%time.Minute == 0:
		return strconv.FormatInt(int64(d/time.Minute), 10) + "m"
	}
	return d.String()
}

func instanceName(v string) error {
	if v == "" || utf8.RuneCountInString(v) > 64 || !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return r < 0x20 || r == 0x7f || r == '<' || r == '>' }) {
		return fmt.Errorf("must be 1 to 64 characters in one line, without < and >")
	}
	return nil
}

func logo(v string) error {
	u, err := url.Parse(v)
	local := err == nil && strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "//") && !strings.Contains(v, `\`)
	remote := err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
	if len(v) > 2048 || v != "" && !local && !remote || strings.ContainsAny(v, "\"'<>;, ") {
		return fmt.Errorf("must be an https URL, or a path of this server that begins with /")
	}
	return nil
}

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

func accent(v string) error {
	if v != "" && !colour.MatchString(v) {
		return fmt.Errorf("must be a colour of six hexadecimal digits, as in #1f4fd8")
	}
	return nil
}

func identifier(v string) error {
	if len(v) > 600 || strings.ContainsFunc(v, func(r rune) bool { return r <= 0x20 || r >= 0x7f || r == '#' }) {
		return fmt.Errorf("must be the identifier of an API, as in https://api.example.com/")
	}
	return nil
}
