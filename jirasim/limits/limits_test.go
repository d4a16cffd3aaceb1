package limits_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/jirasim/limits"
)

var start = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestABucketFillsAgain(t *testing.T) {
	b := &limits.Bucket{Rate: 2, Size: 3}
	for n := range 3 {
		if v := b.Take(start); v.Refused || v.Remaining != 2-n {
			t.Fatalf("take %d: %+v", n, v)
		}
	}
	v := b.Take(start)
	if !v.Refused || v.Wait != 500*time.Millisecond || !v.Near() || !v.Reset.Equal(start.Add(1500*time.Millisecond)) {
		t.Fatalf("the fourth: %+v", v)
	}
	if v := b.Take(start.Add(500 * time.Millisecond)); v.Refused {
		t.Fatalf("after the wait it said: %+v", v)
	}
	if v := b.Take(start.Add(time.Hour)); v.Remaining != 2 {
		t.Fatalf("after an hour: %+v, want a full bucket less one", v)
	}
}

func TestAnEndpointHasItsOwnBurst(t *testing.T) {
	c := limits.NewCloud()
	take := func(method, route string, n int) (refused int) {
		for range n {
			if c.Endpoint(method, route, start).Refused {
				refused++
			}
		}
		return refused
	}
	for _, x := range []struct {
		method string
		passes int
	}{{"GET", 100}, {"POST", 100}, {"PUT", 50}, {"DELETE", 50}} {
		if got := take(x.method, "/a", 120); got != 120-x.passes {
			t.Errorf("%s: %d of 120 refused, want %d", x.method, got, 120-x.passes)
		}
		if got := take(x.method, "/b", 1); got != 0 {
			t.Errorf("%s: another endpoint is limited too", x.method)
		}
	}
	if v := c.Endpoint("GET", "/a", start); v.Reason != "jira-burst-based" || v.Limit != 100 {
		t.Errorf("refused with %+v", v)
	}
}

func TestAnIssueTakesSoManyWrites(t *testing.T) {
	c := limits.NewCloud()
	now := start
	for n := range 20 {
		if v := c.Write("1", now); v.Refused {
			t.Fatalf("write %d of 20 in 2 s refused", n+1)
		}
	}
	v := c.Write("1", now)
	if !v.Refused || v.Wait != 2*time.Second || v.Reason != "jira-per-issue-on-write" {
		t.Fatalf("write 21: %+v", v)
	}
	if c.Write("2", now).Refused {
		t.Fatal("another issue is limited too")
	}
	now = now.Add(2 * time.Second)
	for n := 20; n < 100; n++ {
		now = now.Add(150 * time.Millisecond)
		if v := c.Write("1", now); v.Refused {
			t.Fatalf("write %d refused: %+v", n+1, v)
		}
	}
	now = now.Add(3 * time.Second)
	if v := c.Write("1", now); !v.Refused || v.Limit != 100 || v.Wait != start.Add(30*time.Second).Sub(now) {
		t.Fatalf("write 101 in 30 s: %+v", v)
	}
	if v := c.Write("1", start.Add(31*time.Second)); v.Refused {
		t.Fatalf("after the wait: %+v", v)
	}
}

func TestAccountsOfANodeAreLimitedApart(t *testing.T) {
	u := &limits.Users{Rate: 5, Size: 5}
	for range 5 {
		if u.Take("a", start).Refused {
			t.Fatal("refused within the limit")
		}
	}
	if !u.Take("a", start).Refused || u.Take("b", start).Refused {
		t.Fatal("the sixth passes, or another account is limited too")
	}
}

func TestAnAppHasPointsForAnHourOfTheClock(t *testing.T) {
	c := limits.NewCloud()
	now := start.Add(40 * time.Minute)
	for n := range 3 {
		if v := c.Points("a", 3, 10, now); v.Refused || v.Remaining != 10-3*(n+1) || !v.Reset.Equal(start.Add(time.Hour)) || v.Reason != limits.Global {
			t.Fatalf("request %d: %+v", n, v)
		}
	}
	if v := c.Points("a", 3, 10, now); !v.Refused || v.Wait != 20*time.Minute || v.Remaining != 1 || v.Limit != 10 {
		t.Fatalf("over its points: %+v", v)
	}
	if c.Points("a", 1, 10, now).Refused {
		t.Error("what is left is not given")
	}
	if c.Points("b", 10, 10, now).Refused {
		t.Error("another app has no points of its own")
	}
	if v := c.Points("a", 3, 10, start.Add(time.Hour)); v.Refused || v.Remaining != 7 {
		t.Errorf("in the next hour: %+v", v)
	}
}

// TestNoWindowIsEverOverfull lets requests come at random and counts every
// stretch of time: 20 in 2 s, 100 in 30 s, and never refused without need.
func TestNoWindowIsEverOverfull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := limits.NewCloud()
		now := start
		var passed []time.Time
		within := func(d time.Duration) (n int) {
			for _, p := range passed {
				if p.After(now.Add(-d)) {
					n++
				}
			}
			return n
		}
		for range 300 {
			now = now.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "ms")) * time.Millisecond)
			v := c.Write("1", now)
			full := within(2*time.Second) >= 20 || within(30*time.Second) >= 100
			if v.Refused != full {
				t.Fatalf("at %v refused is %v with %d in 2 s and %d in 30 s", now.Sub(start), v.Refused, within(2*time.Second), within(30*time.Second))
			}
			if !v.Refused {
				passed = append(passed, now)
				continue
			}
			if later := now.Add(v.Wait); v.Wait <= 0 || c.Write("1", later).Refused {
				t.Fatalf("it says to wait %v, and then refuses", v.Wait)
			} else {
				now = later
				passed = append(passed, now)
			}
		}
	})
}

// TestABucketNeverGivesMoreThanItHas, and refuses for no longer than it says.
func TestABucketNeverGivesMoreThanItHas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := &limits.Bucket{Rate: 10, Size: 15}
		now, given := start, 0
		for range 200 {
			now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "ms")) * time.Millisecond)
			v := b.Take(now)
			if !v.Refused {
				given++
			} else if later := now.Add(v.Wait + time.Millisecond); b.Take(later).Refused {
				t.Fatalf("it says to wait %v, and then refuses", v.Wait)
			} else {
				now = later
				given++
			}
			if most := 15 + 10*now.Sub(start).Seconds(); float64(given) > most+1e-6 {
				t.Fatalf("%d given in %v, at most %v", given, now.Sub(start), most)
			}
		}
	})
}
