package activity

import (
	"clientele/internal/dashboard/frame"
)

// Pages is the room. All exported fields must be set.
type Pages struct {
	*frame.Base
	Events Log

	exports exporting
}
