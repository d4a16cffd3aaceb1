package jirasim

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/accord/jirasim/world"
)

// A Duration is written as "350ms" in JSON.
type Duration time.Duration

// MarshalJSON writes it as time.Duration prints.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON reads what time.ParseDuration takes.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) != nil {
		return fmt.Errorf(`a time is written as "350ms", "2s" or "24h", not %s`, b)
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf(`a time is written as "350ms", "2s" or "24h", not %q`, s)
	}
	*d = Duration(v)
	return nil
}

// Faults is what goes wrong, and how the site behaves.
type Faults struct {
	Rules          []Fault             `json:"rules"`
	Latency        Latency             `json:"latency"`
	Webhooks       WebhookFaults       `json:"webhooks"`
	Lag            Duration            `json:"lag"`            // the longest time until a search shows a change
	Lags           map[string]Duration `json:"lags"`           // of single issues, by id or key
	ShortPages     float64             `json:"shortPages"`     // chance that a page of a Cloud search is short
	Limits         bool                `json:"limits"`         // rate limits
	Quota          int                 `json:"quota"`          // points that an app has in an hour on Cloud, while Limits is set
	BadCredentials string              `json:"badCredentials"` // who they are: "nobody", or "refused" with 401
	ProjectEdits   string              `json:"projectEdits"`   // a project in an edit, on Data Center: "refused" or "ignored"
	MediaLoss      bool                `json:"mediaLoss"`      // on Cloud a write of rich text that drops media nodes deletes their files
	Normalise      bool                `json:"normalise"`      // text is not kept as it was written
}

// Latency passes before each request is looked at.
type Latency struct {
	Reads  Duration `json:"reads"`
	Writes Duration `json:"writes"`
}

// A Fault strikes requests.
type Fault struct {
	Method      string   `json:"method,omitempty"`      // empty: every one
	Route       string   `json:"route,omitempty"`       // a part of the route, with "$" behind it its end; empty: every one
	Skip        int      `json:"skip,omitempty"`        // how many of them it lets pass yet
	Probability float64  `json:"probability,omitempty"` // 0: always, as long as Times lasts
	Times       int      `json:"times,omitempty"`       // how often it strikes yet; 0: without end
	Latency     Duration `json:"latency,omitempty"`     // before anything is done
	Do          []Act    `json:"do,omitempty"`          // what people do to the site just before the request has its effect
	Effect      string   `json:"effect,omitempty"`      // it fails "before" or "after" it had its effect; empty: it does not fail
	Hang        Duration `json:"hang,omitempty"`        // silence before it fails
	Limit       string   `json:"limit,omitempty"`       // it fails with a 429 of this kind
	Status      int      `json:"status,omitempty"`      // it fails with this status; 0 and no Limit: the connection is cut
	RetryAfter  int      `json:"retryAfter,omitempty"`  // header, in seconds
	Body        string   `json:"body,omitempty"`        // answered with Status
}

// WebhookFaults strike deliveries of webhooks. Lost, Doubled, Late, Shuffled
// and Oversize are chances.
type WebhookFaults struct {
	Lost     float64  `json:"lost"`
	Doubled  float64  `json:"doubled"`
	Late     float64  `json:"late"`
	Delay    Duration `json:"delay"`    // the longest that a late one is late
	Shuffled float64  `json:"shuffled"` // it is overtaken by the next to the same webhook
	Oversize float64  `json:"oversize"`
	Size     int      `json:"size"`    // bytes of one that is oversize
	Largest  int      `json:"largest"` // bytes beyond which one is not delivered; 0: none
}

// How bad credentials and projects in an edit are taken.
const (
	nobody  = "nobody"
	refuses = "refused"
	ignores = "ignored"
)

// largestBody is what Cloud delivers at most: docs/JIRA.md "Webhooks".
const largestBody = 25 << 20

func defaults(o Options) Faults {
	f := Faults{Limits: o.Flavour == Cloud && !o.Unlimited, BadCredentials: refuses, ProjectEdits: refuses, Lag: Duration(2 * time.Second)}
	if o.Flavour == Cloud {
		f.ShortPages, f.Quota, f.BadCredentials, f.Webhooks.Largest = 0.25, hourly, nobody, largestBody
	}
	return o.over(f)
}

// over lays on faults what the options say of them.
func (o Options) over(f Faults) Faults {
	if o.Lag != 0 {
		f.Lag = Duration(max(0, o.Lag))
	}
	f.Limits = f.Limits && !o.Unlimited
	return f
}

// profiles are faults that have a name, as what they change.
func profiles(o Options) map[string]func(f *Faults) {
	return map[string]func(*Faults){
		"usual": func(f *Faults) { *f = defaults(o) },
		"none": func(f *Faults) {
			*f = defaults(o)
			f.Lag, f.ShortPages, f.Limits = 0, 0, false
		},
		"slow": func(f *Faults) {
			f.Latency = Latency{Duration(350 * time.Millisecond), Duration(350 * time.Millisecond)}
		},
		"rough": func(f *Faults) {
			limit := "burst"
			if o.Flavour == DataCenter {
				limit = "node"
			}
			f.Lag, f.Normalise = Duration(5*time.Second), true
			f.Rules = []Fault{{Probability: 0.01, Effect: "before", Status: 503, RetryAfter: 1}, {Probability: 0.01, Effect: "after", Status: 502},
				{Probability: 0.01, Effect: "after"}, {Probability: 0.01, Effect: "before", Limit: limit}}
			w := &f.Webhooks
			w.Lost, w.Doubled, w.Shuffled, w.Late, w.Delay = 0.05, 0.05, 0.1, 0.2, Duration(30*time.Second)
		},
	}
}

// Profiles are the names of the faults that have one, in order.
func Profiles() []string { return slices.Sorted(maps.Keys(profiles(Options{}))) }

// SetFaults changes what goes wrong as POST /_sim/faults does: by a JSON
// object in which members that are left out stay as they are.
func (s *Sim) SetFaults(text []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{s: s, w: s.w, body: text, by: world.By{Now: s.now()}}
	c.v = view{w: s.w, base: s.opt.PublicURL, api: 2, zone: time.UTC, now: c.by.Now}
	err := c.setFaults()
	s.tell(c.v)
	return err
}

// setFaults reads the body: members that are given replace what is there,
// rules and lags as a whole.
func (c *call) setFaults() error {
	s := c.s
	in := struct {
		Faults
		Profile string `json:"profile"`
		Do      []Act  `json:"do"`
	}{}
	if err := c.strict(&in); err != nil { // read twice: for the profile, and then over it
		return err
	}
	f := s.faults
	if in.Profile != "" {
		p, known := profiles(s.opt)[in.Profile]
		if !known {
			return fmt.Errorf("profile is one of %s, not %q", strings.Join(Profiles(), ", "), in.Profile)
		}
		p(&f)
	}
	rules, lags := f.Rules, f.Lags
	in.Faults = f
	in.Rules, in.Lags, in.Do = nil, nil, nil
	if err := c.strict(&in); err != nil {
		return err
	}
	f = in.Faults
	if f.Rules == nil {
		f.Rules = rules
	}
	if f.Lags == nil {
		f.Lags = lags
	}
	if err := f.check(s); err != nil {
		return err
	}
	for n, a := range in.Do {
		if err := cmp.Or(a.check(s), a.found(s)); err != nil {
			return fmt.Errorf("do[%d]: %w", n, err)
		}
	}
	s.faults = f
	s.trap()
	for n, a := range in.Do {
		if err := c.perform(a); err != nil {
			return fmt.Errorf("do[%d]: %w", n, err)
		}
	}
	return nil
}

// strict reads the body of a control request; what it does not know is refused.
func (c *call) strict(to any) error {
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	err := d.Decode(to)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the body is empty; it takes a JSON object")
	case errors.As(err, &kind):
		return fmt.Errorf("%s cannot be a JSON %s", strings.TrimPrefix(kind.Field, "Faults."), kind.Value)
	case err != nil:
		if name, is := strings.CutPrefix(err.Error(), "json: unknown field "); is {
			return fmt.Errorf("%s is not known here", name)
		}
		return fmt.Errorf("read body: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("read body: something comes after the JSON object")
	}
	return nil
}

// check refuses faults that cannot be.
func (f Faults) check(s *Sim) error {
	chances := map[string]float64{"shortPages": f.ShortPages, "webhooks.lost": f.Webhooks.Lost, "webhooks.doubled": f.Webhooks.Doubled,
		"webhooks.late": f.Webhooks.Late, "webhooks.shuffled": f.Webhooks.Shuffled, "webhooks.oversize": f.Webhooks.Oversize}
	for _, name := range sortedKeys(chances) {
		if p := chances[name]; !(p >= 0 && p <= 1) {
			return fmt.Errorf("%s is a chance between 0 and 1, not %v", name, p)
		}
	}
	least := min(f.Lag, f.Webhooks.Delay, f.Latency.Reads, f.Latency.Writes)
	for _, d := range f.Lags {
		least = min(least, d)
	}
	cloudy := s.opt.Flavour == Cloud
	switch {
	case least < 0:
		return fmt.Errorf("a time cannot be negative, as %v is", time.Duration(least))
	case f.Quota < 0 || f.Webhooks.Size < 0 || f.Webhooks.Largest < 0:
		return errors.New("quota, webhooks.size and webhooks.largest cannot be negative")
	case f.Webhooks.Size > largest:
		return fmt.Errorf("webhooks.size is %d at most, not %d", largest, f.Webhooks.Size)
	case f.Webhooks.Oversize > 0 && f.Webhooks.Size == 0:
		return errors.New("webhooks.oversize needs webhooks.size, in bytes")
	case f.Webhooks.Late > 0 && f.Webhooks.Delay == 0:
		return errors.New(`webhooks.late needs webhooks.delay, as "30s"`)
	case f.BadCredentials != nobody && f.BadCredentials != refuses:
		return fmt.Errorf("badCredentials is %q or %q, not %q", nobody, refuses, f.BadCredentials)
	case f.ProjectEdits != refuses && f.ProjectEdits != ignores:
		return fmt.Errorf("projectEdits is %q or %q, not %q", refuses, ignores, f.ProjectEdits)
	case f.ProjectEdits == ignores && cloudy:
		return errors.New("projectEdits can be ignored on Data Center only")
	case f.MediaLoss && !cloudy:
		return errors.New("mediaLoss is there on Cloud only")
	}
	for n, r := range f.Rules {
		if err := r.check(s); err != nil {
			return fmt.Errorf("rules[%d]: %w", n, err)
		}
	}
	return nil
}

// check refuses a rule that cannot be.
func (r Fault) check(s *Sim) error {
	kinds := limitKinds(s.opt.Flavour)
	switch {
	case r.Method != "" && !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "DELETE"}, r.Method):
		return fmt.Errorf("method is GET, HEAD, POST, PUT or DELETE, not %q", r.Method)
	case r.Route != "" && !s.routes.holds(r.Route):
		return fmt.Errorf("no route of this site has %q in it; GET /_sim/requests names routes as /rest/api/2/issue/{issue}", r.Route)
	case r.Effect != "" && r.Effect != "before" && r.Effect != "after":
		return fmt.Errorf(`effect is "before", "after" or left out, not %q`, r.Effect)
	case r.Status != 0 && (r.Status < 200 || r.Status > 599):
		return fmt.Errorf("status must be between 200 and 599, not %d", r.Status)
	case !(r.Probability >= 0 && r.Probability <= 1):
		return fmt.Errorf("probability is a chance between 0 and 1, not %v", r.Probability)
	case r.Skip < 0 || r.Times < 0 || r.Latency < 0 || r.Hang < 0 || r.RetryAfter < 0:
		return errors.New("skip, times, latency, hang and retryAfter cannot be negative")
	case r.Limit != "" && !slices.Contains(kinds, r.Limit):
		return fmt.Errorf("limit is one of %s on this site, not %q", strings.Join(kinds, ", "), r.Limit)
	case r.Limit != "" && (r.Status != 0 || r.Body != ""):
		return errors.New("a limit brings its own status and body")
	case r.Effect == "" && (r.Status != 0 || r.Limit != "" || r.Hang != 0):
		return errors.New(`status, limit and hang need an effect, "before" or "after"`)
	case (r.RetryAfter != 0 || r.Body != "") && r.Status == 0 && r.Limit == "":
		return errors.New("retryAfter and body need a status")
	case r.Effect == "" && r.Latency == 0 && len(r.Do) == 0:
		return errors.New("it does nothing: it needs an effect, a latency or something to do")
	}
	for n, a := range r.Do {
		if err := a.check(s); err != nil {
			return fmt.Errorf("do[%d]: %w", n, err)
		}
	}
	return nil
}

// fits reports whether a part of a route is in this one: as it is asked for, or
// with "{v}" for every version; with "$" behind it, at the end.
func (r *route) fits(part string) bool {
	if end, is := strings.CutSuffix(part, "$"); is {
		return strings.HasSuffix(r.name, end) || strings.HasSuffix(r.path, end)
	}
	return strings.Contains(r.name, part) || strings.Contains(r.path, part)
}

// holds reports whether a rule for a route could ever strike.
func (n *node) holds(part string) bool {
	if n == nil {
		return false
	}
	for _, r := range n.routes {
		if !r.control && r.fits(part) {
			return true
		}
	}
	for _, m := range n.next {
		if m.holds(part) {
			return true
		}
	}
	return n.any.holds(part)
}
