package web

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Pages show the state at / and, for programs, at /status.json.
type Pages struct {
	Status func(context.Context) (Status, error)
	Log    *slog.Logger
}

//go:embed status.html
var statusPage string

// Handler returns the handler of the pages. They need no log-in, so they are
// shown to this machine only.
func (p Pages) Handler() http.Handler { return local(p.Unguarded()) }

// Unguarded is the same for whoever asks: it stands behind a door that has asked
// already who that is.
func (p Pages) Unguarded() http.Handler {
	page := template.Must(template.New("status").Funcs(template.FuncMap{"ago": ago, "when": when}).Parse(statusPage))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		p.show(w, r, "text/html; charset=utf-8", func(s Status) error { return page.Execute(w, s) })
	})
	mux.HandleFunc("GET /status.json", func(w http.ResponseWriter, r *http.Request) {
		p.show(w, r, "application/json", func(s Status) error { return json.NewEncoder(w).Encode(s) })
	})
	return mux
}

func (p Pages) show(w http.ResponseWriter, r *http.Request, kind string, write func(Status) error) {
	s, err := p.Status(r.Context())
	if err != nil {
		p.Log.Error("status not read", "error", err)
		http.Error(w, "the state cannot be read; the log says why", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if err := write(s); err != nil { // the reader has gone; what is written cannot be taken back
		p.Log.Debug("status not sent", "error", err)
	}
}

// local refuses whoever does not sit at this machine: a request that came to
// another address, names another host (a page elsewhere whose name was made to
// point here), or was passed on by a proxy.
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why := notLocal(r); why != "" {
			http.Error(w, "the pages are shown on this machine only, under a loopback address: "+why, http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func notLocal(r *http.Request) string {
	for name := range r.Header {
		if name == "Forwarded" || strings.HasPrefix(name, "X-Forwarded-") {
			return "this request was passed on by a proxy (" + name + ")"
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Sprintf("this request is for %q", host)
	}
	at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if ok {
		if a, err := netip.ParseAddrPort(at.String()); err != nil || !a.Addr().Unmap().IsLoopback() {
			return "this request came to " + at.String()
		}
	}
	return ""
}

// Health answers /healthz: 200 as long as the queue takes events.
func Health(check func(context.Context) error, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := check(r.Context()); err != nil {
			log.Error("not healthy", "error", err)
			http.Error(w, "not healthy", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "healthy")
	})
}

func ago(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	switch d := now.Sub(t).Round(time.Second); {
	case d < time.Second:
		return "now"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days ago", int(d.Hours()/24))
	}
}

func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
