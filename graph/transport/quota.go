package transport

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

// AcquireFunc takes n units of a quota of the tenant of ctx. It fails when fewer are left. The
// caller calls release once, when done.
type AcquireFunc func(ctx context.Context, resource Resource, n int) (release func(), err error)

// Resource is a resource with a quota. Its value is a plural, for messages.
type Resource string

// The resources that transports acquire.
const (
	// Sockets are WebSockets, and event streams in single connection mode.
	Sockets Resource = "sockets"
	// Operations are queries and mutations, and subscriptions until they run.
	Operations Resource = "operations"
	// Subscriptions are running subscriptions: see acquireSubscription.
	Subscriptions Resource = "subscriptions"
)

// acquireSubscription acquires one unit for a subscription, and one for each KiB of its document
// and variables, for which at most 100 KiB are kept. It fails if they exceed maxSubscription.
func acquireSubscription(ctx context.Context, acquire AcquireFunc, o *graphql.OperationContext) (release func(), err error) {
	variables, err := json.Marshal(o.Variables)
	if err != nil {
		return nil, err
	}
	length := len(o.RawQuery) + len(variables)
	if length > maxSubscription {
		return nil, newError(http.StatusBadRequest, "a subscription and its variables must have at most %d bytes", maxSubscription)
	}
	return acquire(ctx, Subscriptions, 1+length>>10)
}
