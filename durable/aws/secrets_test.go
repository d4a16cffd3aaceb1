package aws_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"
)

// vault holds secrets by their whole names, and counts how often it is asked.
type vault struct {
	held  map[string]*string
	fault error
	asked int
}

func (v *vault) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	v.asked++
	if v.fault != nil {
		return nil, v.fault
	}
	value, ok := v.held[*in.SecretId]
	if !ok {
		return nil, &types.ResourceNotFoundException{}
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: value}, nil
}

func TestSecretsAreKeptForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vault{held: map[string]*string{"accord/acme": new("one"), "accord/binary": nil}}
		s := aws.NewSecrets(v, "accord/", time.Minute)
		read := func(want string, asked int, why string) {
			t.Helper()
			got, err := s.Secret(t.Context(), "acme")
			if got != want || err != nil || v.asked != asked {
				t.Errorf("%s: %q (%v) after asking %d times, want %q after %d", why, got, err, v.asked, want, asked)
			}
		}
		read("one", 1, "the first")
		v.held["accord/acme"] = new("two\n") // as a file ends, which it was made of
		read("one", 1, "it is kept")
		time.Sleep(time.Minute)
		read("two", 2, "a minute later")
		v.held["accord/acme"] = new("three")
		s.Forget("acme")
		read("three", 3, "it was of no use")
		time.Sleep(time.Hour)
		v.fault = errors.New("down")
		read("three", 4, "what was read last is better than nothing")
		v.fault = &smithy.GenericAPIError{Code: "AccessDeniedException"}
		if _, err := s.Secret(t.Context(), "acme"); err == nil || strings.Contains(err.Error(), "three") {
			t.Errorf("read what is forbidden now: %v, want an error without the secret", err)
		}
		v.fault = nil
		for _, name := range []string{"none", "binary"} {
			if got, err := s.Secret(t.Context(), name); err == nil {
				t.Errorf("secret %s is %q", name, got)
			}
		}
		delete(v.held, "accord/acme")
		if _, err := s.Secret(t.Context(), "acme"); !errors.Is(err, durable.ErrNotFound) {
			t.Errorf("read what is gone: %v, want ErrNotFound", err)
		}
	})
}
