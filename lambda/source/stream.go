package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.com/accord/durable"
)

// MaxRecord is the largest record of a stream in bytes: 1 MiB ("Kinesis Data
// Streams quotas").
const MaxRecord = 1 << 20

// ErrTooBig says that a record is larger than MaxRecord.
var ErrTooBig = errors.New("the record is over 1 MiB")

// A Stream is a stream of one shard. Each record is a blob, named by its
// sequence number, until a mapping has dealt with it. One process puts and
// reads it.
type Stream struct {
	blobs  durable.Blobs
	prefix string
	bell   chan struct{} // has room for one: something was put

	mu   sync.Mutex
	last int64
}

// A Record is one record of a stream.
type Record struct {
	Sequence string    // 20 digits: later records have greater ones
	Arrived  time.Time // the sequence number is that time
	Data     []byte
}

// Open opens the stream whose records are the blobs that begin with prefix.
func Open(ctx context.Context, blobs durable.Blobs, prefix string) (*Stream, error) {
	s := &Stream{blobs: blobs, prefix: prefix, bell: make(chan struct{}, 1)}
	for key, err := range blobs.Keys(ctx, prefix) {
		if err != nil {
			return nil, fmt.Errorf("open stream: %w", err)
		}
		if n, err := strconv.ParseInt(strings.TrimPrefix(key, prefix), 10, 64); err == nil {
			s.last = max(s.last, n)
		}
	}
	s.ring()
	return s, nil
}

// Put adds a record. When it returns, the record survives a power cut. Errors:
// ErrTooBig, and those of the blobs.
func (s *Stream) Put(ctx context.Context, data []byte) error {
	if len(data) > MaxRecord {
		return fmt.Errorf("put record: %w", ErrTooBig)
	}
	if err := s.blobs.Put(ctx, s.key(s.next()), bytes.NewReader(data)); err != nil {
		return fmt.Errorf("put record: %w", err)
	}
	s.ring()
	return nil
}

// next is a number that no record has had, whatever the clock says.
func (s *Stream) next() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = max(s.last+1, time.Now().UnixNano())
	return s.last
}

func (s *Stream) key(n int64) string { return fmt.Sprintf("%s%020d", s.prefix, n) }

func (s *Stream) ring() {
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

// Read returns the records with the lowest sequence numbers, as many as max and
// as go into one event.
func (s *Stream) Read(ctx context.Context, max int) (out []Record, full bool, err error) {
	size := overhead
	for key, err := range s.blobs.Keys(ctx, s.prefix) {
		if err != nil {
			return nil, false, fmt.Errorf("read stream: %w", err)
		}
		r, err := s.record(ctx, key)
		if errors.Is(err, durable.ErrNotFound) {
			continue
		} else if err != nil {
			return nil, false, fmt.Errorf("read stream: %w", err)
		}
		if size += sizeOf(r); size > maxEvent {
			return out, true, nil
		}
		if out = append(out, r); len(out) == max {
			return out, true, nil
		}
	}
	return out, false, nil
}

func (s *Stream) record(ctx context.Context, key string) (Record, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(key, s.prefix), 10, 64)
	if err != nil {
		return Record{}, fmt.Errorf("blob %s is no record: %w", key, err)
	}
	f, err := s.blobs.Open(ctx, key)
	if err != nil {
		return Record{}, err
	}
	data, err := io.ReadAll(f)
	return Record{Sequence: fmt.Sprintf("%020d", n), Arrived: time.Unix(0, n), Data: data}, errors.Join(err, f.Close())
}

// forget removes records that were dealt with.
func (s *Stream) forget(ctx context.Context, rs []Record) error {
	var errs []error
	for _, r := range rs {
		errs = append(errs, s.blobs.Remove(ctx, s.prefix+r.Sequence))
	}
	return errors.Join(errs...)
}
