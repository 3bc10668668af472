package dashboard

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"

	"clientele/internal/audit"
	"clientele/internal/dashboard/activity"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// How many applications one concern is counted up to, and how many of them Home names.
const (
	attentionMost  = 100
	attentionShown = 3
)

// attentionItem is one reason to act, with the place where that is done.
type attentionItem struct {
	Kind  ui.Meaning
	Count int
	More  bool   // more than Count
	Words string // what it is: applications wait for approval
	Link  string
	Some  []registry.Concern // the most urgent of them, for names
}

func (i *attentionItem) count() string {
	if i.More {
		return strconv.Itoa(i.Count) + "+"
	}
	return strconv.Itoa(i.Count)
}

// concernWord is what a concern is called, of one and of several applications, and which page of the application mends it.
type concernWord struct {
	one, many string
	title     string
	lead      string
	tab       string
	kind      ui.Meaning
	todo      string // what its button says; empty = to look there
}

const addSecret = "Add secret"

var concernWords = map[registry.ConcernKind]concernWord{
	registry.SecretsExpired: {
		"application has no secret left that counts", "applications have no secret left that counts", "Expired secrets",
		"Their last secret has ended, so they get no tokens. Add a secret, or switch them off.", "credentials", ui.Danger, addSecret,
	},
	registry.SecretsExpiring: {
		"secret ends within 14 days", "secrets end within 14 days", "Secrets that end soon",
		"Nothing else proves these applications. Add a second secret now and take it into use before the first ends.", "credentials", ui.Warn, addSecret,
	},
	registry.Suspended: {
		"application is suspended because of its document", "applications are suspended because of their documents", "Suspended applications",
		"Nobody can begin to sign in with them until their document is good again, or an operator decides.", "document", ui.Danger, "",
	},
	registry.KeysWaiting: {
		"application published other keys, which wait for you", "applications published other keys, which wait for you", "Keys that wait",
		"Their new keys replace all that were known. Make sure that it was them before you approve.", "document", ui.Warn, "",
	},
	registry.DocumentsFailing: {
		"metadata document cannot be fetched", "metadata documents cannot be fetched", "Failing metadata documents",
		"What was read last stays in force for a while. Their owners should look at their hosts.", "document", ui.Warn, "",
	},
}

func attentionPath(kind registry.ConcernKind) string { return "/dashboard/attention/" + string(kind) }

// needsAttention is what an operator should look at, the most urgent first. A part that cannot be read is left out of the page and
// told to the log: the rest is worth more.
func (d *Dashboard) needsAttention(ctx context.Context, v *frame.Visit) (items []attentionItem) {
	if v.Waiting > 0 {
		items = append(items, attentionItem{Kind: ui.Note, Count: v.Waiting, Words: plural(v.Waiting, "application waits for approval", "applications wait for approval"), Link: frame.ToWaiting})
	}
	for _, kind := range registry.ConcernKinds() {
		all, err := d.Concerns.Concerns(ctx, kind, v.Now, attentionMost+1)
		if err != nil {
			d.Log.WarnContext(ctx, "a concern could not be read", slog.String("kind", string(kind)), slog.Any("error", err))
			continue
		}
		if len(all) == 0 {
			continue
		}
		word := concernWords[kind]
		item := attentionItem{Kind: word.kind, Count: min(len(all), attentionMost), More: len(all) > attentionMost, Words: plural(len(all), word.one, word.many), Link: attentionPath(kind)}
		item.Some = all[:min(len(all), attentionShown)]
		if len(all) == 1 {
			item.Link = concernLink(kind, all[0])
		}
		items = append(items, item)
	}
	risky, err := d.Concerns.RiskyApplications(ctx)
	if err != nil {
		d.Log.WarnContext(ctx, "the applications at risk could not be counted", slog.Any("error", err))
	}
	if risky > 0 {
		items = append(items, attentionItem{
			Kind: ui.Danger, Count: risky, Link: "/dashboard/applications?findings=high",
			Words: plural(risky, "application has a finding of high severity", "applications have a finding of high severity"),
		})
	}
	return items
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// concernLink is where an application's concern is mended.
func concernLink(kind registry.ConcernKind, c registry.Concern) string {
	return activity.ApplicationLink(c.ApplicationID) + "/" + concernWords[kind].tab
}

// attention lists the applications that one concern is about.
func (d *Dashboard) attention(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	kind := registry.ConcernKind(r.PathValue("kind"))
	if concernWords[kind].title == "" {
		return registry.ErrNotFound
	}
	all, err := d.Concerns.Concerns(r.Context(), kind, v.Now, attentionMost)
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, attentionPage(v, kind, all))
}

// concernDetail is what of the application it is.
func concernDetail(kind registry.ConcernKind, c registry.Concern) string {
	switch kind {
	case registry.DocumentsFailing:
		return frame.Capital(frame.FailureWord(audit.FailureKind(c.Detail)))
	case registry.Suspended:
		return suspendWord(c.Detail)
	case registry.KeysWaiting:
		return "Every key was replaced at once"
	}
	if c.Detail == "" {
		return "Its last secret"
	}
	return "Its last secret, “" + c.Detail + "”"
}

// concernTodo is the button of a row: the first thing to do about it.
func concernTodo(v *frame.Visit, kind registry.ConcernKind, c registry.Concern) ui.LinkButton {
	if todo := concernWords[kind].todo; todo != "" && v.CanEdit() {
		return ui.LinkButton{Label: todo, Href: concernLink(kind, c) + "?open=secret", Small: true}
	}
	return ui.LinkButton{Label: "Look at it", Href: concernLink(kind, c), Small: true}
}

// suspendWord says why an application is suspended.
func suspendWord(why string) string {
	switch registry.SuspendReason(why) {
	case registry.SuspendedGone:
		return "The document is gone"
	case registry.SuspendedInvalid:
		return "The document breaks a rule"
	case registry.SuspendedDowngrade:
		return "It had keys and now says none"
	case registry.SuspendedReturn:
		return "It was withdrawn and is there again"
	}
	return why
}
