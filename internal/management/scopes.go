package management

import (
	"strings"

	"clientele/internal/registry"
)

// Scopes are the permissions of this API. The roof gives them to registry.EnsureManagementAPI.
func Scopes() []registry.APIScope {
	return []registry.APIScope{
		{Value: "read:clients", Description: "Read applications"},
		{Value: "create:clients", Description: "Create applications"},
		{Value: "update:clients", Description: "Change applications"},
		{Value: "delete:clients", Description: "Delete applications"},
		{Value: "read:client_summary", Description: "Read names and types of applications"},
		{Value: "read:client_keys", Description: "Read applications with their keys"},
		{Value: "update:client_keys", Description: "Replace client secrets"},
		{Value: "read:client_credentials", Description: "Read credentials of applications"},
		{Value: "create:client_credentials", Description: "Create credentials of applications"},
		{Value: "update:client_credentials", Description: "Change credentials of applications"},
		{Value: "delete:client_credentials", Description: "Delete credentials of applications"},
		{Value: "read:resource_servers", Description: "Read APIs"},
		{Value: "create:resource_servers", Description: "Create APIs"},
		{Value: "update:resource_servers", Description: "Change APIs"},
		{Value: "delete:resource_servers", Description: "Delete APIs"},
		{Value: "read:client_grants", Description: "Read client grants"},
		{Value: "create:client_grants", Description: "Create client grants"},
		{Value: "update:client_grants", Description: "Change client grants"},
		{Value: "delete:client_grants", Description: "Delete client grants"},
	}
}

// ReadOnlyScopes are those that change nothing: the preset for programs that only look.
func ReadOnlyScopes() []string {
	var all []string
	for _, s := range Scopes() {
		if strings.HasPrefix(s.Value, "read:") {
			all = append(all, s.Value)
		}
	}
	return all
}
