package tenancy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// Credentials are what a client sends to say who it is.
type Credentials struct {
	// Request is the HTTP request, or the request that opened a WebSocket. Its body is not
	// for the Resolver.
	Request *http.Request
	// Parameters is the payload of a WebSocket's connection_init (connectionParams); over
	// HTTP it is nil. It is JSON of the client's. A page in a browser can set no headers of
	// a socket, so it sends here what its requests have as headers.
	Parameters map[string]any
}

// Value returns the value of a header, or else the parameter with its name, or the one in the
// object `headers` of the parameters; case does not matter. It is "" when the client sent
// none, and fails with ErrInvalid for a repeated header, for values that differ, and for a
// parameter that is not a string.
func (c Credentials) Value(name string) (string, error) {
	values := c.Request.Header.Values(name)
	if len(values) > 1 {
		return "", ErrInvalid // which one a gateway set can't be known
	}
	values = values[:len(values):len(values)]
	objects := []map[string]any{c.Parameters}
	for key, nested := range c.Parameters {
		if object, ok := nested.(map[string]any); ok && strings.EqualFold(key, "headers") {
			objects = append(objects, object)
		}
	}
	for _, object := range objects {
		for key, value := range object {
			if !strings.EqualFold(key, name) {
				continue
			}
			s, ok := value.(string)
			if !ok || len(values) > 0 && values[0] != s {
				return "", ErrInvalid
			}
			values = append(values, s)
		}
	}
	if len(values) == 0 {
		return "", nil
	}
	return values[0], nil
}

// Identity is who sent a request.
type Identity struct {
	// Tenant is the only tenant whose rows the request reaches.
	Tenant Tenant
	// Caller is the user or machine, of a type of the application's, or nil. CallerFrom
	// returns it.
	Caller any
}

// Resolver finds out who sent a request, from its credentials alone. It runs once for each
// HTTP request and each WebSocket, before GraphQL reads anything. ctx ends after five seconds;
// the Resolver returns then.
//
// It refuses credentials with a *ResolveError, or with ErrUnauthenticated, ErrNone, ErrInvalid
// or ErrUnavailable. It fails with ErrOutage, or an error that IsOutage reports, when a retry
// can succeed. Any other error, and a panic, is the server's own: clients get no detail.
type Resolver func(ctx context.Context, c Credentials) (Identity, error)

// ErrUnauthenticated means that the credentials do not prove who sent a request: they are
// missing, malformed, forged or expired.
var ErrUnauthenticated = errors.New("the credentials are missing or not valid")

// ResolveError is a Resolver's error with a message of its own for the client.
type ResolveError struct {
	// Kind is ErrUnauthenticated, ErrNone, ErrInvalid or ErrUnavailable.
	Kind error
	// Message says what is wrong with the credentials, and what to send instead.
	Message string
}

// Error returns the message.
func (e *ResolveError) Error() string { return e.Message }

// Unwrap returns the kind.
func (e *ResolveError) Unwrap() error { return e.Kind }

// resolveTime bounds how long a Resolver may take. It is shorter than a WebSocket's client
// may take to be acknowledged.
const resolveTime = 5 * time.Second

// NewContext returns a context with the tenant and the caller that the Resolver finds. It
// fails as the Resolver does, and with ErrNone when that returns no tenant.
func (resolve Resolver) NewContext(ctx context.Context, c Credentials) (context.Context, error) {
	identity, err := resolve.identity(ctx, c)
	if err == nil && identity.Tenant.ID == 0 {
		err = ErrNone
	}
	if err != nil {
		return nil, err
	}
	ctx = NewContext(ctx, identity.Tenant)
	if identity.Caller != nil {
		ctx = WithCaller(ctx, identity.Caller)
	}
	return ctx, nil
}

// identity calls the Resolver with a deadline. It returns a panic as an error.
func (resolve Resolver) identity(ctx context.Context, c Credentials) (identity Identity, err error) {
	limited, cancel := context.WithTimeout(ctx, resolveTime)
	defer cancel()
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("the resolver panicked: %v\n%s", panicked, debug.Stack())
		}
	}()
	c.Request = c.Request.WithContext(limited)
	identity, err = resolve(limited, c)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w: the resolver took %s: %v", ErrOutage, resolveTime, err) //nolint:errorlint // its deadline is not the request's
	}
	return identity, err
}

// callerKey is the context key of a caller.
type callerKey struct{}

// callerOf is a caller, and the tenant for which it was authenticated.
type callerOf struct {
	tenant ID
	caller any
}

// WithCaller returns a context that carries a caller beside its tenant.
func WithCaller(ctx context.Context, caller any) context.Context {
	tenant, _ := FromContext(ctx) // without a tenant, CallerFrom returns no caller
	return context.WithValue(ctx, callerKey{}, callerOf{tenant.ID, caller})
}

// CallerFrom returns the caller that ctx carries. It reports false when there is none, when it
// is not a T, and when ctx has another tenant by now, or the system scope.
func CallerFrom[T any](ctx context.Context) (T, bool) {
	tenant, err := FromContext(ctx)
	if err != nil {
		return *new(T), false
	}
	c, ok := ctx.Value(callerKey{}).(callerOf)
	caller, is := c.caller.(T)
	if !ok || !is || c.tenant != tenant.ID {
		return *new(T), false
	}
	return caller, true
}
