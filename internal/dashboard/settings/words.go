package settings

import (
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/settings"
	"clientele/internal/ui"
)

// settingHelp is what follows from each setting, for the pages: its label says what it is. The command line has other words.
var settingHelp = map[string]string{
	"instance_name":             "On every sign-in and consent page, and in the title of every window.",
	"logo_url":                  "A path of this server, or an https URL: then every browser fetches the picture from there.",
	"accent":                    "Six hexadecimal digits, as in #1f4fd8.",
	"sign_up":                   "The sign-in page then offers to create an account. Nobody checks the address, so applications learn that it is not verified.",
	"wildcard_redirects":        "First-party web applications may then register callback URLs like https://*.example.com/callback. Whoever takes over a subdomain gets their codes.",
	"default_api":               "What a request is for that names no API.",
	"cimd_query":                "https://app.example.com/client?id=1 can then be a client ID.",
	"cimd_foreign_keys":         "A document's jwks_uri may then be on another origin. Whoever controls that one can act for the application.",
	"cimd_confidential_only":    "Those without a key are refused then, as most programs on people's own devices are.",
	"localhost_port":            "Native and third-party applications may then return to http://localhost at any port, as to 127.0.0.1. Most command-line tools need it.",
	"person_session_idle":       "Whoever does nothing for so long signs in again.",
	"person_session_lifetime":   "After so long everybody signs in again, whatever they did.",
	"operator_session_idle":     "Whoever does nothing for so long signs in again.",
	"operator_session_lifetime": "After so long every operator signs in again, whatever they did.",
	"operator_passkeys":         "One who has none adds it right after signing in with the password. One who has lost it needs the command line.",
	"api_token_lifetime":        "How long each token of a new API counts.",
	"id_token_lifetime":         "Of new first-party applications. Third-party ones get an hour at most.",
	"refresh_lifetime":          "After so long the people of a new application sign in again.",
	"refresh_idle_lifetime":     "One of a new application that nobody uses for so long ends.",
	"change_retention":          "What operators, applications and this server changed. 0 keeps it for ever.",
	"use_retention":             "Tokens issued and refused, sign-ins, and the charts of them.",
}

// helpOf is what follows from a setting, and what it is where nobody chose.
func helpOf(d settings.Definition) string {
	help := settingHelp[d.Name]
	if help == "" {
		help = d.Help
	}
	return help + " Default: " + defaultOf(d) + "."
}

func defaultOf(d settings.Definition) string {
	switch text := d.DefaultText(); {
	case d.Name == "accent" && text == "":
		return "our blue"
	case text == "":
		return "none"
	default:
		return text
	}
}

// markDefault says of the default among options that it is that.
func markDefault(name string, options []ui.Option) []ui.Option {
	d, _ := settings.Lookup(name)
	list := append([]ui.Option(nil), options...)
	for i := range list {
		if list[i].Value != d.DefaultText() {
			continue
		}
		if list[i].Note != "" {
			list[i].Note += ", and the default"
		} else {
			list[i].Text += " This is the default."
		}
	}
	return list
}

// settingWords say how the values of settings read that are words and not for machines.
var settingWords = map[string]func(string) string{"instance_name": frame.AsIs}

func settingField(v *frame.Visit, d settings.Definition, f instanceForm) ui.Field {
	return ui.Field{
		Name: d.Name, Label: settingTitle(d.Name), Value: f.get(d.Name), Help: helpOf(d), Error: f.Wrong.First(d.Name), ReadOnly: lockInstance(v),
		Narrow: strings.HasPrefix(d.Unit, "a duration") || d.Name == "accent", Mono: d.Unit != "text" || d.Name == "accent" || d.Name == "logo_url" || d.Name == "default_api",
		Placeholder: d.DefaultText(),
	}
}
