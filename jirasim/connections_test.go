package jirasim_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/jirasim"
)

// A hall is where connections come in, without a network.
type hall struct {
	doors chan net.Conn
	shut  chan struct{}
}

func (h *hall) Accept() (net.Conn, error) {
	select {
	case c := <-h.doors:
		return c, nil
	case <-h.shut:
		return nil, net.ErrClosed
	}
}

func (h *hall) Close() error   { close(h.shut); return nil }
func (h *hall) Addr() net.Addr { return &net.TCPAddr{} }

// stood serves a site, and returns what connects to it.
func stood(t *testing.T, f jirasim.Flavour) func() net.Conn {
	p := open(t, f, func(o *jirasim.Options) { o.Unlimited, o.Samples = true, 1 })
	h := &hall{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: p.sim, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(h)
	t.Cleanup(func() { server.Close() })
	return func() net.Conn {
		here, there := net.Pipe()
		h.doors <- there
		return here
	}
}

const line = "POST /rest/api/2/issue HTTP/1.1\r\nHost: jira\r\nAuthorization: Basic YWRtaW5AZXhhbXBsZS5jb206ZXhhbXBsZQ==\r\nContent-Type: application/json\r\n"

const form = "POST /_sim/ui/preview HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "

// TestNobodyIsWaitedForLong: whoever sends half a request and no more, or hangs
// up in the middle, is answered, and holds nobody else up.
func TestNobodyIsWaitedForLong(t *testing.T) {
	for name, c := range map[string]struct {
		sent string
		want int // 0: the connection ends without an answer
	}{
		"nothing":               {"", 0},
		"half of a line":        {"GET /rest/api/2/mys", 0},
		"half of a body":        {line + "Content-Length: 100\r\n\r\n{\"fields\":", 408},
		"half of a chunk":       {line + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"", 408},
		"no chunk":              {line + "Transfer-Encoding: chunked\r\n\r\n", 408},
		"a chunk that is none":  {line + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
		"a length that is none": {line + "Content-Length: -1\r\n\r\n", 400},
		"too long a body":       {line + "Content-Length: 99999999999\r\n\r\n{}", 408},
		"too long a line":       {"GET /" + strings.Repeat("a", 2<<20) + " HTTP/1.1\r\n", 431},
		"half of a form":        {form + "application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ntext=", 408},
		"half of a file":        {form + "multipart/form-data; boundary=b\r\nContent-Length: 100\r\n\r\n--b\r\nContent-Disp", 400},
		"too long a form":       {form + "multipart/form-data; boundary=b\r\nContent-Length: 99999999999\r\n\r\n--b\r\n", 408},
		"no escape":             {"GET /rest/api/2/issue/%zz HTTP/1.1\r\nHost: jira\r\n\r\n", 400},
		"another protocol":      {"\x16\x03\x01\x02\x00\x01\x00", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dial := stood(t, jirasim.Cloud)
				slow := dial()
				defer slow.Close()
				began := time.Now()
				go io.WriteString(slow, c.sent)
				other := dial()
				defer other.Close()
				go io.WriteString(other, "GET /rest/api/2/serverInfo HTTP/1.1\r\nHost: jira\r\nConnection: close\r\n\r\n")
				if got, err := http.ReadResponse(bufio.NewReader(other), nil); err != nil || got.StatusCode != 200 {
					t.Errorf("another one meanwhile is answered %v, %v", got, err)
				}
				in := bufio.NewReader(slow)
				got, err := http.ReadResponse(in, nil)
				if status := 0; err == nil {
					if status = got.StatusCode; status != c.want && c.want != 0 {
						t.Errorf("answered %d, want %d", status, c.want)
					}
					io.Copy(io.Discard, got.Body)
				} else if c.want != 0 {
					t.Errorf("not answered: %v", err)
				}
				if _, err := in.ReadByte(); err == nil || errors.Is(err, net.ErrClosed) {
					t.Errorf("after that: %v", err)
				}
				if took := time.Since(began); took > time.Minute {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// TestALateAnswerIsWaitedFor: what is slow is the site, and not the caller.
func TestALateAnswerIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := stood(t, jirasim.Cloud)
		ask := func(method, path, body string) int {
			c := dial()
			defer c.Close()
			go fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: jira\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", method, path, len(body), body)
			got, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			io.Copy(io.Discard, got.Body)
			return got.StatusCode
		}
		if got := ask("POST", "/_sim/faults", `{"rules":[{"latency":"10m"}]}`); got != 200 {
			t.Fatalf("the fault is answered %d", got)
		}
		if got := ask("GET", "/rest/api/2/serverInfo", ""); got != 200 {
			t.Errorf("after ten minutes it is answered %d", got)
		}
	})
}

// FuzzConnections sends any bytes and hangs up: every connection ends, and what
// comes back is HTTP.
func FuzzConnections(f *testing.F) {
	for _, s := range []string{"", "\r\n\r\n", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", line + "Content-Length: 2\r\n\r\n{}", line + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", line + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		line + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", line + "Expect: x\r\n\r\n", "GET /rest/api/2/issue/%00%ff%2e%2e%2f?jql=%zz&&;&=&%00=%ff HTTP/1.1\r\nHost: jira\r\n\r\n", "GET //rest///api/2/./../myself HTTP/1.0\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: jira\r\n\r\n", "CONNECT jira:80 HTTP/1.1\r\nHost: jira\r\n\r\n", "GET http://other/rest/api/2/myself HTTP/1.1\r\nHost: jira\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HEAD /rest/api/2/serverInfo HTTP/1.1\r\nHost: jira\r\n\r\nGET /rest/api/2/serverInfo HTTP/1.1\r\nHost: jira\r\n\r\n",
		"GET /rest/api/2/serverInfo?" + strings.Repeat("a=b&", 5000) + " HTTP/1.1\r\nHost: jira\r\n\r\n", "POST /_sim/ui/preview HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 3\r\n\r\n--b", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\nHost: jira\r\nX: " + strings.Repeat("x", 5000) + "\r\n\r\n"} {
		f.Add(true, s)
		f.Add(false, s)
	}
	f.Fuzz(func(t *testing.T, cloud bool, sent string) {
		flavour := jirasim.DataCenter
		if cloud {
			flavour = jirasim.Cloud
		}
		if strings.Contains(sent, "_sim/ui/events") || strings.Contains(sent, "latency") {
			t.Skip("what is to go on")
		}
		synctest.Test(t, func(t *testing.T) {
			c := stood(t, flavour)()
			defer c.Close()
			go io.WriteString(c, sent)
			time.AfterFunc(5*time.Minute, func() { c.Close() })
			back, _ := io.ReadAll(c)
			if s := string(back); s != "" && !strings.HasPrefix(s, "HTTP/1.") {
				t.Errorf("%q is answered %q", sent, s)
			}
			if strings.HasPrefix(string(back), "HTTP/1.1 500") {
				t.Errorf("%q is answered %q", sent, back)
			}
		})
	})
}
