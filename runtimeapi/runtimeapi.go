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
// are several. One that dies or takes too long is not used again. What is
// enforced, after "Lambda quotas" of the same documentation:
//
//	time         of an event, and 10 s for a start; what takes longer is killed
//	payload      6 MB in, 6 MB out. (Callers that do not wait have 1 MB; nothing here calls so.)
//	memory       RLIMIT_DATA: what the process allocates, without its code, as Go cannot start
//	             with less address space. What asks for more dies
//	CPU          1,769 MB are one core: a process that has used more than its share of the time since
//	             the event is stopped until it has not. The start has all there is, as on Lambda
//	/tmp         its os.TempDir is a folder of its own, of 512 MB, where namespaces may be made; elsewhere
//	             the folder is measured after each event. It lasts as long as the process
//	concurrency  events at the same time; more are turned away
//
// Different from Lambda: a process is not frozen between two events and never
// retired, it may write where this user may, and what it sees of the machine is
// this machine.
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
	Under       []string      // a command that starts it, such as a debugger; its path is added. Usually empty
	Env         []string      // NAME=VALUE; nothing else of this process's environment is passed on
	Timeout     time.Duration // of each event; 0: none, nor for the start, for whoever has a debugger attached
	Memory      int           // MiB of data that a process may have, and its share of the CPU; 0: no limit of either
	Tmp         int           // MiB that it may keep in os.TempDir; 0: 512
	Concurrency int           // events at the same time; 0: 1,000, as an account has
	Output      io.Writer     // gets what the processes print, line by line; nil: nobody

	mu   sync.Mutex
	idle []*process
	busy int
	all  map[*process]bool

	print sync.Mutex // held by whoever writes to Output
	first sync.Once
}

// A Result is what became of one event, as Lambda's line REPORT has it. One that
// failed has all but the Payload, as far as it came.
type Result struct {
	Request string        // id of the event
	Payload []byte        // the answer, unless it failed
	Cold    bool          // a process was started for it
	Init    time.Duration // from there until it asked for the event; 0 unless Cold
	Took    time.Duration // from there to its answer
	Peak    int           // MiB, the most that the process has had in memory since it started; 0: it died before anybody looked
}

// Billed is what Lambda would bill: start and handling, each begun millisecond.
func (r Result) Billed() time.Duration {
	return (r.Init + r.Took + time.Millisecond - 1).Truncate(time.Millisecond)
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
		r.Request, r.Payload, err = p.invoke(ctx, event, f.Timeout)
		r.Took = time.Since(began)
	}
	if p != nil {
		p.look()
		if full := p.full(); full != nil && err == nil {
			p.kill()
			r.Payload, err = nil, full
		}
		r.Peak = p.peak
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
		delete(f.all, p)
		p.clear()
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
		p.clear()
		return
	}
	f.idle = append(f.idle, p)
}

func (f *Function) start() (*process, error) {
	f.first.Do(tidy)
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
		p.clear()
	}
	f.all, f.idle = nil, nil
}

// Warm starts a process that the next event will find, and waits until it asks
// for one.
func (f *Function) Warm(ctx context.Context) error {
	p, err := f.start()
	if err != nil {
		return err
	}
	if _, err = p.wait(ctx, f.Timeout); err != nil {
		f.Close()
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.idle = append(f.idle, p)
	return nil
}
