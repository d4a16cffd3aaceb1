package logs_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"example.com/accord/durable"
	"example.com/accord/lambda/logs"
	"example.com/accord/memory"
)

var errBroken = errors.New("broken")

// A watch is CloudWatch Logs in memory. Between two pages of events there is one
// without any, as there may be.
type watch struct {
	groups map[string][]types.FilteredLogEvent // by name
	made   time.Time                           // when they were
	page   int                                 // events of a page
	takes  time.Duration                       // a page
	broken map[string]error                    // by group
	pages  int                                 // that were read
}

func (w *watch) DescribeLogGroups(_ context.Context, in *cloudwatchlogs.DescribeLogGroupsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
	out := &cloudwatchlogs.DescribeLogGroupsOutput{}
	for _, name := range slices.Sorted(maps.Keys(w.groups)) {
		if !strings.HasPrefix(name, *in.LogGroupNamePrefix) || in.NextToken != nil && name <= *in.NextToken {
			continue
		}
		if len(out.LogGroups) == 1 {
			out.NextToken = out.LogGroups[0].LogGroupName
			break
		}
		out.LogGroups = append(out.LogGroups, types.LogGroup{LogGroupName: &name, CreationTime: new(w.made.UnixMilli())})
	}
	return out, nil
}

func (w *watch) FilterLogEvents(ctx context.Context, in *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	w.pages++
	if w.takes > 0 {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(w.takes):
		}
	}
	if err := w.broken[*in.LogGroupName]; err != nil {
		return nil, err
	}
	at, empty := 0, false
	if in.NextToken != nil {
		if _, err := fmt.Sscan(*in.NextToken, &at, &empty); err != nil {
			return nil, err
		}
	}
	var all []types.FilteredLogEvent
	for _, e := range w.groups[*in.LogGroupName] {
		if *e.Timestamp >= *in.StartTime && *e.Timestamp <= *in.EndTime {
			all = append(all, e)
		}
	}
	out := &cloudwatchlogs.FilterLogEventsOutput{}
	if !empty {
		out.NextToken = new(fmt.Sprint(at, " true"))
		return out, nil
	}
	to := min(len(all), at+w.page)
	if out.Events = all[at:to]; to < len(all) {
		out.NextToken = new(fmt.Sprint(to, " false"))
	}
	return out, nil
}

func event(at time.Time, text string) types.FilteredLogEvent {
	return types.FilteredLogEvent{Timestamp: new(at.UnixMilli()), LogStreamName: new("live[7]"), Message: &text}
}

func archiver(w *watch, store durable.Store, blobs durable.Blobs) *logs.Archiver {
	return &logs.Archiver{CloudWatch: w, Prefix: "/accord/dev/", Blobs: blobs, Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

// archives reads all that is archived, by key.
func archives(t *testing.T, blobs durable.Blobs) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for key, err := range blobs.Keys(t.Context(), "logs/") {
		if err != nil {
			t.Fatal(err)
		}
		r, err := blobs.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		zip, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(zip); lines.Scan(); {
			var l logs.Line
			if err := json.Unmarshal(lines.Bytes(), &l); err != nil || l.Stream != "live[7]" {
				t.Fatalf("%s: %v", lines.Text(), err)
			}
			out[key] = append(out[key], l.At.Format("05.000")+" "+string(l.Line))
		}
		if err := errors.Join(zip.Close(), r.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestArchive: each hour of each group is archived once, ten minutes after it.
func TestArchive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it is midnight, the first of January 2000
		now := time.Now().UTC()
		w := &watch{page: 2, made: now.Add(30 * time.Minute), groups: map[string][]types.FilteredLogEvent{
			"/accord/dev/turn": {
				event(now.Add(time.Hour), `{"msg":"turn"}`), event(now.Add(time.Hour+time.Second), "panic: \"x\""), event(now.Add(time.Hour+2*time.Second), ""),
				event(now.Add(2*time.Hour-time.Millisecond), "the last"), event(now.Add(2*time.Hour), "the next hour"),
			},
			"/accord/dev/hear": {event(now.Add(31*time.Minute), `"hear"`)}, "/accord/other/turn": {event(now.Add(time.Hour), "not ours")},
		}}
		store, blobs := memory.NewStore(), memory.NewBlobs()
		time.Sleep(2*time.Hour + 10*time.Minute)
		if a, err := archiver(w, store, blobs).Handle(t.Context()); err != nil || !a.Done || a.Archives != 2 {
			t.Fatalf("%+v, %v", a, err)
		}
		want := map[string][]string{
			"logs/hear/2000-01-01/00.jsonl.gz": {`00.000 "hear"`},
			"logs/turn/2000-01-01/01.jsonl.gz": {`00.000 {"msg":"turn"}`, `01.000 "panic: \"x\""`, `02.000 ""`, `59.999 "the last"`},
		}
		if got := archives(t, blobs); !maps.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%q", got)
		}
		pages := w.pages
		if a, err := archiver(w, store, blobs).Handle(t.Context()); err != nil || a.Archives != 0 || w.pages != pages {
			t.Errorf("%+v, %v: %d pages are read once more", a, err, w.pages-pages)
		}
		time.Sleep(time.Hour)
		if a, err := archiver(w, store, blobs).Handle(t.Context()); err != nil || a.Archives != 1 || len(archives(t, blobs)) != 3 {
			t.Errorf("the next hour: %+v, %v", a, err)
		}
	})
}

func TestAGroupThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		w := &watch{page: 9, made: now, broken: map[string]error{"/accord/dev/a": errBroken}, groups: map[string][]types.FilteredLogEvent{
			"/accord/dev/a": {event(now, "a")}, "/accord/dev/b": {event(now, "b")},
		}}
		store, blobs := memory.NewStore(), memory.NewBlobs()
		time.Sleep(2 * time.Hour)
		a, err := archiver(w, store, blobs).Handle(t.Context())
		if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "archive logs/a/2000-01-01/00.jsonl.gz: read events") || a.Archives != 1 {
			t.Errorf("%+v, %v", a, err)
		}
		w.broken = nil
		if a, err := archiver(w, store, blobs).Handle(t.Context()); err != nil || a.Archives != 1 || len(archives(t, blobs)) != 2 {
			t.Errorf("afterwards: %+v, %v", a, err)
		}
	})
}

// TestABucketThatIsDown: an hour that was not stored is archived by the next call.
func TestABucketThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		w := &watch{page: 1, made: now, groups: map[string][]types.FilteredLogEvent{"/accord/dev/a": {event(now, "1"), event(now, "2"), event(now, "3")}}}
		store, blobs := memory.NewStore(), memory.NewBlobs()
		down := *blobs
		down.Fault = func(string) error { return errBroken }
		time.Sleep(2 * time.Hour)
		if a, err := archiver(w, store, &down).Handle(t.Context()); !errors.Is(err, errBroken) || a.Archives != 0 {
			t.Errorf("%+v, %v", a, err)
		}
		if a, err := archiver(w, store, blobs).Handle(t.Context()); err != nil || a.Archives != 1 {
			t.Errorf("%+v, %v", a, err)
		}
		if got := archives(t, blobs)["logs/a/2000-01-01/00.jsonl.gz"]; len(got) != 3 {
			t.Errorf("%q", got)
		}
	})
}

// TestTimeLimit: a call stops before its time is up, and the next goes on there.
func TestTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		w := &watch{page: 1, made: now, takes: 7 * time.Second, groups: map[string][]types.FilteredLogEvent{}}
		for h := range 10 {
			for _, g := range []string{"a", "b"} {
				w.groups["/accord/dev/"+g] = append(w.groups["/accord/dev/"+g], event(now.Add(time.Duration(h)*time.Hour), "x"))
			}
		}
		store, blobs := memory.NewStore(), memory.NewBlobs()
		time.Sleep(10*time.Hour + 10*time.Minute)
		calls, stored := 0, 0
		for done := false; !done; calls++ {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			began := time.Now()
			a, err := archiver(w, store, blobs).Handle(ctx)
			cancel()
			if took := time.Since(began); err != nil || took > time.Minute-logs.Slack || calls > 20 {
				t.Fatalf("call %d: %+v, %v after %v", calls, a, err, took)
			}
			done, stored = a.Done, stored+a.Archives
		}
		if got := len(archives(t, blobs)); got != 20 || stored != 20 {
			t.Errorf("%d archives, stored %d times", got, stored)
		}
		w.groups, w.takes = map[string][]types.FilteredLogEvent{"/accord/dev/c": w.groups["/accord/dev/a"]}, time.Hour
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if a, err := archiver(w, store, blobs).Handle(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("an hour that never fits is no error: %+v, %v", a, err)
		}
	})
}

// A slow bucket takes the first bytes of a blob, and then looks how much was
// read that it has not taken.
type slow struct {
	durable.Blobs
	look func()
	size int64
}

func (s *slow) Put(_ context.Context, _ string, r io.Reader) error {
	if _, err := io.CopyN(io.Discard, r, 1<<20); err != nil {
		return err
	}
	time.Sleep(time.Minute)
	synctest.Wait()
	s.look()
	n, err := io.Copy(io.Discard, r)
	s.size = n
	return err
}

func (s *slow) Keys(context.Context, string) iter.Seq2[string, error] { return nil }

// TestAPageAtATime: of an hour with 12 MB of log no more than two pages are in memory.
func TestAPageAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now, rng := time.Now(), rand.New(rand.NewPCG(1, 2))
		var all []types.FilteredLogEvent
		for range 12 * 8 {
			b := make([]byte, 1<<17)
			for i := range b {
				b[i] = byte(' ' + rng.IntN(90))
			}
			all = append(all, event(now, string(b)))
		}
		w := &watch{page: 8, made: now, groups: map[string][]types.FilteredLogEvent{"/accord/dev/a": all}}
		read := 0
		blobs := &slow{look: func() { read = w.pages / 2 }} // every other page is empty
		time.Sleep(2 * time.Hour)
		if a, err := archiver(w, memory.NewStore(), blobs).Handle(t.Context()); err != nil || a.Archives != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
		if read > 3 || blobs.size < 6<<20 {
			t.Errorf("%d pages of 1 MB are read before the bucket has taken the second MB; it took %d bytes in all", read, blobs.size)
		}
	})
}

func zipped(t *testing.T, lines ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	for _, l := range lines {
		if _, err := io.WriteString(zip, l+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
