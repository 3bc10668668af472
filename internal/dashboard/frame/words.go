package frame

import (
	"slices"
	"strconv"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// TypeWords is how the pages speak of a type of application: no word of the protocol before it matters.
type TypeWords struct {
	Type  registry.Type
	Label string
	Text  string // what it is
	Note  string // whether it keeps a secret
	Says  string // what choosing it switches on
}

// Types are the four types in the order in which they are offered.
var Types = []TypeWords{
	{
		registry.Native, "Native", "Phone, desktop or command line", "No secret",
		"Switches on: people sign in in the browser and return to the app; PKCE; refresh tokens that change with every use. Any loopback port is fine.",
	},
	{
		registry.SinglePage, "Single page", "Runs in the browser", "No secret",
		"Switches on: people sign in and return to your page; PKCE; refresh tokens that change with every use. Tokens are fetched from your web origin.",
	},
	{
		registry.RegularWeb, "Regular web", "Runs on your server", "Keeps a secret",
		"Switches on: people sign in and return to your server; PKCE; a secret that your server sends when it fetches tokens; refresh tokens.",
	},
	{
		registry.MachineToMachine, "Machine to machine", "A program, no person", "Keeps a secret",
		"Switches on: the program gets tokens for itself with its secret. The next step is choosing the API it calls and what it may do there.",
	},
}

// WordsOf is how the pages speak of a type; one that is none of the four is an application without one.
func WordsOf(t registry.Type) TypeWords {
	for _, w := range Types {
		if w.Type == t {
			return w
		}
	}
	return TypeWords{Type: t, Label: "Generic", Text: "Created without a type"}
}

// TypeOptions are the types as cards to choose from.
func TypeOptions() []ui.Option {
	options := make([]ui.Option, len(Types))
	for i, t := range Types {
		options[i] = ui.Option{Value: string(t.Type), Label: t.Label, Text: t.Text, Note: t.Note, Says: t.Says, Glyph: string(t.Type)}
	}
	return options
}

// OwnershipWord says whose an application is.
func OwnershipWord(o registry.Ownership) string {
	if o == registry.ThirdParty {
		return "third-party"
	}
	return "first-party"
}

// StateBadge says whether an application is switched on.
func StateBadge(a *registry.Application) ui.Badge {
	if a.Enabled {
		return ui.Badge{Kind: ui.Good, Text: "on", Dot: true}
	}
	return ui.Badge{Kind: ui.Danger, Text: "off", Dot: true}
}

// SignsPeopleIn reports whether people sign in with the application, so that callback URLs make sense.
func SignsPeopleIn(a *registry.Application) bool { return a.Allows(oauth.AuthorizationCode) }

// AppPath is a page of an application.
func AppPath(a *registry.Application, tab string) string {
	if tab == "" {
		return "/dashboard/applications/" + a.ID
	}
	return "/dashboard/applications/" + a.ID + "/" + tab
}

// ToApplications leads to the list of applications.
var ToApplications = ui.Link{Label: "Applications", Href: "/dashboard/applications"}

// AlgorithmOptions are the algorithms a token can be signed with.
func AlgorithmOptions() []ui.Option {
	hints := map[string]string{"RS256": "RS256: every library knows it", "ES256": "ES256: small and fast", "PS256": "PS256", "EdDSA": "EdDSA: smallest and fastest", "Ed25519": "Ed25519: EdDSA by its newer name"}
	options := make([]ui.Option, len(registry.Algorithms))
	for i, a := range registry.Algorithms {
		options[i] = ui.Option{Value: a, Label: hints[a]}
	}
	return options
}

// TypeChoice are the types as a list to choose from.
func TypeChoice() []ui.Option {
	options := make([]ui.Option, 0, len(Types)+1)
	for _, t := range Types {
		options = append(options, ui.Option{Value: string(t.Type), Label: t.Label})
	}
	return append(options, ui.Option{Label: "Generic"})
}

// GrantWords are the grant types with what they are for.
var GrantWords = []struct {
	Grant oauth.GrantType
	Text  string
}{
	{oauth.AuthorizationCode, "People sign in and the application gets a code for tokens."},
	{oauth.RefreshToken, "The application gets new tokens without the person, until the grant ends."},
	{oauth.ClientCredentials, "The application gets tokens for itself with its own credential."},
}

// CallbackExample is a callback URL as an application of the type has it.
func CallbackExample(a *registry.Application) string {
	if a.Type == registry.Native {
		return "http://127.0.0.1/callback"
	}
	return "https://app.example.com/callback"
}

// TypeToConfirm is the label of the field for the name of what is about to be deleted. The name stands apart from the sentence, also
// where it runs from right to left.
func TypeToConfirm(name string) string { return "Type “\u2068" + name + "\u2069” to confirm" }

// NewestFirst are the secrets of an application, the newest first.
func NewestFirst(secrets []registry.ClientSecret) []registry.ClientSecret {
	list := slices.Clone(secrets)
	slices.Reverse(list)
	return list
}

// CountWords is a number with its noun; one that was counted no further says so.
func CountWords(n int, one, many string) string {
	switch {
	case n == 1:
		return "1 " + one
	case n > registry.MaxCount:
		return "more than " + strconv.Itoa(registry.MaxCount) + " " + many
	}
	return strconv.Itoa(n) + " " + many
}
