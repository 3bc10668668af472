package apis

import (
	"clientele/internal/audit"
	"clientele/internal/dashboard/access"
	"clientele/internal/dashboard/frame"
)

// Budget bounds how often somebody may make this server fetch.
type Budget interface {
	MayLook(actor audit.Actor) error
}

// Pages is the room. All fields must be set.
type Pages struct {
	*frame.Base
	Access   *access.Pages
	APIs     Reader
	Outbound Fetcher
	Budget   Budget
}
