package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/limits"
	"rowhouse/graph/transport"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// The codes that clients see in extensions.code. The list is closed, and a code
// never changes its meaning: see the README.
const (
	codeBadUserInput      = "BAD_USER_INPUT"
	codeForbidden         = "FORBIDDEN"
	codeNotFound          = "NOT_FOUND"
	codeConflict          = "CONFLICT"
	codeUnauthenticated   = "UNAUTHENTICATED"
	codeTenantRequired    = "TENANT_REQUIRED"
	codeTenantInvalid     = "TENANT_INVALID"
	codeTenantUnavailable = "TENANT_UNAVAILABLE"
	codeLimit             = "COMPLEXITY_LIMIT_EXCEEDED"
	codeNotPersisted      = "PERSISTED_QUERY_NOT_FOUND"
	codeRateLimited       = "RATE_LIMITED"
	codeInterrupted       = "SUBSCRIPTION_INTERRUPTED"
	codeInternal          = "INTERNAL_SERVER_ERROR"
)

// retryAfter is the time until a client may retry after RATE_LIMITED, in seconds.
// outageRetryAfter is the same for TENANT_UNAVAILABLE during an outage: about the time in
// which a shard gets another primary, or its server restarts.
const (
	retryAfter       = 10
	outageRetryAfter = 5
)

// outageMessage is the client's message during an outage. It does not name a server or shard.
const outageMessage = "the tenant's database does not respond at the moment"

// unresolvedMessage is the client's message when an outage prevents the lookup of the tenant.
const unresolvedMessage = "the server can't find the tenant at the moment"

// noConnectionMessage is the client's message when no database connection was free in time.
const noConnectionMessage = "all database connections are in use: try again later"

// badField is an entry of extensions.fields, beside BAD_USER_INPUT.
type badField struct {
	// Path leads from the field's arguments to what is wrong: names, and places in lists.
	Path ast.Path `json:"path"`
	// Message reads on from the path.
	Message string `json:"message"`
}

// presenter turns every error into one that a client may see. What it does not know
// it hides behind INTERNAL_SERVER_ERROR, and logs, once, here.
func presenter(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		seen := graphql.DefaultErrorPresenter(ctx, err)
		var invalid *relay.InvalidError
		var missing *relay.NotFoundError
		var conflict *relay.ConflictError
		switch {
		case errors.As(err, &invalid):
			return badUserInput(ctx, seen, fieldsOf(ctx, invalid))
		case errors.As(err, &missing):
			return coded(ctx, seen, codeNotFound, missing.Error())
		case errors.As(err, &conflict):
			return coded(ctx, seen, codeConflict, conflict.Error())
		}
		var refused *transport.Error
		if errors.As(err, &refused) {
			return coded(ctx, seen, codeBadUserInput, refused.Message)
		}
		var busy *limits.BusyError
		if errors.As(err, &busy) {
			shown := coded(ctx, seen, codeRateLimited, busy.Error())
			shown.Extensions["retryAfter"] = retryAfter
			return shown
		}
		var interrupted transport.InterruptedError
		if errors.As(err, &interrupted) {
			return coded(ctx, seen, codeInterrupted, interrupted.Error())
		}
		if shown := unavailableError(ctx, log, seen, err); shown != nil {
			return shown
		}
		if errors.Is(err, limits.ErrExceeded) {
			return coded(ctx, seen, codeLimit, seen.Message)
		}
		if seen.Message == "introspection disabled" { // as gqlgen says it
			return coded(ctx, seen, codeForbidden, "this server tells nothing about its schema")
		}
		if seen.Message == "operation  not found" { // likewise
			return coded(ctx, seen, errcode.ValidationFailed, "the document has several operations, or none: name one in operationName")
		}
		if errors.Is(err, errUntrusted) {
			return coded(ctx, seen, codeForbidden, errUntrusted.Error())
		}
		var variables *variablesError
		if errors.As(err, &variables) {
			shown := coded(ctx, seen, codeBadUserInput, seen.Message)
			shown.Extensions["fields"] = variables.fields
			return shown
		}
		if code, _ := seen.Extensions["code"].(string); code == errcode.ParseFailed || code == errcode.ValidationFailed || code == codeNotPersisted {
			return coded(ctx, seen, code, seen.Message)
		}
		if graphql.GetFieldContext(ctx) == nil && seen.Err == nil { // what an extension says of the request
			return coded(ctx, seen, codeBadUserInput, seen.Message)
		}
		return internalError(ctx, log, seen, err)
	}
}

// unavailableError returns the error of a database that has no free connection, or does not
// respond, and logs its cause. It returns nil for other errors.
func unavailableError(ctx context.Context, log *slog.Logger, seen *gqlerror.Error, err error) *gqlerror.Error {
	var shown *gqlerror.Error
	var cause string
	switch {
	case errors.Is(err, tenancy.ErrBusy):
		cause, shown = "a request got no database connection", coded(ctx, seen, codeRateLimited, noConnectionMessage)
		shown.Extensions["retryAfter"] = retryAfter
	case tenancy.IsOutage(err):
		cause, shown = "the tenant's database does not respond", coded(ctx, seen, codeTenantUnavailable, outageMessage)
		shown.Extensions["retryAfter"] = outageRetryAfter
	default:
		return nil
	}
	if limits.CountLogged(ctx) {
		log.WarnContext(ctx, cause, "error", err, "path", seen.Path.String())
	}
	return shown
}

// internalError logs an unexpected error, and returns one without its message. An exceeded
// deadline has a code of its own.
func internalError(ctx context.Context, log *slog.Logger, seen *gqlerror.Error, err error) *gqlerror.Error {
	level, what := slog.LevelError, "request failed"
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		level, what = slog.LevelWarn, "out of time"
	case errors.Is(err, context.Canceled):
		level, what = slog.LevelInfo, "the client went away"
	}
	if limits.CountLogged(ctx) {
		log.Log(ctx, level, what, "error", err, "path", seen.Path.String())
	}
	if level == slog.LevelWarn {
		return coded(ctx, seen, codeLimit, "the operation takes longer than it may")
	}
	return coded(ctx, seen, codeInternal, "internal server error")
}

// coded returns what the client sees: none of the error but its place.
func coded(ctx context.Context, e *gqlerror.Error, code, message string) *gqlerror.Error {
	return &gqlerror.Error{
		Message: shortened(message), Path: e.Path, Locations: e.Locations,
		Extensions: map[string]any{"code": code, "requestId": RequestIDFrom(ctx)},
	}
}

// shortened keeps a message that repeats the input from being as long.
func shortened(message string) string {
	const longest = 500
	if len(message) <= longest {
		return message
	}
	return strings.ToValidUTF8(message[:longest], "") + "…"
}

func badUserInput(ctx context.Context, e *gqlerror.Error, fields []badField) *gqlerror.Error {
	message := "the input breaks a rule"
	if len(fields) == 1 {
		message = fields[0].Path.String() + " " + fields[0].Message
	} else if len(fields) > 1 {
		message = "the input breaks several rules"
	}
	shown := coded(ctx, e, codeBadUserInput, message)
	shown.Extensions["fields"] = fields
	// A response's path, unlike that of the value, or none before there is a response.
	shown.Path = graphql.GetFieldContext(ctx).Path()
	return shown
}

// fieldsOf puts the paths of broken rules behind the argument that the model's
// input came from: a mutation's is always called input.
func fieldsOf(ctx context.Context, invalid *relay.InvalidError) []badField {
	var prefix ast.Path
	if fc := graphql.GetFieldContext(ctx); fc != nil && fc.Object == "Mutation" {
		prefix = ast.Path{ast.PathName("input")}
	}
	fields := make([]badField, len(invalid.Errors))
	for i, e := range invalid.Errors {
		fields[i] = badField{slices.Clone(prefix), e.Message}
		for _, element := range e.Path {
			switch element := element.(type) {
			case int:
				fields[i].Path = append(fields[i].Path, ast.PathIndex(element))
			case string:
				fields[i].Path = append(fields[i].Path, ast.PathName(element))
			}
		}
	}
	return fields
}

// publicError returns the status, code and message of an error before GraphQL execution. A
// ResolveError has its own message.
func publicError(err error) (status int, code, message string) {
	status, code, message = statusOf(err)
	var refused *tenancy.ResolveError
	if errors.As(err, &refused) && code != codeInternal {
		message = refused.Message
	}
	return status, code, message
}

// statusOf returns the status, code and default message of an error before GraphQL execution.
func statusOf(err error) (status int, code, message string) {
	var refused *transport.Error
	var busy *limits.BusyError
	switch {
	case errors.As(err, &refused):
		return refused.Status, codeBadUserInput, refused.Message
	case errors.As(err, &busy):
		return http.StatusTooManyRequests, codeRateLimited, busy.Error()
	case errors.Is(err, tenancy.ErrUnauthenticated):
		return http.StatusUnauthorized, codeUnauthenticated, tenancy.ErrUnauthenticated.Error()
	case errors.Is(err, tenancy.ErrNone):
		return http.StatusBadRequest, codeTenantRequired, "the request names no tenant"
	case errors.Is(err, tenancy.ErrInvalid):
		return http.StatusBadRequest, codeTenantInvalid, "the credentials can't be read: send each header and parameter once, as a string"
	case errors.Is(err, tenancy.ErrUnavailable):
		return http.StatusForbidden, codeTenantUnavailable, "no such tenant may be used"
	case errors.Is(err, tenancy.ErrBusy):
		return http.StatusTooManyRequests, codeRateLimited, noConnectionMessage
	case tenancy.IsOutage(err):
		return http.StatusServiceUnavailable, codeTenantUnavailable, unresolvedMessage
	}
	return http.StatusInternalServerError, codeInternal, "internal server error"
}

// writeError answers a request that GraphQL never sees, with a GraphQL body; for
// tenancy.Middleware, too.
func writeError(log *slog.Logger) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		status, code, message := publicError(err)
		logUnresolved(r.Context(), log, err)
		after := 0
		switch status {
		case http.StatusTooManyRequests:
			after = retryAfter
		case http.StatusServiceUnavailable:
			after = outageRetryAfter
		case http.StatusUnauthorized:
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		shown := coded(r.Context(), &gqlerror.Error{}, code, message)
		if after > 0 {
			shown.Extensions["retryAfter"] = after
			w.Header().Set("Retry-After", strconv.Itoa(after))
		}
		w.Header().Set("Content-Type", transport.ErrorContentType(r))
		w.WriteHeader(status)
		// No data entry: GraphQL did not begin to execute.
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": gqlerror.List{shown}})
	}
}
