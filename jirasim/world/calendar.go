package world

import (
	"strings"
	"time"

	"example.com/accord/jirasim/jql"
)

// dateFunctions take one argument at most: how far to move from there.
func dateFunctions() []Function {
	out := []Function{{Name: "now()", Type: dateType}}
	for _, edge := range []string{"startOf", "endOf"} {
		for _, unit := range []string{"Day", "Week", "Month", "Year"} {
			out = append(out, Function{Name: edge + unit + "()", Type: dateType, most: 1})
		}
	}
	return out
}

// instant is the time that a function means; an argument without a unit is in
// the function's own: startOfWeek("-1") is a week ago.
func (c *compiler) instant(o jql.Operand) (time.Time, bool) {
	name := strings.ToLower(o.Text)
	edge, unit := "", ""
	for _, e := range []string{"startof", "endof"} {
		if u, is := strings.CutPrefix(name, e); is {
			edge, unit = e, u
		}
	}
	now := c.by.Now.In(c.zone())
	move, ok := func(t time.Time) time.Time { return t }, true
	if len(o.Args) == 1 {
		a := o.Args[0]
		if n := len(a); n > 0 && a[n-1] >= '0' && a[n-1] <= '9' {
			a += map[string]string{"day": "d", "week": "w", "month": "M", "year": "y"}[unit]
		}
		if move, ok = period(a); !ok {
			return now, false
		}
	}
	if unit == "" {
		return move(now), true
	}
	from, to := bounds(move(now), unit)
	if edge == "endof" {
		return to.Add(-time.Millisecond), true
	}
	return from, true
}

// bounds is the day, week (from Sunday), month or year around a time.
func bounds(t time.Time, unit string) (from, to time.Time) {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	switch unit {
	case "week":
		from = day.AddDate(0, 0, -int(day.Weekday()))
		return from, from.AddDate(0, 0, 7)
	case "month":
		from = day.AddDate(0, 0, 1-day.Day())
		return from, from.AddDate(0, 1, 0)
	case "year":
		from = time.Date(t.Year(), 1, 1, 0, 0, 0, 0, t.Location())
		return from, from.AddDate(1, 0, 0)
	}
	return day, day.AddDate(0, 0, 1)
}
