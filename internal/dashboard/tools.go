package dashboard

import (
	"context"
	"net/http"

	"clientele/internal/account"
	"clientele/internal/ui"
)

// MetadataReader is what this server says about itself, as it is served. discovery.Handler is one.
type MetadataReader interface {
	Metadata(ctx context.Context) ([]byte, error)
}

const (
	toolsPath     = "/dashboard/tools"
	linterPath    = "/dashboard/tools/metadata-linter"
	decoderPath   = "/dashboard/tools/token"
	discoveryPath = "/dashboard/tools/discovery"
)

// toolRoutes are the tools. Whoever may look may use them, but the linter, which fetches.
func (d *Dashboard) toolRoutes() []route {
	return []route{
		{"GET " + toolsPath, account.ActView, false, d.tools},
		{"GET " + linterPath, account.ActEdit, false, d.linter},
		{"POST " + linterPath, account.ActEdit, false, d.lint},
		{"GET " + decoderPath, account.ActView, false, d.decoder},
		{"POST " + decoderPath, account.ActView, false, d.decode},
		{"GET " + discoveryPath, account.ActView, false, d.discovery},
	}
}

// tool is one of the tools, for the page that lists them and for the tabs of each.
type tool struct {
	title, path, icon, text string
	needs                   account.Action
}

var toolList = []tool{
	{"Token decoder", decoderPath, "key", "Takes a token apart, explains each claim, and says whether this server signed it and whether it is still good.", account.ActView},
	{"Discovery", discoveryPath, "api", "What this server says about itself to every client: its metadata documents and its public keys, explained.", account.ActView},
	{"Metadata linter", linterPath, "check", "Runs the whole checklist over a client's metadata document, and says what its owner should change.", account.ActEdit},
}

// toolTabs are the tools that the operator may use.
func toolTabs(v *visit, current string) ui.Tabs {
	links := []ui.Link{{Label: "All tools", Href: toolsPath, Current: current == toolsPath}}
	for _, t := range toolsOf(v) {
		links = append(links, ui.Link{Label: t.title, Href: t.path, Current: t.path == current})
	}
	return ui.Tabs{Label: "Tools", Links: links}
}

func toolsOf(v *visit) []tool {
	var list []tool
	for _, t := range toolList {
		if v.may(t.needs) {
			list = append(list, t)
		}
	}
	return list
}

func (d *Dashboard) tools(w http.ResponseWriter, r *http.Request, v *visit) error {
	return v.write(w, r, http.StatusOK, toolsPage(v))
}
