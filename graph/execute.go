package graph

import (
	"bytes"
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// boundedSchema is the generated schema with a limit on the bytes of a response.
type boundedSchema struct {
	generated *executableSchema
	most      int64
}

var _ graphql.ExecutableSchema = boundedSchema{}

// Schema returns the schema.
func (s boundedSchema) Schema() *ast.Schema { return s.generated.Schema() }

// Complexity returns the complexity of a field.
func (s boundedSchema) Complexity(ctx context.Context, typeName, field string, childComplexity int, arguments map[string]any) (int, bool) {
	return s.generated.Complexity(ctx, typeName, field, childComplexity, arguments)
}

// Exec executes an operation as the generated method does, but writes responses through a
// responseWriter, which counts all bytes of keys and values. It supports neither gqlgen's @defer,
// since transport rewrites such operations, nor graphql.UnmarshalInputFromContext.
func (s boundedSchema) Exec(ctx context.Context) graphql.ResponseHandler {
	o := graphql.GetOperationContext(ctx)
	ec := newExecutionContext(o, s.generated, nil)
	set := o.Operation.SelectionSet
	switch o.Operation.Operation {
	case ast.Query:
		return s.once(func(ctx context.Context) graphql.Marshaler { return ec._Query(ctx, set) })
	case ast.Mutation:
		return s.once(func(ctx context.Context) graphql.Marshaler { return ec._Mutation(ctx, set) })
	}
	next := ec._Subscription(ctx, set)
	return func(ctx context.Context) *graphql.Response {
		event := next(ctx)
		if event == nil {
			return nil
		}
		return s.respond(ctx, event)
	}
}

// once returns a handler with one response.
func (s boundedSchema) once(execute func(context.Context) graphql.Marshaler) graphql.ResponseHandler {
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		return s.respond(ctx, execute(ctx))
	}
}

// respond returns a response with its data, or records the error that replaces it.
func (s boundedSchema) respond(ctx context.Context, data graphql.Marshaler) *graphql.Response {
	usage, _ := ctx.Value(spentKey{}).(*spent) // limits, which New adds, intercepts each response
	w := responseWriter{most: s.most, grow: usage.unread.grow}
	mutation := operationOf(ctx).Operation.Operation == ast.Mutation
	if mutation {
		w.grow = usage.unread.growAnyway // the mutation is committed
	}
	written, err := w.marshal(data)
	switch {
	case errors.Is(err, errTooLong) && mutation:
		err = exceeded("the mutation took effect, but its response is longer than %d bytes: select fewer fields in a new query", s.most)
	case errors.Is(err, errTooLong):
		err = exceeded("the response is longer than %d bytes: select fewer fields, or ask for smaller pages", s.most)
	}
	usage.failed = err
	return &graphql.Response{Data: written}
}

// responseWriter is a buffer for the data of a response. It stops marshalling by a panic before
// it holds more than most bytes.
type responseWriter struct {
	most int64
	// grow is called with the length from time to time. Marshalling stops when it fails.
	grow func(int64) error

	buffer  bytes.Buffer
	counted int // the length of the last call of grow
	err     error
}

// marshal returns the bytes that m writes, or the error that stopped it.
func (w *responseWriter) marshal(m graphql.Marshaler) (written []byte, err error) {
	defer func() {
		if with := recover(); with != nil && with != any(w) {
			panic(with)
		}
		if err = w.err; err != nil {
			written = nil
		}
	}()
	m.MarshalGQL(w)
	w.err = w.grow(int64(w.buffer.Len()))
	return w.buffer.Bytes(), nil
}

// Write appends p.
func (w *responseWriter) Write(p []byte) (int, error) {
	w.reserve(len(p))
	return w.buffer.Write(p)
}

// WriteString appends s, without the copy that io.WriteString would make for Write.
func (w *responseWriter) WriteString(s string) (int, error) {
	w.reserve(len(s))
	return w.buffer.WriteString(s)
}

// reserve counts n more bytes, or stops marshalling.
func (w *responseWriter) reserve(n int) {
	length := w.buffer.Len() + n
	if w.err == nil && int64(length) > w.most {
		w.err = errTooLong
	}
	if w.err == nil && length-w.counted >= smallAnswer<<10 {
		w.counted = length
		w.err = w.grow(int64(length))
	}
	if w.err != nil { // again, if a marshaler recovered from the first panic
		panic(w)
	}
}
