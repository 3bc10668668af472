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

	PersonSessionIdle       time.Duration
	PersonSessionLifetime   time.Duration
	OperatorSessionIdle     time.Duration
	OperatorSessionLifetime time.Duration

	ChangeRetention time.Duration // how long change events are kept; 0 = for ever
	UseRetention    time.Duration // how long use events are kept
}

// Default is what an instance without any setting does.
func Default() Settings {
	const day = 24 * time.Hour
	return Settings{
		InstanceName:            "Clientele",
		PersonSessionIdle:       3 * day,
		PersonSessionLifetime:   7 * day,
		OperatorSessionIdle:     30 * time.Minute,
		OperatorSessionLifetime: 8 * time.Hour,
		UseRetention:            30 * day,
	}
}
