package dashboard

import (
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// typeWords is how the pages speak of a type of application: no word of the protocol before it matters.
type typeWords struct {
	Type  registry.Type
	Label string
	Text  string // what it is
	Note  string // whether it keeps a secret
	Says  string // what choosing it switches on
}

var types = []typeWords{
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

func wordsOf(t registry.Type) typeWords {
	for _, w := range types {
		if w.Type == t {
			return w
		}
	}
	return typeWords{Type: t, Label: "Generic", Text: "Created without a type"}
}

func typeOptions() []ui.Option {
	options := make([]ui.Option, len(types))
	for i, t := range types {
		options[i] = ui.Option{Value: string(t.Type), Label: t.Label, Text: t.Text, Note: t.Note, Says: t.Says, Glyph: string(t.Type)}
	}
	return options
}

func ownershipWord(o registry.Ownership) string {
	if o == registry.ThirdParty {
		return "third-party"
	}
	return "first-party"
}

// stateBadge says whether an application is switched on.
func stateBadge(a *registry.Application) ui.Badge {
	if a.Enabled {
		return ui.Badge{Kind: ui.Good, Text: "on", Dot: true}
	}
	return ui.Badge{Kind: ui.Danger, Text: "off", Dot: true}
}

// signsPeopleIn reports whether people sign in with the application, so that callback URLs make sense.
func signsPeopleIn(a *registry.Application) bool { return a.Allows(oauth.AuthorizationCode) }

// appPath is a page of an application.
func appPath(a *registry.Application, tab string) string {
	if tab == "" {
		return "/dashboard/applications/" + a.ID
	}
	return "/dashboard/applications/" + a.ID + "/" + tab
}

var toApplications = ui.Link{Label: "Applications", Href: "/dashboard/applications"}

// algorithmOptions are the algorithms a token can be signed with.
func algorithmOptions() []ui.Option {
	hints := map[string]string{"RS256": "RS256: every library knows it", "ES256": "ES256: small and fast", "PS256": "PS256", "EdDSA": "EdDSA: smallest and fastest", "Ed25519": "Ed25519: EdDSA by its newer name"}
	options := make([]ui.Option, len(registry.Algorithms))
	for i, a := range registry.Algorithms {
		options[i] = ui.Option{Value: a, Label: hints[a]}
	}
	return options
}

func typeChoice() []ui.Option {
	options := make([]ui.Option, 0, len(types)+1)
	for _, t := range types {
		options = append(options, ui.Option{Value: string(t.Type), Label: t.Label})
	}
	return append(options, ui.Option{Label: "Generic"})
}

// grantWords are the grant types with what they are for.
var grantWords = []struct {
	Grant oauth.GrantType
	Text  string
}{
	{oauth.AuthorizationCode, "People sign in and the application gets a code for tokens."},
	{oauth.RefreshToken, "The application gets new tokens without the person, until the grant ends."},
	{oauth.ClientCredentials, "The application gets tokens for itself with its own credential."},
}
