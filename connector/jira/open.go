package jira

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"example.com/accord/connector"
	"example.com/accord/connector/jira/hook"
)

// Options are what a Client may be told besides its site. The zero Options do.
type Options struct {
	Log     *slog.Logger     // nil: nothing is logged
	Now     func() time.Time // nil: time.Now
	HTTP    *http.Client     // nil: made for the site, with its proxy and authorities
	Timeout time.Duration    // of each call; 0: 30 s
}

// A Client talks to one site on behalf of all its participants: they share its
// limits, what it learnt about the site, and the hook. It implements
// [connector.Hooks].
type Client struct {
	site     Site
	dialect  dialect
	http     *http.Client
	log      *slog.Logger
	now      func() time.Time
	timeout  time.Duration
	pageSize int // issues on a page of a walk; they come with little beside their ids

	limits *limits
	clock  *clock

	account memo[person]
	catalog memo[catalog]
	people  people
	marks   marks
	logs    logs

	mu       sync.Mutex
	projects []string // keys of the participants, in the order of [Client.Participant]
}

// Open prepares to talk to a site. It makes no call.
func Open(site Site, o Options) (*Client, error) {
	site.URL = strings.TrimRight(site.URL, "/")
	if u, err := url.Parse(site.URL); err != nil || u.Host == "" {
		return nil, fmt.Errorf("open %s: url %q is no address such as https://acme.atlassian.net", site.Name, site.URL)
	}
	c := &Client{
		site: site, dialect: dialectOf(site.Flavour), http: o.HTTP, log: o.Log, now: o.Now, timeout: o.Timeout,
		pageSize: 250, clock: &clock{},
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.limits = newLimits(site.Shared, c.now, c.log)
	if c.timeout == 0 {
		c.timeout = 30 * time.Second
	}
	if c.http == nil {
		transport, err := Transport(site.Proxy, site.CAFile)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", site.Name, err)
		}
		c.http = &http.Client{Transport: transport}
	}
	// A redirect leads to a log-in page, or would carry our credentials elsewhere.
	c.http = &http.Client{Transport: c.http.Transport, Jar: c.http.Jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	return c, nil
}

// Transport returns what calls of a site go through: an HTTP proxy, empty for
// that of the environment, and a PEM file of authorities to trust beside the
// system's, empty for none.
func Transport(proxy, caFile string) (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 16
	if proxy != "" {
		u, err := url.Parse(proxy)
		if err != nil || u.Host == "" {
			return nil, fmt.Errorf("proxy is no address such as http://proxy:3128")
		}
		t.Proxy = http.ProxyURL(u)
	}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, fmt.Errorf("read ca_file: %w", err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read ca_file %s: no PEM certificate in it", caFile)
		}
		t.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	return t, nil
}

// A Participant is one project on the site. It implements
// [connector.Connector] and [connector.Checker].
type Participant struct {
	c       *Client
	project Project
	quiet   leave // to edit without notifying people
	history leave // to sign the history
	screens screens
	called  memo[string] // the key of the project, as the site has it now
}

// Participant returns the connector of one project.
func (c *Client) Participant(p Project) *Participant {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.projects = append(c.projects, p.Key)
	return &Participant{c: c, project: p}
}

// NewEvents returns the reader of a site's webhooks, whichever version their
// address has. Projects are all participants on the site.
func NewEvents(site Site, log *slog.Logger, projects ...Project) connector.Events {
	r := &hook.Reader{Secret: site.Secret, App: site.App}
	for _, p := range projects {
		r.Projects = append(r.Projects, hook.Project{Participant: p.Participant, Key: p.Key})
	}
	return r.All(log)
}

// A memo is a value that is loaded once and again when it is old.
type memo[T any] struct {
	mu    sync.Mutex
	at    time.Time // when it was loaded; zero: never
	value T
}

func (m *memo[T]) get(now time.Time, age time.Duration, load func() (T, error)) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.at.IsZero() && now.Sub(m.at) < age {
		return m.value, nil
	}
	v, err := load()
	if err != nil {
		return v, err
	}
	m.value, m.at = v, now
	return v, nil
}
