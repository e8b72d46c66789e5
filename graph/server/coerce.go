package server

import (
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
	// variable and inner are the position of the coercion. inner is the path inside the value of the variable.
	variable *ast.VariableDefinition
	inner    relay.Path

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
	return coerced, c.joinErrors()
}

// enterVariable moves the position to a variable.
func (c *coercion) enterVariable(d *ast.VariableDefinition) {
	c.variable, c.inner = d, nil
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
	case v == nil && d.Type.NonNull:
		c.refuseVariable(`Variable "$%s" of non-null type "%s" must not be null.`, d)
	default:
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
	c.inner = append(c.inner, element)
	defer func() { c.inner = c.inner[:len(c.inner)-1] }()
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
			name = scalar.Truncate(name, scalar.LongestPrinted)
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
