package settings

import "time"

// Settings are the run-time settings of an instance. Default gives every value an empty table means.
type Settings struct {
	InstanceName string // shown on sign-in and consent pages
	LogoURL      string // same-origin or https; empty = name only
	Accent       string // CSS colour #rrggbb; empty = the default ink-blue

	SignUp            bool   // people may create their own user
	WildcardRedirects bool   // first-party web applications may register https://*.example.com/…
	DefaultAPI        string // identifier of the API a request without audience and resource is for; empty = none

	// Applications from a URL: Client ID Metadata Documents.
	CIMDAdmission        string // imported, approval or open
	CIMDProfile          string // draft, or mcp: client_name and redirect_uris are needed too
	CIMDRedirectHosts    string // any, same_site or same_origin: how a document's https redirects relate to its own URL
	CIMDQuery            bool   // client URLs may have a query
	CIMDForeignKeys      bool   // jwks_uri may be on another origin
	CIMDConfidentialOnly bool   // a client must authenticate with a key
	LocalhostPort        bool   // the port of http://localhost redirects does not count either, as with 127.0.0.1

	PersonSessionIdle       time.Duration
	PersonSessionLifetime   time.Duration
	OperatorSessionIdle     time.Duration
	OperatorSessionLifetime time.Duration
	OperatorPasskeys        bool // operators sign in with a passkey

	// What new APIs and new applications begin with. Those that are there keep what they have.
	APITokenLifetime    time.Duration // of access tokens
	IDTokenLifetime     time.Duration // of first-party applications; third-party ones have an hour at most
	RefreshLifetime     time.Duration // of refresh tokens, from the authorization on
	RefreshIdleLifetime time.Duration // of refresh tokens, from the last use on

	ChangeRetention time.Duration // how long change events are kept; 0 = for ever
	UseRetention    time.Duration // how long use events are kept
}

// Default is what an instance without any setting does.
func Default() Settings {
	const day = 24 * time.Hour
	return Settings{
		InstanceName:            "Clientele",
		CIMDAdmission:           "approval",
		CIMDProfile:             "draft",
		CIMDRedirectHosts:       "any",
		LocalhostPort:           true,
		PersonSessionIdle:       3 * day,
		PersonSessionLifetime:   7 * day,
		OperatorSessionIdle:     30 * time.Minute,
		OperatorSessionLifetime: 8 * time.Hour,
		APITokenLifetime:        time.Hour,
		IDTokenLifetime:         10 * time.Hour,
		RefreshLifetime:         30 * day,
		RefreshIdleLifetime:     15 * day,
		UseRetention:            30 * day,
	}
}
