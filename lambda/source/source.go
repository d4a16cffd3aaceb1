// Package source is what stands between events and the functions that handle
// them: a stream, and the event source mappings that poll it and the queue. They
// do on this machine what AWS documents of its own under "Using Lambda with
// Kinesis" and "Using Lambda with Amazon SQS", so that a function is called here
// as it is called there.
package source

import (
	"context"
	"errors"
	"time"

	"example.com/accord/runtimeapi"
)

// A Call calls a function with an event and returns its answer. Its error is a
// [*runtimeapi.Failure] if the function was called and failed; after any other
// it may not have been called at all.
type Call func(ctx context.Context, event []byte) ([]byte, error)

func called(err error) bool {
	_, ok := errors.AsType[*runtimeapi.Failure](err)
	return ok
}

// backoff is how long to wait after so many failures in a row. AWS does not
// document its own.
func backoff(failures int) time.Duration {
	return min(time.Second<<min(max(failures-1, 0), 6), time.Minute)
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
