package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/accord/durable/sqlite"
)

// sender names the file into which this program, started again by a test, sends
// until it is killed.
const sender = "ACCORD_TEST_SEND_INTO"

func TestMain(m *testing.M) {
	if path := os.Getenv(sender); path != "" {
		if err := sendUntilKilled(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// sendUntilKilled sends as fast as it can and prints the id of each event that
// the queue has acknowledged.
func sendUntilKilled(path string) error {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make(chan error, 8)
	for w := range 8 {
		wg.Go(func() {
			for n := range 1_000_000 {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), w, n)
				if err := db.Send(ctx, event(id)); err != nil {
					errs <- err
					return
				}
				fmt.Println(id)
			}
		})
	}
	wg.Wait()
	return <-errs
}

// sendAndKill kills a sender after a while and returns what it had acknowledged.
func sendAndKill(t *testing.T, path string, after time.Duration) (acknowledged []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), sender+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a line without its end was not acknowledged in full
		}
		if len(acknowledged) == 0 {
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
		acknowledged = append(acknowledged, strings.TrimSuffix(line, "\n"))
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the sender ended by itself: %v", err)
	}
	return acknowledged
}

func TestKilledProcessLosesNothingAcknowledged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accord.db")
	var acknowledged []string
	for range 5 {
		got := sendAndKill(t, path, time.Duration(rand.IntN(150))*time.Millisecond)
		if len(got) == 0 {
			t.Fatal("nothing was acknowledged before the kill")
		}
		acknowledged = append(acknowledged, got...)
	}
	db := open(t, path, sqlite.Options{})
	depth, err := db.Depth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stored := map[string]bool{}
	for len(stored) < depth.Live {
		ms, err := db.Receive(t.Context(), 10_000, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ms {
			stored[m.Event.Ref.ID] = true
		}
	}
	lost := 0
	for _, id := range acknowledged {
		if !stored[id] {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d acknowledged events are lost", lost, len(acknowledged))
	}
	t.Logf("%d acknowledged, %d stored, %d lost", len(acknowledged), len(stored), lost)
}
