package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/transport"
)

// newErrorWriter returns a function to reject a request before its execution. The body is a GraphQL
// response without data.
func newErrorWriter(log *slog.Logger) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		k := kindOf(r.Context(), err, beforeExecution)
		logRequestError(r.Context(), log, k, err)
		if k.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		if k.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(k.retryAfter))
		}
		w.Header().Set("Content-Type", transport.ErrorContentType(r))
		w.WriteHeader(k.status)
		// Without a data entry: GraphQL did not begin to execute.
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": gqlerror.List{newClientError(r.Context(), k)}})
	}
}

// logRequestError logs the error of a rejected request, if its kind is logged.
func logRequestError(ctx context.Context, log *slog.Logger, k kind, err error) {
	if k.log != "" {
		log.Log(ctx, k.level, k.log, "error", err)
	}
}
