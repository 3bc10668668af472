package advisor

import (
	"time"

	"clientele/internal/registry"
)

// Report is what the security check says of one stored application.
type Report struct {
	ApplicationID string
	At            time.Time
	Findings      []Finding // the worst first
	Passed        []Passed
}

// Passed is a check that applies to the application and found nothing.
type Passed struct {
	Check string
	Title string // what is in order
}

// weights are what one finding of each severity takes from the score.
var weights = map[Severity]int{High: 30, Moderate: 12, Low: 4}

// Score is 100 for an application about which nothing was found, and less with every finding; never below 0. What is only
// worth knowing costs nothing.
func (r *Report) Score() int {
	score := 100
	for _, f := range r.Findings {
		score -= weights[f.Severity]
	}
	return max(score, 0)
}

// Counts are how many findings there are of each severity.
func (r *Report) Counts() registry.FindingCounts {
	counts := CountsOf(r.Findings)
	counts.CheckedAt = r.At
	return counts
}

// CountsOf counts findings by severity.
func CountsOf(list []Finding) (counts registry.FindingCounts) {
	for _, f := range list {
		switch f.Severity {
		case High:
			counts.High++
		case Moderate:
			counts.Moderate++
		case Low:
			counts.Low++
		case Info:
			counts.Info++
		}
	}
	return counts
}
