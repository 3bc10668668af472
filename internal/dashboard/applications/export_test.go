package applications

import (
	"time"

	"github.com/a-h/templ"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame/frametest"
)

// ImportedPages are the pages of an application from a URL that show what belongs to its document.
func ImportedPages(now time.Time) map[string]templ.Component {
	v, app := frametest.Visit(now, account.Owner), frametest.Imported(now)
	return map[string]templ.Component{
		"credentials": credentialsPage(v, &app, credentialsForm{}),
		"settings":    settingsPage(v, &app, formOf(&app, partSettings), "https://id.example.com/"),
		"advanced":    advancedPage(v, &app, formOf(&app, partAdvanced), advancedTab{Issuer: "https://id.example.com/"}),
	}
}
