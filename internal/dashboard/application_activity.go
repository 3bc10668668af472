package dashboard

import (
	"net/http"
	"time"

	"clientele/internal/audit"
	"clientele/internal/ui"
)

// chartDays is how many days a chart has, today included.
const chartDays = 30

// applicationActivity is what was changed of an application and what it did.
func (d *Dashboard) applicationActivity(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	a, err := d.Registry.Application(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	f := filterOf(r, appPath(&a, "activity"))
	f.Application, f.Person, f.Search = "", "", ""
	q, err := d.activityQuery(ctx, &f)
	if err != nil {
		return err
	}
	q.ApplicationID = a.ID
	page, err := d.Store.Activity(ctx, q)
	if err != nil {
		return err
	}
	lines, err := d.lines(ctx, page.Entries)
	if err != nil {
		return err
	}
	tallies, err := d.Store.Tallies(ctx, a.ID, firstDay(v.now))
	if err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, applicationActivityPage(v, &a, &f, tokenChart(tallies, v.now), lines, page.Next))
}

// firstDay is the oldest day of a chart.
func firstDay(now time.Time) time.Time {
	return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-chartDays)
}

// daysOf are the bars of a chart: a day for each, with the counts of the kinds in their order.
func daysOf(tallies []audit.Tally, now time.Time, kinds ...string) []ui.ChartDay {
	first := firstDay(now)
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

func tokenChart(tallies []audit.Tally, now time.Time) ui.Chart {
	return ui.Chart{
		Title: "Token answers, last 30 days", Parts: []ui.ChartPart{{Label: "issued"}, {Label: "refused", Kind: ui.Danger}},
		Days: daysOf(tallies, now, "token.issued", "token.refused"), Empty: "It asked for no token.",
	}
}

func signInChart(tallies []audit.Tally, now time.Time) ui.Chart {
	return ui.Chart{
		Title: "Sign-ins, last 30 days", Parts: []ui.ChartPart{{Label: "succeeded"}, {Label: "failed", Kind: ui.Danger}},
		Days: daysOf(tallies, now, "signin.succeeded", "signin.failed"), Empty: "Nobody signed in.",
	}
}
