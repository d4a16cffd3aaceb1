package upkeep_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"example.com/accord/lambda/upkeep"
)

// A watch is CloudWatch Logs: for how many days each group is kept, 0 being for
// ever. A page has one group.
type watch struct {
	groups map[string]int32
	broken string // the group that cannot be limited
	puts   int
}

func (w *watch) DescribeLogGroups(_ context.Context, in *cloudwatchlogs.DescribeLogGroupsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
	out := &cloudwatchlogs.DescribeLogGroupsOutput{}
	for _, name := range slices.Sorted(maps.Keys(w.groups)) {
		if !strings.HasPrefix(name, *in.LogGroupNamePrefix) || in.NextToken != nil && name <= *in.NextToken {
			continue
		}
		if len(out.LogGroups) > 0 {
			out.NextToken = out.LogGroups[0].LogGroupName
			break
		}
		g := types.LogGroup{LogGroupName: &name}
		if days := w.groups[name]; days > 0 {
			g.RetentionInDays = &days
		}
		out.LogGroups = append(out.LogGroups, g)
	}
	return out, nil
}

func (w *watch) PutRetentionPolicy(_ context.Context, in *cloudwatchlogs.PutRetentionPolicyInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.PutRetentionPolicyOutput, error) {
	if *in.LogGroupName == w.broken {
		return nil, errBroken
	}
	w.puts++
	w.groups[*in.LogGroupName] = *in.RetentionInDays
	return &cloudwatchlogs.PutRetentionPolicyOutput{}, nil
}

func TestRetention(t *testing.T) {
	w := &watch{broken: "/accord/dev/turn", groups: map[string]int32{
		"/accord/dev/hear": 0, "/accord/dev/turn": 0, "/accord/dev/web": 7, "/aws/lambda/dev-hear": 0, "/aws/lambda/dev-turn": 0, "/aws/lambda/other": 0,
	}}
	r := upkeep.Retention{CloudWatch: w, Prefixes: []string{"/accord/dev/", "/aws/lambda/dev-"}, Days: 30, Log: slog.New(slog.DiscardHandler)}
	if err := r.Do(t.Context()); !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "limit log group /accord/dev/turn") {
		t.Errorf("%v", err)
	}
	w.broken = ""
	for range 2 {
		if err := r.Do(t.Context()); err != nil {
			t.Error(err)
		}
	}
	want := map[string]int32{"/accord/dev/hear": 30, "/accord/dev/turn": 30, "/accord/dev/web": 7, "/aws/lambda/dev-hear": 30, "/aws/lambda/dev-turn": 30, "/aws/lambda/other": 0}
	if fmt.Sprint(w.groups) != fmt.Sprint(want) || w.puts != 4 {
		t.Errorf("%v after %d puts", w.groups, w.puts)
	}
}
