package contract

import (
	"fmt"
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// compareTypes compares the types of both schemas. A removed type is reported only if fragments on it were possible
// by an interface: the fields and arguments of the type, and the unions with it, have changed, too.
func (c *comparison) compareTypes() {
	for _, name := range slices.Sorted(maps.Keys(c.before.Types)) {
		before := c.before.Types[name]
		after, isRoot := c.findRoot(before)
		if !isRoot {
			after = c.after.Types[name]
		}
		switch {
		case before.BuiltIn:
		case after == nil && isRoot: // no field refers to it, so its fields have not been reported
			c.compareFields(before, &ast.Definition{})
		case after == nil:
			if slices.ContainsFunc(before.Interfaces, func(i string) bool { return c.after.Types[i] != nil }) {
				c.addBreaking(before.Position, name, "was removed", "keep the type: clients can have fragments on it")
			}
		case before.Kind != after.Kind:
			c.addBreaking(after.Position, name, fmt.Sprintf("was changed from %s to %s", before.Kind, after.Kind),
				"give the new type another name")
		default:
			c.compareMembers(before, after)
			c.compareFields(before, after)
			c.compareValues(before, after)
		}
	}
}

// findRoot returns the current type of the operations of which before is the released type, or nil without such
// operations. Clients do not write its name, so it can have another one.
func (c *comparison) findRoot(before *ast.Definition) (after *ast.Definition, isRoot bool) {
	switch before {
	case c.before.Query:
		return c.after.Query, true
	case c.before.Mutation:
		return c.after.Mutation, true
	case c.before.Subscription:
		return c.after.Subscription, true
	}
	return nil, false
}

// compareMembers compares the interfaces of an object, and the members of a union.
func (c *comparison) compareMembers(before, after *ast.Definition) {
	for _, name := range before.Interfaces {
		if !slices.Contains(after.Interfaces, name) {
			c.addBreaking(after.Position, before.Name, "no longer implements "+name, "keep the interface: clients read the type by it")
		}
	}
	for _, name := range before.Types {
		if !slices.Contains(after.Types, name) {
			c.addBreaking(after.Position, before.Name, "no longer includes "+name, "keep the member: clients can have fragments on it")
		}
	}
	for _, name := range after.Types {
		if !slices.Contains(before.Types, name) {
			c.addDangerous(after.Position, before.Name, "now includes "+name, "check that clients handle other members")
		}
	}
}

// compareFields compares the fields of an object, interface or input.
func (c *comparison) compareFields(before, after *ast.Definition) {
	for _, old := range before.Fields {
		coordinate := before.Name + "." + old.Name
		field := after.Fields.ForName(old.Name)
		switch {
		case field == nil:
			c.addRemoval(old.Position, coordinate, old.Directives)
		case before.Kind == ast.InputObject:
			c.compareInput(field.Position, coordinate, old.Type, field.Type, old.DefaultValue, field.DefaultValue)
		default:
			if !isSubtype(field.Type, old.Type) {
				c.addBreaking(field.Position, coordinate, fmt.Sprintf("was changed from %s to %s", old.Type, field.Type),
					"keep the type, and add a field with the new one")
			}
			c.compareArguments(coordinate, old.Arguments, field.Arguments)
		}
	}
	if before.Kind == ast.InputObject && isOneOf(after) && !isOneOf(before) {
		c.addBreaking(after.Position, before.Name, "accepts only one field", "add another input with @oneOf")
	}
	for _, field := range after.Fields {
		isRequired := before.Kind == ast.InputObject && field.Type.NonNull && field.DefaultValue == nil
		if isRequired && before.Fields.ForName(field.Name) == nil {
			c.addBreaking(field.Position, before.Name+"."+field.Name, "is a new required field", "make it nullable, or give it a default")
		}
	}
}

// isOneOf reports whether an input must have exactly one field.
func isOneOf(d *ast.Definition) bool { return d.Directives.ForName("oneOf") != nil }

// compareArguments compares the arguments of a field or directive.
func (c *comparison) compareArguments(of string, before, after ast.ArgumentDefinitionList) {
	for _, old := range before {
		coordinate := fmt.Sprintf("%s(%s:)", of, old.Name)
		if argument := after.ForName(old.Name); argument == nil {
			c.addRemoval(old.Position, coordinate, old.Directives)
		} else {
			c.compareInput(argument.Position, coordinate, old.Type, argument.Type, old.DefaultValue, argument.DefaultValue)
		}
	}
	for _, argument := range after {
		if before.ForName(argument.Name) == nil && argument.Type.NonNull && argument.DefaultValue == nil {
			c.addBreaking(argument.Position, fmt.Sprintf("%s(%s:)", of, argument.Name), "is a new required argument",
				"make it nullable, or give it a default")
		}
	}
}

// compareInput compares the types and defaults of an argument or input field.
func (c *comparison) compareInput(at *ast.Position, coordinate string, before, after *ast.Type, old, value *ast.Value) {
	switch {
	case !isSubtype(before, after): // also for a type that is now non-null with a default: null was valid
		c.addBreaking(at, coordinate, fmt.Sprintf("was changed from %s to %s", before, after), "accept the old values, too")
	case after.NonNull && old != nil && value == nil:
		c.addBreaking(at, coordinate, "has lost its default and is required", "make it nullable, or give it a default")
	case formatDefault(old) != formatDefault(value):
		c.addDangerous(at, coordinate, fmt.Sprintf("has the default %s, which was %s", formatDefault(value), formatDefault(old)),
			"check that clients expect the results")
	}
}

// formatDefault returns a default as a literal, or none.
func formatDefault(value *ast.Value) string {
	if value == nil {
		return "none"
	}
	return value.String()
}

// compareValues compares the values of an enum.
func (c *comparison) compareValues(before, after *ast.Definition) {
	for _, old := range before.EnumValues {
		if after.EnumValues.ForName(old.Name) == nil {
			c.addRemoval(old.Position, before.Name+"."+old.Name, old.Directives)
		}
	}
	for _, value := range after.EnumValues {
		if before.EnumValues.ForName(value.Name) == nil {
			c.addDangerous(value.Position, before.Name+"."+value.Name, "is a new value", "check that clients handle other values")
		}
	}
}

// compareDirectives compares the directives that operations can have.
func (c *comparison) compareDirectives() {
	for _, name := range slices.Sorted(maps.Keys(c.before.Directives)) {
		before, after := c.before.Directives[name], c.after.Directives[name]
		locations := slices.DeleteFunc(slices.Clone(before.Locations), func(l ast.DirectiveLocation) bool {
			return !slices.Contains(executable, l)
		})
		if before.Position.Src.BuiltIn || len(locations) == 0 {
			continue
		}
		if after == nil {
			c.addBreaking(before.Position, "@"+name, "was removed", "keep it without an effect")
			continue
		}
		for _, l := range locations {
			if !slices.Contains(after.Locations, l) {
				c.addBreaking(after.Position, "@"+name, fmt.Sprintf("is no longer valid on %s", l), "keep the location")
			}
		}
		if before.IsRepeatable && !after.IsRepeatable {
			c.addBreaking(after.Position, "@"+name, "is no longer repeatable", "keep repeatable")
		}
		c.compareArguments("@"+name, before.Arguments, after.Arguments)
	}
}

// executable are the locations of directives in operations.
var executable = []ast.DirectiveLocation{
	ast.LocationQuery, ast.LocationMutation, ast.LocationSubscription, ast.LocationField, ast.LocationFragmentDefinition,
	ast.LocationFragmentSpread, ast.LocationInlineFragment, ast.LocationVariableDefinition,
}

// isSubtype reports whether all values of type t are values of the type of, by lists and non-null.
func isSubtype(t, of *ast.Type) bool {
	switch {
	case of.NonNull && !t.NonNull:
		return false
	case t.Elem == nil || of.Elem == nil:
		return t.Elem == of.Elem && t.NamedType == of.NamedType
	}
	return isSubtype(t.Elem, of.Elem)
}
