package upkeep

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"example.com/accord/durable"
)

// Tags is what is used of DynamoDB.
type Tags interface {
	ListTagsOfResource(context.Context, *dynamodb.ListTagsOfResourceInput, ...func(*dynamodb.Options)) (*dynamodb.ListTagsOfResourceOutput, error)
}

// Scheduler is what is used of EventBridge Scheduler.
type Scheduler interface {
	GetSchedule(context.Context, *scheduler.GetScheduleInput, ...func(*scheduler.Options)) (*scheduler.GetScheduleOutput, error)
	UpdateSchedule(context.Context, *scheduler.UpdateScheduleInput, ...func(*scheduler.Options)) (*scheduler.UpdateScheduleOutput, error)
}

// Idle shuts a developer's stack down that nobody has deployed for so long that
// it has expired: it no longer sweeps, and people are told. The next deployment
// says when it expires anew, and the upkeep after it starts what was stopped.
// The tags stage and expires say so; the table has those of its stack.
type Idle struct {
	Tags      Tags
	Table     string // its ARN
	Scheduler Scheduler
	Schedules []string      // their names
	Store     durable.Store // keeps that they are stopped, as the State "idle"
	Tell      func(ctx context.Context, subject, text string) error
	Name      string // of the stack, for people
	Now       func() time.Time
	Log       *slog.Logger
}

// idle is the State "idle": schedules that somebody else has stopped are left alone.
type idle struct {
	Since time.Time `json:"since"`
}

// Do is a [Task].
func (i Idle) Do(ctx context.Context) error {
	expires, err := i.expires(ctx)
	if err != nil {
		return err
	}
	st, err := i.Store.State(ctx, "idle")
	if err != nil {
		return fmt.Errorf("read whether the stack is idle: %w", err)
	}
	is, was := expires != "" && expires < i.Now().UTC().Format(time.DateOnly), len(st.Value) > 0
	switch {
	case is && !was:
		return i.stop(ctx, st, expires)
	case !is && was:
		return i.start(ctx, st)
	}
	return nil
}

// expires is the last day of the stack; empty: it has none.
func (i Idle) expires(ctx context.Context) (string, error) {
	tags, in := map[string]string{}, &dynamodb.ListTagsOfResourceInput{ResourceArn: &i.Table}
	for {
		out, err := i.Tags.ListTagsOfResource(ctx, in)
		if err != nil {
			return "", fmt.Errorf("list tags of %s: %w", i.Table, err)
		}
		for _, t := range out.Tags {
			tags[*t.Key] = *t.Value
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if tags["stage"] != "dev" {
		return "", nil
	}
	return tags["expires"], nil
}

func (i Idle) stop(ctx context.Context, st durable.State, expires string) (err error) {
	if err := i.set(ctx, types.ScheduleStateDisabled); err != nil {
		return err
	}
	text := fmt.Sprintf("It was to be used until %s and has not been deployed since. It sweeps no longer; webhooks are still taken. "+
		"deploy/aws/teardown.sh %s removes it with all that it stores, a deployment starts it again.", expires, i.Name)
	if err := i.Tell(ctx, "Accord: the developer stack "+i.Name+" has expired", text); err != nil {
		return err
	}
	if st.Value, err = json.Marshal(idle{i.Now()}); err == nil {
		err = i.Store.SetState(ctx, st)
	}
	if err != nil {
		return fmt.Errorf("store that the stack is idle: %w", err)
	}
	i.Log.Info("stack stopped", "expired", expires)
	return nil
}

func (i Idle) start(ctx context.Context, st durable.State) error {
	if err := i.set(ctx, types.ScheduleStateEnabled); err != nil {
		return err
	}
	st.Value = nil
	if err := i.Store.SetState(ctx, st); err != nil {
		return fmt.Errorf("store that the stack is not idle: %w", err)
	}
	i.Log.Info("stack started")
	return nil
}

// set turns all schedules on or off. An update replaces all that a schedule is
// ("UpdateSchedule" in the reference of EventBridge Scheduler).
func (i Idle) set(ctx context.Context, state types.ScheduleState) error {
	for _, name := range i.Schedules {
		is, err := i.Scheduler.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: &name})
		if err != nil {
			return fmt.Errorf("read schedule %s: %w", name, err)
		}
		_, err = i.Scheduler.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
			Name: &name, State: state, GroupName: is.GroupName, Description: is.Description, KmsKeyArn: is.KmsKeyArn,
			ScheduleExpression: is.ScheduleExpression, ScheduleExpressionTimezone: is.ScheduleExpressionTimezone,
			FlexibleTimeWindow: is.FlexibleTimeWindow, Target: is.Target, StartDate: is.StartDate, EndDate: is.EndDate,
			ActionAfterCompletion: is.ActionAfterCompletion,
		})
		if err != nil {
			return fmt.Errorf("set schedule %s: %w", name, err)
		}
	}
	return nil
}
