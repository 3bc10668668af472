// Package advisor is the security check: it says what about an application is a risk, shows the evidence, why it matters and
// what mends it.
//
// A check is a pure function over a Subject: an application with its client grants, the APIs it reaches and what is known of
// its use. The table of them is checks.go, from which docs/checks.md is generated; the functions stand in find_*.go by what
// they look at. Nobody stores a finding: a report is computed when somebody asks. Kept is only how many findings of each
// severity an application has, for lists.
//
//	Check          what is found about a subject, worst first
//	Service.Report the same about a stored application, with a score and what passed
//	Service.Draft  about one that is not stored, or as it would be after an edit: the settings page, the create page, a preview
//	Service.Mend   makes the one-click change of a finding, if the finding is still there
//	Sweep          checks what changed at once and everything at least daily, a little at a time
//
// Invariants: a check never asks the network or the store. What is not known makes it silent. Of what a metadata document owns
// nothing is changed. A one-click change is proposed only where it takes nothing from people who use the application, or says
// what it takes.
package advisor
