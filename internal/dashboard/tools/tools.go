package tools

import (
	"context"
	"net/http"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/ui"
)

// MetadataReader is what this server says about itself, as it is served. discovery.Handler is one.
type MetadataReader interface {
	Metadata(ctx context.Context) ([]byte, error)
}

// Routes are Try it and the tools. Whoever may look may use them, but the linter, which fetches.
func (d *Pages) Routes() []frame.Route {
	return append(d.tryRoutes(), []frame.Route{
		frame.On("GET "+frame.ToolsPath, account.ActView, d.tools),
		frame.On("GET "+frame.LinterPath, account.ActEdit, d.linter),
		frame.On("POST "+frame.LinterPath, account.ActEdit, d.lint),
		frame.On("GET "+frame.DecoderPath, account.ActView, d.decoder),
		frame.On("POST "+frame.DecoderPath, account.ActView, d.decode),
		frame.On("GET "+frame.DiscoveryPath, account.ActView, d.discovery),
	}...)
}

// tool is one of the tools, for the page that lists them and for the tabs of each.
type tool struct {
	title, path, icon, text string
	needs                   account.Action
}

var toolList = []tool{
	{"Token decoder", frame.DecoderPath, "key", "Takes a token apart, explains each claim, and says whether this server signed it and whether it is still good.", account.ActView},
	{"Discovery", frame.DiscoveryPath, "api", "What this server says about itself to every client: its metadata documents and its public keys, explained.", account.ActView},
	{"Metadata linter", frame.LinterPath, "check", "Runs the whole checklist over a client's metadata document, and says what its owner should change.", account.ActEdit},
}

// toolTabs are the tools that the operator may use.
func toolTabs(v *frame.Visit, current string) ui.Tabs {
	links := []ui.Link{{Label: "All tools", Href: frame.ToolsPath, Current: current == frame.ToolsPath}}
	for _, t := range toolsOf(v) {
		links = append(links, ui.Link{Label: t.title, Href: t.path, Current: t.path == current})
	}
	return ui.Tabs{Label: "Tools", Links: links}
}

func toolsOf(v *frame.Visit) []tool {
	var list []tool
	for _, t := range toolList {
		if v.May(t.needs) {
			list = append(list, t)
		}
	}
	return list
}

func (d *Pages) tools(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return v.Write(w, r, http.StatusOK, toolsPage(v))
}
