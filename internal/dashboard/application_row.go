package dashboard

import (
	"strconv"
	"time"

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

// findingsWord is the worst of what the security check found, and how many there are of it. No text means nothing.
func findingsWord(f registry.FindingCounts) ui.Badge {
	switch {
	case f.High > 0:
		return ui.Badge{Kind: ui.Danger, Text: strconv.Itoa(f.High) + " high"}
	case f.Moderate > 0:
		return ui.Badge{Kind: ui.Warn, Text: strconv.Itoa(f.Moderate) + " moderate"}
	case f.Low > 0:
		return ui.Badge{Text: strconv.Itoa(f.Low) + " low"}
	}
	return ui.Badge{}
}

// listBadges are the states of an application in a list: whether it is on, and what else keeps it from working or waits. That
// it comes from a URL stands in a column of its own.
func listBadges(a *registry.Application, now time.Time) []ui.Badge {
	badges := []ui.Badge{stateBadge(a)}
	if more := importBadges(a, now); len(more) > 0 {
		badges = append(badges, more[1:]...)
	}
	return badges
}

// rowMenu leads to the pages of an application that are opened most, without its own page in between.
func rowMenu(a *registry.Application) ui.Menu {
	var items []ui.MenuItem
	for _, l := range appTabs(a, "").Links {
		switch l.Label {
		case "Quick start", "Document", "Settings", "Credentials", "APIs", "Activity":
			items = append(items, ui.MenuItem{Label: l.Label, Href: l.Href})
		case "Danger zone":
			items = append(items, ui.MenuItem{Label: "Switch off or delete", Href: l.Href, Danger: true, Apart: true})
		}
	}
	return ui.Menu{ID: "menu-" + a.ID, Label: "Actions for " + a.Name, Items: items}
}

// widePage is page for a list with many columns.
func (v *visit) widePage(title, section string) ui.Page {
	p := v.page(title, section)
	p.Wide = true
	return p
}
