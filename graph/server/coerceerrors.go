package server

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/scalar"
	"rowhouse/model/relay"
)

// refuseVariable adds an error about a variable as a whole.
func (c *coercion) refuseVariable(format string, d *ast.VariableDefinition) {
	message := fmt.Sprintf(format, d.Variable, d.Type)
	c.addError(message, message)
}

// refuseField adds an error about a missing or unknown field of an object.
func (c *coercion) refuseField(name string, object any, format string, args ...any) {
	c.inner = append(c.inner, name)
	c.refuseValue(object, format, args...)
	c.inner = c.inner[:len(c.inner)-1]
}

// refuseValue adds an error about the value at the position.
func (c *coercion) refuseValue(v any, format string, args ...any) {
	message, at := fmt.Sprintf(format, args...), ""
	if len(c.inner) > 0 {
		at = fmt.Sprintf(` at "%s"`, c.path())
	}
	c.addError(message, fmt.Sprintf(`Variable "$%s" got invalid value %s%s; %s`, c.variable.Variable, scalar.Print(v), at, message))
}

// path returns the position as a path, which begins with the name of the variable.
func (c *coercion) path() relay.Path { return append(relay.Path{c.variable.Variable}, c.inner...) }

// addError adds an error at the position, unless there are too many. The full message also names
// the position.
func (c *coercion) addError(message, full string) {
	if len(c.errors) == c.maxErrors {
		return
	}
	c.errors = append(c.errors, relay.FieldError{Path: c.path(), Message: truncate(message)})
	if len(c.errors) == 1 {
		c.message = full
		at := c.variable.Position
		c.location = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
}

// joinErrors returns the error with all invalid values, at the location of the first, or nil.
func (c *coercion) joinErrors() *gqlerror.Error {
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
	err := &variablesError{clientError{codeBadUserInput, c.message}, c.errors}
	return &gqlerror.Error{Message: c.message, Locations: c.location, Err: err}
}

// variablesError is the PublicError of invalid variables.
type variablesError struct {
	clientError
	fields []relay.FieldError
}

// FieldErrors returns the invalid values. Their paths begin with the variable.
func (e *variablesError) FieldErrors() []relay.FieldError { return e.fields }
