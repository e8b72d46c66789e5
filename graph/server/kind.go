package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"

	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// phase is a stage of a request.
type phase int

const (
	anyPhase        phase = iota
	beforeExecution       // HTTP, tenant, quota
	inExecution           // the checks of an operation, and its resolvers
)

// kind describes a kind of error to clients and in the log.
type kind struct {
	code string
	// match recognises errors without a code of their own, in a phase.
	match func(ctx context.Context, err error) bool
	phase phase
	// message is for clients. A PublicError has its own.
	message string
	// status is the HTTP status before execution. In execution, transport determines it.
	status int
	// retryAfter is the time until a retry can succeed, in seconds; 0 if it cannot.
	retryAfter int
	// log is the message in the log, at a level; "" if the error is not logged.
	log   string
	level slog.Level
}

// kindOf returns the kind of an error in a phase, with the message for clients.
func kindOf(ctx context.Context, err error, now phase) kind {
	var public PublicError
	if errors.As(err, &public) {
		return kindOfPublic(public)
	}
	for _, k := range kinds {
		if k.match == nil || k.phase != anyPhase && k.phase != now || !k.match(ctx, err) {
			continue
		}
		var resolve *tenancy.ResolveError
		if k.code != codeInternal && errors.As(err, &resolve) {
			k.message = resolve.Message
		}
		return k
	}
	panic("the last kind matches every error")
}

// kindOfPublic returns the kind with the code of a PublicError, which is not logged.
func kindOfPublic(err PublicError) kind {
	found := kind{code: err.Code(), status: http.StatusBadRequest}
	if i := slices.IndexFunc(kinds, func(k kind) bool { return k.code == found.code }); i >= 0 {
		found = kinds[i]
	}
	found.message, found.log = err.Public(), ""
	var rejected *transport.Error
	if errors.As(err, &rejected) {
		found.status = rejected.Status
	}
	return found
}

// matchError returns a match for a sentinel error.
func matchError(sentinel error) func(context.Context, error) bool {
	return func(_ context.Context, err error) bool { return errors.Is(err, sentinel) }
}

// isOutage matches a failed connection to a database or an identity provider.
func isOutage(_ context.Context, err error) bool { return tenancy.IsOutage(err) }

// isLate matches an operation whose time limit is over.
func isLate(ctx context.Context, err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(context.Cause(ctx), context.DeadlineExceeded)
}

// isCanceled matches an operation whose client has disconnected or stopped it.
func isCanceled(_ context.Context, err error) bool { return errors.Is(err, context.Canceled) }

// isDisconnected matches a request whose client has disconnected.
func isDisconnected(ctx context.Context, _ error) bool { return ctx.Err() != nil }

// isAny matches each error.
func isAny(context.Context, error) bool { return true }
