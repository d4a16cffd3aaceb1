package world

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/accord/jirasim/jql"
)

// timed reports whether a field is compared as a time.
func timed(f *Field) bool {
	return f.Kind == Date || f.Kind == Instant || f.ID == "created" || f.ID == "updated" || f.ID == "resolutiondate"
}

// when compares times. A literal has minute steps at best and is read in the
// caller's zone: docs/JIRA.md "Search".
func (c *compiler) when(f *Field, e jql.Clause) test {
	held := c.held(f)
	var tests []test
	for _, o := range c.operands(e) {
		if o.Empty {
			tests = append(tests, func(i *Issue) bool { return held(i)[0] == "" })
			continue
		}
		from, to, ok := c.span(o)
		if !ok {
			return c.refuse("Date value '%s' for field '%s' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.", o.Text, e.Field)
		}
		a, b := instantKey(from), instantKey(to)
		if f.Kind == Date {
			zone := c.zone()
			a, b = from.In(zone).Format(time.DateOnly), from.In(zone).AddDate(0, 0, 1).Format(time.DateOnly)
		}
		tests = append(tests, func(i *Issue) bool { return held(i)[0] != "" && spans(e.Op, held(i)[0], a, b) })
	}
	any := func(i *Issue) bool {
		for _, t := range tests {
			if t(i) {
				return true
			}
		}
		return false
	}
	switch e.Op {
	case jql.NotIn, jql.NotEqual, jql.IsNot:
		return func(i *Issue) bool { return held(i)[0] != "" && !any(i) }
	}
	return any
}

// spans compares a time with the stretch from a up to b that a literal means.
func spans(op jql.Op, s, a, b string) bool {
	switch op {
	case jql.Greater:
		return s > a
	case jql.GreaterEqual:
		return s >= a
	case jql.Less:
		return s < a
	case jql.LessEqual:
		return s <= a
	}
	return s >= a && s < b
}

func (c *compiler) zone() *time.Location { return Zone(c.by.User) }

// Zone is the time zone of a profile; UTC where there is none that is known.
func Zone(u *User) *time.Location {
	if u == nil {
		return time.UTC
	}
	if u.zone == nil {
		u.zone = time.UTC
		if z, err := time.LoadLocation(u.Zone); err == nil {
			u.zone = z
		}
	}
	return u.zone
}

// span is the stretch of time that an operand means.
func (c *compiler) span(o jql.Operand) (from, to time.Time, ok bool) {
	now := c.by.Now
	if o.Call {
		t := c.function(strings.ToLower(o.Text))
		for _, a := range o.Args {
			d, ok := period(a)
			if !ok {
				return t, t, false
			}
			t = d(t)
		}
		return t, t.Add(time.Minute), true
	}
	for _, layout := range []string{"2006/01/02 15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, o.Text, c.zone()); err == nil {
			return t, t.Add(time.Minute), true
		}
	}
	for _, layout := range []string{"2006/01/02", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, o.Text, c.zone()); err == nil {
			return t, t.AddDate(0, 0, 1), true
		}
	}
	if d, ok := period(o.Text); ok {
		return d(now), d(now).Add(time.Minute), true
	}
	return now, now, false
}

func (c *compiler) function(name string) time.Time {
	now := c.by.Now.In(c.zone())
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch name {
	case "startofday":
		return day
	case "endofday":
		return day.AddDate(0, 0, 1).Add(-time.Millisecond)
	case "startofweek":
		return day.AddDate(0, 0, -int(day.Weekday()))
	case "endofweek":
		return day.AddDate(0, 0, 7-int(day.Weekday())).Add(-time.Millisecond)
	case "startofmonth":
		return day.AddDate(0, 0, 1-day.Day())
	case "endofmonth":
		return day.AddDate(0, 1, 1-day.Day()).Add(-time.Millisecond)
	}
	return now
}

// period reads "-5m", "4w 2d", "+1d 2h".
func period(s string) (func(time.Time) time.Time, bool) {
	s = strings.TrimSpace(s)
	sign := 1
	switch {
	case strings.HasPrefix(s, "-"):
		sign, s = -1, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	if !regexp.MustCompile(`^\d{1,6}[wdhmyM]( *\d{1,6}[wdhmyM])*$`).MatchString(s) {
		return nil, false
	}
	parts := regexp.MustCompile(`(\d+)([wdhmyM])`).FindAllStringSubmatch(s, -1)
	return func(t time.Time) time.Time {
		for _, p := range parts {
			n, _ := strconv.Atoi(p[1])
			n *= sign
			switch p[2] {
			case "m":
				t = t.Add(time.Duration(n) * time.Minute)
			case "h":
				t = t.Add(time.Duration(n) * time.Hour)
			case "d":
				t = t.AddDate(0, 0, n)
			case "w":
				t = t.AddDate(0, 0, 7*n)
			case "M":
				t = t.AddDate(0, n, 0)
			case "y":
				t = t.AddDate(n, 0, 0)
			}
		}
		return t
	}, true
}
