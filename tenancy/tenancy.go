// Package tenancy keeps tenants apart: the caller's tenant travels in the
// context, every database session is bound to it, and a statement that cannot be
// bound fails. Nothing here falls back to "all tenants".
//
//	middleware.go  fence 1: no tenant, no request
//	credentials.go who sent a request: its tenant and its caller
//	db.go, tx.go   fence 2: sessions and transactions come from DB, and only there
//	scope*.go      fence 3: every statement that GORM builds carries the tenant
//	connector.go   fence 4: every statement that reaches the driver is proved to stay
//	               inside the tenant, by the package guard
//	settings.go    sets and reads back the session settings that the proof assumes
//	prepared.go    prepares statements, so that arguments never become part of the SQL
//	transaction.go commits no part of a transaction that the server has ended
//	quota.go       limits how many connections a tenant uses
//	schema.go      checks at start that the tables match the models
//
// It knows nothing of GraphQL or of the models that use it.
package tenancy

import (
	"context"
	"errors"
	"time"
)

// ID is a tenant's number, from 1. A model field of this type marks its model as
// owned by tenants, and its column (by GORM's naming tenant_id) as the one that
// tells them apart.
type ID uint32

// Tenant is a customer whose rows no other customer may reach. The zero Tenant is
// nobody.
type Tenant struct {
	ID ID
	// Slug is the short public name: see ValidSlug.
	Slug string
	// Name is for people.
	Name string
	// CreatedAt is in UTC, in whole microseconds.
	CreatedAt time.Time
}

var (
	// ErrNone means that there is no tenant where one is needed: in a request, or in
	// the context of a statement.
	ErrNone = errors.New("no tenant: the request or the context carries none")
	// ErrInvalid means that what should name a tenant cannot be read.
	ErrInvalid = errors.New("malformed tenant")
	// ErrUnavailable means that no such tenant may be used.
	ErrUnavailable = errors.New("no such tenant")
	// ErrScope means that a statement was refused because it is not bound to the tenant
	// in its context; what the guard refused has a *guard.Refusal too. It is a mistake
	// in code, never in a client's input.
	ErrScope = errors.New("statement refused, it could leave its tenant")
)

type contextKey struct{}

// NewContext returns a context that carries t; statements run with it reach t's
// rows and nothing else.
func NewContext(ctx context.Context, t Tenant) context.Context {
	return context.WithValue(ctx, contextKey{}, t)
}

// FromContext returns the tenant that ctx carries, or ErrNone; the zero Tenant is
// none.
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
