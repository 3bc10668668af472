package frame

import (
	"strconv"
	"strings"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// appTab is one page of an application and whether an application has it.
type appTab struct {
	label string
	path  string // below the application; empty is its first page
	shown func(*registry.Application) bool
}

// The tabs in their order. The page of an imported application that comes first is its document: nobody here writes its code.
var appTabList = []appTab{
	{"Document", "document", imported},
	{"Quick start", "guides", imported}, // how to protect the API it calls
	{"Quick start", "", notImported},
	{"Settings", "settings", always},
	{"Credentials", "credentials", always},
	{"APIs", "apis", always},
	{"Security", "security", always},
	{"Activity", "activity", always},
	{"Advanced", "advanced", always},
	{"Danger zone", "danger", always},
}

func always(*registry.Application) bool        { return true }
func imported(a *registry.Application) bool    { return a.Import != nil }
func notImported(a *registry.Application) bool { return a.Import == nil }

// AppTabs are the tabs that an application has, by its type and where it comes from.
func AppTabs(a *registry.Application, current string) ui.Tabs {
	var links []ui.Link
	for _, t := range appTabList {
		if t.shown(a) {
			links = append(links, ui.Link{Label: t.label, Href: AppPath(a, t.path), Current: t.label == current})
		}
	}
	return ui.Tabs{Label: a.Name, Links: links}
}

// originWord says where an application comes from, for those that were not made by hand.
func originWord(a *registry.Application) string {
	switch a.Origin {
	case registry.Imported:
		return "from a URL"
	case registry.Registered:
		return "registered itself"
	}
	return ""
}

// TryIt is the page of an application that no tab leads to: its button stands in the head.
const TryIt = "Try it"

// Triable reports whether an authorization can be tried from the application's page.
func Triable(v *Visit, a *registry.Application) bool { return v.CanEdit() && a.Enabled }

// applicationMenu is what can be done with an application from each of its pages.
func applicationMenu(a *registry.Application) ui.Menu {
	var items []ui.MenuItem
	if a.Import == nil {
		items = append(items, ui.MenuItem{Label: "Duplicate as…", Icon: "copy", Href: AppPath(a, "duplicate")})
	}
	if a.Enabled {
		items = append(items, ui.MenuItem{Label: "Switch off", Post: AppPath(a, "switch"), Fields: []ui.Hidden{{Name: "enabled", Value: "no"}}})
	} else {
		items = append(items, ui.MenuItem{Label: "Switch on", Post: AppPath(a, "switch"), Fields: []ui.Hidden{{Name: "enabled", Value: "yes"}}})
	}
	if UsesSecrets(a) {
		items = append(items, ui.MenuItem{Label: "Replace the secret…", Icon: "refresh", Href: AppPath(a, "credentials?open=replace")})
	}
	items = append(items, ui.MenuItem{Label: "Delete…", Icon: "trash", Href: AppPath(a, "danger"), Danger: true, Apart: true})
	return ui.Menu{ID: "application-menu", Label: "Actions for " + a.Name, Items: items}
}

// UsesSecrets reports whether an application may prove itself with a secret.
func UsesSecrets(a *registry.Application) bool {
	return a.Accepts(oauth.AuthClientSecretBasic) || a.Accepts(oauth.AuthClientSecretPost)
}

// ImportBadges say how an imported application stands, for the head of its pages and for lists. That it comes from a URL is said
// beside them.
func ImportBadges(a *registry.Application, now time.Time) []ui.Badge {
	if a.Import == nil {
		return nil
	}
	var badges []ui.Badge
	state := a.Import
	switch {
	case !state.WithdrawnAt.IsZero():
		badges = append(badges, ui.Badge{Kind: ui.Danger, Text: "withdrawn", Dot: true})
	case !state.SuspendedAt.IsZero():
		badges = append(badges, ui.Badge{Kind: ui.Danger, Text: "suspended", Dot: true})
	case state.Failures > 0:
		badges = append(badges, ui.Badge{Kind: ui.Warn, Text: "failing", Dot: true})
	}
	if changesWait(a) {
		badges = append(badges, ui.Badge{Kind: ui.Warn, Text: "changes wait"})
	}
	if state.PinnedUntil.After(now) {
		badges = append(badges, ui.Badge{Kind: ui.Note, Text: "pinned copy"})
	}
	if state.By == registry.ByClient {
		badges = append(badges, ui.Badge{Text: "nobody approved it"})
	}
	return badges
}

// changesWait reports whether an operator should look at additions of the document.
func changesWait(a *registry.Application) bool {
	return a.Import.Mode == registry.Review && a.Import.Waits()
}

// HostOf is the host that controls an imported application.
func HostOf(a *registry.Application) string {
	_, rest, _ := strings.Cut(a.ExternalID, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// HostOfURL is the host of a client URL; the URL is known to be one.
func HostOfURL(u string) string { return HostOf(&registry.Application{ExternalID: u}) }

// CreateWays are the two ways to create an application.
func CreateWays(current string) ui.TwoWays {
	links := []ui.Link{
		{Label: "Create it manually", Href: "/dashboard/applications/new", Icon: "plus"},
		{Label: "Import from URL", Href: "/dashboard/applications/import", Icon: "download"},
	}
	for i := range links {
		links[i].Current = links[i].Label == current
	}
	return ui.TwoWays{Label: "How to create it", Links: links}
}

// FindingsWord is the worst of what the security check found, and how many there are of it. No text means nothing.
func FindingsWord(f registry.FindingCounts) ui.Badge {
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
