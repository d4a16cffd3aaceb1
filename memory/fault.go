// Package memory keeps a tracker, a store, a queue and blobs in memory, with
// faults on demand. Tests and simulations run on it; under testing/synctest its
// time is the bubble's, and with the same calls it does the same.
package memory

import (
	"context"
	"sync"
)

// faulty does one operation under its lock, and lets fail speak before and
// after it.
func faulty(ctx context.Context, fail func(op string) error, op string, mu *sync.Mutex, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := ask(fail, op); err != nil {
		return err
	}
	mu.Lock()
	err := do()
	mu.Unlock()
	if err != nil {
		return err
	}
	return ask(fail, op+" done")
}

func ask(fail func(op string) error, op string) error {
	if fail == nil {
		return nil
	}
	return fail(op)
}
