package logs

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"example.com/accord/durable"
)

// Slack is what is kept of the time limit for answering.
const Slack = 10 * time.Second

// late is how long after its end an hour is archived: events arrive some seconds
// after they happened.
const late = 10 * time.Minute

// CloudWatch is what is used of CloudWatch Logs.
type CloudWatch interface {
	DescribeLogGroups(context.Context, *cloudwatchlogs.DescribeLogGroupsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error)
	FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error)
}

// An Archiver archives the groups whose names begin with Prefix.
type Archiver struct {
	CloudWatch CloudWatch
	Prefix     string // ends with a slash
	Blobs      durable.Blobs
	Store      durable.Store // keeps how far it is, as the State "archive/<group>"
	Now        func() time.Time
	Slack      time.Duration // 0: [Slack]
	Log        *slog.Logger
}

// through is the State "archive/<group>".
type through struct {
	Through time.Time `json:"through"` // all before is archived
}

// errLate says that the time limit is near.
var errLate = errors.New("the time limit is near")

// Handle archives hour after hour, one group after the other, until the time
// limit is near. A group that cannot be read does not stop the others.
func (a *Archiver) Handle(ctx context.Context) (Answer, error) {
	w := &walk{Archiver: a}
	end, limited := ctx.Deadline()
	if limited {
		w.end = end.Add(-cmp.Or(a.Slack, Slack))
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, w.end)
		defer cancel()
	}
	groups, err := a.groups(ctx)
	errs := []error{err}
	answer := Answer{Done: true, Wait: 1}
	for _, g := range groups {
		err := w.group(ctx, g)
		if errors.Is(err, errLate) || ctx.Err() != nil && w.hours > 0 { // an hour that was cut off has more time in the next call
			answer.Done = false
			break
		}
		errs = append(errs, err)
	}
	answer.Archives = w.stored
	a.Log.Info("archive", "groups", len(groups), "hours", w.hours, "archives", w.stored, "events", w.events, "done", answer.Done)
	return answer, errors.Join(errs...)
}

func (a *Archiver) groups(ctx context.Context) (out []types.LogGroup, err error) {
	in := &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &a.Prefix}
	for {
		page, err := a.CloudWatch.DescribeLogGroups(ctx, in)
		if err != nil {
			return out, fmt.Errorf("list log groups %s: %w", a.Prefix, err)
		}
		out = append(out, page.LogGroups...)
		if in.NextToken = page.NextToken; in.NextToken == nil {
			return out, nil
		}
	}
}

// A walk is one call.
type walk struct {
	*Archiver
	end                   time.Time // zero: there is no limit
	longest               time.Duration
	hours, stored, events int
}

// group archives all that is due of a group.
func (w *walk) group(ctx context.Context, g types.LogGroup) error {
	name := strings.TrimPrefix(*g.LogGroupName, w.Prefix)
	st, err := w.Store.State(ctx, "archive/"+name)
	at := through{Through: time.UnixMilli(*cmp.Or(g.CreationTime, new(w.Now().UnixMilli())))}
	if err == nil && len(st.Value) > 0 {
		err = json.Unmarshal(st.Value, &at)
	}
	if err != nil {
		return fmt.Errorf("read how far %s is archived: %w", name, err)
	}
	began := at.Through
	at.Through = at.Through.UTC().Truncate(time.Hour)
	for !at.Through.Add(time.Hour + late).After(w.Now()) {
		n := 0
		if n, err = w.hour(ctx, *g.LogGroupName, name, at.Through); err != nil {
			break
		}
		at.Through = at.Through.Add(time.Hour)
		if n > 0 { // an hour in which nothing happened is quickly walked again
			st, err = w.save(ctx, st, at)
			began = at.Through
		}
		if err != nil {
			break
		}
	}
	if at.Through.After(began) {
		_, saved := w.save(context.WithoutCancel(ctx), st, at)
		err = errors.Join(err, saved)
	}
	return err
}

// save stores how far a group is, and returns the state as it is then.
func (w *walk) save(ctx context.Context, st durable.State, at through) (durable.State, error) {
	var err error
	if st.Value, err = json.Marshal(at); err == nil {
		err = w.Store.SetState(ctx, st)
	}
	if err != nil {
		return st, fmt.Errorf("store how far is archived: %w", err)
	}
	st.Revision++
	return st, nil
}

// hour archives an hour of a group, if it fits, and says how many events it has.
func (w *walk) hour(ctx context.Context, group, name string, from time.Time) (int, error) {
	began := w.Now()
	if !w.end.IsZero() && w.hours > 0 && began.Add(2*w.longest).After(w.end) {
		return 0, errLate
	}
	key := fmt.Sprintf("logs/%s/%s.jsonl.gz", name, from.Format("2006-01-02/15"))
	n, err := w.store(ctx, key, &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: &group, StartTime: new(from.UnixMilli()), EndTime: new(from.Add(time.Hour).UnixMilli() - 1), // the end belongs to it
	})
	if err != nil {
		return 0, fmt.Errorf("archive %s: %w", key, err)
	}
	if w.hours, w.longest = w.hours+1, max(w.longest, w.Now().Sub(began)); n > 0 {
		w.stored, w.events = w.stored+1, w.events+n
	}
	return n, nil
}

// store puts all events that in names under key: a page at a time is in memory.
func (w *walk) store(ctx context.Context, key string, in *cloudwatchlogs.FilterLogEventsInput) (n int, err error) {
	var first []types.FilteredLogEvent
	for more := true; more && len(first) == 0; {
		if first, more, err = w.page(ctx, in); err != nil {
			return 0, err
		}
	}
	if len(first) == 0 {
		return 0, nil
	}
	r, pipe := io.Pipe()
	wrote := make(chan int, 1)
	go func() {
		n, err := w.write(ctx, pipe, first, in)
		pipe.CloseWithError(err) // nil: the end
		wrote <- n
	}()
	err = w.Blobs.Put(ctx, key, r)
	r.CloseWithError(errors.New("the archive is not taken"))
	return <-wrote, err
}

// page reads the next events that in names, and says whether there may be more.
func (w *walk) page(ctx context.Context, in *cloudwatchlogs.FilterLogEventsInput) ([]types.FilteredLogEvent, bool, error) {
	out, err := w.CloudWatch.FilterLogEvents(ctx, in)
	if err != nil {
		return nil, false, fmt.Errorf("read events: %w", err)
	}
	in.NextToken = out.NextToken
	return out.Events, in.NextToken != nil, nil
}

// write writes events, and all that in still names.
func (w *walk) write(ctx context.Context, to io.Writer, events []types.FilteredLogEvent, in *cloudwatchlogs.FilterLogEventsInput) (n int, err error) {
	zip := gzip.NewWriter(to)
	lines := json.NewEncoder(zip)
	for {
		for _, e := range events {
			l := Line{time.UnixMilli(*cmp.Or(e.Timestamp, new(int64))).UTC(), *cmp.Or(e.LogStreamName, new("")), quoted(*cmp.Or(e.Message, new("")))}
			if err := lines.Encode(l); err != nil {
				return n, err
			}
			n++
		}
		if in.NextToken == nil {
			return n, zip.Close()
		}
		if events, _, err = w.page(ctx, in); err != nil {
			return n, err
		}
	}
}
