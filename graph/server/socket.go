package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// initSocket returns the function that resolves a socket's tenant and caller, once for the
// lifetime of the socket.
func initSocket(resolve tenancy.Resolver, log *slog.Logger) func(context.Context, *http.Request, map[string]any) (context.Context, error) {
	return func(ctx context.Context, r *http.Request, parameters map[string]any) (context.Context, error) {
		own, err := resolve.NewContext(ctx, tenancy.Credentials{Request: r, Parameters: parameters})
		if err == nil {
			return own, nil
		}
		logUnresolved(ctx, log, err)
		status, code, message := publicError(err)
		return nil, &transport.Error{Status: status, Message: code + ": " + message}
	}
}

// logUnresolved logs the error of a resolver, unless it refused the credentials.
func logUnresolved(ctx context.Context, log *slog.Logger, err error) {
	switch status, code, _ := publicError(err); {
	case ctx.Err() != nil:
		log.InfoContext(ctx, "the client went away", "error", err)
	case code == codeInternal:
		log.ErrorContext(ctx, "request failed", "error", err)
	case status == http.StatusServiceUnavailable || errors.Is(err, tenancy.ErrBusy):
		log.WarnContext(ctx, "the tenant can't be found at the moment", "error", err)
	}
}
