package limits_test

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/limits"
	"rowhouse/tenancy"
)

// rootSchema is a schema whose responses come from a function.
type rootSchema struct {
	graphql.ExecutableSchema
	resolve func(ctx context.Context) graphql.Marshaler
}

// Root returns the function.
func (s rootSchema) Root(context.Context) func(context.Context) graphql.Marshaler { return s.resolve }

// newExtension returns an extension with the default limits, after a change.
func newExtension(change func(*limits.Limits)) limits.Extension {
	l := limits.DefaultLimits()
	change(&l)
	return limits.Extension{Limits: l, Quota: limits.NewQuota(l)}
}

// startOperation starts an operation of a tenant. The result returns its next response with the data
// that resolve returns, as gqlgen does.
func startOperation(
	ctx context.Context, t *testing.T, x limits.Extension, document string, resolve func(context.Context) graphql.Marshaler,
) (respond func() *graphql.Response) {
	t.Helper()
	o := newOperation(t, document, nil)
	if err := x.MutateOperationContext(ctx, o); err != nil {
		t.Fatal(err)
	}
	ctx = graphql.WithOperationContext(tenancy.NewContext(ctx, tenancy.Tenant{ID: 1}), o)
	next := limits.BoundResponses(rootSchema{resolve: resolve}, x.Response).Exec(ctx)
	return func() *graphql.Response {
		return x.InterceptResponse(graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, graphql.DefaultRecover), next)
	}
}

// TestResponsesEnd asks for a second response of a query, and for an event after the last one.
func TestResponsesEnd(t *testing.T) {
	x := newExtension(func(*limits.Limits) {})
	events := []graphql.Marshaler{graphql.MarshalString("x"), nil}
	for document, resolve := range map[string]func(context.Context) graphql.Marshaler{
		"{ bytes }": func(context.Context) graphql.Marshaler { return graphql.MarshalString("x") },
		"subscription { a }": func(context.Context) (event graphql.Marshaler) {
			event, events = events[0], events[1:]
			return event
		},
	} {
		respond := startOperation(t.Context(), t, x, document, resolve)
		if response := respond(); response == nil || string(response.Data) != `"x"` || response.Errors != nil {
			t.Errorf("%s: %+v", document, response)
		}
		if response := respond(); response != nil {
			t.Errorf("%s: the next response is %+v", document, response)
		}
	}
}
