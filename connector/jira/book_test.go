package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/connector"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// TestABookLetsNoMoreThrough: whatever is taken when, in blocks or call by call:
// in no stretch of time does more become usable than the bucket lets through.
func TestABookLetsNoMoreThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := allowance{key: "x", Rate: float64(rapid.IntRange(1, 50).Draw(t, "rate")), Size: float64(rapid.IntRange(1, 50).Draw(t, "size")), cost: 1}
		type grant struct {
			at time.Time
			n  int
		}
		var b book
		var grants []grant
		now := noon
		for range rapid.IntRange(1, 60).Draw(t, "takes") {
			now = now.Add(time.Duration(rapid.IntRange(0, 700).Draw(t, "ms")) * time.Millisecond)
			n, at := b.take(a, rapid.IntRange(1, 9).Draw(t, "block"), now)
			if at.Before(now) || n == 0 && at.Sub(now) <= patience {
				t.Fatalf("%d at %v, it is %v", n, at, now)
			}
			if n > 0 {
				grants = append(grants, grant{at, n})
			}
			raw, err := json.Marshal(b) // as another process reads it
			if b = (book{}); err != nil || json.Unmarshal(raw, &b) != nil {
				t.Fatal(err)
			}
		}
		for i := range grants {
			sum := 0
			for _, g := range grants[i:] {
				sum += g.n
				if most := a.Size + a.Rate*g.at.Sub(grants[i].at).Seconds() + 1e-6; float64(sum) > most {
					t.Fatalf("%d within %v, at most %.2f", sum, g.at.Sub(grants[i].at), most)
				}
			}
		}
	})
}

// TestABookStaysSmall: it forgets the issues that nobody writes to any more.
func TestABookStaysSmall(t *testing.T) {
	var b book
	for i := range 100_000 {
		b.take(allowance{key: issueKey + fmt.Sprint(i), Rate: issueRate, Size: issueSize, cost: 1}, 1, noon.Add(time.Duration(i)*20*time.Millisecond))
	}
	raw, err := json.Marshal(b)
	if err != nil || len(raw) > 60_000 || len(b.Used) < 2 {
		t.Errorf("%d issues in %d bytes, %v", len(b.Used), len(raw), err)
	}
}

func TestABookHeedsTheSite(t *testing.T) {
	var b book
	a := allowance{key: "x", Rate: 10, Size: 50, cost: 1}
	b.take(a, 1, noon)
	b.drain("x", noon)
	if n, at := b.take(a, 5, noon); n != 1 || at.Sub(noon) != 100*time.Millisecond {
		t.Errorf("%d after %v though the site said that little is left", n, at.Sub(noon))
	}
	told := http.Header{"X-Ratelimit-Limit": {"5"}, "X-Ratelimit-Fillrate": {"10"}, "X-Ratelimit-Interval-Seconds": {"2"}}
	if !b.tell(told) || b.tell(told) || b.Account.Rate != 4 || b.Account.Size != 4 {
		t.Errorf("it was told of an account: %+v", b.Account)
	}
	if !b.tell(http.Header{}) || b.Account.Rate != 0 || !b.Told {
		t.Errorf("the limit was lifted: %+v", b.Account)
	}
}

// TestPoints: an OAuth 2.0 app pays a point for a read and two for a write, and
// has 65,000 an hour.
func TestPoints(t *testing.T) {
	c := &Client{site: Site{Bearer: someBearer{}}, dialect: dialectOf(Cloud)}
	spent, b := 0, book{}
	for i := range 40_000 {
		r := call{method: http.MethodGet, path: "/issue/{}"}
		if i%2 == 0 {
			r = call{method: http.MethodPut, path: "/issue/{}", issue: fmt.Sprint(i)}
		}
		for _, a := range c.allowances(r, b) {
			if a.key != pointsKey {
				continue
			}
			if n, at := b.take(a, a.cost, noon.Add(time.Duration(i)*90*time.Millisecond)); at.Before(noon.Add(time.Hour)) {
				spent += n
			}
		}
	}
	if spent > 65_000 || spent < 50_000 {
		t.Errorf("%d points within an hour", spent)
	}
}

type someBearer struct{}

func (someBearer) Bearer(context.Context) (string, connector.Secret, error) {
	return "", connector.Secret{}, nil
}

func (someBearer) Refused(connector.Secret) bool { return false }
