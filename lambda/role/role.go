// Package role is what a function calls AWS with: the credentials of its role
// and its region, which Lambda puts into its environment.
//
// The SDK's own package config finds the same, and brings along every other way
// to credentials, none of which there is on Lambda: a start takes a quarter
// longer with it.
package role

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Config returns it for the clients of all services. Read are AWS_REGION,
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and, for emulators
// and addresses in a network of one's own, AWS_ENDPOINT_URL and
// AWS_ENDPOINT_URL_SERVICE, such as AWS_ENDPOINT_URL_SECRETS_MANAGER.
func Config(env func(string) string) (aws.Config, error) {
	var missing []error
	for _, name := range []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		if env(name) == "" {
			missing = append(missing, fmt.Errorf("the environment has no %s", name))
		}
	}
	c := aws.Config{
		Region:        env("AWS_REGION"),
		Credentials:   credentials.NewStaticCredentialsProvider(env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY"), env("AWS_SESSION_TOKEN")),
		ConfigSources: []any{endpoints(env)},
	}
	if url := env("AWS_ENDPOINT_URL"); url != "" {
		c.BaseEndpoint = &url
	}
	return c, errors.Join(missing...)
}

// endpoints are the addresses of single services. The clients ask it.
type endpoints func(string) string

// GetServiceBaseEndpoint returns the address of a service by its id, such as
// "Secrets Manager", if there is one.
func (e endpoints) GetServiceBaseEndpoint(_ context.Context, id string) (string, bool, error) {
	url := e("AWS_ENDPOINT_URL_" + strings.ToUpper(strings.ReplaceAll(id, " ", "_")))
	return url, url != "", nil
}
