package transport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// mapSchema executes queries and mutations on maps, as generated code does on structs. Its fields
// fail, panic and are null where a schema of an application must not. A value is an object, a list
// ([]any), a resolver, an error, nil, or has a JSON. An object of an abstract type has its type name
// in the member "__typename".
type mapSchema struct {
	schema *ast.Schema
	roots  map[ast.Operation]object
}

var _ graphql.ExecutableSchema = mapSchema{}

// resolver returns the value of a field.
type resolver func(context.Context) any

func newMapSchema(schema string, query, mutation object) mapSchema {
	return mapSchema{
		gqlparser.MustLoadSchema(&ast.Source{Input: schema}),
		map[ast.Operation]object{ast.Query: query, ast.Mutation: mutation},
	}
}

func (s mapSchema) Schema() *ast.Schema { return s.schema }

func (mapSchema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (s mapSchema) Exec(ctx context.Context) graphql.ResponseHandler {
	o := graphql.GetOperationContext(ctx).Operation
	name := map[ast.Operation]string{ast.Query: "Query", ast.Mutation: "Mutation"}[o.Operation]
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: name})
		data := s.completeObject(ctx, s.schema.Types[name], s.roots[o.Operation], o.SelectionSet)
		if data == nil {
			data = []byte("null")
		}
		return &graphql.Response{Data: data}
	}
}

// completeObject returns the JSON of an object, or nil if a non-null field is null.
func (s mapSchema) completeObject(ctx context.Context, t *ast.Definition, value object, set ast.SelectionSet) []byte {
	satisfies := []string{t.Name}
	for _, d := range s.schema.GetImplements(t) {
		satisfies = append(satisfies, d.Name)
	}
	o, data := graphql.GetOperationContext(ctx), []byte("{")
	for i, field := range graphql.CollectFields(o, set, satisfies) {
		if len(field.Deferrables) > 0 {
			panic("gqlgen would defer " + field.Alias)
		}
		if i > 0 {
			data = append(data, ',')
		}
		completed := s.completeField(ctx, t, value, field)
		if completed == nil {
			return nil
		}
		data = append(append(append(data, strconv.Quote(field.Alias)...), ':'), completed...)
	}
	return append(data, '}')
}

// completeField resolves a field with the middleware of the operation.
func (s mapSchema) completeField(ctx context.Context, t *ast.Definition, value object, field graphql.CollectedField) []byte {
	if field.Name == "__typename" {
		return []byte(strconv.Quote(t.Name))
	}
	ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: t.Name, Field: field})
	resolved, err := resolveField(ctx, value[field.Name])
	if err != nil {
		graphql.GetOperationContext(ctx).Error(ctx, err)
		return nullOf(field.Definition.Type)
	}
	return s.completeValue(ctx, field.Definition.Type, resolved, field)
}

func resolveField(ctx context.Context, value any) (resolved any, err error) {
	o := graphql.GetOperationContext(ctx)
	defer func() {
		if recovered := recover(); recovered != nil {
			err = o.Recover(ctx, recovered)
		}
	}()
	return o.ResolverMiddleware(ctx, func(ctx context.Context) (any, error) {
		if resolve, ok := value.(resolver); ok {
			value = resolve(ctx)
		}
		if err, ok := value.(error); ok {
			return nil, err
		}
		return value, nil
	})
}

// nullOf returns null if a type allows it, or nil.
func nullOf(t *ast.Type) []byte {
	if t.NonNull {
		return nil
	}
	return []byte("null")
}

func (s mapSchema) completeValue(ctx context.Context, t *ast.Type, value any, field graphql.CollectedField) []byte {
	switch value := value.(type) {
	case nil:
		if t.NonNull {
			graphql.AddInvalidNullError(ctx, "")
		}
		return nullOf(t)
	case graphql.Marshaler: // a middleware replaced the value
		var b bytes.Buffer
		value.MarshalGQL(&b)
		return b.Bytes()
	case []any:
		data := []byte("[")
		for i, element := range value {
			if i > 0 {
				data = append(data, ',')
			}
			completed := s.completeValue(graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &i}), t.Elem, element, field)
			if completed == nil {
				return nullOf(t)
			}
			data = append(data, completed...)
		}
		return append(data, ']')
	case object:
		definition := s.schema.Types[t.Name()]
		if name, ok := value["__typename"].(string); ok {
			definition = s.schema.Types[name]
		}
		if data := s.completeObject(ctx, definition, value, field.Selections); data != nil {
			return data
		}
		return nullOf(t)
	}
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}
