// Package runtimeapi runs a Lambda function's bootstrap on this machine, with
// Lambda's limits. It speaks the runtime's side of the interface that AWS
// documents under "Using the Lambda runtime API for custom runtimes", version
// 2018-06-01:
//
//	GET  …/runtime/invocation/next           waits for an event; its id, deadline and ARN are headers
//	POST …/runtime/invocation/{id}/response  the answer
//	POST …/runtime/invocation/{id}/error     the function failed
//	POST …/runtime/init/error                it could not start
//
// Each process handles one event at a time; for events at the same time there
// are several. One that dies or takes too long is not used again.
package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// MaxPayload is how large an event and an answer may be: 6 MB for a function
// that is called and waited for ("Lambda quotas").
const MaxPayload = 6 << 20

// Errors that the callers tell apart.
var (
	ErrThrottled = errors.New("as many events as may be are handled already")
	ErrPayload   = errors.New("the event is over 6 MB")
)

// A Function is one bootstrap and its limits. Its fields are set before use and
// not changed.
type Function struct {
	Bootstrap   string        // path of the executable
	Env         []string      // NAME=VALUE; nothing else of this process's environment is passed on
	Timeout     time.Duration // of each event; 0: none, for whoever has a debugger attached
	Memory      int           // MiB of data that a process may have; 0: no limit
	Concurrency int           // events at the same time; 0: 1,000, as an account has
	Output      io.Writer     // what the processes print; nil: nothing

	mu   sync.Mutex
	idle []*process
	busy int
	all  map[*process]bool
}

// A Result is what became of one event.
type Result struct {
	Payload []byte        // the answer, unless it failed
	Cold    bool          // a process was started for it
	Init    time.Duration // from there until it asked for the event; 0 unless Cold
	Took    time.Duration // from there to its answer
}

// A Failure is the error of a function that failed.
type Failure struct {
	Type    string `json:"errorType"` // such as "Runtime.ExitError", "Sandbox.Timedout", or the name of a Go type
	Message string `json:"errorMessage"`
}

// Error implements error.
func (f *Failure) Error() string { return f.Type + ": " + f.Message }

// Invoke calls the function with an event and waits for its answer. Errors:
// *[Failure], [ErrThrottled], [ErrPayload].
func (f *Function) Invoke(ctx context.Context, event []byte) (Result, error) {
	if len(event) > MaxPayload {
		return Result{}, ErrPayload
	}
	p, err := f.take()
	if err != nil {
		return Result{}, err
	}
	var r Result
	if p == nil {
		if p, err = f.start(); err == nil {
			r.Cold = true
			r.Init, err = p.wait(ctx, f.Timeout)
		}
	}
	if err == nil {
		began := time.Now()
		r.Payload, err = p.invoke(ctx, event, f.Timeout)
		r.Took = time.Since(began)
	}
	f.put(p)
	return r, err
}

// take returns a process that has nothing to do, or nil if one is to be started.
func (f *Function) take() (*process, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	most := f.Concurrency
	if most == 0 {
		most = 1000
	}
	if f.busy >= most {
		return nil, ErrThrottled
	}
	f.busy++
	for len(f.idle) > 0 { // the warmest first
		p := f.idle[len(f.idle)-1]
		f.idle = f.idle[:len(f.idle)-1]
		if !p.gone() {
			return p, nil
		}
	}
	return nil, nil
}

func (f *Function) put(p *process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy--
	if p == nil {
		return
	}
	if p.gone() {
		delete(f.all, p)
		return
	}
	f.idle = append(f.idle, p)
}

func (f *Function) start() (*process, error) {
	p, err := startProcess(f)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", f.Bootstrap, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil {
		f.all = map[*process]bool{}
	}
	f.all[p] = true
	return p, nil
}

// Close ends every process. No event may be under way.
func (f *Function) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for p := range f.all {
		p.kill()
	}
	f.all, f.idle = nil, nil
}
