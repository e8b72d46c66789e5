package servertest

import (
	"context"
	"errors"

	"rowhouse/model/relay"
)

// Resolver resolves the fields of the schema. Its methods are in schema.resolvers.go.
type Resolver struct{ store *Store }

// orNull returns null for an object that does not exist.
func orNull[T any](found T, err error) (T, error) {
	var missing *relay.NotFoundError
	if errors.As(err, &missing) {
		return *new(T), nil
	}
	return found, err
}

// listPage returns a page of objects of the tenant's library, after a test has released the field.
func listPage[T any](
	ctx context.Context, s *Store, field string, of func(*library) []*T, filter matcher[T], first *int, after *string, last *int,
) (*Connection[T], error) {
	s.lists.Add(1)
	if err := s.waitForRelease(ctx, field); err != nil {
		return nil, err
	}
	l, unlock, err := s.lockLibrary(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return newConnection(selectMatches(of(l), filter), first, after, last)
}
