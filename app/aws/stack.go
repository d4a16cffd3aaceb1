// Package aws opens an app on a stack that is deployed on AWS, with the
// credentials and in the region that the caller's environment has. Nothing is
// asked of CloudFormation: all parts are named after the stack, as
// deploy/aws/template.yaml says.
package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	sdkconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/accord/app"
	"example.com/accord/config"
	"example.com/accord/config/published"
	"example.com/accord/connector"
	"example.com/accord/durable/aws"
)

// A Stack is one that is deployed.
type Stack struct {
	name  string
	store *aws.Store
	queue *aws.Queue
	blobs *aws.Blobs
	vault *aws.Secrets
}

// keep is for how long a secret is not read again. A command takes less.
const keep = time.Hour

// Find finds a stack by its name. It asks once: where the queues are.
func Find(ctx context.Context, name string) (*Stack, error) {
	c, err := sdkconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("find stack %s: %w", name, err)
	}
	if c.Region == "" {
		return nil, fmt.Errorf("find stack %s: nobody says in which region: set AWS_REGION, or AWS_PROFILE to a profile that has one", name)
	}
	if _, err := c.Credentials.Retrieve(ctx); err != nil {
		return nil, fmt.Errorf("find stack %s: there are no AWS credentials: log in, for example with `aws sso login`, and set AWS_PROFILE if they are not those of the default profile: %w", name, err)
	}
	n, err := names(ctx, c, name)
	if err != nil {
		return nil, Explain(fmt.Errorf("find stack %s in %s: %w", name, c.Region, err))
	}
	s := &Stack{name: name, vault: aws.NewSecrets(secretsmanager.NewFromConfig(c), name+"/", keep)}
	s.store, s.queue, s.blobs = aws.Open(c, n)
	return s, nil
}

// names are what the parts of a stack are called. The URL of a queue tells its account.
func names(ctx context.Context, c sdk.Config, name string) (n aws.Names, err error) {
	client := sqs.NewFromConfig(c)
	for lane, into := range map[string]*string{"live": &n.Live, "bulk": &n.Bulk} {
		out, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: new(name + "-" + lane)})
		if err != nil {
			return n, err
		}
		*into = *out.QueueUrl
	}
	u, err := url.Parse(n.Live)
	if err != nil {
		return n, err
	}
	account, _, ok := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if !ok {
		return n, fmt.Errorf("no account is in the address %s of its queue", n.Live)
	}
	n.Table, n.Bucket = name, name+"-"+account+"-"+c.Region
	return n, nil
}

// Config returns the configuration in use, and since when it is, or [published.ErrNone].
func (s *Stack) Config(ctx context.Context) (c config.Config, now published.Current, err error) {
	if now, err = published.Latest(ctx, s.store); err == nil {
		c, err = published.Load(ctx, s.blobs, now.Digest)
	}
	if err != nil {
		return c, now, fmt.Errorf("stack %s: %w", s.name, err)
	}
	return c, now, nil
}

// OpenState opens an app that knows no site. No credential of a site is read.
func (s *Stack) OpenState(_ context.Context, c config.Config, o app.Options) (*app.App, error) {
	return app.New(c, app.State{Store: s.store, Queue: s.queue, Gauge: s.queue}, o), nil
}

// Open opens an app, and prepares to talk to every site that c names, with the
// stack's own secrets. An error names every site that cannot be opened.
func (s *Stack) Open(ctx context.Context, c config.Config, o app.Options) (*app.App, error) {
	var err error
	if o.Keys, err = s.keys(ctx); err != nil {
		return nil, err
	}
	if c.PublicURL == config.Stack {
		known, err := published.Address(ctx, s.store)
		if err != nil {
			return nil, err
		}
		if known != "" { // else nothing can be registered yet, and says so
			c.PublicURL = known
		}
	}
	o.Secret = func(c config.Credential) (string, error) { return s.secret(ctx, c) }
	a, err := s.OpenState(ctx, c, o)
	if err == nil {
		err = a.Connect()
	}
	if err == nil {
		err = a.LoadHooks(ctx)
	}
	return a, err
}

// secret returns a credential of a site. The name of an environment variable in
// the configuration is what it is called in Secrets Manager.
func (s *Stack) secret(ctx context.Context, c config.Credential) (string, error) {
	if c.Env == "" {
		return "", fmt.Errorf("%v is no secret of stack %s", c, s.name)
	}
	return s.vault.Secret(ctx, c.Env)
}

// keys are the last parts of the addresses that the sites deliver to, by site.
func (s *Stack) keys(ctx context.Context) (map[string]connector.Secret, error) {
	text, err := s.vault.Secret(ctx, "site-keys")
	if err != nil {
		return nil, fmt.Errorf("read the sites' path keys: %w", err)
	}
	var keys map[string]string
	if json.Unmarshal([]byte(text), &keys) != nil { // its error might show one
		return nil, errors.New("read the sites' path keys: the secret is no JSON such as {\"acme\":\"…\"}")
	}
	out := map[string]connector.Secret{}
	for site, key := range keys {
		out[site] = connector.NewSecret(key)
	}
	return out, nil
}
