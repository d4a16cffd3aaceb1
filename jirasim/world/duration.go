package world

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Seconds reads a length of work as people write it: "3d 4h 30m", "1.5h", and
// a bare number in minutes. A day and a week are those of the site.
func (w *World) Seconds(s string) (int64, bool) {
	units := w.units()
	total, rest := 0.0, strings.ToLower(strings.TrimSpace(s))
	for rest != "" {
		n := strings.IndexFunc(rest, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
		if n < 0 {
			n = len(rest)
		}
		x, err := strconv.ParseFloat(rest[:n], 64)
		if err != nil {
			return 0, false
		}
		rest = strings.TrimLeft(rest[n:], " ")
		end := strings.IndexFunc(rest, func(r rune) bool { return r < 'a' || r > 'z' })
		if end < 0 {
			end = len(rest)
		}
		unit, known := units[rest[:end]]
		if !known {
			return 0, false
		}
		total += x * unit
		rest = strings.TrimLeft(rest[end:], " ,")
	}
	if strings.TrimSpace(s) == "" || total > math.MaxInt32*60 {
		return 0, false
	}
	return int64(total), true
}

// units are the lengths in seconds of what a length may be written in.
func (w *World) units() map[string]float64 {
	day := w.Settings.DayHours * 3600
	week := w.Settings.WeekDays * day
	return map[string]float64{"": 60, "m": 60, "min": 60, "minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600,
		"d": day, "day": day, "days": day, "w": week, "week": week, "weeks": week}
}

// Pretty writes a length of work: "1w 2d 3h 30m".
func (w *World) Pretty(seconds int64) string {
	units := w.units()
	var out []string
	for _, u := range []string{"w", "d", "h", "m"} {
		if n := int64(units[u]); n > 0 && seconds >= n {
			out = append(out, strconv.FormatInt(seconds/n, 10)+u)
			seconds %= n
		}
	}
	if len(out) == 0 {
		return "0m"
	}
	return strings.Join(out, " ")
}

// Time is what a field of seconds holds; false: nothing.
func (i *Issue) Time(id string) (int64, bool) {
	v := i.Values[id]
	if v.Number == nil {
		return 0, false
	}
	return int64(*v.Number), true
}

func seconds(n int64) Value { return Value{Number: new(float64(n))} }

// track does the verbs on the estimates of an issue.
func (d *draft) track(ops []map[string]json.RawMessage, on func(*Field) bool) {
	for _, op := range ops {
		for _, verb := range slices.Sorted(maps.Keys(op)) {
			if verb != "set" && verb != "edit" {
				d.unable("timetracking", verb, "set", "edit")
				continue
			}
			d.estimate(op[verb], on)
		}
	}
}

// estimate reads the estimates of an issue. An original estimate alone is the
// remaining one too, where there was none. The words are unverified.
func (d *draft) estimate(raw json.RawMessage, on func(*Field) bool) {
	if f := d.open("timetracking", on); f == nil || null(raw) {
		return
	}
	var in struct {
		Original  *string `json:"originalEstimate"`
		Remaining *string `json:"remainingEstimate"`
	}
	if json.Unmarshal(raw, &in) != nil {
		d.blame("timetracking", "expected Object")
		return
	}
	for id, e := range map[string]*string{"timeoriginalestimate": in.Original, "timeestimate": in.Remaining} {
		if e == nil {
			continue
		}
		if *e == "" {
			d.now[id] = Value{}
			continue
		}
		n, ok := d.w.Seconds(*e)
		if !ok {
			what := map[string]string{"timeoriginalestimate": "original", "timeestimate": "remaining"}[id]
			d.blame("timetracking_"+what+"estimate", "The "+what+" estimate specified is not valid.")
			continue
		}
		d.now[id] = seconds(n)
	}
	_, given := d.now["timeestimate"]
	if v := d.now["timeoriginalestimate"]; !given && !v.Empty() && d.was["timeestimate"].Empty() {
		d.now["timeestimate"] = v
	}
}

// Workratio is the time spent in percent of the original estimate; -1 without one.
func (i *Issue) Workratio() int64 {
	spent, _ := i.Time("timespent")
	all, is := i.Time("timeoriginalestimate")
	if !is || all == 0 {
		return -1
	}
	return 100 * spent / all
}
