package apis

import (
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

var apiLabels = map[string]string{
	"name": "The name", "identifier": "The identifier", "scopes": "A permission", "signing_algorithm": "The algorithm", "token_lifetime": "The lifetime",
	"token_profile": "The profile", "user_policy": "The policy", "client_policy": "The policy",
}

// apiTitles are what the page calls the fields.
var apiTitles = map[string]string{
	"name": "Name", "signing_algorithm": "Signing algorithm", "token_lifetime": "Lifetime", "token_profile": "Form", "offline": "Refresh tokens",
	"skip_consent": "First-party applications need no consent", "user_policy": "For people", "client_policy": "For themselves", "permissions": "Permissions",
}

// apiValueWords say how a value reads that is not shown as it is typed.
var apiValueWords = map[string]func(string) string{
	"name": frame.AsIs, "offline": frame.OnOff, "skip_consent": frame.OnOff,
	"token_profile": func(s string) string { return labelOf(profiles, s) },
	"user_policy":   func(s string) string { return labelOf(userPolicies, s) },
	"client_policy": func(s string) string { return labelOf(clientPolicies, s) },
}

// labelOf is the label of a choice.
func labelOf(options []ui.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Label
		}
	}
	return frame.AsIs(value)
}

var (
	userPolicies = []ui.Option{
		{Value: string(registry.AllowAll), Label: "Every first-party application", Text: "Third-party applications still need a permission of their own."},
		{Value: string(registry.RequireGrant), Label: "Applications with a permission", Text: "Each is permitted one by one, under its APIs tab."},
		{Value: string(registry.DenyAll), Label: "None"},
	}
	clientPolicies = []ui.Option{
		{Value: string(registry.RequireGrant), Label: "Applications with a permission"},
		{Value: string(registry.DenyAll), Label: "None"},
	}
	profiles = []ui.Option{
		{Value: string(registry.RFC9068), Label: "RFC 9068 (at+jwt)"},
		{Value: string(registry.Auth0Profile), Label: "Plain JWT, for libraries that refuse at+jwt"},
	}
)
