// Package ground is what a function stands on: the state, the configuration and
// the credentials that its environment names.
//
//	ACCORD_TABLE       the DynamoDB table
//	ACCORD_LIVE_QUEUE  URL of the SQS queue of people's edits
//	ACCORD_BULK_QUEUE  URL of the SQS queue of sweeps
//	ACCORD_BUCKET      the S3 bucket
//	ACCORD_SECRETS     what the names of credentials begin with in Secrets Manager, such as "accord/"
//	ACCORD_SITE_KEYS   the secret with the path keys: JSON, a key for each site
//	ACCORD_PUBLIC_URL  where the sites reach the hooks, if the configuration leaves that to the stack
//
// The configuration is the one in use that was published last: see
// config/published.
//
// A build with the tag "local" stands on this machine instead: on the folder
// ACCORD_STATE, with ACCORD_CONFIG a file, and the credentials, ACCORD_SITE_KEYS
// among them, in environment variables. So the same functions run without AWS.
package ground

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/durable"
)

// A Ground is all of that, open.
type Ground struct {
	Config config.Config
	Store  durable.Store
	Queue  durable.Queue
	Gauge  durable.Gauge
	Blobs  durable.Blobs
	Log    *slog.Logger

	// Take makes an event of a message: see lambda/turn.
	Take func(context.Context, events.SQSMessage) (durable.Message, bool, error)

	// Tidy removes what nothing in the state names any more, and says how much
	// that was; nil: the state tidies itself.
	Tidy func(ctx context.Context, now time.Time) (int, error)

	secret vault
	env    func(string) string
	source source
	digest string // of Config
	given  *given
}

// A source returns the configuration in use and its digest. If that is the one
// had, it need not return the configuration.
type source func(ctx context.Context, had string) (config.Config, string, error)

// Open opens what the environment names. The early functions run beside it, on
// a ground that has no configuration yet.
func Open(ctx context.Context, env func(string) string, early ...func(context.Context, *Ground)) (*Ground, error) {
	g := &Ground{env: env, Log: Log(), given: &given{}}
	if err := g.open(ctx); err != nil {
		return nil, err
	}
	for _, ask := range early {
		before := *g
		go ask(ctx, &before)
	}
	c, digest, err := g.source(ctx, "")
	if err != nil {
		return nil, err
	}
	g.use(c, digest)
	return g, nil
}

// Log returns the log of a function: JSON lines, which the runtime collects.
func Log() *slog.Logger { return slog.New(slog.NewJSONHandler(os.Stdout, nil)) }

// Secret returns one credential by its whole name, for a function that stands on
// nothing else.
func Secret(ctx context.Context, env func(string) string, name string) (string, error) {
	read, err := secrets(ctx, env)
	if err != nil {
		return "", err
	}
	text, err := read(ctx, name)
	if err == nil && text == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return "", fmt.Errorf("read credential %s: %w", name, err)
	}
	return text, nil
}

// A vault returns credentials by their whole names.
type vault func(ctx context.Context, name string) (string, error)

// must returns variables of the environment, in the order asked for; the error
// names all that are missing.
func (g *Ground) must(names ...string) (values []string, err error) {
	var missing []error
	for _, name := range names {
		v := g.env(name)
		if v == "" || v == "none" { // as a template says of what is not there yet
			missing = append(missing, fmt.Errorf("the environment has no %s", name))
		}
		values = append(values, v)
	}
	return values, errors.Join(missing...)
}

// wait is how long a credential is waited for: a function has 10 s to start.
const wait = 5 * time.Second

// Secret returns a credential that the configuration names. The name of an
// environment variable there is what it is called here.
func (g *Ground) Secret(c config.Credential) (string, error) {
	if c.Env == "" {
		return "", fmt.Errorf("read credential: %v is no file that a function has", c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	text, err := g.ask(ctx, g.env("ACCORD_SECRETS")+c.Env)
	if err == nil && text == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return "", fmt.Errorf("read credential %s: %w", c.Env, err)
	}
	return text, nil
}

// ask returns a credential, and remembers that it was given.
func (g *Ground) ask(ctx context.Context, name string) (string, error) {
	text, err := g.secret(ctx, name)
	if err == nil {
		g.given.note(name, text)
	}
	return text, err
}

// Keys are the last parts of the addresses that the sites deliver to, by site.
func (g *Ground) Keys(ctx context.Context) (map[string]connector.Secret, error) {
	names, err := g.must("ACCORD_SITE_KEYS")
	if err != nil {
		return nil, err
	}
	text, err := g.ask(ctx, names[0])
	if err != nil {
		return nil, fmt.Errorf("read the sites' path keys: %w", err)
	}
	var keys map[string]string
	if json.Unmarshal([]byte(text), &keys) != nil { // its error might show one
		return nil, errors.New("read the sites' path keys: want JSON such as {\"acme\":\"…\"}")
	}
	out := map[string]connector.Secret{}
	for site, key := range keys {
		out[site] = connector.NewSecret(key)
	}
	return out, nil
}

// Fail ends a function that cannot start. The log says why.
func Fail(err error) {
	Log().Error("cannot start", "error", err)
	os.Exit(1)
}
