package world

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/accord/jirasim/jql"
)

// timed reports whether a field is compared as a time.
func timed(f *Field) bool {
	return f.Kind == Date || f.Kind == Instant || slices.Contains([]string{"created", "updated", "resolutiondate", "lastViewed"}, f.ID)
}

// when compares times. A literal has minute steps at best and is read in the
// caller's zone: docs/JIRA.md "Search".
func (c *compiler) when(f *Field, e jql.Clause) test {
	held := c.held(f)
	var tests []test
	for _, o := range e.Operands {
		if fn := function(o.Text); o.Call && (fn == nil || fn.Type != dateType || len(o.Args) > fn.most) {
			_, _ = c.called(f, e, o)
			continue
		}
		if o.Empty {
			tests = append(tests, func(i *Issue) bool { return held(i)[0] == "" })
			continue
		}
		from, to, ok := c.span(o)
		if !ok {
			formats := "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd'"
			if f.Kind == Date {
				formats = "'YYYY/MM/DD', 'YYYY-MM-DD'"
			}
			return c.refuse("Date value '%s' for field '%s' is invalid. Valid formats include: %s, or a period format e.g. '-5d', '4w 2d'.", o.Text, e.Field, formats)
		}
		a, b := instantKey(from), instantKey(to)
		if f.Kind == Date {
			zone := c.zone()
			a, b = from.In(zone).Format(time.DateOnly), from.In(zone).AddDate(0, 0, 1).Format(time.DateOnly)
		}
		tests = append(tests, func(i *Issue) bool {
			return slices.ContainsFunc(held(i), func(s string) bool { return s != "" && spans(e.Op, s, a, b) })
		})
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
		t, ok := c.instant(o)
		return t, t.Add(time.Minute), ok
	}
	if n, err := strconv.ParseInt(o.Text, 10, 64); o.ID && err == nil {
		t := time.UnixMilli(n)
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
	parts, ok := steps(s)
	if !ok {
		return nil, false
	}
	return func(t time.Time) time.Time {
		for _, p := range parts {
			n := p.n * sign
			switch p.unit {
			case 'm':
				t = t.Add(time.Duration(n) * time.Minute)
			case 'h':
				t = t.Add(time.Duration(n) * time.Hour)
			case 'd':
				t = t.AddDate(0, 0, n)
			case 'w':
				t = t.AddDate(0, 0, 7*n)
			case 'M':
				t = t.AddDate(0, n, 0)
			case 'y':
				t = t.AddDate(n, 0, 0)
			}
		}
		return t
	}, true
}

// A step is one part of a period: four weeks.
type step struct {
	n    int
	unit byte
}

// steps reads "4w 2d" as often as Jira takes it, of six digits each at most.
func steps(s string) ([]step, bool) {
	var out []step
	for s != "" {
		end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		if end < 1 || end > 6 || !strings.ContainsRune("wdhmyM", rune(s[end])) {
			return nil, false
		}
		n, err := strconv.Atoi(s[:end])
		if err != nil {
			return nil, false
		}
		out = append(out, step{n, s[end]})
		s = strings.TrimLeft(s[end+1:], " ")
	}
	return out, len(out) > 0
}
