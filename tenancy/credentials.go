package tenancy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// Credentials is the part of a request that authenticates its caller.
type Credentials struct {
	// Request is the HTTP request, or the request that opened a WebSocket. A Resolver must
	// not read its body.
	Request *http.Request
	// Parameters is the payload of a WebSocket's connection_init (connectionParams), as
	// untrusted JSON. Over HTTP it is nil. Browsers can't set the headers of a socket, so
	// clients send them here.
	Parameters map[string]any
}

// Value returns the value of a header, or of the parameter with its name, or "". The parameter
// may be in an object `headers`. Names are case-insensitive. Value fails with ErrInvalid for a
// repeated header, for a parameter that is not a string, and for values that differ.
func (c Credentials) Value(name string) (string, error) {
	values := c.Request.Header.Values(name)
	if len(values) > 1 {
		return "", ErrInvalid // a gateway may have set either of them
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

// Identity is the tenant and the caller of a request, as its credentials prove them.
type Identity struct {
	// Tenant is the tenant of the request. Its statements reach no other.
	Tenant Tenant
	// Caller is the user or machine, as a value of the application, or nil. CallerFrom
	// returns it.
	Caller any
	// Expires is the time when the credentials expire, or the zero time if they don't. Subscriptions
	// and WebSockets end at this time. ExpiresFrom returns it.
	Expires time.Time
}

// Resolver returns the identity that the credentials of a request prove. It runs once for each
// HTTP request and each WebSocket, before the body is read. ctx has a deadline of five seconds;
// the Resolver must return when it ends.
//
// It rejects credentials with a *ResolveError, or with ErrUnauthenticated, ErrForbidden, ErrNone,
// ErrInvalid or ErrUnavailable. When a retry can succeed it fails with ErrOutage, or with an error
// for which IsOutage is true. Any other error, and a panic, is an internal error without details
// for the client.
type Resolver func(ctx context.Context, c Credentials) (Identity, error)

// ErrUnauthenticated means that the credentials are missing, malformed, forged or expired.
var ErrUnauthenticated = errors.New("the credentials are missing or not valid")

// ResolveError is a Resolver's error with a message for the client.
type ResolveError struct {
	// Kind is ErrUnauthenticated, ErrForbidden, ErrNone, ErrInvalid or ErrUnavailable.
	Kind error
	// Message is for the client: the error in the credentials, and the fix.
	Message string
}

// Error returns the message.
func (e *ResolveError) Error() string { return e.Message }

// Unwrap returns the kind.
func (e *ResolveError) Unwrap() error { return e.Kind }

// resolveTimeout bounds the time that a Resolver takes. It is shorter than the time that
// WebSocket clients wait for connection_ack.
const resolveTimeout = 5 * time.Second

// NewContext calls the Resolver, and returns a context with its tenant and caller. It fails with
// the Resolver's error, and with ErrNone if the Resolver returns no tenant.
func (resolve Resolver) NewContext(ctx context.Context, c Credentials) (context.Context, error) {
	identity, err := resolve.resolveIdentity(ctx, c)
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
	if !identity.Expires.IsZero() {
		ctx = context.WithValue(ctx, expiresKey{}, identity.Expires)
	}
	return ctx, nil
}

// expiresKey is the context key of the time when credentials expire.
type expiresKey struct{}

// ExpiresFrom returns the time when the credentials of ctx expire, or the zero time if they don't.
func ExpiresFrom(ctx context.Context) time.Time {
	expires, _ := ctx.Value(expiresKey{}).(time.Time)
	return expires
}

// resolveIdentity calls the Resolver with a deadline. It returns a panic as an error.
func (resolve Resolver) resolveIdentity(ctx context.Context, c Credentials) (identity Identity, err error) {
	limited := &resolverContext{Context: ctx, deadline: time.Now().Add(resolveTimeout)}
	defer limited.end()
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("the resolver panicked: %v\n%s", panicked, debug.Stack())
		}
	}()
	c.Request = c.Request.WithContext(limited) //nolint:contextcheck // derived from ctx
	identity, err = resolve(limited, c)        //nolint:contextcheck // derived from ctx
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w: the resolver took %s: %v", ErrOutage, resolveTimeout, err) //nolint:errorlint // not the request's deadline
	}
	return identity, err
}

// resolverContext is the context of a Resolver. It starts its timer when it is first used to wait, since most
// Resolvers find the tenant in memory.
type resolverContext struct {
	context.Context // of the request
	deadline        time.Time

	started sync.Once
	timed   context.Context
	cancel  context.CancelFunc
}

// start returns the context with the deadline.
func (c *resolverContext) start() context.Context {
	c.started.Do(func() { c.timed, c.cancel = context.WithDeadline(c.Context, c.deadline) })
	return c.timed
}

// Deadline returns the deadline.
func (c *resolverContext) Deadline() (time.Time, bool) { return c.start().Deadline() }

// Done returns a channel that is closed at the deadline.
func (c *resolverContext) Done() <-chan struct{} { return c.start().Done() }

// Err returns nil until the deadline.
func (c *resolverContext) Err() error { return c.start().Err() }

// end cancels the context and stops its timer.
func (c *resolverContext) end() {
	c.started.Do(func() { c.timed, c.cancel = cancelled, func() {} })
	c.cancel()
}

// cancelled is a cancelled context.
var cancelled = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// callerKey is the context key of a caller.
type callerKey struct{}

// tenantCaller is a caller with the tenant of its authentication.
type tenantCaller struct {
	tenant ID
	caller any
}

// WithCaller returns a context with a caller of the tenant in ctx.
func WithCaller(ctx context.Context, caller any) context.Context {
	tenant, _ := FromContext(ctx) // without a tenant, CallerFrom returns false
	return context.WithValue(ctx, callerKey{}, tenantCaller{tenant.ID, caller})
}

// CallerFrom returns the caller in ctx. It returns false if ctx has no caller, if the caller is
// not a T, and if ctx has another tenant than at WithCaller, or the system scope.
func CallerFrom[T any](ctx context.Context) (T, bool) {
	tenant, err := FromContext(ctx)
	if err != nil {
		return *new(T), false
	}
	c, ok := ctx.Value(callerKey{}).(tenantCaller)
	caller, typed := c.caller.(T)
	if !ok || !typed || c.tenant != tenant.ID {
		return *new(T), false
	}
	return caller, true
}
