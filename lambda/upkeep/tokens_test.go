package upkeep_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"example.com/accord/lambda/upkeep"
)

var (
	errBroken = errors.New("broken")
	today     = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
)

func clock() time.Time { return today }

// A safe is Secrets Manager: by secret, its versions from the oldest, one to a page.
type safe map[string][]types.SecretVersionsListEntry

func (s safe) ListSecretVersionIds(_ context.Context, in *secretsmanager.ListSecretVersionIdsInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.ListSecretVersionIdsOutput, error) {
	all, ok := s[*in.SecretId]
	if !ok {
		return nil, errBroken
	}
	n := 0
	if in.NextToken != nil {
		n = len(*in.NextToken)
	}
	out := &secretsmanager.ListSecretVersionIdsOutput{}
	if n < len(all) {
		out.Versions = all[n : n+1]
	}
	if n+1 < len(all) {
		out.NextToken = new(strings.Repeat("x", n+1))
	}
	return out, nil
}

func TestTokens(t *testing.T) {
	s := safe{
		"accord/ROTATED": {{CreatedDate: new(today.AddDate(-2, 0, 0)), VersionStages: []string{"AWSPREVIOUS"}}, {CreatedDate: new(today.Add(-360 * 24 * time.Hour)), VersionStages: []string{"x", "AWSCURRENT"}}},
		"accord/EMPTY":   nil,
	}
	var log bytes.Buffer
	days := map[string]float64{}
	tokens := upkeep.Tokens{
		All: []upkeep.Token{
			{Site: "said", Until: today.Add(36 * time.Hour), Stored: upkeep.StoredIn(s, "accord/ROTATED")},
			{Site: "missing", Stored: upkeep.StoredIn(s, "accord/NONE")},
			{Site: "empty", Stored: upkeep.StoredIn(s, "accord/EMPTY")},
			{Site: "stored", Stored: upkeep.StoredIn(s, "accord/ROTATED")},
			{Site: "young", Until: today.AddDate(0, 6, 0)},
			{Site: "over", Until: today.Add(-48 * time.Hour)},
		},
		Put: func(site string, n float64) error { days[site] = n; return nil },
		Now: clock, Log: slog.New(slog.NewTextHandler(&log, nil)),
	}
	err := tokens.Do(t.Context())
	if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "token of missing: list versions of secret accord/NONE") || !strings.Contains(err.Error(), "token of empty: ") {
		t.Errorf("%v", err)
	}
	if want := map[string]float64{"said": 1.5, "stored": 5, "young": 181, "over": -2}; !maps.Equal(days, want) {
		t.Errorf("%v, want %v", days, want)
	}
	if n := strings.Count(log.String(), "token expires soon"); n != 3 || strings.Contains(log.String(), "young") {
		t.Errorf("%d are told of:\n%s", n, log.String())
	}
	tokens.Put = func(string, float64) error { return errBroken }
	if err := tokens.Do(t.Context()); strings.Count(err.Error(), "broken") != 5 { // four numbers, and the secret that is missing
		t.Errorf("%v", err)
	}
}
