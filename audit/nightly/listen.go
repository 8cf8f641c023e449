package nightly

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// silent is after how many ticks without success the engine counts as unwell.
const silent = 6

// Handler answers /healthz (this process works), /readyz (it reached the
// database a moment ago) and /metrics. None of them tells of a finding by name.
func (e *Engine) Handler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{engine: e})
	mux := http.NewServeMux()
	answer := func(well func() bool) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
			if !well() {
				rw.WriteHeader(http.StatusServiceUnavailable)
				fmt.Fprintln(rw, "unwell")
				return
			}
			fmt.Fprintln(rw, "ok")
		}
	}
	mux.HandleFunc("GET /healthz", answer(func() bool { return true }))
	mux.HandleFunc("GET /readyz", answer(e.ready))
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{Timeout: 20 * time.Second, MaxRequestsInFlight: 2}))
	return mux
}

func (e *Engine) ready() bool {
	well := e.Well()
	return !well.IsZero() && e.Now().Sub(well) < max(silent*e.Options.Tick, 30*time.Second)
}

// Listen answers on the address of the options until the context ends. It
// returns at once where none is configured.
func (e *Engine) Listen(ctx context.Context) error {
	if e.Options.Listen == "" {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", e.Options.Listen)
	if err != nil {
		return fmt.Errorf("listen for health and metrics: %w", err)
	}
	server := &http.Server{Handler: e.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10}
	e.Log.Info("listening", "address", listener.Addr().String())
	stop := context.AfterFunc(ctx, func() { server.Close() })
	go func() {
		defer stop()
		if err := server.Serve(listener); err != nil && ctx.Err() == nil {
			e.Log.Error("listen", "error", err)
		}
	}()
	return nil
}

// beat is what the heartbeat file says.
type beat struct {
	At   time.Time `json:"at"`
	ID   string    `json:"id"`
	Open int       `json:"open_runs"`
}

// Heartbeat writes the heartbeat file anew, where one is configured: whoever
// finds it old knows that the nights are over.
func (e *Engine) Heartbeat(ctx context.Context) error {
	if e.Options.Heartbeat == "" {
		return nil
	}
	open, err := e.Store.Open(ctx)
	if err != nil {
		return err
	}
	data, err := json.Marshal(beat{At: e.Now(), ID: e.ID, Open: len(open)})
	if err != nil {
		return err
	}
	// Renamed into place, so that nobody reads half of it.
	next := filepath.Join(filepath.Dir(e.Options.Heartbeat), "."+filepath.Base(e.Options.Heartbeat)+".next")
	if err := os.WriteFile(next, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the heartbeat: %w", err)
	}
	if err := os.Rename(next, e.Options.Heartbeat); err != nil {
		return fmt.Errorf("write the heartbeat: %w", err)
	}
	return nil
}
