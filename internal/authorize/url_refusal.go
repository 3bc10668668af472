package authorize

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// badClientURL refuses a client ID that means to be a URL and cannot name a client. CIMD-02 §3.
func badClientURL(id string, err error) *PageError {
	page := brokenLink("client_url", "The client ID is a URL, and it %s.", err.Error())
	if refused, ok := errors.AsType[*oauth.URIError](err); ok {
		page.Reason = refused.Rule
	}
	page.kind, page.value, page.mend, page.spec = audit.FailureURL, id, "send the URL of the metadata document exactly as the document has it in client_id", "CIMD-02 §3"
	return page
}

// refusedPage says why a client is not let in, and who can help. The person is told one of four reasons and the host; the rest
// is in the trace that the reference opens for an operator. CIMD-02 §5.1.
func (h *Handler) refusedPage(ctx context.Context, q *Request, s situation, refusal *cimd.Refusal) *PageError {
	words := wordsFor(refusal.Reason)
	host := refusal.Host
	if host == "" {
		host = q.url.Host()
	}
	wait := max(refusal.Retry, leastRetry)
	fill := strings.NewReplacer("HOST", host, "WAIT", ui.Span(wait))
	page := &PageError{
		Status: words.status, Title: fill.Replace(words.title), Text: fill.Replace(words.text), Reason: "client " + string(refusal.Reason),
		Reference: refusal.Reference,
	}
	if refusal.Temporary() {
		page.Retry = wait
	}
	if words.again == "" {
		return page
	}
	page.Action = ui.LinkButton{Label: words.again, Href: h.again(ctx, q, s), Wide: true}
	if page.Action.Href == "" {
		page.Action = ui.LinkButton{}
		page.Text += " It has been a while: go back to the application and begin again."
	}
	return page
}

// leastRetry is how long a client waits at least after trouble that passes.
const leastRetry = 30 * time.Second

// refusalWords are one of the reasons on a page. HOST is the host of the client ID, WAIT how long to wait.
type refusalWords struct {
	status             int
	title, text, again string
}

func wordsFor(reason cimd.Reason) refusalWords {
	switch reason {
	case cimd.Waiting:
		return refusalWords{
			http.StatusForbidden, "HOST is waiting for approval",
			"The application at HOST is new here, and whoever runs this server decides whether it may be used. It stands in their list now; tell them the reference if it is urgent. You can check again here for ten minutes; after that, begin again in the application.",
			"Check again",
		}
	case cimd.NotAdmitted:
		return refusalWords{
			http.StatusForbidden, "HOST is not admitted here",
			"Whoever runs this server has not let the application at HOST in. Only they can change that: ask them, and tell them the reference. Nothing was sent to the application.", "",
		}
	case cimd.Invalid:
		return refusalWords{
			http.StatusBadRequest, "HOST cannot be verified",
			"What the application at HOST publishes about itself is not in order, so nobody can sign in to it. Its makers have to mend that; whoever runs this server finds under the reference what is wrong. Nothing was sent to the application.", "",
		}
	case cimd.Busy:
		return refusalWords{
			http.StatusServiceUnavailable, "Too much at once",
			"This server is looking at many new applications right now, or has looked at many for you. Wait WAIT, then try again.", "Try again",
		}
	}
	return refusalWords{
		http.StatusServiceUnavailable, "HOST cannot be reached",
		"The application says who it is at HOST, and there was no usable answer from there. That often passes: wait WAIT, then try again. If it goes on, tell the makers of the application. Nothing was sent to it.", "Try again",
	}
}

// A client whose metadata document is gone, or changed in a way that an operator has to see first, begins nothing new. Where a
// look at the document can mend it, it gets one as soon as somebody is signed in, and until then nothing leaves for it.
// CIMD-02 §6.
func (h *Handler) checkStanding(_ context.Context, q *Request) *PageError {
	standing, why := q.app.Standing(h.Now())
	if standing == registry.StandingGood {
		return nil
	}
	if q.settled == nil && h.URLs != nil && recoverable(standing, q.app.Import.SuspendedWhy) {
		q.doubtful = true
		return nil
	}
	words := standingWords(standing)
	fill := strings.NewReplacer("HOST", hostOf(q.app), "WAIT", ui.Span(leastRetry))
	page := refusePage("client "+string(standing), fill.Replace(words.title), fill.Replace(words.text), "")
	page.Status, page.note, page.side = words.status, why, audit.SideOperator
	if words.status == http.StatusServiceUnavailable {
		page.Retry, page.side = leastRetry, audit.SideNetwork
	}
	return page
}

// recoverable reports whether the document itself can bring a client back that is not in good standing.
func recoverable(s registry.Standing, why registry.SuspendReason) bool {
	return s == registry.StandingStale || s == registry.StandingSuspended && (why == registry.SuspendedGone || why == registry.SuspendedInvalid)
}

func standingWords(s registry.Standing) refusalWords {
	switch s {
	case registry.StandingStale:
		return wordsFor(cimd.Unreachable)
	case registry.StandingWithdrawn:
		return refusalWords{
			http.StatusForbidden, "HOST has withdrawn this application",
			"What the application published about itself at HOST is gone, so nobody can sign in to it. Its makers, or whoever runs this server, can say more; tell them the reference.", "",
		}
	}
	return refusalWords{
		http.StatusForbidden, "The application at HOST is on hold",
		"What the application says about itself has changed, and whoever runs this server has to look at it before anybody can sign in to it again. Tell them the reference.", "",
	}
}

// hostOf is the host of an imported application's client ID, with its port if it has one.
func hostOf(app *registry.Application) string {
	host, _, _ := strings.Cut(strings.TrimPrefix(app.ExternalID, "https://"), "/")
	return host
}
