package tools

import (
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"clientele/internal/grant"
	"clientele/internal/ui"
)

var wayLabels = map[string]string{tryPerson: "For a person", tryItself: "For itself"}

var wayTexts = map[string]string{
	tryPerson: "Somebody signs in, as anybody who uses it would.",
	tryItself: "With its own credential. No person is involved.",
}

// ticked reports whether a permission is asked for. Those of the way that was not chosen are all ticked, for when it is.
func (t tryView) ticked(x tryAPI, scope string) bool {
	return x.person != (t.Form.As == tryPerson) || slices.Contains(t.Form.Scopes, x.API.ID+" "+scope)
}

func tryRequestWords(t tryView) string {
	if t.Form.As == tryItself {
		return "What the application sends to the token endpoint. Here it needs no secret: the run happens inside this server."
	}
	return "What the browser is sent to the authorization endpoint with, each parameter explained."
}

func requestLine(t tryView) string {
	if t.Form.As == tryItself {
		return "POST " + t.URL
	}
	return "GET " + t.URL
}

// trialState is what stands above a run's page.
func (p trialReport) state(now time.Time) ui.Alert {
	switch t := p.Trial; {
	case t.Outcome.Failure != nil:
		return ui.Alert{Kind: ui.Danger, Title: failureTitle(t.Outcome.Failure), Text: failureTexts[t.Outcome.Failure.Step]}
	case !t.EndedAt.IsZero():
		return ui.Alert{Kind: ui.Good, Title: "It works", Text: "The application got its tokens. They ended with the run."}
	case now.Before(t.ExpiresAt):
		return ui.Alert{Kind: ui.Note, Title: "Not finished yet", Text: "Finish the sign-in in the tab it opened in, then load this page again. It ends by itself after five minutes."}
	}
	return ui.Alert{Kind: ui.Warn, Title: "Nobody finished it", Text: "The sign-in was not finished within five minutes. Run it again."}
}

// failureTitle is what happened, else the code of the refusal.
func failureTitle(f *grant.TrialFailure) string {
	if f.Message == "" {
		return f.Code
	}
	first, size := utf8.DecodeRuneInString(f.Message)
	return string(unicode.ToUpper(first)) + f.Message[size:]
}

var failureTexts = map[grant.TrialStep]string{
	grant.TrialAtPage:     "The person sees a page that says so. The application is told nothing.",
	grant.TrialAtRedirect: "The application is told so at its callback URL, and gets no code.",
	grant.TrialAtToken:    "The token endpoint answers so, and the application gets no token.",
}

// failed reports whether the run ended at that step.
func (p trialReport) failed(at grant.TrialStep) bool {
	return p.Trial.Outcome.Failure != nil && p.Trial.Outcome.Failure.Step == at
}
