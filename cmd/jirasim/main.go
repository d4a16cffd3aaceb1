// Command jirasim is a simulated Jira, Cloud or Data Center, over HTTP.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"example.com/accord/jirasim"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	s, err := read(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "jirasim:", err)
		os.Exit(64)
	}
	if err := run(ctx, s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "jirasim:", err)
		os.Exit(1)
	}
}

// settle gives a site its accounts and what goes wrong in it.
func (s settings) settle(sim *jirasim.Sim) error {
	for _, a := range s.accounts {
		if err := sim.Enrol(a); err != nil {
			return err
		}
	}
	for _, given := range s.faults {
		text := []byte(given)
		switch {
		case slices.Contains(jirasim.Profiles(), given):
			text = fmt.Appendf(nil, `{"profile":%q}`, given)
		case !strings.HasPrefix(strings.TrimSpace(given), "{"):
			var err error
			if text, err = os.ReadFile(given); err != nil {
				return fmt.Errorf("read faults: %q is no profile (%s), no JSON and no file: %w", given, strings.Join(jirasim.Profiles(), ", "), err)
			}
		}
		if err := sim.SetFaults(text); err != nil {
			return fmt.Errorf("set faults %s: %w", given, err)
		}
	}
	return nil
}

// saveEvery is how often the state is written while the site runs; a large one
// is written less often, so that a tenth of the time at most goes into it.
// Whoever kills the site with -9 loses no more than that.
const saveEvery = 5 * time.Second

// run serves a site until ctx ends.
func run(ctx context.Context, s settings, out io.Writer) error {
	sim := jirasim.New(s.options)
	defer sim.Close()
	file := store{sim: sim, path: s.data}
	if err := file.load(); err != nil {
		return err
	}
	if err := s.settle(sim); err != nil {
		return err
	}
	l, err := net.Listen("tcp", s.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Fprintf(out, "jirasim: %s at http://%s\n", s.options.Flavour, l.Addr())
	srv := &http.Server{Handler: sim, ReadHeaderTimeout: 10 * time.Second}
	srv.RegisterOnShutdown(sim.Close) // open pages listen until then
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	tick := time.NewTimer(saveEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return errors.Join(fmt.Errorf("serve: %w", err), file.save())
		case <-tick.C:
			begun := time.Now()
			if err := file.save(); err != nil {
				return err
			}
			tick.Reset(max(saveEvery, 9*time.Since(begun)))
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.Background(), 3*time.Second)
			defer cancel()
			if err := srv.Shutdown(last); err != nil {
				_ = srv.Close() // whoever still hangs on is cut off
			}
			return file.save()
		}
	}
}
