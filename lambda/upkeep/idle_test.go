package upkeep_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamo "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/accord/durable"
	"example.com/accord/lambda/upkeep"
	"example.com/accord/memory"
)

// A desk is a stack: the tags of its table, one to a page, its schedules, and
// what people were told.
type desk struct {
	tags      [][2]string
	schedules map[string]scheduler.UpdateScheduleInput
	broken    string // what fails
	notices   []string
	store     durable.Store
}

func (d *desk) ListTagsOfResource(_ context.Context, in *dynamodb.ListTagsOfResourceInput, _ ...func(*dynamodb.Options)) (*dynamodb.ListTagsOfResourceOutput, error) {
	if d.broken == "tags" || *in.ResourceArn != "arn:table" {
		return nil, errBroken
	}
	n := 0
	if in.NextToken != nil {
		n = len(*in.NextToken)
	}
	out := &dynamodb.ListTagsOfResourceOutput{}
	if n < len(d.tags) {
		out.Tags = []dynamo.Tag{{Key: &d.tags[n][0], Value: &d.tags[n][1]}}
	}
	if n+1 < len(d.tags) {
		out.NextToken = new(strings.Repeat("x", n+1))
	}
	return out, nil
}

func (d *desk) GetSchedule(_ context.Context, in *scheduler.GetScheduleInput, _ ...func(*scheduler.Options)) (*scheduler.GetScheduleOutput, error) {
	s, ok := d.schedules[*in.Name]
	if !ok {
		return nil, errBroken
	}
	return &scheduler.GetScheduleOutput{
		Name: s.Name, GroupName: s.GroupName, State: s.State, Description: s.Description, KmsKeyArn: s.KmsKeyArn, Target: s.Target,
		ScheduleExpression: s.ScheduleExpression, ScheduleExpressionTimezone: s.ScheduleExpressionTimezone, FlexibleTimeWindow: s.FlexibleTimeWindow,
		StartDate: s.StartDate, EndDate: s.EndDate, ActionAfterCompletion: s.ActionAfterCompletion,
	}, nil
}

func (d *desk) UpdateSchedule(_ context.Context, in *scheduler.UpdateScheduleInput, _ ...func(*scheduler.Options)) (*scheduler.UpdateScheduleOutput, error) {
	if d.broken == *in.Name {
		return nil, errBroken
	}
	d.schedules[*in.Name] = *in
	return &scheduler.UpdateScheduleOutput{}, nil
}

func (d *desk) tell(_ context.Context, subject, text string) error {
	if d.broken == "topic" {
		return errBroken
	}
	d.notices = append(d.notices, subject+"\n"+text)
	return nil
}

func (d *desk) keep(t *testing.T) error {
	return upkeep.Idle{
		Tags: d, Table: "arn:table", Scheduler: d, Schedules: []string{"dev-sweep", "dev-logs"}, Store: d.store, Tell: d.tell,
		Name: "dev", Now: clock, Log: slog.New(slog.DiscardHandler),
	}.Do(t.Context())
}

// schedule is one with all that a schedule may have.
func schedule(name string) scheduler.UpdateScheduleInput {
	return scheduler.UpdateScheduleInput{
		Name: &name, GroupName: new("default"), State: types.ScheduleStateEnabled, Description: new("d"), KmsKeyArn: new("k"),
		Target: &types.Target{Arn: new("a"), RoleArn: new("r"), Input: new("{}")}, ScheduleExpression: new("rate(1 hour)"), ScheduleExpressionTimezone: new("UTC"),
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff}, StartDate: new(today), EndDate: new(today.AddDate(1, 0, 0)),
		ActionAfterCompletion: types.ActionAfterCompletionNone,
	}
}

func newDesk(tags ...[2]string) *desk {
	return &desk{tags: tags, store: memory.NewStore(), schedules: map[string]scheduler.UpdateScheduleInput{"dev-sweep": schedule("dev-sweep"), "dev-logs": schedule("dev-logs")}}
}

func (d *desk) states() string {
	return fmt.Sprint(d.schedules["dev-sweep"].State, " ", d.schedules["dev-logs"].State)
}

func TestOnlyAnExpiredDeveloperStackIsIdle(t *testing.T) {
	for reason, c := range map[string]struct {
		tags [][2]string
		idle bool
	}{
		"its last day was yesterday":  {[][2]string{{"project", "accord"}, {"stage", "dev"}, {"expires", "2026-11-23"}}, true},
		"today is its last day":       {[][2]string{{"stage", "dev"}, {"expires", "2026-11-24"}}, false},
		"it has none":                 {[][2]string{{"stage", "dev"}}, false},
		"it is nobody's to play with": {[][2]string{{"stage", "prod"}, {"expires", "2020-01-01"}}, false},
		"nobody said what it is":      {[][2]string{{"expires", "2020-01-01"}}, false},
		"it has no tags":              {nil, false},
	} {
		d := newDesk(c.tags...)
		if err := d.keep(t); err != nil {
			t.Errorf("%s: %v", reason, err)
		}
		if got := d.states() == "DISABLED DISABLED"; got != c.idle || len(d.notices) > 0 != c.idle {
			t.Errorf("%s: %s, told %q", reason, d.states(), d.notices)
		}
	}
}

// TestIdleOnce: people are told once, and only the state of a schedule changes.
func TestIdleOnce(t *testing.T) {
	d := newDesk([2]string{"stage", "dev"}, [2]string{"expires", "2026-11-01"})
	for range 3 {
		if err := d.keep(t); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.notices) != 1 || !strings.Contains(d.notices[0], "teardown.sh dev") || d.states() != "DISABLED DISABLED" {
		t.Errorf("%s, told %q", d.states(), d.notices)
	}
	d.tags[1][1] = today.AddDate(0, 0, 7).Format(time.DateOnly) // a deployment
	for range 2 {
		if err := d.keep(t); err != nil {
			t.Fatal(err)
		}
	}
	want := newDesk().schedules
	if diff := cmp.Diff(want, d.schedules, cmpopts.IgnoreUnexported(scheduler.UpdateScheduleInput{}, types.Target{}, types.FlexibleTimeWindow{})); diff != "" || len(d.notices) != 1 {
		t.Errorf("started again, a schedule is another (-want +got):\n%s", diff)
	}
	s := d.schedules["dev-sweep"]
	s.State = types.ScheduleStateDisabled
	d.schedules["dev-sweep"] = s
	if err := d.keep(t); err != nil || d.states() != "DISABLED ENABLED" {
		t.Errorf("what a person has stopped is started: %s, %v", d.states(), err)
	}
}

func TestIdleIsTriedAgain(t *testing.T) {
	for _, broken := range []string{"tags", "dev-sweep", "dev-logs", "topic"} {
		d := newDesk([2]string{"stage", "dev"}, [2]string{"expires", "2026-11-01"})
		d.broken = broken
		if err := d.keep(t); !errors.Is(err, errBroken) || len(d.notices) > 0 {
			t.Errorf("%s: %v, told %q", broken, err, d.notices)
		}
		d.broken = ""
		if err := d.keep(t); err != nil || d.states() != "DISABLED DISABLED" || len(d.notices) != 1 {
			t.Errorf("%s: %v, %s, told %q", broken, err, d.states(), d.notices)
		}
	}
}
