// Package tenancy binds database statements to one tenant. Each statement that reaches the server
// reads and writes rows of the tenant in its context, or fails; no default reaches all tenants.
//
// Start with Open, DB.For and DB.Tx. A request passes four layers:
//
//	middleware.go   a request without a tenant gets an error response
//	db.go, tx.go    sessions and transactions come only from a DB, and have one tenant
//	scope*.go       the clauses that GORM builds get the condition on tenant_id
//	check.go        package guard proves each statement, below GORM and database/sql
//
// These files support them:
//
//	credentials.go  the tenant and the caller of a request
//	conn.go         connections, and which of them return to the pool
//	settings.go     session settings on which the proof depends, set and verified
//	prepared.go     prepared statements, so that arguments never become part of the SQL
//	quota.go        the quota of connections per tenant
//	kill.go         statements of requests that have ended
//	schema.go       the schema check: the tables match the models
//	unionall.go     queries for many keys in one statement
//	built.go        statements that GORM builds once, for all tenants
//	system.go       statements for no tenant, with a reason in the log
//	directory.go    the list of all tenants
//	events.go       events after COMMIT, to subscribers of one tenant
//	mysqlerrors.go  all error numbers of the server
//
// The package depends on neither GraphQL nor the models of an application. Package tenancytest
// has databases for tests, and package bustest tests a Bus.
package tenancy

import (
	"context"
	"errors"
	"time"
)

// ID is the id of a tenant, from 1. A model with one field of this type belongs to tenants. The
// field's column is the discriminator column tenant_id.
type ID uint32

// Tenant is a customer with rows of its own. The zero Tenant means no tenant.
type Tenant struct {
	ID ID
	// Slug is the short public name: see ValidSlug.
	Slug string
	// Name is the display name, of 1 to 200 characters.
	Name string
	// ExternalID identifies the tenant in the tokens of an identity provider. It is unique, and has 1 to 255 printable ASCII
	// characters without spaces. The default is the slug.
	ExternalID string
	// CreatedAt is in UTC, truncated to microseconds.
	CreatedAt time.Time
}

var (
	// ErrNone means that a request, or the context of a statement, has no tenant.
	ErrNone = errors.New("no tenant: the request or the context has none")
	// ErrInvalid means that a tenant's id, slug or name is malformed.
	ErrInvalid = errors.New("malformed tenant")
	// ErrUnavailable means that the tenant does not exist, or may not be used.
	ErrUnavailable = errors.New("no such tenant")
	// ErrForbidden means that the credentials give no access to the tenant. It does not tell
	// whether the tenant exists.
	ErrForbidden = errors.New("the credentials give no access to the tenant")
	// ErrScope means that a statement was refused because it is not bound to the tenant in
	// its context. A refusal of the guard also wraps a *guard.Refusal. The cause is in the
	// code, never in a client's input.
	ErrScope = errors.New("statement refused, it could leave its tenant")
)

// contextKey is the context key of a Tenant or of a systemScope.
type contextKey struct{}

// NewContext returns a context with the tenant t. Statements in it reach only the rows of t.
func NewContext(ctx context.Context, t Tenant) context.Context {
	return context.WithValue(ctx, contextKey{}, t)
}

// FromContext returns the tenant in ctx. It fails with ErrNone for no tenant, the zero Tenant,
// and the system scope.
func FromContext(ctx context.Context) (Tenant, error) {
	if ctx == nil {
		return Tenant{}, ErrNone
	}
	t, _ := ctx.Value(contextKey{}).(Tenant)
	if t.ID == 0 {
		return Tenant{}, ErrNone
	}
	return t, nil
}
