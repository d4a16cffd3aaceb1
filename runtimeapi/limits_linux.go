package runtimeapi

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// core is how many MiB of memory come with one core ("Configure Lambda function
// memory").
const core = 1769

const (
	period = 20 * time.Millisecond // in which a process may use its share as it likes
	glance = 5 * time.Millisecond  // between two looks at what it has used
	tick   = 10 * time.Millisecond // in which the kernel counts it: USER_HZ, proc(5)
)

// isolations are the ways to start a process, the best first: with mounts of
// its own, as root or as this user, and without. It dies with this process, and
// is out of reach of a terminal's Ctrl-C.
func isolations() []*syscall.SysProcAttr {
	own := syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	root, user := own, own
	root.Unshareflags = syscall.CLONE_NEWNS
	user.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS
	user.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
	user.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	if os.Getuid() == 0 {
		return []*syscall.SysProcAttr{&root, &own}
	}
	return []*syscall.SysProcAttr{&user, &own}
}

// tidy removes the folders of processes whose parent was killed, and could not.
func tidy() {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "function-*-*"))
	if err != nil {
		return
	}
	for _, dir := range left {
		_, rest, _ := strings.Cut(filepath.Base(dir), "-")
		text, _, _ := strings.Cut(rest, "-")
		if pid, err := strconv.Atoi(text); err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			os.RemoveAll(dir) // what cannot be removed is another user's
		}
	}
}

// govern stops the process whenever it has used more than its share of the time
// that has passed, for as long as it is ahead. It runs again at the end.
func (p *process) govern(stop <-chan struct{}) {
	began, before := time.Now(), p.used()
	wait := time.NewTimer(glance)
	defer wait.Stop()
	for {
		select {
		case <-stop:
			return
		case <-p.ended:
			return
		case <-wait.C:
		}
		ahead := p.used() - before - time.Duration(p.share*float64(time.Since(began)+period))
		if ahead <= 0 {
			wait.Reset(glance)
			continue
		}
		p.pause(stop, time.Duration(float64(ahead)/p.share))
		wait.Reset(glance)
	}
}

// pause stops the process for so long, or until stop is closed.
func (p *process) pause(stop <-chan struct{}, d time.Duration) {
	p.cmd.Process.Signal(syscall.SIGSTOP) // fails only if it has died
	defer p.cmd.Process.Signal(syscall.SIGCONT)
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-stop:
	case <-p.ended:
	case <-t.C:
	}
}

// used is the CPU time of the process; 0 once it has ended.
func (p *process) used() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	_, rest, ok := bytes.Cut(b, []byte(") ")) // the name before may hold spaces
	f := bytes.Fields(rest)
	if err != nil || !ok || len(f) < 13 {
		return 0
	}
	var sum time.Duration
	for _, field := range f[11:13] { // utime, stime
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0
		}
		sum += time.Duration(n) * tick
	}
	return sum
}

// look notes the most memory that the process has had so far.
func (p *process) look() {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return
	}
	for line := range strings.Lines(string(b)) {
		if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), " kB")); err == nil {
				p.peak = n >> 10
			}
			return
		}
	}
}
