package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"rowhouse/graph/server"
	"rowhouse/tenancy"
)

// logFlags are the flags of the log.
type logFlags struct {
	Format string   `default:"text" enum:"text,json" help:"Format of the log: text or json."`
	Level  logLevel `default:"info" help:"Lowest level in the log: debug, info, warn or error. debug logs every SQL statement, without its arguments."`
}

// newLog returns a log to w. Each record has the request id and the tenant of its context.
func newLog(w io.Writer, flags logFlags) *slog.Logger {
	options := &slog.HandlerOptions{Level: flags.Level.Level}
	if flags.Format == "json" {
		options.ReplaceAttr = formatDuration
		return slog.New(contextHandler{slog.NewJSONHandler(w, options)})
	}
	return slog.New(contextHandler{slog.NewTextHandler(w, options)})
}

// formatDuration turns a duration into a string with its unit. JSON logs would otherwise have
// nanoseconds.
func formatDuration(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}

// logLevel is a slog.Level on the command line.
type logLevel struct{ slog.Level }

// UnmarshalText parses the name of a level.
func (l *logLevel) UnmarshalText(name []byte) error {
	if l.Level.UnmarshalText(name) != nil {
		return fmt.Errorf("must be debug, info, warn or error, but got %q", name)
	}
	return nil
}

// contextHandler adds the request id and the tenant of the context to each record. To log another
// value of the context, add it to Handle.
type contextHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h contextHandler) Handle(ctx context.Context, r slog.Record) error {
	if id := server.RequestIDFrom(ctx); id != "" {
		r.AddAttrs(slog.String("requestId", id))
	}
	if t, err := tenancy.FromContext(ctx); err == nil {
		r.AddAttrs(slog.Uint64("tenant", uint64(t.ID)))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h contextHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contextHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h contextHandler) WithGroup(name string) slog.Handler {
	return contextHandler{h.Handler.WithGroup(name)}
}
