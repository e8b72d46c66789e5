package servertest

import (
	"context"
	"errors"

	"rowhouse/graph/exec"
	"rowhouse/graph/limits"
	"rowhouse/graph/scalar"
	"rowhouse/graph/servertest/model"
	"rowhouse/graph/transport"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

func init() {
	scalar.Unmarshalers["Barcode"] = func(v any) (any, error) { return model.UnmarshalBarcode(v) }
}

// Resolver resolves the fields of the schema. Its methods are in schema.gen.resolvers.go and schema.resolvers.go.
type Resolver struct {
	db      *tenancy.DB
	control *control
}

// NewSchema returns the executable schema. Without a database it resolves no field that reads rows.
func NewSchema(db *tenancy.DB) limits.Schema { return newSchema(db, newControl()) }

func newSchema(db *tenancy.DB, c *control) limits.Schema {
	return NewExecutableSchema(Config{Resolvers: &Resolver{db, c}}).(*executableSchema)
}

// page returns the PageArgs for a connection's arguments, after a test has released the field.
func (r *Resolver) page(ctx context.Context, first *int, after *string, last *int, before *string) relay.PageArgs {
	r.control.waitForRelease(ctx)
	return relay.PageArgs{
		First: first, After: after, Last: last, Before: before,
		CountOnly: transport.SelectsOnlyTotalCount(ctx), Selection: exec.SelectionOf(ctx),
	}
}

// orNull turns *relay.NotFoundError into null.
func orNull[T any](found T, err error) (T, error) {
	var notFound *relay.NotFoundError
	if errors.As(err, &notFound) {
		return *new(T), nil
	}
	return found, err
}
