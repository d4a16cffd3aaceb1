package aws

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"example.com/accord/durable"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// Secrets are the secrets of Secrets Manager whose names begin with a prefix.
// One that was read is kept for a while, so that a function that is started a
// thousand times a minute asks once, and one that has been changed is known soon.
// While Secrets Manager does not answer, what was read last is still good.
type Secrets struct {
	vault  Vault
	prefix string
	keep   time.Duration

	mu   sync.Mutex
	read map[string]secret
}

type secret struct {
	value string
	at    time.Time
}

// A Vault is what Secrets uses of a [secretsmanager.Client].
type Vault interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

// NewSecrets returns the secrets under prefix, each kept for so long.
func NewSecrets(v Vault, prefix string, keep time.Duration) *Secrets {
	return &Secrets{vault: v, prefix: prefix, keep: keep, read: map[string]secret{}}
}

// Secret returns the text of a secret, without the space around it, such as the
// end of the line in a file that it was made of, or durable.ErrNotFound. No error
// holds it.
func (s *Secrets) Secret(ctx context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	had, ok := s.read[name]
	if ok && time.Since(had.at) < s.keep {
		return had.value, nil
	}
	out, err := s.vault.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: new(s.prefix + name)})
	switch {
	case err == nil && out.SecretString != nil:
		text := strings.TrimSpace(*out.SecretString)
		s.read[name] = secret{text, time.Now()}
		return text, nil
	case err == nil:
		return "", fmt.Errorf("read secret %s%s: it is no text", s.prefix, name)
	case codeOf(err) == "ResourceNotFoundException":
		delete(s.read, name)
		return "", fmt.Errorf("read secret %s%s: %w", s.prefix, name, durable.ErrNotFound)
	case ok && ctx.Err() == nil && codeOf(err) != "AccessDeniedException":
		return had.value, nil
	}
	return "", fmt.Errorf("read secret %s%s: %w", s.prefix, name, err)
}

// Forget lets the next call read name again: the site did not take it.
func (s *Secrets) Forget(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.read, name)
}
