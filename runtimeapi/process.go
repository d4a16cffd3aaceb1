package runtimeapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A process is one running bootstrap, and the interface that it calls.
type process struct {
	cmd    *exec.Cmd
	server *http.Server
	began  time.Time
	ready  chan struct{} // gets one each time it asks for an event
	next   chan *event   // what it is given then
	ended  chan struct{} // closed once it has died
	failed chan *Failure // why it could not start
	now    atomic.Pointer[event]
	count  int
	share  float64 // cores that it may use while it handles an event; 0: all
	tmp    string  // its os.TempDir, as this process sees it
	most   int     // MiB that tmp may hold
	peak   int     // MiB in memory, when it was last looked at; 0: never
}

// An event is one on its way.
type event struct {
	id       string
	body     []byte
	deadline time.Time
	answer   chan answer // has room for one
}

type answer struct {
	body []byte
	err  error
}

// become bounds the process before its first instruction: the shell mounts the
// folder $2 of $3 MiB if it may, and becomes the bootstrap.
const become = `mount -t tmpfs -o "size=$3m,mode=700" tmpfs "$2" 2>/dev/null; ulimit -d "$1" && shift 3 && exec "$@"`

// startProcess starts a bootstrap.
func startProcess(f *Function) (*process, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &process{
		began: time.Now(), ready: make(chan struct{}, 1), next: make(chan *event), ended: make(chan struct{}), failed: make(chan *Failure, 1),
		share: float64(f.Memory) / core, most: f.Tmp,
	}
	if p.most == 0 {
		p.most = 512
	}
	if p.tmp, err = os.MkdirTemp("", fmt.Sprintf("function-%d-", os.Getpid())); err != nil {
		l.Close()
		return nil, err
	}
	p.server = &http.Server{Handler: p.handler(), ReadHeaderTimeout: 10 * time.Second}
	go p.server.Serve(l) // ends when it is closed, and with no other error that matters
	if err := p.start(f, l.Addr().String()); err != nil {
		p.server.Close()
		p.clear()
		return nil, err
	}
	go func() {
		p.cmd.Wait() // how it ended is in its state
		close(p.ended)
		p.server.Close()
	}()
	return p, nil
}

// start starts the process in a namespace of its own, or in ours if it may not.
func (p *process) start(f *Function, api string) (err error) {
	limit := "unlimited"
	if f.Memory > 0 {
		limit = strconv.Itoa(f.Memory << 10)
	}
	args := slices.Concat([]string{"-c", become, "sh", limit, p.tmp, strconv.Itoa(p.most)}, f.Under, []string{f.Bootstrap})
	for _, attr := range isolations() {
		p.cmd = exec.Command("/bin/sh", args...)
		p.cmd.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + api, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + strconv.Itoa(f.Memory),
			"PATH=" + os.Getenv("PATH"), "TMPDIR=" + p.tmp}, f.Env...)
		if f.Output != nil {
			w := &lines{to: f.Output, one: &f.print}
			p.cmd.Stdout, p.cmd.Stderr = w, w
		}
		p.cmd.SysProcAttr, p.cmd.WaitDelay = attr, time.Second // what a debugger leaves behind may hold the output open
		if err = p.cmd.Start(); err == nil {
			return nil
		}
	}
	return err
}

// A lines writes what is written to it line by line.
type lines struct {
	to   io.Writer
	one  *sync.Mutex // of all that write there
	rest []byte
}

func (l *lines) Write(b []byte) (int, error) {
	l.rest = append(l.rest, b...)
	end := bytes.LastIndexByte(l.rest, '\n') + 1
	if end == 0 && len(l.rest) < 64<<10 {
		return len(b), nil
	} else if end == 0 {
		end = len(l.rest)
	}
	l.one.Lock()
	defer l.one.Unlock()
	for line := range bytes.Lines(l.rest[:end]) {
		if _, err := l.to.Write(line); err != nil {
			return 0, err
		}
	}
	l.rest = append([]byte(nil), l.rest[end:]...)
	return len(b), nil
}

func (p *process) gone() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

func (p *process) kill() {
	p.look()
	p.cmd.Process.Kill() // fails only if it has died already
	<-p.ended
}

// clear removes the folder of a process that has ended.
func (p *process) clear() { os.RemoveAll(p.tmp) }

// full says that there is more in the folder than may be. What the process has
// mounted there is bounded, and not seen from here.
func (p *process) full() error {
	var size int64
	filepath.WalkDir(p.tmp, func(_ string, d fs.DirEntry, err error) error { // what is not there takes no room
		if err == nil {
			if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
				size += info.Size()
			}
		}
		return nil
	})
	if size <= int64(p.most)<<20 {
		return nil
	}
	return &Failure{"Sandbox.StorageFull", fmt.Sprintf("it keeps %d MB in its temporary folder, and may keep %d", size>>20, p.most)}
}

// wait waits until it first asks for an event.
func (p *process) wait(ctx context.Context, limit time.Duration) (time.Duration, error) {
	var over <-chan time.Time
	if limit > 0 {
		limit = min(limit, 10*time.Second) // as Lambda gives a function to start
		t := time.NewTimer(limit)
		defer t.Stop()
		over = t.C
	}
	select {
	case <-p.ready:
		return time.Since(p.began), nil
	case f := <-p.failed:
		p.kill()
		return 0, f
	case <-p.ended:
		return 0, p.exit()
	case <-over:
		p.kill()
		return 0, &Failure{"Sandbox.Timedout", fmt.Sprintf("it did not ask for an event within %v", limit)}
	case <-ctx.Done():
		p.kill()
		return 0, ctx.Err()
	}
}

func (p *process) exit() error {
	return &Failure{"Runtime.ExitError", "the process ended: " + p.cmd.ProcessState.String()}
}

// invoke hands an event to a process that has asked for one. On success the
// process has asked for the next.
func (p *process) invoke(ctx context.Context, body []byte, limit time.Duration) (id string, out []byte, err error) {
	p.count++
	e := &event{id: fmt.Sprintf("%08d-%d", p.cmd.Process.Pid, p.count), body: body, answer: make(chan answer, 1)}
	var over <-chan time.Time
	e.deadline = time.Now().Add(24 * time.Hour)
	if limit > 0 {
		e.deadline = time.Now().Add(limit)
		t := time.NewTimer(limit)
		defer t.Stop()
		over = t.C
	}
	p.now.Store(e)
	defer p.ration()()
	select {
	case p.next <- e:
	case <-p.ended:
		return e.id, nil, p.exit()
	}
	select {
	case <-p.ready:
		out, err = e.result(&Failure{"Runtime.BadFunction", "it asked for the next event without an answer to this one"})
	case <-p.ended:
		out, err = e.result(p.exit()) // it may have said why before it died
	case <-over:
		p.kill()
		err = &Failure{"Sandbox.Timedout", fmt.Sprintf("the function did not end within %v", limit)}
	case <-ctx.Done():
		p.kill()
		err = ctx.Err()
	}
	return e.id, out, err
}

// ration keeps the process within its share of the CPU until end is called.
func (p *process) ration() (end func()) {
	if p.share == 0 || p.share >= float64(runtime.NumCPU()) {
		return func() {}
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		p.govern(stop)
	}()
	return func() { close(stop); <-done }
}

// result is the answer, or the error given if there is none.
func (e *event) result(none error) ([]byte, error) {
	select {
	case a := <-e.answer:
		return a.body, a.err
	default:
		return nil, none
	}
}

func (p *process) handler() http.Handler {
	const root = "/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root+"invocation/next", p.give)
	mux.HandleFunc("POST "+root+"invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) {
		p.take(w, r, func(body []byte) answer { return answer{body: body} })
	})
	mux.HandleFunc("POST "+root+"invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) {
		p.take(w, r, func(body []byte) answer { return answer{err: failure(body)} })
	})
	mux.HandleFunc("POST "+root+"init/error", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10)) // what is cut off explains less
		select {
		case p.failed <- failure(body):
		default:
		}
		w.WriteHeader(http.StatusAccepted)
	})
	return mux
}

// failure reads what a function says of its error.
func failure(body []byte) *Failure {
	var f Failure
	if json.Unmarshal(body, &f) != nil || f.Type == "" {
		return &Failure{"Function.Unknown", string(body)}
	}
	return &f
}

// give answers the call for the next event.
func (p *process) give(w http.ResponseWriter, r *http.Request) {
	select {
	case p.ready <- struct{}{}:
	case <-r.Context().Done():
		return
	}
	select {
	case <-r.Context().Done():
	case e := <-p.next:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", e.id)
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(e.deadline.UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:local:000000000000:function:local")
		w.Header().Set("Content-Type", "application/json")
		w.Write(e.body) // a process that does not read it has died
	}
}

// take takes the answer to the event under way, once.
func (p *process) take(w http.ResponseWriter, r *http.Request, read func([]byte) answer) {
	e := p.now.Load()
	if e == nil || e.id != r.PathValue("id") {
		http.Error(w, `{"errorType":"InvalidRequestID","errorMessage":"no event of this id is under way"}`, http.StatusBadRequest)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxPayload+1))
	a := read(body)
	status := http.StatusAccepted
	switch {
	case err != nil:
		a = answer{err: &Failure{"Runtime.TruncatedResponse", "the answer broke off"}}
	case len(body) > MaxPayload:
		a, status = answer{err: &Failure{"Function.ResponseSizeTooLarge", "the answer is over 6 MB"}}, http.StatusRequestEntityTooLarge
	}
	select {
	case e.answer <- a:
		w.WriteHeader(status)
	default:
		http.Error(w, `{"errorType":"InvalidStateTransition","errorMessage":"it was answered already"}`, http.StatusForbidden)
	}
}
