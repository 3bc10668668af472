package activity

import (
	"net/http"
	"time"

	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/ui"
)

// chartDays is how many days a chart has, today included.
const chartDays = 30

// applicationActivity is what was changed of an application and what it did.
func (d *Pages) applicationActivity(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	ctx := r.Context()
	a, err := d.Registry.Application(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	f := filterOf(r, frame.AppPath(&a, "activity"))
	f.Application, f.Person, f.Search = "", "", ""
	q, err := d.activityQuery(ctx, &f)
	if err != nil {
		return err
	}
	q.ApplicationID = a.ID
	page, err := d.Events.Activity(ctx, q)
	if err != nil {
		return err
	}
	lines, err := d.Lines(ctx, page.Entries)
	if err != nil {
		return err
	}
	for i := range lines { // the page is about it already
		if lines[i].Link == ApplicationLink(a.ID) {
			lines[i].Subject = ""
		}
	}
	tallies, err := d.Events.Tallies(ctx, a.ID, FirstDay(v.Now))
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, applicationActivityPage(v, &a, &f, TokenChart(tallies, v.Now, "Tokens, last 30 days", "It asked for no token."), lines, page.Next))
}

// FirstDay is the oldest day of a chart.
func FirstDay(now time.Time) time.Time {
	return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-chartDays)
}

// daysOf are the bars of a chart: a day for each, with the counts of the kinds in their order.
func daysOf(tallies []audit.Tally, now time.Time, kinds ...string) []ui.ChartDay {
	first := FirstDay(now)
	days := make([]ui.ChartDay, chartDays)
	for i := range days {
		days[i] = ui.ChartDay{Day: first.AddDate(0, 0, i), Counts: make([]int64, len(kinds))}
	}
	for _, t := range tallies {
		i := int(t.Day.Sub(first) / (24 * time.Hour))
		if i < 0 || i >= chartDays {
			continue
		}
		for part, kind := range kinds {
			if t.Kind == kind {
				days[i].Counts[part] += t.Count
			}
		}
	}
	return days
}

// TokenChart is how often tokens were issued on each day, and refused. idle is what stands there if nobody asked.
func TokenChart(tallies []audit.Tally, now time.Time, title, idle string) ui.Chart {
	return ui.Chart{
		Title: title, Parts: []ui.ChartPart{{Label: "issued"}, {Label: "refused", Kind: ui.Danger}},
		Days: daysOf(tallies, now, "token.issued", "token.refused"), Empty: idle,
	}
}

// SignInChart is how many sign-ins went through, and how many failed, on each day.
func SignInChart(tallies []audit.Tally, now time.Time) ui.Chart {
	return ui.Chart{
		Title: "Sign-ins", Parts: []ui.ChartPart{{Label: "succeeded"}, {Label: "failed", Kind: ui.Danger}},
		Days: daysOf(tallies, now, "signin.succeeded", "signin.failed"), Empty: "Nobody signed in.",
	}
}
