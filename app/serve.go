package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/web"
)

// farewell is how long what is under way may take to end: a turn makes no call
// later than a minute after it began, and each has a deadline of its own.
const farewell = 90 * time.Second

// hide is how long an event stays hidden if the process that had it dies.
const hide = 15 * time.Second

// Serve runs everything until ctx ends, or something that cannot be done
// without fails. Then it takes no more deliveries, ends what is under way, and
// returns. Whatever was accepted is in the queue or done.
func (a *App) Serve(ctx context.Context) error {
	work := []func(context.Context) error{func(ctx context.Context) error {
		o := durable.RunOptions{Workers: a.options.Workers, Hide: hide, Log: a.options.Log}
		return durable.Run(ctx, a.Queue, o, a.Turn)
	}}
	for _, s := range a.Syncs {
		work = append(work, func(ctx context.Context) error { a.sweeps(ctx, s); return nil })
	}
	for _, s := range a.Sites {
		if s.Site.Hooks {
			work = append(work, func(ctx context.Context) error { a.hooking(ctx, s); return nil })
		}
		if s.consent != nil {
			work = append(work, func(ctx context.Context) error { a.consenting(ctx, s); return nil })
		}
	}
	return a.Host(ctx, a.deliveries(), work...)
}

// Host serves the pages, and hooks where webhooks are taken, and does the work
// beside, until ctx ends or one of them fails. Each is told to stop then, and
// waited for.
func (a *App) Host(ctx context.Context, hooks http.Handler, work ...func(context.Context) error) error {
	faces, err := a.listen(ctx, hooks)
	if err != nil {
		return err
	}
	if err := a.resumeWork(ctx); err != nil {
		for _, f := range faces {
			f.listener.Close()
		}
		return err
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var all sync.WaitGroup
	for _, f := range faces {
		all.Go(func() {
			if err := f.serve(ctx); err != nil {
				a.options.Log.Error("server ended", "address", f.listener.Addr().String(), "error", err)
				fail(err)
			}
		})
	}
	for _, do := range work {
		all.Go(func() {
			if err := do(ctx); err != nil {
				fail(err)
			}
		})
	}
	a.options.Log.Info("serving", "version", a.options.Version, "pages", faces[0].listener.Addr().String(), "hooks", faces[len(faces)-1].listener.Addr().String())
	<-ctx.Done()
	a.options.Log.Info("stopping: what is under way ends first")
	all.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// A face is one listener and what it serves.
type face struct {
	listener net.Listener
	server   *http.Server
}

// serve serves until ctx ends, and then until every request has its answer.
func (f face) serve(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- f.server.Serve(f.listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	return f.server.Shutdown(bye)
}

// listen opens the listeners: of the pages, and of the hooks where they have one.
func (a *App) listen(ctx context.Context, deliveries http.Handler) ([]face, error) {
	pages, hooks := http.NewServeMux(), http.NewServeMux()
	own := a.Config.HooksAt != ""
	if !own {
		hooks = pages
	}
	pages.Handle("/", web.Pages{Status: a.Status, Log: a.options.Log}.Handler())
	hooks.Handle("/hooks/", deliveries)
	health := web.Health(func(ctx context.Context) error { _, err := a.Gauge.Depth(ctx); return err }, a.options.Log)
	hooks.Handle("GET /healthz", health)
	if own {
		pages.Handle("GET /healthz", health)
	}
	config, err := a.tls()
	if err != nil {
		return nil, err
	}
	if !own {
		f, err := a.face(ctx, a.Config.Listen, pages, config)
		return []face{f}, err
	}
	first, err := a.face(ctx, a.Config.Listen, pages, nil)
	if err != nil {
		return nil, err
	}
	second, err := a.face(ctx, a.Config.HooksAt, hooks, config)
	if err != nil {
		first.listener.Close()
	}
	return []face{first, second}, err
}

func (a *App) face(ctx context.Context, addr string, h http.Handler, config *tls.Config) (face, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return face{}, fmt.Errorf("listen: %w", err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	return face{l, web.Server(h, a.options.Log)}, nil
}

func (a *App) tls() (*tls.Config, error) {
	if a.Config.TLS.Cert == "" {
		return nil, nil
	}
	cert, err := tls.LoadX509KeyPair(a.Config.TLS.Cert, a.Config.TLS.Key)
	if err != nil {
		return nil, fmt.Errorf("read tls: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1"}}, nil
}

// deliveries takes the webhooks of all sites that send some.
func (a *App) deliveries() http.Handler {
	h := web.Hooks{Sites: map[string]web.Site{}, Store: a.Store, Now: a.options.Now, Log: a.options.Log}
	for _, s := range a.Sites {
		if !s.Site.Hooks {
			continue
		}
		h.Sites[s.Name] = web.Site{Key: connector.NewSecret(s.hook.Key), Hear: func(ctx context.Context, d connector.Delivery) error {
			_, err := engine.Hear(ctx, a.Queue, s.Tracker.Events, d)
			return err
		}}
	}
	return h.Handler()
}

// resumeWork queues what a process that died had begun, and every link of a
// sync whose rules have changed.
func (a *App) resumeWork(ctx context.Context) error {
	for _, s := range a.Syncs {
		n, err := s.Engine.Recover(ctx)
		if err != nil {
			return fmt.Errorf("recover %s: %w", s.Name, err)
		}
		if n > 0 {
			a.options.Log.Info("recovering", "sync", s.Name, "links", n)
		}
		if _, err := a.Replan(ctx, s, time.Time{}); err != nil {
			return fmt.Errorf("plan %s again: %w", s.Name, err)
		}
	}
	return nil
}
