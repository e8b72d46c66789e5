package server

import (
	"fmt"
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/scalar"
	"rowhouse/model/relay"
)

// coercion coerces the variables of one operation, and collects all errors.
type coercion struct {
	schema    *ast.Schema
	maxErrors int
	// variable and path are the position of the coercion. The path begins with the variable's name.
	variable *ast.VariableDefinition
	path     relay.Path

	errors   []relay.FieldError
	message  string // of the first error, complete with the variable
	location []gqlerror.Location
}

// coerceVariables returns the coerced variables of a valid operation, or an error with all
// invalid values. gqlgen would coerce the variables of a mutation's second field after the first is
// committed.
func coerceVariables(
	schema *ast.Schema, o *ast.OperationDefinition, given map[string]any, maxErrors int,
) (map[string]any, *gqlerror.Error) {
	c := &coercion{schema: schema, maxErrors: maxErrors}
	coerced := map[string]any{}
	for _, d := range o.VariableDefinitions {
		c.enterVariable(d)
		if v, ok := c.coerceVariable(d, given); ok {
			coerced[d.Variable] = v
		}
	}
	if len(c.errors) == 0 {
		c.checkUses(o, coerced)
	}
	return coerced, c.err()
}

// enterVariable moves the position to a variable.
func (c *coercion) enterVariable(d *ast.VariableDefinition) {
	c.variable, c.path = d, relay.Path{d.Variable}
}

// coerceVariable returns the coerced value of a variable or its default. ok is false if it has
// neither.
func (c *coercion) coerceVariable(d *ast.VariableDefinition, given map[string]any) (v any, ok bool) {
	v, ok = given[d.Variable]
	if !ok && d.DefaultValue != nil {
		v, _ = d.DefaultValue.Value(nil) // the document is valid
		ok = true
	}
	switch {
	case !ok && d.Type.NonNull:
		c.refuseVariable(`Variable "$%s" of required type "%s" was not provided.`, d)
	case ok && v == nil && d.Type.NonNull:
		c.refuseVariable(`Variable "$%s" of non-null type "%s" must not be null.`, d)
	case ok:
		v = c.coerceValue(d.Type, v)
	}
	return v, ok
}

// coerceValue returns the coerced value, in the form for the executor.
func (c *coercion) coerceValue(t *ast.Type, v any) any {
	if len(c.errors) == c.maxErrors {
		return nil
	}
	if v == nil {
		if t.NonNull {
			c.refuseValue(v, `Expected non-nullable type "%s" not to be null.`, t)
		}
		return nil
	}
	if t.Elem != nil {
		return c.coerceList(t.Elem, v)
	}
	switch d := c.schema.Types[t.NamedType]; d.Kind {
	case ast.Enum:
		c.checkEnum(d, v)
	case ast.InputObject:
		return c.coerceObject(d, v)
	default:
		return c.coerceScalar(d, v)
	}
	return v
}

// coerceAt coerces a value inside another. The element is a name or an index.
func (c *coercion) coerceAt(element any, t *ast.Type, v any) any {
	c.path = append(c.path, element)
	defer func() { c.path = c.path[:len(c.path)-1] }()
	return c.coerceValue(t, v)
}

// coerceList coerces a list. Another value becomes a list of one.
func (c *coercion) coerceList(elem *ast.Type, v any) any {
	list, ok := v.([]any)
	if !ok {
		return []any{c.coerceValue(elem, v)}
	}
	coerced := make([]any, len(list))
	for i, v := range list {
		coerced[i] = c.coerceAt(i, elem, v)
	}
	return coerced
}

func (c *coercion) coerceObject(d *ast.Definition, v any) any {
	object, ok := v.(map[string]any)
	if !ok {
		c.refuseValue(v, `Expected type "%s" to be an object.`, d.Name)
		return nil
	}
	coerced := make(map[string]any, len(object))
	for _, f := range d.Fields {
		inner, ok := object[f.Name]
		if ok {
			coerced[f.Name] = c.coerceAt(f.Name, f.Type, inner)
		} else if f.Type.NonNull && f.DefaultValue == nil {
			c.refuseField(f.Name, v, `Field "%s" of required type "%s" was not provided.`, f.Name, f.Type)
		}
	}
	if len(coerced) < len(object) {
		c.refuseUnknownFields(d, object)
	}
	if d.Directives.ForName("oneOf") != nil {
		c.checkOneOf(d, object)
	}
	return coerced
}

func (c *coercion) checkOneOf(d *ast.Definition, object map[string]any) {
	if len(object) != 1 {
		c.refuseValue(object, `Exactly one key must be specified for OneOf type "%s".`, d.Name)
		return
	}
	for name, v := range object {
		if v == nil {
			c.refuseField(name, v, `Field "%s" must be non-null.`, name)
		}
	}
}

func (c *coercion) refuseUnknownFields(d *ast.Definition, object map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if len(c.errors) == c.maxErrors {
			return
		}
		if d.Fields.ForName(name) == nil {
			name = scalar.Cut(name)
			c.refuseField(name, object, `Field "%s" is not defined by type "%s".`, name, d.Name)
		}
	}
}

func (c *coercion) checkEnum(d *ast.Definition, v any) {
	name, ok := v.(string)
	if !ok {
		c.refuseValue(v, `Enum "%s" cannot represent non-string value: %s.`, d.Name, scalar.Print(v))
	} else if d.EnumValues.ForName(name) == nil {
		c.refuseValue(v, `Value %s does not exist in "%s" enum.`, scalar.Print(v), d.Name)
	}
}

func (c *coercion) coerceScalar(d *ast.Definition, v any) any {
	coerced, err := scalar.Unmarshalers[d.Name](v)
	if err != nil {
		c.refuseValue(v, "%s", err)
	}
	if d.Name == "Int" { // gqlgen does not accept 5.0
		return coerced
	}
	return v
}

// refuseVariable adds an error about a variable as a whole.
func (c *coercion) refuseVariable(format string, d *ast.VariableDefinition) {
	message := fmt.Sprintf(format, d.Variable, d.Type)
	c.addError(message, message)
}

// refuseField adds an error about a missing or unknown field of an object.
func (c *coercion) refuseField(name string, object any, format string, args ...any) {
	c.path = append(c.path, name)
	c.refuseValue(object, format, args...)
	c.path = c.path[:len(c.path)-1]
}

// refuseValue adds an error about the value at the position.
func (c *coercion) refuseValue(v any, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if len(c.errors) > 0 { // only the first error needs a full message
		c.addError(message, message)
		return
	}
	at := ""
	if len(c.path) > 1 {
		at = fmt.Sprintf(` at "%s"`, c.path)
	}
	c.addError(message, fmt.Sprintf(`Variable "$%s" got invalid value %s%s; %s`, c.variable.Variable, scalar.Print(v), at, message))
}

// addError adds an error at the position, unless there are too many. The full message also names
// the position.
func (c *coercion) addError(message, full string) {
	if len(c.errors) == c.maxErrors {
		return
	}
	c.errors = append(c.errors, relay.FieldError{Path: slices.Clone(c.path), Message: truncate(message)})
	if len(c.errors) == 1 {
		c.message = full
		if at := c.variable.Position; at != nil {
			c.location = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
		}
	}
}

// err returns the error with all invalid values, at the location of the first, or nil.
func (c *coercion) err() *gqlerror.Error {
	n := len(c.errors)
	if n == 0 {
		return nil
	}
	if n > 1 {
		few := ""
		if n == c.maxErrors {
			few = "at least " // the coercion ended there
		}
		c.message = fmt.Sprintf("%s%d values in variables are invalid, see extensions.fields. The first: %s", few, n, c.message)
	}
	return &gqlerror.Error{Message: c.message, Locations: c.location, Err: &variablesError{c.message, c.errors}}
}

// variablesError is the PublicError of invalid variables.
type variablesError struct {
	message string
	fields  []relay.FieldError
}

// Error returns the message for clients.
func (e *variablesError) Error() string { return e.message }

// Code returns BAD_USER_INPUT.
func (*variablesError) Code() string { return codeBadUserInput }

// Public returns the message for clients.
func (e *variablesError) Public() string { return e.message }

// FieldErrors returns the invalid values. Their paths begin with the variable.
func (e *variablesError) FieldErrors() []relay.FieldError { return e.fields }
