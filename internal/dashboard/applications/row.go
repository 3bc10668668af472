package applications

import (
	"time"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// originLabel says how an application came to be.
func originLabel(a *registry.Application) string {
	switch a.Origin {
	case registry.Imported:
		return "from a URL"
	case registry.Registered:
		return "registered itself"
	}
	return "by hand"
}

// listBadges are the states of an application in a list: whether it is on, and what else keeps it from working or waits. That
// it comes from a URL stands in a column of its own.
func listBadges(a *registry.Application, now time.Time) []ui.Badge {
	return append([]ui.Badge{frame.StateBadge(a)}, frame.ImportBadges(a, now)...)
}

// rowMenu leads to the pages of an application that are opened most, without its own page in between.
func rowMenu(a *registry.Application) ui.Menu {
	var items []ui.MenuItem
	for _, l := range frame.AppTabs(a, "").Links {
		switch l.Label {
		case "Quick start", "Document", "Settings", "Credentials", "APIs", "Activity":
			items = append(items, ui.MenuItem{Label: l.Label, Href: l.Href})
		case "Danger zone":
			items = append(items, ui.MenuItem{Label: "Switch off or delete", Href: l.Href, Danger: true, Apart: true})
		}
	}
	return ui.Menu{ID: "menu-" + a.ID, Label: "Actions for " + a.Name, Items: items}
}
