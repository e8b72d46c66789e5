package exec

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// written is the JSON of a value.
type written struct {
	b       []byte
	splices []splice
	// zeros are written after b if elements are missing there, so that the response exceeds its limit. Code of the
	// application in splices can fail before, as it does in gqlgen.
	zeros int64
}

// splice is a value of generated code at an offset of a plan's JSON. It is written with the response.
type splice struct {
	at    int
	value graphql.Marshaler
}

// MarshalGQL writes the JSON.
func (v *written) MarshalGQL(w io.Writer) {
	start := 0
	for _, s := range v.splices {
		_, _ = w.Write(v.b[start:s.at])
		s.value.MarshalGQL(w)
		start = s.at
	}
	_, _ = w.Write(v.b[start:])
	var zeros [4096]byte
	for n := v.zeros; n > 0; n -= int64(len(zeros)) {
		_, _ = w.Write(zeros[:])
	}
}

type totalKey struct{}

var _ graphql.ResponseInterceptor = Schema{}

// InterceptResponse shares the limit of a response among its plans.
func (Schema) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	return next(context.WithValue(ctx, totalKey{}, new(atomic.Int64)))
}

// totalOf returns the length of the plans' JSON in the response of ctx. It panics if InterceptResponse was not called: the
// memory of a response would have no bound.
func totalOf(ctx context.Context) *atomic.Int64 {
	if total, ok := ctx.Value(totalKey{}).(*atomic.Int64); ok {
		return total
	}
	if graphql.GetOperationContext(ctx).Operation.Operation != ast.Subscription {
		panic("exec: the Schema is no extension of the executor, so it does not intercept the response")
	}
	return new(atomic.Int64) // a subscription that begins has no response
}
