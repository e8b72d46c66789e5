// Package limits bounds the work and the memory of a GraphQL request, and of a tenant.
//
// An operation passes these checks in this order. Limits.CheckVariables and Limits.CheckDocument
// reject large input before it is validated. Extension, a gqlgen extension, rejects an operation with
// a high estimated cost, and then tracks the usage of each response: fields in lists, time, errors.
// BoundResponses ends a response with too many bytes. Quota counts the sockets, operations,
// subscriptions and buffered bytes of a tenant; one tenant cannot use up the quota of another. Its
// method Acquire is a transport.AcquireFunc: package transport declares the resources that it needs.
//
// Start with Limits, which describes each limit; DefaultLimits has their default values.
package limits

import (
	"fmt"
	"reflect"
	"time"
)

// Limits bound the work of one request, and of one tenant. Each limit is at least 1.
type Limits struct {
	// Body bounds a request's body, in bytes.
	Body int64
	// Tokens bounds the tokens of a document.
	Tokens int
	// Depth bounds the nesting of fields.
	Depth int
	// Width bounds the sibling fields of a selection set.
	Width int
	// RootFields bounds the fields at the root of an operation.
	RootFields int
	// Aliases bounds the aliases of an operation. A fragment counts for each spread.
	Aliases int
	// Directives bounds the directives of an operation. A fragment counts for each spread.
	Directives int
	// Name bounds a name, or a label of @defer, in bytes. Each object of a response repeats names.
	Name int
	// Fragments bounds the fragments of a document.
	Fragments int
	// Selections bounds the size of a document: one for each field and fragment, and one for each ten
	// values. A fragment counts for each operation that uses it.
	Selections int
	// Errors bounds the errors of a response.
	Errors int
	// Cost bounds the fields of a response, estimated from the requested page sizes.
	Cost int
	// Response bounds the data of a response, in bytes.
	Response int64
	// Time bounds an operation; for a subscription, each event.
	Time time.Duration

	// Sockets bounds the open sockets of a tenant, per server.
	Sockets int
	// Operations bounds the concurrent operations of a tenant, per server.
	Operations int
	// Subscriptions bounds the subscriptions of a tenant, per server. A subscription counts once for
	// each KiB of its document and variables.
	Subscriptions int
	// Buffered bounds the buffered responses of a tenant, which clients have not read yet, in KiB, per
	// server.
	Buffered int
}

// DefaultLimits returns the limits of a server without settings.
func DefaultLimits() Limits {
	return Limits{
		Body:       1 << 20,
		Tokens:     5000,
		Depth:      20,
		Width:      500,
		RootFields: 25,
		Aliases:    50,
		Directives: 50,
		Name:       100,
		Fragments:  100,
		Selections: 1000,
		Errors:     20,
		Cost:       50_000,
		Response:   8 << 20,
		Time:       30 * time.Second,

		Sockets:       1000,
		Operations:    500,
		Subscriptions: 5000,
		Buffered:      64 << 10,
	}
}

// Check returns an error for a limit below 1, which would reject every request.
func (l Limits) Check() error {
	v := reflect.ValueOf(l)
	for i := range v.NumField() {
		if v.Field(i).Int() < 1 {
			return fmt.Errorf("limits: %s must be at least 1", v.Type().Field(i).Name)
		}
	}
	return nil
}
