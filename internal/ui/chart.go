package ui

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"
)

// Chart is how often something happened, day by day: stacked bars, the numbers in words above them and as a table below.
type Chart struct {
	Title string
	Parts []ChartPart // from the bottom of a bar up
	Days  []ChartDay  // oldest first, none left out
	Empty string      // said where nothing happened on any day
}

// ChartPart is one part of every bar.
type ChartPart struct {
	Label string  // what is counted, as it follows a number: issued
	Kind  Meaning // Neutral is the accent
}

// ChartDay is one bar.
type ChartDay struct {
	Day    time.Time
	Counts []int64 // one for each part
}

// Render writes the chart.
func (c Chart) Render(ctx context.Context, w io.Writer) error { return chart(c).Render(ctx, w) }

// The units of the drawing: it is stretched to the width that there is.
const (
	chartHeight = 100
	chartStep   = 10
	chartBar    = 7
)

func (c Chart) total(part int) (sum int64) {
	for _, d := range c.Days {
		sum += d.count(part)
	}
	return sum
}

func (c Chart) nothing() bool {
	for part := range c.Parts {
		if c.total(part) > 0 {
			return false
		}
	}
	return true
}

func (d ChartDay) count(part int) int64 {
	if part >= len(d.Counts) {
		return 0
	}
	return d.Counts[part]
}

func (d ChartDay) sum() (sum int64) {
	for _, n := range d.Counts {
		sum += n
	}
	return sum
}

// peak is the day with the highest bar.
func (c Chart) peak() (best ChartDay) {
	for _, d := range c.Days {
		if d.sum() > best.sum() {
			best = d
		}
	}
	return best
}

func (c Chart) peakWords() string {
	best := c.peak()
	return "Most on a day: " + Number(best.sum()) + ", " + best.Day.UTC().Format("2 Jan")
}

// words are the numbers of one day: 12 Nov: 30 issued, 2 refused.
func (c Chart) words(d ChartDay) string {
	parts := make([]string, len(c.Parts))
	for i, p := range c.Parts {
		parts[i] = Number(d.count(i)) + " " + p.Label
	}
	return d.Day.UTC().Format("2 Jan") + ": " + strings.Join(parts, ", ")
}

// bar is one rectangle of the drawing. What happened at all is never invisible.
type bar struct{ x, y, height string }

func (c Chart) bar(day, part int) bar {
	top := max(c.peak().sum(), 1)
	from := 0.0
	for below := range part {
		from += c.tall(day, below, top)
	}
	height := c.tall(day, part, top)
	return bar{
		x: strconv.FormatFloat(float64(day*chartStep)+(chartStep-chartBar)/2.0, 'f', 1, 64),
		y: strconv.FormatFloat(chartHeight-from-height, 'f', 1, 64), height: strconv.FormatFloat(height, 'f', 1, 64),
	}
}

func (c Chart) tall(day, part int, top int64) float64 {
	n := c.Days[day].count(part)
	if n == 0 {
		return 0
	}
	return max(float64(n)/float64(top)*(chartHeight-4), 2)
}

func (c Chart) viewBox() string {
	return "0 0 " + strconv.Itoa(len(c.Days)*chartStep) + " " + strconv.Itoa(chartHeight)
}

// Number is a count with its thousands set apart.
func Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	var sb strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			sb.WriteByte(',')
		}
		sb.WriteRune(r)
	}
	return sb.String()
}

func numeral(n int) string { return strconv.Itoa(n) }

func capitalised(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// guideDays are the bars of the style guide.
func guideDays() []ChartDay {
	begin := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	days := make([]ChartDay, 30)
	for i := range days {
		days[i] = ChartDay{Day: begin.AddDate(0, 0, i), Counts: []int64{int64(i*37%101) * 12, int64(i % 7 / 5 * i)}}
	}
	return days
}
