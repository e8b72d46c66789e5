package server

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/scalar"
)

// usageCheck checks the uses of an operation's variables.
type usageCheck struct {
	*coercion
	operation *ast.OperationDefinition
	variables map[string]any
	seen      map[string]bool // fragments
}

// checkUses refuses values that the types of variables allow and their uses do not: null for a
// nullable variable with a default in a non-null position, and invalid values of variables inside
// a custom scalar's literal.
func (c *coercion) checkUses(o *ast.OperationDefinition, variables map[string]any) {
	u := usageCheck{c, o, variables, map[string]bool{}}
	u.directives(o.Directives)
	u.set(o.SelectionSet)
}

func (u usageCheck) set(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			u.arguments(s.Arguments)
			u.directives(s.Directives)
			u.set(s.SelectionSet)
		case *ast.InlineFragment:
			u.directives(s.Directives)
			u.set(s.SelectionSet)
		case *ast.FragmentSpread:
			u.directives(s.Directives)
			if !u.seen[s.Name] {
				u.seen[s.Name] = true
				u.directives(s.Definition.Directives)
				u.set(s.Definition.SelectionSet)
			}
		}
	}
}

func (u usageCheck) directives(directives ast.DirectiveList) {
	for _, d := range directives {
		u.arguments(d.Arguments)
	}
}

func (u usageCheck) arguments(arguments ast.ArgumentList) {
	for _, a := range arguments {
		u.value(a.Value)
	}
}

func (u usageCheck) value(v *ast.Value) {
	if v.Kind == ast.Variable {
		u.null(v)
		return
	}
	if isCustomLiteral(v) {
		u.custom(v)
		return
	}
	for _, child := range v.Children {
		u.value(child.Value)
	}
}

func (u usageCheck) null(v *ast.Value) {
	if value, set := u.variables[v.Raw]; set && value == nil && v.ExpectedType != nil && v.ExpectedType.NonNull {
		u.enter(v.Raw)
		u.refuse(nil, `Expected non-nullable type "%s" not to be null.`, v.ExpectedType)
	}
}

// enter sets the position to a variable.
func (u usageCheck) enter(name string) {
	u.variable, u.path = u.operation.VariableDefinitions.ForName(name), ast.Path{ast.PathName(name)}
}

// isCustomLiteral reports whether v is a list or an object for a custom scalar.
func isCustomLiteral(v *ast.Value) bool {
	return v.Definition != nil && v.Definition.Kind == ast.Scalar &&
		(v.Kind == ast.ObjectValue || v.Kind == ast.ListValue && v.ExpectedType.Elem == nil)
}

// custom checks a custom scalar's literal with the values of its variables, which the validation
// does not have.
func (u usageCheck) custom(v *ast.Value) {
	name := firstVariable(v)
	if name == "" {
		return
	}
	value, err := v.Value(u.variables)
	if err == nil {
		_, err = scalar.Unmarshalers[v.Definition.Name](value)
	}
	if err != nil {
		u.enter(name)
		u.add(err.Error(), fmt.Sprintf(`Variable "$%s" is part of an invalid value; %s`, name, err))
	}
}

// firstVariable returns the name of a variable inside a literal, or "".
func firstVariable(v *ast.Value) string {
	if v.Kind == ast.Variable {
		return v.Raw
	}
	for _, child := range v.Children {
		if name := firstVariable(child.Value); name != "" {
			return name
		}
	}
	return ""
}
