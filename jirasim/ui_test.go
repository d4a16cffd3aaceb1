package jirasim_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/accord/jirasim"
)

// page sends what a browser would: a form, or with none a look.
func (p *play) page(path string, form url.Values) *httptest.ResponseRecorder {
	p.t.Helper()
	r := httptest.NewRequest("GET", "http://127.0.0.1"+path, nil)
	if form != nil {
		r = httptest.NewRequest("POST", "http://127.0.0.1"+path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	p.sim.ServeHTTP(w, r)
	return w
}

// TestThePageIsOfTheSameSite: what a client does is shown on the page, what a
// person does on the page is read over the API and told to webhooks, and no
// request of the page is counted as a client's.
func TestThePageIsOfTheSameSite(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		synctest.Test(t, func(t *testing.T) {
			r := &receiver{}
			p := listening(t, f, r, "")
			key := p.create(map[string]any{"summary": "by a client"})
			if w := p.page("/_sim/ui/projects/"+p.project(), nil); w.Code != 200 || !strings.Contains(w.Body.String(), "by a client") {
				t.Errorf("%s: the board: %d %s", f, w.Code, w.Body)
			}
			before := p.must(200, "GET", "/_sim/requests", nil).at("total")
			if w := p.page("/_sim/ui/issues/"+key+"/comment", url.Values{"body": {"by a person"}}); w.Code != 303 {
				t.Fatalf("%s: comment: %d %s", f, w.Code, w.Body)
			}
			if after := p.must(200, "GET", "/_sim/requests", nil).at("total"); before != after {
				t.Errorf("%s: %v requests before, %v after", f, before, after)
			}
			if a := p.must(200, "GET", "/issue/"+key+"/comment", nil); !strings.Contains(a.raw, "by a person") {
				t.Errorf("%s: over the API: %s", f, a.raw)
			}
			synctest.Wait()
			if n := len(r.all()["comment_created"]); n != 1 {
				t.Errorf("%s: %d webhooks of the comment", f, n)
			}
		})
	}
}

// TestFaultsPassThePageBy: a site that answers clients with 503 is still shown.
func TestFaultsPassThePageBy(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.must(200, "POST", "/_sim/faults", `{"rules":[{"route":"/","effect":"before","status":503}]}`)
		p.must(503, "GET", "/myself", nil)
		if w := p.page("/_sim/ui/projects/"+p.project(), nil); w.Code != 200 {
			t.Errorf("the board: %d", w.Code)
		}
	})
}

// TestAStreamEndsWithTheSite, so that whoever stops it does not wait.
func TestAStreamEndsWithTheSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, jirasim.Cloud)
		ended := make(chan int, 1)
		go func() {
			r := httptest.NewRequestWithContext(context.Background(), "GET", "http://127.0.0.1/_sim/ui/events", nil)
			w := httptest.NewRecorder()
			p.sim.ServeHTTP(w, r)
			ended <- w.Code
		}()
		synctest.Wait()
		select {
		case code := <-ended:
			t.Fatalf("it ended by itself: %d", code)
		default:
		}
		p.sim.Close()
		if code := <-ended; code != 200 {
			t.Errorf("it was answered %d", code)
		}
	})
}
