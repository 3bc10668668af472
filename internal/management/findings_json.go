package management

import (
	"time"

	"clientele/internal/advisor"
	"clientele/internal/registry"
)

// Findings is what the security check says of an application.
type Findings struct {
	ClientID  string         `json:"client_id"`
	Name      string         `json:"name"`
	CheckedAt *time.Time     `json:"checked_at,omitempty"`
	Score     int            `json:"score" minimum:"0" maximum:"100" doc:"100 if nothing was found; what is info costs nothing."`
	Counts    SeverityCounts `json:"counts"`
	Findings  []Finding      `json:"findings" nullable:"false" doc:"The worst first."`
	Passed    []string       `json:"passed" nullable:"false" doc:"The checks that apply and found nothing."`
}

// SeverityCounts are how many findings there are of each severity.
type SeverityCounts struct {
	High     int `json:"high"`
	Moderate int `json:"moderate"`
	Low      int `json:"low"`
	Info     int `json:"info"`
}

// Finding is one risk.
type Finding struct {
	Check    string     `json:"check" doc:"Stable name of the check; docs/checks.md lists them."`
	Severity string     `json:"severity" enum:"high,moderate,low,info"`
	Title    string     `json:"title" doc:"What is the matter."`
	Evidence []Evidence `json:"evidence" nullable:"false"`
	Why      string     `json:"why" doc:"Why it matters."`
	Spec     string     `json:"spec,omitempty" doc:"Where that is written."`
	Fix      string     `json:"fix" doc:"What to do, and who can where it is not an operator."`
	Field    string     `json:"field,omitempty" doc:"The property of the client that it is about."`
}

// Evidence is what a check looked at.
type Evidence struct {
	Label            string     `json:"label" doc:"What the value is."`
	Value            string     `json:"value" doc:"Never a secret or a token: of a secret its name and last four characters."`
	At               *time.Time `json:"at,omitempty" doc:"The date that the label ends in or speaks of."`
	ResourceServerID string     `json:"resource_server_id,omitempty" doc:"The API that it is about."`
}

// FindingsJSON is a report in the words of the Management API. The field of a finding is named as the property of a client.
func FindingsJSON(app *registry.Application, r *advisor.Report) Findings {
	n := r.Counts()
	f := Findings{
		ClientID: app.ID, Name: app.Name, CheckedAt: date(r.At), Score: r.Score(), Findings: []Finding{}, Passed: []string{},
		Counts: SeverityCounts{High: n.High, Moderate: n.Moderate, Low: n.Low, Info: n.Info},
	}
	for _, found := range r.Findings {
		one := Finding{
			Check: found.Check, Severity: string(found.Severity), Title: found.Title, Why: found.Why, Spec: found.Spec, Fix: found.Fix,
			Field: clientField(found.Field), Evidence: []Evidence{},
		}
		for _, e := range found.Evidence {
			one.Evidence = append(one.Evidence, Evidence{Label: e.Label, Value: e.Value, At: date(e.At), ResourceServerID: e.APIID})
		}
		f.Findings = append(f.Findings, one)
	}
	for _, p := range r.Passed {
		f.Passed = append(f.Passed, p.Check)
	}
	return f
}
