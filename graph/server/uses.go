package server

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/scalar"
)

// useCheck checks the uses of an operation's variables.
type useCheck struct {
	*coercion
	operation *ast.OperationDefinition
	variables map[string]any  // coerced
	seen      map[string]bool // fragments
}

// checkUses refuses values which the types of variables allow and their uses do not: null for a
// nullable variable with a default in a non-null position, invalid values of variables inside
// a custom scalar's literal, and unset variables inside the filter of a mutation.
func (c *coercion) checkUses(o *ast.OperationDefinition, variables map[string]any) {
	u := useCheck{c, o, variables, map[string]bool{}}
	u.checkDirectives(o.Directives)
	u.checkSet(o.SelectionSet)
}

func (u useCheck) checkSet(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			u.checkArguments(s.Arguments)
			u.checkDirectives(s.Directives)
			u.checkSet(s.SelectionSet)
		case *ast.InlineFragment:
			u.checkDirectives(s.Directives)
			u.checkSet(s.SelectionSet)
		case *ast.FragmentSpread:
			u.checkDirectives(s.Directives)
			if !u.seen[s.Name] {
				u.seen[s.Name] = true
				u.checkDirectives(s.Definition.Directives)
				u.checkSet(s.Definition.SelectionSet)
			}
		}
	}
}

func (u useCheck) checkDirectives(directives ast.DirectiveList) {
	for _, d := range directives {
		u.checkArguments(d.Arguments)
	}
}

func (u useCheck) checkArguments(arguments ast.ArgumentList) {
	for _, a := range arguments {
		u.checkLiteral(a.Value)
	}
}

func (u useCheck) checkLiteral(v *ast.Value) {
	if v.Kind == ast.Variable {
		u.checkNull(v)
		return
	}
	if isCustomLiteral(v) {
		u.checkCustomLiteral(v)
		return
	}
	for _, child := range v.Children {
		if child.Value.Kind == ast.Variable && u.isMutationFilter(v) {
			u.checkCondition(child)
		}
		u.checkLiteral(child.Value)
	}
}

// isMutationFilter reports whether v is the literal of a filter, or of its operators, in a mutation.
func (u useCheck) isMutationFilter(v *ast.Value) bool {
	return u.operation.Operation == ast.Mutation && v.Definition.Kind == ast.InputObject && strings.HasSuffix(v.Definition.Name, "Filter")
}

// checkCondition refuses an unset variable in a filter. GraphQL drops its condition, so the mutation would change more rows.
func (u useCheck) checkCondition(child *ast.ChildValue) {
	if _, set := u.variables[child.Value.Raw]; !set {
		d := u.operation.VariableDefinitions.ForName(child.Value.Raw)
		u.enterVariable(d)
		u.refuseVariable(`Variable "$%s" of type "%s" was not provided, and is part of the filter of a mutation.`, d)
	}
}

// checkNull refuses null in a non-null position.
func (u useCheck) checkNull(v *ast.Value) {
	if value, set := u.variables[v.Raw]; set && value == nil && v.ExpectedType.NonNull {
		u.enterVariable(u.operation.VariableDefinitions.ForName(v.Raw))
		u.refuseValue(nil, `Expected non-nullable type "%s" not to be null.`, v.ExpectedType)
	}
}

// checkCustomLiteral checks a custom scalar's literal with the values of its variables, which
// validation does not have.
func (u useCheck) checkCustomLiteral(v *ast.Value) {
	value, err := v.Value(u.variables)
	if err != nil {
		err = newNumberError(v)
	} else {
		_, err = scalar.Unmarshalers[v.Definition.Name](value)
	}
	if name := firstVariable(v); err != nil {
		u.enterVariable(u.operation.VariableDefinitions.ForName(name))
		u.addError(err.Error(), fmt.Sprintf(`Variable "$%s" is part of an invalid value; %s`, name, err))
	}
}

// isCustomLiteral reports whether v is a list or an object for a custom scalar.
func isCustomLiteral(v *ast.Value) bool {
	return v.Definition.Kind == ast.Scalar && (v.Kind == ast.ObjectValue || v.Kind == ast.ListValue && v.ExpectedType.Elem == nil)
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
