package transport_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// TestOnlySubscriptionsHaveNoDeadline has the context of an operation in each protocol. It ends
// with the operation.
func TestOnlySubscriptionsHaveNoDeadline(t *testing.T) {
	for _, test := range []struct {
		name, accept, query string
		hasDeadline         bool
	}{
		{
			name:        "JSON",
			accept:      "application/json",
			query:       "{ name }",
			hasDeadline: true,
		},
		{
			name:        "incremental delivery",
			accept:      acceptDeferred,
			query:       "{ name }",
			hasDeadline: true,
		},
		{
			name:        "a query over SSE",
			accept:      sse,
			query:       "{ name }",
			hasDeadline: true,
		},
		{
			name:   "a subscription over SSE",
			accept: sse,
			query:  "subscription { name }",
		},
		{
			name:   "a multipart subscription",
			accept: multipart,
			query:  "subscription { name }",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(&quota{})
				var operation context.Context
				server.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
					operation = ctx
					deadline, ok := ctx.Deadline()
					if ok != test.hasDeadline || ok && time.Until(deadline) != time.Minute {
						t.Errorf("the deadline is %s", deadline)
					}
					return next(ctx)
				})
				go func() {
					if !test.hasDeadline {
						server.SendCompleteSubscriptionMessage()
					}
				}()
				send(t.Context(), server, "POST", "/", `{"query": "`+test.query+`"}`, "Accept", test.accept)
				if operation.Err() == nil {
					t.Error("the context has not ended")
				}
			})
		})
	}
}
