package web

import (
	"log/slog"
	"net/http"
	"time"
)

// Server returns a server for h that gives slow callers no room: a header
// within 10 s, a body within 30 s, an answer within a minute.
func Server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           http.NewCrossOriginProtection().Handler(h),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
