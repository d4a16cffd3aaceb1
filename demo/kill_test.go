package demo

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/accord/app"
	"example.com/accord/app/local"
	"example.com/accord/config"
	"example.com/accord/demo/script"
	"example.com/accord/jirasim"
)

// asServer makes this test's binary a server of the configuration that it names.
const asServer = "ACCORD_TEST_SERVE"

func TestMain(m *testing.M) {
	if path := os.Getenv(asServer); path != "" {
		if err := serveFile(path); err != nil {
			slog.Error("served", "error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func serveFile(path string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c, faults := config.Read(path)
	if err := faults.Err(); err != nil {
		return err
	}
	a, err := local.Open(ctx, c, app.Options{Log: slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Serve(ctx)
}

// TestScriptWithKills makes edits on both sides while the sync, a process of
// its own, is killed with -9 at random moments and started again. The judge has
// to be content all the same.
//
// People leave a new copy of a comment alone until the sync has looked at it
// once more. If the answer to its making died with the sync and it is deleted
// before that look, it cannot be told from one that was never made, and is made
// again: Jira's comments have no changelog.
func TestScriptWithKills(t *testing.T) {
	t.Parallel()
	s := &stage{Options: Options{Script: 200, Seed: uint64(time.Now().UnixNano()) % 1_000_000, Out: t.Output(), between: 40 * time.Millisecond}, folder: t.TempDir()}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	c, err := s.set(t.Context(), jirasim.Options{Lag: 200 * time.Millisecond, Retry: 100 * time.Millisecond}, pace{Every: "10s", Times: "{turn_max: 2s, late: 4s}"})
	if err != nil {
		t.Fatal(err)
	}
	if s.app, err = local.OpenState(t.Context(), c, app.Options{}); err != nil {
		t.Fatal(err)
	}
	killing, enough := context.WithTimeout(t.Context(), 12*time.Second)
	defer enough()
	kills, last := make(chan int, 1), make(chan *exec.Cmd, 1)
	go func() { kills <- kill(killing, t, s.folder, last) }()
	o := s.script()
	o.Within, o.Settle = time.Minute, 3*time.Second
	res, err := script.Run(t.Context(), o)
	enough()
	t.Logf("%d kills; %+v", <-kills, res)
	if err != nil {
		t.Errorf("seed %d: %v", s.Seed, err)
	}
	if res.Differing > 0 {
		t.Errorf("seed %d:\n%s", s.Seed, strings.Join(res.Findings, "\n"))
	}
	server := <-last
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the last server: %v", err)
	}
}

// kill kills the server again and again until ctx ends, and leaves one running.
func kill(ctx context.Context, t *testing.T, folder string, last chan<- *exec.Cmd) int {
	for n := 0; ; n++ {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), asServer+"="+folder+"/accord.yaml")
		cmd.Stderr = t.Output()
		if err := cmd.Start(); err != nil {
			t.Errorf("start server: %v", err)
		}
		select {
		case <-ctx.Done():
			last <- cmd
			return n
		case <-time.After(time.Duration(100+rand.IntN(1200)) * time.Millisecond):
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it says that it was killed
	}
}
