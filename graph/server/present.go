package server

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/limits"
	"rowhouse/graph/scalar"
	"rowhouse/model/relay"
)

// newPresenter returns gqlgen's function to convert the errors of an execution for clients. It also
// logs them, by their kind.
func newPresenter(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		e := graphql.DefaultErrorPresenter(ctx, err)
		cause := err
		if converted := convertGqlgenError(ctx, e); converted != nil {
			cause = converted
		}
		k := kindOf(ctx, cause, inExecution)
		if k.log != "" && limits.CountLogged(ctx) {
			log.Log(ctx, k.level, k.log, "error", err, "path", e.Path.String())
		}
		shown := newClientError(ctx, k)
		shown.Path, shown.Locations = e.Path, e.Locations
		addFieldErrors(ctx, shown, cause)
		return shown
	}
}

// newClientError returns the error for clients, without path and locations.
func newClientError(ctx context.Context, k kind) *gqlerror.Error {
	e := &gqlerror.Error{
		Message:    truncate(k.message),
		Extensions: map[string]any{"code": k.code, "requestId": RequestIDFrom(ctx)},
	}
	if k.retryAfter > 0 {
		e.Extensions["retryAfter"] = k.retryAfter
	}
	return e
}

// addFieldErrors adds extensions.fields, if the cause has field errors. Their paths begin with the
// name of an argument. The model's paths begin inside the argument of a mutation, input.
func addFieldErrors(ctx context.Context, shown *gqlerror.Error, cause error) {
	var invalid fieldErrors
	if !errors.As(cause, &invalid) {
		return
	}
	fields, field := invalid.FieldErrors(), graphql.GetFieldContext(ctx)
	if field != nil && field.Object == "Mutation" {
		fields = slices.Clone(fields)
		for i, f := range fields {
			fields[i].Path = append(relay.Path{"input"}, f.Path...)
		}
		if len(fields) == 1 {
			shown.Message = truncate(fields[0].String())
		}
	}
	shown.Extensions["fields"] = fields
	shown.Path = field.Path() // of the response; e may have the path of a value
}

// truncate bounds a message, which may repeat input.
func truncate(message string) string {
	const longest = 500 // bytes
	return scalar.Truncate(message, longest)
}
