package answer

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"time"

	"example.com/accord/connector"
)

// A Stream is a client of Kinesis for its one call. It makes one call at a time.
type Stream struct {
	name   string
	target target
	creds  Credentials
	line   line
}

const (
	// patience is how long a call may take: a site waits for 20 s
	// (docs/JIRA.md "Webhooks"), and the gateway has to answer it before.
	patience = 8 * time.Second

	// keep is for how long a connection is trusted that nothing was said on. A
	// function is frozen between its calls and does not hear that one has gone.
	keep = 30 * time.Second
)

// OpenStream returns the stream that the environment of a function names. It
// calls nobody yet.
//
//	ACCORD_STREAM   its name
//	ACCORD_KINESIS  the address of the service, "https://kinesis.eu-central-1.amazonaws.com"
//
// and what Lambda sets: AWS_REGION and the credentials of the role.
func OpenStream(env func(string) string) (*Stream, error) {
	for _, name := range []string{"ACCORD_STREAM", "ACCORD_KINESIS", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		if env(name) == "" {
			return nil, fmt.Errorf("open stream: the environment has no %s", name)
		}
	}
	u, err := url.Parse(env("ACCORD_KINESIS"))
	if err != nil || u.Host == "" || u.Path != "" {
		return nil, fmt.Errorf("open stream: ACCORD_KINESIS is %q; want https://HOST", env("ACCORD_KINESIS"))
	}
	s := &Stream{name: env("ACCORD_STREAM"), target: target{u.Host, env("AWS_REGION"), "Kinesis_20131202.PutRecord"}}
	s.creds = Credentials{env("AWS_ACCESS_KEY_ID"), connector.NewSecret(env("AWS_SECRET_ACCESS_KEY")), connector.NewSecret(env("AWS_SESSION_TOKEN"))}
	s.line.keep = keep
	switch ip := net.ParseIP(u.Hostname()); {
	case u.Scheme == "https":
		port := u.Port()
		if port == "" {
			port = "443"
		}
		d := &tls.Dialer{Config: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}}
		s.line.dial = dial(d.DialContext, net.JoinHostPort(u.Hostname(), port))
	case u.Scheme == "http" && ip != nil && ip.IsLoopback(): // an emulator
		s.line.dial = dial(new(net.Dialer).DialContext, u.Host)
	default:
		return nil, fmt.Errorf("open stream: ACCORD_KINESIS is %q; want https", env("ACCORD_KINESIS"))
	}
	return s, nil
}

// dial returns what makes connections to one address.
func dial(make func(context.Context, string, string) (net.Conn, error), address string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) { return make(ctx, "tcp", address) }
}

// Put is [Put]. A record may be put twice if the answer to the first is lost.
func (s *Stream) Put(ctx context.Context, key string, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := json.Marshal(struct {
		StreamName, PartitionKey string
		Data                     []byte
	}{s.name, key, data})
	if err != nil {
		return fmt.Errorf("put record: %w", err)
	}
	r, text, err := s.line.call(ctx, s.creds.head(s.target, body, time.Now()), body, 64<<10)
	if err != nil {
		return fmt.Errorf("put record: %w", err)
	}
	if r.StatusCode == 200 {
		return nil
	}
	var said struct {
		Type string `json:"__type"`
	}
	if json.Unmarshal(text, &said) != nil || said.Type == "" {
		return fmt.Errorf("put record: status %d", r.StatusCode)
	}
	return fmt.Errorf("put record: status %d: %.100s", r.StatusCode, said.Type)
}
