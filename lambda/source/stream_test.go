package source_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	"example.com/accord/durable/sqlite"
	"example.com/accord/lambda/source"
	"example.com/accord/memory"
)

func opened(t *testing.T, blobs *memory.Blobs) *source.Stream {
	t.Helper()
	s, err := source.Open(t.Context(), blobs, "inbox/")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, s *source.Stream, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if err := s.Put(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, s *source.Stream, most int) (texts []string, full bool) {
	t.Helper()
	rs, full, err := s.Read(t.Context(), most)
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for _, r := range rs {
		if r.Sequence <= last || r.Arrived.IsZero() {
			t.Errorf("%s comes after %s", r.Sequence, last)
		}
		last = r.Sequence
		texts = append(texts, string(r.Data))
	}
	return texts, full
}

func TestStreamKeepsTheOrder(t *testing.T) {
	blobs := memory.NewBlobs()
	s := opened(t, blobs)
	put(t, s, "a", "b", "c")
	if got, full := read(t, s, 2); fmt.Sprint(got, full) != "[a b] true" {
		t.Errorf("%v, full %v", got, full)
	}
	s = opened(t, blobs) // the process died
	put(t, s, "d")
	if got, full := read(t, s, 500); fmt.Sprint(got, full) != "[a b c d] false" {
		t.Errorf("%v, full %v", got, full)
	}
}

// TestClock: a clock that was put back gives no number twice, nor a lower one.
func TestClock(t *testing.T) {
	blobs := memory.NewBlobs()
	if err := blobs.Put(t.Context(), fmt.Sprintf("inbox/%020d", int64(8e18)), bytes.NewReader([]byte("of the year 2223"))); err != nil {
		t.Fatal(err)
	}
	s := opened(t, blobs)
	put(t, s, "now")
	if got, _ := read(t, s, 2); fmt.Sprint(got) != "[of the year 2223 now]" {
		t.Error(got)
	}
}

func TestRecordSizes(t *testing.T) {
	s := opened(t, memory.NewBlobs())
	if err := s.Put(t.Context(), make([]byte, source.MaxRecord+1)); !errors.Is(err, source.ErrTooBig) {
		t.Errorf("over the limit: %v", err)
	}
	for range 6 {
		put(t, s, string(make([]byte, source.MaxRecord)))
	}
	if got, full := read(t, s, 500); len(got) != 4 || !full { // 4/3 MiB each
		t.Errorf("%d records of 1 MiB go into an event of 6 MB, full %v", len(got), full)
	}
}

// A broken disk takes nothing.
type broken struct{ *memory.Blobs }

func (broken) Put(context.Context, string, io.Reader) error { return io.ErrShortWrite }

func TestWhatIsNotOnTheDiskIsAnError(t *testing.T) {
	s, err := source.Open(t.Context(), broken{memory.NewBlobs()}, "inbox/")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), []byte("a")); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v", err)
	}
}

// TestManyAtOnce puts a thousand records at the same time on a disk. None is
// lost and no two have one number.
func TestManyAtOnce(t *testing.T) {
	blobs, err := sqlite.OpenBlobs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer blobs.Close()
	s, err := source.Open(t.Context(), blobs, "inbox/")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	errs := make([]error, 1000)
	for i := range errs {
		all.Go(func() { errs[i] = s.Put(t.Context(), fmt.Append(nil, i)) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	rs, _, err := s.Read(t.Context(), 2000)
	texts, numbers := map[string]bool{}, map[string]bool{}
	for _, r := range rs {
		texts[string(r.Data)], numbers[r.Sequence] = true, true
	}
	if err != nil || len(rs) != len(errs) || len(texts) != len(errs) || len(numbers) != len(errs) {
		t.Errorf("%d records, %d different ones with %d numbers: %v", len(rs), len(texts), len(numbers), err)
	}
}
