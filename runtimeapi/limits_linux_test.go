//go:build !race

package runtimeapi_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/accord/runtimeapi"
)

// These are left out under the race detector, which itself takes more than a
// function has.

func TestMemory(t *testing.T) {
	f := function(t)
	f.Memory = 256
	if got, r, err := invoke(t, f, "allocate", 32<<20); err != nil || got != fmt.Sprint(32<<20) || r.Peak < 32 {
		t.Errorf("within the limit: %s, %+v, %v", got, r, err)
	}
	_, _, err := invoke(t, f, "allocate", 300<<20)
	if e, ok := errors.AsType[*runtimeapi.Failure](err); !ok || e.Type != "Runtime.ExitError" {
		t.Errorf("over the limit: %v", err)
	}
}

// TestShareOfTheCPU burns as much CPU time with a quarter of a core as with all
// there is. The machine may be busy, so only what is too fast is certain.
func TestShareOfTheCPU(t *testing.T) {
	for memory, least := range map[int]time.Duration{442: 500 * time.Millisecond, 0: 0} {
		f := function(t)
		f.Memory = memory
		if _, _, err := invoke(t, f, "", 0); err != nil { // its start is not rationed
			t.Fatal(err)
		}
		_, r, err := invoke(t, f, "burn", 200)
		if err != nil || r.Took < least {
			t.Errorf("200 ms of CPU with %d MB take %v, want at least %v: %v", memory, r.Took, least, err)
		}
		t.Logf("200 ms of CPU with %d MB: %v", memory, r.Took)
	}
}

// TestWaitingIsNotRationed: a process that waits has used nothing.
func TestWaitingIsNotRationed(t *testing.T) {
	f := function(t)
	f.Memory = 128
	for range 2 {
		_, r, err := invoke(t, f, "wait", 300)
		if err != nil || r.Took > 2*time.Second {
			t.Errorf("waiting 300 ms takes %v: %v", r.Took, err)
		}
	}
}

func TestTemporaryFolder(t *testing.T) {
	f := function(t)
	f.Tmp = 4
	dir, _, err := invoke(t, f, "keep", 3)
	if err != nil || dir == os.TempDir() {
		t.Fatalf("within the limit, in %s: %v", dir, err)
	}
	if _, _, err := invoke(t, f, "keep", 6); err == nil {
		t.Error("6 MB are kept where 4 may be")
	} else {
		t.Log(err) // the function's, where the folder is bounded, or else ours
	}
	f.Close()
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is there when its process is gone: %v", err)
	}
}

// TestTemporaryFolderIsMeasured: where nothing can be mounted, the call that kept
// too much fails, and its process is not used again.
func TestTemporaryFolderIsMeasured(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // no mount(8) there
	f := function(t)
	f.Tmp = 4
	if _, _, err := invoke(t, f, "keep", 3); err != nil {
		t.Fatalf("within the limit: %v", err)
	}
	_, _, err := invoke(t, f, "keep", 6)
	if e, ok := errors.AsType[*runtimeapi.Failure](err); !ok || e.Type != "Sandbox.StorageFull" {
		t.Errorf("6 MB are kept where 4 may be: %v", err)
	}
	if _, r, err := invoke(t, f, "keep", 3); err != nil || !r.Cold {
		t.Errorf("afterwards: %+v, %v", r, err)
	}
}

// TestNothingSurvivesItsParent kills a process that has a function, which ends
// with it. This binary is the parent too.
func TestNothingSurvivesItsParent(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.Command(self)
	parent.Env = append(os.Environ(), "BOOTSTRAP=parent")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 20)
	n, err := out.Read(said)
	pid, bad := strconv.Atoi(strings.TrimSpace(string(said[:n])))
	if err := errors.Join(err, bad, syscall.Kill(pid, 0)); err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	parent.Wait() // it was killed
	folders := filepath.Join(os.TempDir(), fmt.Sprintf("function-%d-*", parent.Process.Pid))
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("process %d lives on: %s", pid, stat)
		}
	}
	if left, err := filepath.Glob(folders); err != nil || len(left) != 1 {
		t.Fatalf("folders: %v, %v", left, err)
	}
	if _, _, err := invoke(t, function(t), "", 0); err != nil { // whoever starts a function next tidies up
		t.Fatal(err)
	}
	if left, err := filepath.Glob(folders); err != nil || len(left) > 0 {
		t.Errorf("folders: %v, %v", left, err)
	}
}
