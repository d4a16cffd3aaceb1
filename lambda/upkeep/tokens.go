package upkeep

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// MaxToken is how long a token lives at most, at Cloud and, unless an
// administrator says otherwise, at a Data Center: docs/JIRA.md "Authentication".
const MaxToken = 365 * 24 * time.Hour

// soon is from when on the log tells of a token, in days.
const soon = 14

// A Token is what a site is asked with.
type Token struct {
	Site   string
	Until  time.Time                                // when it expires; zero: nobody said
	Stored func(context.Context) (time.Time, error) // when it was stored, for one of which nobody said
}

// Tokens tell how many days are left of each token: the metric TokenDays.
type Tokens struct {
	All []Token
	Put func(site string, days float64) error
	Now func() time.Time
	Log *slog.Logger
}

// Do is a [Task].
func (t Tokens) Do(ctx context.Context) error {
	var errs []error
	for _, token := range t.All {
		until := token.Until
		if until.IsZero() {
			stored, err := token.Stored(ctx)
			if err != nil {
				errs = append(errs, fmt.Errorf("token of %s: %w", token.Site, err))
				continue
			}
			until = stored.Add(MaxToken)
		}
		days := until.Sub(t.Now()).Hours() / 24
		if days < soon {
			t.Log.Warn("token expires soon", "site", token.Site, "at", until, "said", !token.Until.IsZero())
		}
		errs = append(errs, t.Put(token.Site, days))
	}
	return errors.Join(errs...)
}

// Vault is what is used of Secrets Manager.
type Vault interface {
	ListSecretVersionIds(context.Context, *secretsmanager.ListSecretVersionIdsInput, ...func(*secretsmanager.Options)) (*secretsmanager.ListSecretVersionIdsOutput, error)
}

// StoredIn returns when the secret of that name was last given the value that it has.
func StoredIn(vault Vault, name string) func(context.Context) (time.Time, error) {
	from := struct{ vault Vault }{vault}
	return func(ctx context.Context) (time.Time, error) {
		in := &secretsmanager.ListSecretVersionIdsInput{SecretId: &name}
		for {
			out, err := from.vault.ListSecretVersionIds(ctx, in)
			if err != nil {
				return time.Time{}, fmt.Errorf("list versions of secret %s: %w", name, err)
			}
			for _, v := range out.Versions {
				if slices.Contains(v.VersionStages, "AWSCURRENT") && v.CreatedDate != nil {
					return *v.CreatedDate, nil
				}
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return time.Time{}, fmt.Errorf("list versions of secret %s: it has no value", name)
			}
		}
	}
}
