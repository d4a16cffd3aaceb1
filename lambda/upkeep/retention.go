package upkeep

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// CloudWatch is what is used of CloudWatch Logs.
type CloudWatch interface {
	DescribeLogGroups(context.Context, *cloudwatchlogs.DescribeLogGroupsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error)
	PutRetentionPolicy(context.Context, *cloudwatchlogs.PutRetentionPolicyInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.PutRetentionPolicyOutput, error)
}

// Retention sees to it that no log is kept for ever: a group that nobody made,
// because a function wrote into it before it was there, has no end.
type Retention struct {
	CloudWatch CloudWatch
	Prefixes   []string // of the groups
	Days       int32    // that a group is kept which does not say
	Log        *slog.Logger
}

// Do is a [Task].
func (r Retention) Do(ctx context.Context) error {
	var errs []error
	for _, prefix := range r.Prefixes {
		errs = append(errs, r.under(ctx, prefix))
	}
	return errors.Join(errs...)
}

func (r Retention) under(ctx context.Context, prefix string) error {
	in := &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &prefix}
	for {
		out, err := r.CloudWatch.DescribeLogGroups(ctx, in)
		if err != nil {
			return fmt.Errorf("list log groups %s: %w", prefix, err)
		}
		for _, g := range out.LogGroups {
			if g.RetentionInDays != nil {
				continue
			}
			_, err := r.CloudWatch.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: g.LogGroupName, RetentionInDays: &r.Days})
			if err != nil {
				return fmt.Errorf("limit log group %s: %w", *g.LogGroupName, err)
			}
			r.Log.Info("log group limited", "group", *g.LogGroupName, "days", r.Days)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return nil
		}
	}
}
