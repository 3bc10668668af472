package frame

import (
	"regexp"
	"strings"
)

// Where pages are that others lead to.
const (
	ActivityPath  = "/dashboard/activity"
	RefusalsPath  = "/dashboard/activity/refusals"
	AdmissionPath = "/dashboard/settings/applications"
	ToolsPath     = "/dashboard/tools"
	LinterPath    = "/dashboard/tools/metadata-linter"
	DecoderPath   = "/dashboard/tools/token"
	DiscoveryPath = "/dashboard/tools/discovery"
	ToWaiting     = "/dashboard/applications/waiting"
	WaitingOne    = "/dashboard/waiting/"
)

// reference is how the references look that people are shown.
var reference = regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}$`)

// AsReference is what somebody typed as a reference, if it can be one: ref 7kq2-md4f is read, too.
func AsReference(typed string) (string, bool) {
	s := strings.ToUpper(strings.TrimSpace(typed))
	s = strings.TrimSpace(strings.TrimPrefix(s, "REF"))
	return s, reference.MatchString(s)
}
