package jirasim_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/jirasim"
)

// keys are those that webhooks told of, as they came.
func (r *receiver) keys() (out []string) {
	for _, h := range r.list() {
		key, _ := dig(h.body, "issue", "key").(string)
		out = append(out, key)
	}
	return out
}

func TestWebhooksAreOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r receiver
		p := listening(t, jirasim.Cloud, &r, "")
		p.faults(`{"webhooks":{"shuffled":1}}`)
		for range 5 {
			p.create(nil)
			synctest.Wait() // of the same instant webhooks have no order
		}
		if got, want := r.keys(), []string{"SUP-2", "SUP-1", "SUP-4", "SUP-3"}; !slices.Equal(got, want) {
			t.Errorf("they come as %v, want %v", got, want)
		}
		time.Sleep(time.Minute) // nothing overtakes the last
		if got := r.keys(); len(got) != 5 || got[4] != "SUP-5" {
			t.Errorf("in the end came %v", got)
		}
	})
}

func TestWebhooksAreOversize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r receiver
		p := listening(t, jirasim.Cloud, &r, "")
		p.faults(`{"webhooks":{"oversize":1,"size":2000000}}`)
		p.create(nil)
		synctest.Wait()
		got := r.list()
		if len(got) != 1 || len(got[0].raw) != 2000000 || dig(got[0].body, "issue", "key") != "SUP-1" {
			t.Fatalf("%d came", len(got))
		}
		if want := jirasim.Sign("It's a Secret to Everybody", got[0].raw); got[0].header.Get("X-Hub-Signature") != want {
			t.Errorf("signed %s, want %s", got[0].header.Get("X-Hub-Signature"), want)
		}
		p.faults(`{"webhooks":{"largest":1999999}}`)
		p.create(nil)
		p.faults(`{"webhooks":{"largest":2000000}}`)
		p.create(nil)
		p.faults(`{"webhooks":{"size":26214401,"largest":26214400}}`)
		p.create(nil)
		synctest.Wait()
		if got := r.keys(); !slices.Equal(got, []string{"SUP-1", "SUP-3"}) {
			t.Errorf("there came %v", got)
		}
		if n := p.must(200, "GET", "/_sim/requests", nil).at("webhooks", "tooLarge"); n != 2.0 {
			t.Errorf("%v were too large", n)
		}
	})
}

// TestTheClockHurriesWebhooks: those that wait for another try, or for their
// delay, go out when the clock says so.
func TestTheClockHurriesWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := receiver{answer: func(n int) int { return map[bool]int{true: 503, false: 200}[n <= 2] }}
		p := listening(t, jirasim.Cloud, &r, "")
		p.create(nil)
		synctest.Wait()
		start := time.Now()
		for want := 2; want <= 3; want++ {
			p.faults(`{"do":[{"forward":"4m59s"}]}`)
			synctest.Wait()
			if n := len(r.list()); n != want-1 {
				t.Fatalf("before its time %d tries", n)
			}
			p.must(200, "POST", "/_sim/clock", `{"forward":"10m"}`)
			synctest.Wait()
			if n := len(r.list()); n != want {
				t.Fatalf("%d tries, want %d", n, want)
			}
		}
		p.faults(`{"webhooks":{"late":1,"delay":"24h"}}`)
		p.create(nil)
		synctest.Wait()
		p.faults(`{"do":[{"forward":"24h"}]}`)
		synctest.Wait()
		if n := len(r.list()); n != 4 || time.Since(start) != 0 {
			t.Errorf("%d came, after %v", n, time.Since(start))
		}
	})
}

func TestADynamicWebhookEndsWhenTheClockSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r receiver
		p := consented(t, func(o *jirasim.Options) { o.Client, o.Now = &http.Client{Transport: &r}, time.Now })
		p.watch("https://accord.example/hooks")
		p.create(nil)
		synctest.Wait()
		p.faults(`{"do":[{"forward":"720h"}]}`)
		p.refresh()
		p.create(nil)
		synctest.Wait()
		if got := r.keys(); !slices.Equal(got, []string{"SUP-1"}) {
			t.Errorf("there came %v", got)
		}
	})
}

// TestWhatPeopleDoIsAnnouncedAtOnce, without another request.
func TestWhatPeopleDoIsAnnouncedAtOnce(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		synctest.Test(t, func(t *testing.T) {
			var r receiver
			p := open(t, f, func(o *jirasim.Options) {
				o.Client, o.Now = &http.Client{Transport: &r}, time.Now
				o.Projects = []jirasim.Project{{Key: "ONE", Name: "One"}, {Key: "TWO", Name: "Two"}}
			})
			p.must(201, "POST", p.hooks(), map[string]any{"name": "h", "url": "https://accord.example/hooks", "events": []string{"jira:issue_created", "jira:issue_updated", "jira:issue_deleted"}})
			told := func(what string) {
				t.Helper()
				synctest.Wait()
				all := r.list()
				if len(all) == 0 {
					t.Fatalf("%s: nothing came", what)
				}
				h := all[len(all)-1]
				if got := fmt.Sprint(h.body["webhookEvent"], " ", h.body["issue_event_type_name"], " ", dig(h.body, "issue", "key")); got != what {
					t.Errorf("there came %s, want %s", got, what)
				}
			}
			p.must(201, "POST", "/_sim/import?project=ONE", `{"key":"X-9","fields":{"summary":"old"}}`)
			told("jira:issue_created issue_created ONE-1")
			p.must(200, "POST", "/_sim/move", `{"issue":"ONE-1","project":"TWO"}`)
			told("jira:issue_updated issue_moved TWO-1")
			p.faults(`{"do":[{"move":{"issue":"TWO-1","project":"ONE"}}]}`)
			told("jira:issue_updated issue_moved ONE-2")
			if err := p.sim.SetFaults([]byte(`{"do":[{"delete":"ONE-2"}]}`)); err != nil {
				t.Fatal(err)
			}
			told("jira:issue_deleted <nil> ONE-2")
		})
	}
}

// story is what a client and its webhooks live through on a rough site.
func story(p *play, r *receiver, n int) (out []string) {
	for n := range n {
		p.at = p.at.Add(time.Second)
		key := fmt.Sprintf("%s-%d", p.project(), 1+n%7)
		var a answer
		switch n % 5 {
		case 0:
			a = p.do("POST", "/issue", fmt.Sprintf(`{"fields":{"project":{"key":%q},"issuetype":{"name":"Bug"},"summary":"issue %d"}}`, p.project(), n))
		case 1:
			a = p.do("PUT", "/issue/"+key, fmt.Sprintf(`{"fields":{"summary":"changed %d","labels":["b","a"]}}`, n))
		case 2:
			a = p.do("POST", "/issue/"+key+"/comment", map[string]any{"body": p.text(fmt.Sprint("said ", n))})
		case 3:
			a = p.do("GET", "/issue/"+key, nil)
		default:
			path := "/search"
			if p.opt.Flavour == jirasim.Cloud {
				path = "/search/jql"
			}
			a = p.do("POST", path, fmt.Sprintf(`{"jql":"project = %s order by created","maxResults":4,"fields":["summary"]}`, p.project()))
		}
		out = append(out, fmt.Sprint(a.status, a.header, a.raw))
		synctest.Wait()
	}
	time.Sleep(24 * time.Hour)
	p.at = p.at.Add(24 * time.Hour)
	var came []string
	for _, h := range r.list() {
		came = append(came, fmt.Sprint(h.at.UnixMilli(), h.url, h.header, string(h.raw)))
	}
	slices.Sort(came) // those of one instant have no order
	return append(out, came...)
}

// rough opens a site on which all that chance decides goes wrong often.
func rough(t *testing.T, f jirasim.Flavour, seed uint64, r *receiver) *play {
	p := open(t, f, func(o *jirasim.Options) { o.Client, o.Seed, o.Samples = &http.Client{Transport: r}, seed, 7 })
	p.must(201, "POST", p.hooks(), map[string]any{"name": "h", "url": "https://accord.example/hooks", "events": []string{"jira:issue_created", "jira:issue_updated", "comment_created"}})
	p.faults(`{"profile":"rough","limits":false,"shortPages":0.5,"rules":[{"effect":"before","status":503,"probability":0.1},{"method":"PUT","effect":"after","status":500,"probability":0.2,"times":5}],
		"webhooks":{"lost":0.2,"doubled":0.2,"late":0.3,"delay":"1m","shuffled":0.3,"oversize":0.1,"size":20000}}`)
	return p
}

// TestARunCanBeRepeated: one seed and the same requests meet the same faults,
// and another seed others.
func TestARunCanBeRepeated(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		run := func(seed uint64) (lived []string) {
			synctest.Test(t, func(t *testing.T) {
				var r receiver
				lived = story(rough(t, f, seed, &r), &r, 150)
			})
			return lived
		}
		one, same, other := run(7), run(7), run(8)
		if !slices.Equal(one, same) {
			for n := range min(len(one), len(same)) {
				if one[n] != same[n] {
					t.Fatalf("%s: at %d it was\n%s\nand then\n%s", f, n, one[n], same[n])
				}
			}
			t.Fatalf("%s: it was %d long and then %d", f, len(one), len(same))
		}
		failed := func(l []string) (n int) {
			for _, s := range l {
				if strings.HasPrefix(s, "50") {
					n++
				}
			}
			return n
		}
		if n := failed(one); n < 8 || n > 40 || slices.Equal(one, other) {
			t.Errorf("%s: %d of 150 failed; another seed gave the same: %v", f, n, slices.Equal(one, other))
		}
	}
}

// TestASavedRunGoesOn: what is saved holds the faults, the clock and where
// chance stands, so that a new start changes nothing.
func TestASavedRunGoesOn(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		run := func(saved bool) (lived []string) {
			synctest.Test(t, func(t *testing.T) {
				var r receiver
				p := rough(t, f, 3, &r)
				p.faults(`{"lag":"0s","do":[{"forward":"48h"}]}`)
				story(p, &r, 40)
				if saved {
					var kept bytes.Buffer
					if err := p.sim.Save(&kept); err != nil {
						t.Fatal(err)
					}
					p.sim.Close()
					o := p.opt
					o.Lag, o.Samples, o.Seed = 0, 0, 0
					p.sim = jirasim.New(o)
					t.Cleanup(p.sim.Close)
					if err := p.sim.Load(&kept); err != nil {
						t.Fatal(err)
					}
				}
				lived = append(story(p, &r, 60), p.must(200, "GET", "/_sim/faults", nil).raw)
			})
			return lived
		}
		if one, two := run(false), run(true); !slices.Equal(one, two) {
			for n := range min(len(one), len(two)) {
				if one[n] != two[n] {
					t.Fatalf("%s: at %d it was\n%.3000s\nand after a new start\n%.3000s", f, n, one[n], two[n])
				}
			}
			t.Fatalf("%s: %d and %d", f, len(one), len(two))
		}
	}
}

// TestOptionsHoldAgainstWhatWasSaved, where they say something.
func TestOptionsHoldAgainstWhatWasSaved(t *testing.T) {
	p := open(t, jirasim.Cloud)
	p.faults(`{"lag":"10s","limits":true,"lags":{"SUP-1":"1m"}}`)
	var kept bytes.Buffer
	if err := p.sim.Save(&kept); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*jirasim.Options){
		"10s true":  func(o *jirasim.Options) { o.Lag = 0 },
		"1s true":   func(o *jirasim.Options) { o.Lag = time.Second },
		"0s true":   func(o *jirasim.Options) { o.Lag = -1 },
		"10s false": func(o *jirasim.Options) { o.Lag, o.Unlimited = 0, true },
	} {
		q := open(t, jirasim.Cloud, change)
		if err := q.sim.Load(bytes.NewReader(kept.Bytes())); err != nil {
			t.Fatal(err)
		}
		a := q.must(200, "GET", "/_sim/faults", nil)
		if got := fmt.Sprint(a.at("lag"), " ", a.at("limits")); got != want || a.at("lags", "SUP-1") != "1m0s" {
			t.Errorf("%s, want %s", a.raw, want)
		}
	}
}

// TestEveryRequestIsNoted: those that fit no route, those that were cut off
// and those whose caller hung up too.
func TestEveryRequestIsNoted(t *testing.T) {
	p := open(t, jirasim.Cloud)
	p.must(404, "GET", "/rest/api/3/nothing", nil)
	p.must(405, "PATCH", "/rest/api/3/myself", nil)
	p.must(404, "GET", "/ex/jira/nobody/rest/api/3/myself", nil)
	p.faults(`{"rules":[{"route":"/myself","effect":"after","times":1}]}`)
	srv := httptest.NewServer(p.sim)
	defer srv.Close()
	if rep, err := http.Get(srv.URL + "/rest/api/3/myself"); err == nil {
		rep.Body.Close()
		t.Errorf("a cut connection answers %d", rep.StatusCode)
	}
	p.faults(`{"rules":[{"route":"/serverInfo","latency":"1h"}]}`)
	hasty := http.Client{Timeout: 20 * time.Millisecond}
	if rep, err := hasty.Get(srv.URL + "/rest/api/3/serverInfo"); err == nil {
		rep.Body.Close()
		t.Errorf("it answers %d", rep.StatusCode)
	}
	var a answer
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end) && len(a.list("log")) < 5; time.Sleep(time.Millisecond) {
		a = p.must(200, "GET", "/_sim/requests?log=true", nil)
	}
	var got []string
	for _, e := range a.list("log") {
		got = append(got, fmt.Sprint(dig(e, "method"), dig(e, "path"), dig(e, "status"), " ", dig(e, "fault")))
	}
	for _, want := range []string{"GET/rest/api/3/nothing404 <nil>", "PATCH/rest/api/3/myself405 <nil>", "GET/ex/jira/nobody/rest/api/3/myself404 <nil>", "GET/rest/api/3/myself0 after", "GET/rest/api/3/serverInfo0 hung up"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %v", want, got)
		}
	}
	if n := a.at("routes", "GET (no such route)", "count"); n != 2.0 {
		t.Errorf("%v fitted no route", n)
	}
}
