// Package advisor is the security check: it says what about an application is a risk, shows the evidence, why it matters and
// what mends it. A check is a pure function over a Subject; the table of checks is checks.go, and docs/checks.md is generated
// from it.
package advisor
