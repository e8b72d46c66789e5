package server

import (
	"context"
	"fmt"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/exec"
)

// enumCheck turns the value of an enum field into an error if the enum does not have it:
// a removed value, or that of another release. gqlgen would write any string.
type enumCheck struct{ schema *ast.Schema }

// enum is the Go type of an enum.
type enum interface{ IsValid() bool }

// MutateOperationContext checks the values of the fields of an operation. A field interceptor would allocate memory
// for each field.
func (c enumCheck) MutateOperationContext(_ context.Context, o *graphql.OperationContext) *gqlerror.Error {
	resolver := o.ResolverMiddleware
	o.ResolverMiddleware = func(ctx context.Context, next graphql.Resolver) (any, error) {
		value, err := resolver(ctx, next)
		if err != nil {
			return value, err
		}
		return c.checkValue(ctx, value)
	}
	return nil
}

// checkValue returns a value, or an error if it is of an enum that does not have it.
func (c enumCheck) checkValue(ctx context.Context, value any) (any, error) {
	switch v := value.(type) {
	case enum:
		return value, c.check(ctx, v)
	case nil:
		return value, nil
	}
	list := reflect.ValueOf(value)
	if list.Kind() != reflect.Slice || !list.Type().Elem().Implements(reflect.TypeFor[enum]()) {
		return value, nil
	}
	for i := range list.Len() {
		if err := c.check(ctx, list.Index(i).Interface().(enum)); err != nil {
			return nil, err
		}
	}
	return value, nil
}

// check fails if a value is not in the enum of the current field. Other types can have a method IsValid, too.
func (c enumCheck) check(ctx context.Context, value enum) error {
	v := reflect.ValueOf(value)
	if v.Kind() == reflect.Pointer && v.IsNil() || value.IsValid() {
		return nil
	}
	field := graphql.GetFieldContext(ctx)
	if d := c.schema.Types[field.Field.Definition.Type.Name()]; d == nil || d.Kind != ast.Enum {
		return nil
	}
	return exec.NewEnumError(field.Object, field.Field.Field, fmt.Sprint(reflect.Indirect(v)))
}
