package server

import (
	"context"
	"log/slog"
	"net/http"

	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// initFunc returns the context of a socket, with its tenant and caller.
type initFunc = func(ctx context.Context, r *http.Request, parameters map[string]any) (context.Context, error)

// newSocketInit returns a function to resolve a socket's tenant and caller, once for the lifetime of
// the socket.
func newSocketInit(resolve tenancy.Resolver, log *slog.Logger) initFunc {
	return func(ctx context.Context, r *http.Request, parameters map[string]any) (context.Context, error) {
		own, err := resolve.NewContext(ctx, tenancy.Credentials{Request: r, Parameters: parameters})
		if err == nil {
			return own, nil
		}
		k := kindOf(ctx, err, beforeExecution)
		logRequestError(ctx, log, k, err)
		return nil, &transport.Error{Status: k.status, Message: k.code + ": " + k.message}
	}
}
