package server

import (
	"fmt"
	"maps"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/scalar"
)

// variablesError holds the variables of an operation that cannot be coerced.
type variablesError struct{ fields []badField }

// Error returns the number of errors.
func (e *variablesError) Error() string {
	return fmt.Sprintf("%d invalid values in variables", len(e.fields))
}

// coercion coerces the variables of one operation and collects all errors.
type coercion struct {
	schema *ast.Schema
	most   int // errors
	// variable and path are the position of the coercion; path begins with the variable's name.
	variable *ast.VariableDefinition
	path     ast.Path

	fields []badField
	first  *gqlerror.Error // the first error, with its location
}

// coerceVariables replaces the variables by their coerced values, before anything runs. gqlgen
// would unmarshal the variables of a mutation's second field after the first is committed. It
// fails with all values that cannot be coerced.
func (l preparation) coerceVariables(document *ast.QueryDocument, p *graphql.RawParams) *gqlerror.Error {
	operation := document.Operations.ForName(p.OperationName)
	if operation == nil || len(operation.VariableDefinitions) == 0 { // the executor reports a missing operation
		return nil
	}
	c := &coercion{schema: l.schema, most: l.Errors}
	variables := map[string]any{}
	for _, d := range operation.VariableDefinitions {
		c.variable, c.path = d, ast.Path{ast.PathName(d.Variable)}
		if v, ok := c.valueOf(d, p.Variables); ok {
			variables[d.Variable] = v
		}
	}
	if c.first == nil {
		c.checkUses(operation, variables)
	}
	p.Variables = variables
	return c.err()
}

// err returns the error that the client sees, or nil.
func (c *coercion) err() *gqlerror.Error {
	if c.first != nil {
		c.first.Err = &variablesError{c.fields}
		if n := len(c.fields); n > 1 {
			few := ""
			if n == c.most {
				few = "at least " // the coercion ended there
			}
			c.first.Message = fmt.Sprintf("%s%d values in variables are invalid, see extensions.fields. The first: %s", few, n, c.first.Message)
		}
	}
	return c.first
}

// valueOf returns the coerced value of a variable or its default; ok is false if it has neither.
func (c *coercion) valueOf(d *ast.VariableDefinition, variables map[string]any) (v any, ok bool) {
	v, ok = variables[d.Variable]
	if !ok && d.DefaultValue != nil {
		v, _ = d.DefaultValue.Value(nil) // the document is valid
		ok = true
	}
	switch {
	case !ok && d.Type.NonNull:
		c.addVariable(`Variable "$%s" of required type "%s" was not provided.`, d)
	case ok && v == nil && d.Type.NonNull:
		c.addVariable(`Variable "$%s" of non-null type "%s" must not be null.`, d)
	case ok:
		v = c.coerce(d.Type, v)
	}
	return v, ok
}

// coerce returns the coerced value, in the form that the executor needs.
func (c *coercion) coerce(t *ast.Type, v any) any {
	if len(c.fields) == c.most {
		return nil
	}
	if v == nil {
		if t.NonNull {
			c.refuse(v, `Expected non-nullable type "%s" not to be null.`, t)
		}
		return nil
	}
	if t.Elem != nil {
		return c.list(t.Elem, v)
	}
	switch d := c.schema.Types[t.NamedType]; d.Kind {
	case ast.Enum:
		c.enum(d, v)
	case ast.InputObject:
		return c.object(d, v)
	default:
		return c.scalar(d, v)
	}
	return v
}

// coerceAt coerces a value inside another.
func (c *coercion) coerceAt(e ast.PathElement, t *ast.Type, v any) any {
	c.path = append(c.path, e)
	defer func() { c.path = c.path[:len(c.path)-1] }()
	return c.coerce(t, v)
}

// list coerces a list. A value that is not a list becomes a list of one.
func (c *coercion) list(elem *ast.Type, v any) any {
	list, ok := v.([]any)
	if !ok {
		return []any{c.coerce(elem, v)}
	}
	coerced := make([]any, len(list))
	for i, v := range list {
		coerced[i] = c.coerceAt(ast.PathIndex(i), elem, v)
	}
	return coerced
}

func (c *coercion) object(d *ast.Definition, v any) any {
	object, ok := v.(map[string]any)
	if !ok {
		c.refuse(v, `Expected type "%s" to be an object.`, d.Name)
		return nil
	}
	coerced := make(map[string]any, len(object))
	for _, f := range d.Fields {
		inner, ok := object[f.Name]
		if ok {
			coerced[f.Name] = c.coerceAt(ast.PathName(f.Name), f.Type, inner)
		} else if f.Type.NonNull && f.DefaultValue == nil {
			c.refuseField(f.Name, v, `Field "%s" of required type "%s" was not provided.`, f.Name, f.Type)
		}
	}
	if len(coerced) < len(object) {
		c.unknownFields(d, object)
	}
	if d.Directives.ForName("oneOf") != nil {
		c.oneOf(d, object)
	}
	return coerced
}

func (c *coercion) oneOf(d *ast.Definition, object map[string]any) {
	if len(object) != 1 {
		c.refuse(object, `Exactly one key must be specified for OneOf type "%s".`, d.Name)
		return
	}
	for name, v := range object {
		if v == nil {
			c.refuseField(name, v, `Field "%s" must be non-null.`, name)
		}
	}
}

func (c *coercion) unknownFields(d *ast.Definition, object map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if len(c.fields) == c.most {
			return
		}
		if d.Fields.ForName(name) == nil {
			name = scalar.Cut(name)
			c.refuseField(name, object, `Field "%s" is not defined by type "%s".`, name, d.Name)
		}
	}
}

func (c *coercion) enum(d *ast.Definition, v any) {
	name, ok := v.(string)
	if !ok {
		c.refuse(v, `Enum "%s" cannot represent non-string value: %s.`, d.Name, scalar.Print(v))
	} else if d.EnumValues.ForName(name) == nil {
		c.refuse(v, `Value %s does not exist in "%s" enum.`, scalar.Print(v), d.Name)
	}
}

func (c *coercion) scalar(d *ast.Definition, v any) any {
	unmarshaled, err := scalar.Unmarshalers[d.Name](v)
	if err != nil {
		c.refuse(v, "%s", err)
	}
	if d.Name == "Int" { // gqlgen does not accept 5.0
		return unmarshaled
	}
	return v
}

// addVariable adds an error about a variable as a whole.
func (c *coercion) addVariable(format string, d *ast.VariableDefinition) {
	message := fmt.Sprintf(format, d.Variable, d.Type)
	c.add(message, message)
}

// refuseField is refuse for a field that is missing or unknown.
func (c *coercion) refuseField(name string, object any, format string, args ...any) {
	c.path = append(c.path, ast.PathName(name))
	c.refuse(object, format, args...)
	c.path = c.path[:len(c.path)-1]
}

// refuse adds an error about a value at the path.
func (c *coercion) refuse(v any, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if c.first != nil {
		c.add(message, message)
		return
	}
	at := ""
	if len(c.path) > 1 {
		at = fmt.Sprintf(` at "%s"`, c.path)
	}
	c.add(message, fmt.Sprintf(`Variable "$%s" got invalid value %s%s; %s`, c.variable.Variable, scalar.Print(v), at, message))
}

// add adds an error at the path. The full message also names the position.
func (c *coercion) add(message, full string) {
	if len(c.fields) == c.most {
		return
	}
	c.fields = append(c.fields, badField{slices.Clone(c.path), shortened(message)})
	if c.first == nil {
		c.first = &gqlerror.Error{Message: full}
		if at := c.variable.Position; at != nil {
			c.first.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
		}
	}
}
