package server

import (
	"log/slog"
	"net/http"

	"github.com/99designs/gqlgen/graphql/errcode"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// PublicError is an error with a code and a message for clients. errors.As finds it in the errors of
// resolvers. All other errors, except those in kinds, reach clients as INTERNAL_SERVER_ERROR, and the
// log in full. An application may define its own types and codes.
type PublicError interface {
	error
	// Code returns the value of extensions.code.
	Code() string
	// Public returns the message.
	Public() string
}

// fieldErrors is a PublicError with entries for extensions.fields.
type fieldErrors interface {
	FieldErrors() []relay.FieldError
}

// The codes of the framework. A code never changes its meaning: clients depend on it.
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

// internalMessage replaces the message of an error without a PublicError.
const internalMessage = "internal server error"

// kinds are the kinds of errors of the framework; the first match applies. Each code of the framework
// has an entry, with a match for an error that is not a PublicError. An application's PublicError
// needs no entry: its status before execution is 400.
var kinds = []kind{
	{code: codeBadUserInput, status: http.StatusBadRequest},
	{code: codeForbidden, status: http.StatusForbidden},
	{code: codeNotFound, status: http.StatusNotFound},
	{code: codeConflict, status: http.StatusConflict},
	{code: codeLimit, status: http.StatusBadRequest},
	{code: codeNotPersisted, status: http.StatusBadRequest},
	{code: codeRateLimited, status: http.StatusTooManyRequests, retryAfter: 10},
	{code: codeInterrupted, status: http.StatusServiceUnavailable},
	{code: errcode.ParseFailed, status: http.StatusBadRequest},
	{code: errcode.ValidationFailed, status: http.StatusBadRequest},
	{
		code: codeUnauthenticated, match: matchError(tenancy.ErrUnauthenticated), phase: beforeExecution, status: http.StatusUnauthorized,
		message: tenancy.ErrUnauthenticated.Error(), log: "access denied", level: slog.LevelInfo,
	},
	{
		code: codeForbidden, match: matchError(tenancy.ErrForbidden), phase: beforeExecution, status: http.StatusForbidden,
		message: tenancy.ErrForbidden.Error(), log: "access denied", level: slog.LevelInfo,
	},
	{
		code: codeTenantRequired, match: matchError(tenancy.ErrNone), phase: beforeExecution, status: http.StatusBadRequest,
		message: "the request names no tenant", log: "access denied", level: slog.LevelInfo,
	},
	{
		code: codeTenantInvalid, match: matchError(tenancy.ErrInvalid), phase: beforeExecution, status: http.StatusBadRequest,
		message: "the credentials can't be read: send each header and parameter once, as a string",
		log:     "access denied", level: slog.LevelInfo,
	},
	{
		code: codeTenantUnavailable, match: matchError(tenancy.ErrUnavailable), phase: beforeExecution, status: http.StatusForbidden,
		message: "no such tenant may be used", log: "access denied", level: slog.LevelInfo,
	},
	{
		code: codeInternal, match: isDisconnected, phase: beforeExecution, status: http.StatusInternalServerError,
		message: internalMessage, log: "the client went away", level: slog.LevelInfo,
	},
	{
		code: codeRateLimited, match: matchError(tenancy.ErrBusy), status: http.StatusTooManyRequests, retryAfter: 10,
		message: "all database connections are in use: try again later",
		log:     "a request got no database connection", level: slog.LevelWarn,
	},
	{
		// About the time in which a shard gets another primary, or its server restarts. The messages
		// do not name the server or the shard.
		code: codeTenantUnavailable, match: isOutage, phase: beforeExecution, status: http.StatusServiceUnavailable, retryAfter: 5,
		message: "the server can't find the tenant at the moment",
		log:     "the tenant can't be found at the moment", level: slog.LevelWarn,
	},
	{
		code: codeTenantUnavailable, match: isOutage, phase: inExecution, retryAfter: 5,
		message: "the tenant's database does not respond at the moment",
		log:     "the tenant's database does not respond", level: slog.LevelWarn,
	},
	{
		code: codeLimit, match: isLate, phase: inExecution,
		message: "the operation takes longer than it may", log: "out of time", level: slog.LevelWarn,
	},
	{
		code: codeInternal, match: isCanceled, phase: inExecution,
		message: internalMessage, log: "the client went away", level: slog.LevelInfo,
	},
	{
		code: codeInternal, match: isAny, status: http.StatusInternalServerError,
		message: internalMessage, log: "request failed", level: slog.LevelError,
	},
}
