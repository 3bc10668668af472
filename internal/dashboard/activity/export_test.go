package activity

import (
	"time"

	"github.com/a-h/templ"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/dashboard/frame/frametest"
	"clientele/internal/registry"
)

// RefusalPages are the pages about refused applications in states that a whole server reaches late or never.
func RefusalPages(now time.Time) map[string]templ.Component {
	v, app := frametest.Visit(now, account.Owner), frametest.Imported(now)
	trace := &audit.Trace{
		Reference: "7KQ2-MD4F", At: now.Add(-time.Minute), Door: "token", ClientID: frametest.ClientURL, ApplicationID: app.ID, Address: "192.0.2.7", Rule: audienceRule, Value: "https://id.example.com/oauth/token",
		Message: "aud is the token endpoint", Mend: "set aud to the issuer", Side: audit.SideClient, Spec: "rfc7523bis-11 §4", Detail: map[string]string{"status": "401"}, Repeats: 2,
	}
	return map[string]templ.Component{
		"refusals":     refusalsPage(v, refusalList{Page: registry.Page[audit.Trace]{Items: []audit.Trace{*trace}}}),
		"refusal":      refusalPage(v, trace, &app, "ops@example.com"),
		"refusal-none": noRefusalPage(v, "7KQ2-MD4F"),
	}
}
