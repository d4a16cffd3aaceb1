package world_test

import (
	"testing"

	"pgregory.net/rapid"

	"example.com/accord/jirasim/world"
)

func TestLengthsOfWorkAreRead(t *testing.T) {
	w := world.Found(world.Cloud, 1, []world.Seat{{Key: "SUP", Name: "Support"}})
	for s, want := range map[string]int64{"3d 4h 30m": 3*8*3600 + 4*3600 + 1800, "1w": 5 * 8 * 3600, "1.5h": 5400, "90": 5400, "2 hours, 5 minutes": 7500, "1D2H": 36000, " 10m ": 600, "0": 0} {
		if got, ok := w.Seconds(s); !ok || got != want {
			t.Errorf("%q: %d, %v, want %d", s, got, ok, want)
		}
	}
	for _, s := range []string{"", " ", "x", "1y", "-1h", "1..2h", "h", "1h x", "99999999999999w", "1e9h", "٣h"} {
		if got, ok := w.Seconds(s); ok {
			t.Errorf("%q is %d seconds", s, got)
		}
	}
}

// TestLengthsOfWorkComeBack as they were written, whatever a day of work is.
func TestLengthsOfWorkComeBack(t *testing.T) {
	w := world.Found(world.DataCenter, 1, []world.Seat{{Key: "DEV", Name: "Development"}})
	rapid.Check(t, func(t *rapid.T) {
		w.Settings.DayHours = float64(rapid.IntRange(1, 24).Draw(t, "hours"))
		w.Settings.WeekDays = float64(rapid.IntRange(1, 7).Draw(t, "days"))
		n := 60 * rapid.Int64Range(0, 1<<24).Draw(t, "minutes")
		if got, ok := w.Seconds(w.Pretty(n)); !ok || got != n {
			t.Fatalf("%d seconds are %q, which is read as %d, %v", n, w.Pretty(n), got, ok)
		}
	})
}

// FuzzLengthsOfWork: no text is read as less than nothing.
func FuzzLengthsOfWork(f *testing.F) {
	for _, s := range []string{"1w 2d", "1.5h", "", "999999999999d", "1h-2m", "\x00"} {
		f.Add(s)
	}
	w := world.Found(world.Cloud, 1, []world.Seat{{Key: "SUP", Name: "Support"}})
	f.Fuzz(func(t *testing.T, s string) {
		if n, ok := w.Seconds(s); ok && n < 0 {
			t.Errorf("%q is %d seconds", s, n)
		}
	})
}
