package cimd

import (
	"context"
	"errors"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/outbound"
	"clientele/internal/registry"
)

// Resolve says who a client URL is, and lets an unknown one in, puts it into the queue or refuses it. It fails with *Refusal;
// any other error is our own trouble. The decision comes before the fetch: what no policy would let in is not asked for.
// CIMD-02 §5, §8.9.
func (s *Service) Resolve(ctx context.Context, a Arrival) (*registry.Application, error) {
	s.start()
	app, err := s.Directory.Find(ctx, oauth.ClientID(a.URL))
	switch {
	case err == nil:
		return s.known(ctx, app, a)
	case !isNotFound(err):
		return nil, err
	}
	url, wrong, err := s.parse(ctx, a.URL)
	if err != nil {
		return nil, err
	}
	if wrong != nil {
		return nil, s.refuse(ctx, a, nil, wrong, wrong.reason())
	}
	decision, err := s.decide(ctx, url)
	switch {
	case err != nil:
		return nil, err
	case decision.Verdict == registry.Refuse:
		return nil, s.refuse(ctx, a, nil, notAdmitted(url, decision), NotAdmitted)
	case decision.Verdict == registry.Wait && a.UserID == "":
		return nil, s.refuse(ctx, a, nil, nobodyWaits(url), NotAdmitted)
	}
	seen, err := s.firstSight(ctx, url, a, decision)
	if err != nil {
		return nil, err
	}
	if seen.Failure != nil {
		return nil, s.refuse(ctx, a, nil, seen.Failure, seen.Failure.reason())
	}
	if seen.admitted != nil {
		return seen.admitted, nil
	}
	return nil, s.wait(ctx, a, seen)
}

// known is Current for a client that may have been let in before a rule kept it out.
func (s *Service) known(ctx context.Context, app *registry.Application, a Arrival) (*registry.Application, error) {
	out, err := s.Barred(ctx, app)
	switch {
	case err != nil:
		return nil, err
	case out != nil:
		return nil, s.refuse(ctx, a, app, out, NotAdmitted)
	}
	return s.Current(ctx, app, a)
}

// parse reads a client URL by the operator's rules.
func (s *Service) parse(ctx context.Context, raw string) (oauth.ClientURL, *Failure, error) {
	url, err := oauth.ParseClientURL(raw, s.Policy().URLRules())
	if why, ok := errors.AsType[*oauth.URIError](err); ok {
		return url, badURL(raw, why), nil
	}
	if err != nil {
		return url, nil, err
	}
	wrong, err := s.reserved(ctx, url)
	return url, wrong, err
}

func badURL(raw string, why *oauth.URIError) *Failure {
	f := &Failure{Kind: audit.FailureURL, Rule: why.Rule, Value: raw, Message: "The client ID " + why.Message + "."}
	return f.complete()
}

// decide asks the rules and the mode.
func (s *Service) decide(ctx context.Context, url oauth.ClientURL) (registry.Decision, error) {
	rules, err := s.Directory.Rules(ctx)
	if err != nil {
		return registry.Decision{}, err
	}
	return registry.Decide(url, s.Admission(), rules), nil
}

func notAdmitted(url oauth.ClientURL, d registry.Decision) *Failure {
	f := &Failure{Kind: audit.FailurePolicy, Rule: "admission_" + string(d.Mode), Value: url.String(), Message: d.Why}
	if d.Rule != nil {
		f.Rule = "admission_rule"
		f.Mend = "Remove the rule " + d.Rule.Pattern + ", or import the application."
		f.Detail = map[string]string{"rule": d.Rule.ID, "pattern": d.Rule.Pattern}
	}
	return f.complete()
}

func nobodyWaits(url oauth.ClientURL) *Failure {
	f := &Failure{
		Kind: audit.FailurePolicy, Rule: "admission_approval", Value: url.String(),
		Message: "An operator has to approve the client, and nobody is signed in who could wait for that.",
		Mend:    "Begin at the authorization endpoint, or import the application.",
	}
	return f.complete()
}

// firstSight looks at the URL, once for all who come with it at the same time, and lets it in if the decision is that. A valid
// document is good for a minute, so that people who wait for an approval cause no fetch each; a failure is never kept.
// RFC 9111 §4.2, CIMD-02 §5.2.
func (s *Service) firstSight(ctx context.Context, url oauth.ClientURL, a Arrival, d registry.Decision) (sight, error) {
	for {
		seen, err := fly(ctx, s, "first "+string(d.Verdict)+" "+url.String(), func(ctx context.Context) (sight, error) {
			return s.sightOfStranger(ctx, url, a, d)
		})
		over, ok := errors.AsType[*overBudget](err)
		switch {
		case !ok:
			return seen, err
		case over.by == a || !over.personal:
			return seen, s.busy(ctx, a, over.rule, over.message, over.wait)
		}
		// It was somebody else's budget. That one's flight is over: there is one less before us.
	}
}

// overBudget is why nothing was fetched.
type overBudget struct {
	by            Arrival
	personal      bool // others may still
	rule, message string
	wait          time.Duration
}

func (o *overBudget) Error() string { return o.message }

func (s *Service) sightOfStranger(ctx context.Context, url oauth.ClientURL, a Arrival, d registry.Decision) (sight, error) {
	if app, err := s.Directory.Find(ctx, oauth.ClientID(url.String())); err == nil { // a flight before this one let it in
		return sight{admitted: app}, nil
	}
	if kept, ok := s.seen.find(url.String()); ok && d.Verdict == registry.Wait && s.now().Before(kept.until) { // or saw it
		return kept, nil
	}
	if o := s.limits.take(a, url.Host(), s.now()); o != nil {
		return sight{}, o
	}
	if o := s.limits.mayBring(a, s.now()); d.Verdict == registry.Admit && o != nil {
		return sight{}, o
	}
	seen, err := s.look(ctx, url, nil, outbound.Strangers)
	if full, ok := errors.AsType[*outbound.Busy](err); ok {
		return sight{}, &overBudget{by: a, rule: "flood_outbound", message: "too many documents are being fetched", wait: full.Retry}
	}
	if err != nil || seen.Failure != nil {
		return seen, err
	}
	if d.Verdict == registry.Admit {
		return s.admit(ctx, a, seen, d)
	}
	s.seen.set(url.String(), seen)
	return seen, nil
}

// admit makes an application of a stranger. It ends by itself unless somebody finishes an authorization.
func (s *Service) admit(ctx context.Context, a Arrival, seen sight, d registry.Decision) (sight, error) {
	unfinished, err := s.Store.CountUnfinished(ctx, s.now())
	if err != nil {
		return seen, err
	}
	if unfinished >= registry.MaxUnfinished {
		return seen, &overBudget{by: a, rule: "unfinished_clients", message: "too many clients that nobody has used yet are registered", wait: time.Minute}
	}
	if o := s.limits.bring(a, s.now()); o != nil {
		return seen, o
	}
	draft := registry.ImportDraft{Sighting: *seen.sighting, By: registry.ByClient, Mode: registry.Follow, Unfinished: true}
	if d.Rule != nil {
		draft.Rule = d.Rule.Pattern
	}
	actor := audit.Actor{Kind: audit.ActorClient, ID: a.URL, Name: seen.Host, Address: a.Address, Door: a.Door}
	app, _, err := s.Registry.Import(ctx, actor, draft)
	if bad, ok := errors.AsType[*registry.Invalid](err); ok {
		seen.Failure = invalidDraft(bad)
		return seen, nil
	}
	if err != nil {
		return seen, err
	}
	seen.admitted = &app
	return seen, nil
}

// wait puts a person into the queue for a client.
func (s *Service) wait(ctx context.Context, a Arrival, seen sight) error {
	f := &Failure{
		Rule: "admission_waiting", Value: a.URL, Message: "The client waits for an operator's approval.", Side: audit.SideOperator,
		Mend: "Approve or refuse it among the applications that wait.", Spec: "CIMD-02 §8.9",
	}
	refusal := s.refuse(ctx, a, nil, f, Waiting)
	_, err := s.Registry.Enqueue(ctx, seen.waiting(refusal.Reference, a.Door), a.UserID)
	switch {
	case errors.Is(err, registry.ErrQueueFull):
		return s.busy(ctx, a, "queue_full", "as many clients wait for an operator as may", time.Hour)
	case errors.Is(err, registry.ErrTooManyWaiting):
		return s.busy(ctx, a, "queue_person", "this person waits for as many new clients as one may in a day", time.Hour)
	case err != nil:
		return err
	}
	return refusal
}

// waiting is what the queue keeps of a sight.
func (p *sight) waiting(reference, door string) registry.Waiting {
	return registry.Waiting{
		URL: p.URL, Hash: p.Hash, KeySetHash: p.KeySetHash, Body: p.sighting.Body, Address: p.sighting.Address, Headers: p.sighting.Headers,
		Name: p.sighting.Mapped.Name, RedirectURIs: p.sighting.Mapped.RedirectURIs, Reference: reference, Door: door,
	}
}

// Current is app with its document refreshed if it is due. A known client whose document cannot be had right now goes on with
// what is kept for as long as its standing allows; one that the document no longer carries is refused with *Refusal.
func (s *Service) Current(ctx context.Context, app *registry.Application, a Arrival) (*registry.Application, error) {
	if app.Import == nil || !app.Enabled {
		return app, nil // whoever is switched off is not looked at
	}
	now := s.now()
	due := !now.Before(app.Import.DueAt)
	if standing, _ := app.Standing(now); standing == registry.StandingGood && !due {
		return app, nil
	}
	s.start()
	var trouble *Failure
	if due || recoverable(app, now) && s.mayLookAgain(app, a, now) {
		fresh, err := s.refresh(ctx, app)
		switch full, busy := errors.AsType[*outbound.Busy](err); {
		case busy:
			if app.Overdue(now) {
				return nil, s.busy(ctx, a, "flood_outbound", "too many documents are being fetched, and what is kept of this one is too old", full.Retry)
			}
			trouble = &Failure{Retry: full.Retry} // what is kept has to do, if it may
		case err != nil:
			return nil, err
		default:
			app, trouble = fresh.app, fresh.failure
		}
	}
	standing, why := app.Standing(s.now())
	if standing == registry.StandingGood {
		return app, nil
	}
	return nil, s.refuse(ctx, a, app, fallen(app, standing, why, trouble), reasonOf(standing, trouble))
}

// mayLookAgain counts a look that is not due yet. For a client that nobody approved it is one of the strangers' looks; who is
// approved has some of its own, which no stranger uses up and which use up none of theirs.
func (s *Service) mayLookAgain(app *registry.Application, a Arrival, now time.Time) bool {
	if app.Import.By == registry.ByOperator {
		return s.limits.again(app.ID, now)
	}
	return s.limits.take(a, s.hostOf(a.URL), now) == nil
}

// fallen is why a known client does not go on: what went wrong just now, or what its state remembers.
func fallen(app *registry.Application, standing registry.Standing, why string, trouble *Failure) *Failure {
	f := Failure{Kind: app.Import.Failure, Message: "The client is " + string(standing) + ": " + why + "."}
	if trouble != nil && trouble.Kind != "" {
		f = *trouble
		f.Message = "The client is " + string(standing) + ": " + why + ". " + trouble.Message
	}
	f.Rule = "standing_" + string(standing)
	switch app.Import.SuspendedWhy {
	case registry.SuspendedDowngrade, registry.SuspendedReturn:
		f.Kind, f.Side = "", audit.SideOperator
		f.Mend = "Look at what changed and approve it, if it is what the publisher meant."
	}
	return f.complete()
}

func reasonOf(standing registry.Standing, trouble *Failure) Reason {
	if standing == registry.StandingStale || trouble != nil && trouble.Transport() {
		return Unreachable
	}
	return Invalid
}

func invalidDraft(bad *registry.Invalid) *Failure {
	first := bad.Violations[0]
	f := &Failure{Kind: audit.FailureDocument, Rule: first.Rule, Value: first.Field, Message: first.Field + " " + first.Message}
	return f.complete()
}
