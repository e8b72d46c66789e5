package codegen

import (
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// use is a use of a directive of directives.graphqls.
type use struct {
	*ast.Directive
	where string // the coordinate of the type, field or value
	// arguments have the values of the arguments, or their defaults. Wrong and null values are absent.
	arguments map[string]*ast.Value
	// wrong reports that an error in the arguments is reported already.
	wrong bool
}

// uses are the directives of a type, a field or an enum's value, by name.
type uses map[string][]*use

// has reports whether a directive is used.
func (u uses) has(directive string) bool { return len(u[directive]) > 0 }

// first returns the first use of a directive, or nil.
func (u uses) first(directive string) *use {
	if all := u[directive]; len(all) > 0 {
		return all[0]
	}
	return nil
}

// position returns the position of a directive, which is used.
func (u uses) position(directive string) *ast.Position { return u.first(directive).Position }

// value returns an argument, or nil if it has neither a value nor a default.
func (u *use) value(argument string) *ast.Value {
	if u == nil {
		return nil
	}
	return u.arguments[argument]
}

// stringArgument returns an argument of type String or of an enum, or "".
func (u *use) stringArgument(argument string) string {
	if v := u.value(argument); v != nil {
		return v.Raw
	}
	return ""
}

// flag returns an argument of type Boolean, or false.
func (u *use) flag(argument string) bool { return u.stringArgument(argument) == "true" }

// intArgument returns an argument of type Int, or nil.
func (u *use) intArgument(argument string) *int {
	v := u.value(argument)
	if v == nil {
		return nil
	}
	n, _ := strconv.Atoi(v.Raw) // checkArgument refused other values
	return &n
}

// listOf returns the elements of a list. Any other value is its own only element, as GraphQL coerces it.
func listOf(v *ast.Value) []*ast.Value {
	if v == nil {
		return nil
	}
	if v.Kind != ast.ListValue {
		return []*ast.Value{v}
	}
	elements := make([]*ast.Value, len(v.Children))
	for i, child := range v.Children {
		elements[i] = child.Value
	}
	return elements
}

// readUses returns the uses of our directives among list, which is at a type, field or value, and reports
// the wrong ones.
func (r *reader) readUses(where string, location ast.DirectiveLocation, list ast.DirectiveList) uses {
	all := uses{}
	for _, d := range list {
		definition := directives[d.Name]
		switch {
		case definition == nil:
			r.checkForeignUse(where, location, d)
		case !slices.Contains(definition.Locations, location):
			r.report(d.Position, where, "@%s can't be here; move it to %s", d.Name, describeLocations(definition))
		case all.has(d.Name) && (!definition.IsRepeatable || location == ast.LocationFieldDefinition):
			r.report(d.Position, where, "@%s is repeated; write it once", d.Name)
		default:
			all[d.Name] = append(all[d.Name], r.readUse(where, definition, d))
		}
	}
	return all
}

// checkForeignUse reports a directive of GraphQL or of the application that would have no effect, and an
// unknown one. Resolvers of types with @model are generated, so gqlgen does not call its directives.
func (r *reader) checkForeignUse(where string, location ast.DirectiveLocation, d *ast.Directive) {
	deprecates := d.Name == "deprecated" && (location == ast.LocationFieldDefinition || location == ast.LocationEnumValue)
	switch {
	case deprecates:
	case r.isDirective(d.Name) || slices.Contains(builtinDirectives, d.Name):
		r.report(d.Position, where, "@%s has no effect here; remove it", d.Name)
	default:
		r.reportUnknown(where, d)
	}
}

// stringList returns the elements of an argument, and reports repeated ones.
func (r *reader) stringList(where string, u *use, argument string) []string {
	var elements []string
	for _, v := range listOf(u.value(argument)) {
		if slices.Contains(elements, v.Raw) {
			r.report(v.Position, where, "the argument %s of @%s has %s twice; write it once", argument, u.Name, v.Raw)
			continue
		}
		elements = append(elements, v.Raw)
	}
	return elements
}

// readUse returns a use of a directive with its arguments, and reports the wrong ones.
func (r *reader) readUse(where string, definition *ast.DirectiveDefinition, d *ast.Directive) *use {
	before := len(r.all)
	u := &use{Directive: d, where: where, arguments: map[string]*ast.Value{}}
	given := map[string]bool{}
	for _, a := range d.Arguments {
		argument := definition.Arguments.ForName(a.Name)
		switch {
		case argument == nil:
			r.report(a.Position, where, "@%s has no argument %s; %s", d.Name, a.Name, suggest(a.Name, argumentNames(definition)))
		case given[a.Name]:
			r.report(a.Position, where, "the argument %s of @%s is repeated; write it once", a.Name, d.Name)
		case r.checkArgument(where, d, argument, a.Value):
			u.arguments[a.Name] = a.Value
		}
		given[a.Name] = true
	}
	for _, a := range definition.Arguments {
		switch {
		case given[a.Name]:
		case a.DefaultValue != nil:
			u.arguments[a.Name] = a.DefaultValue
		case a.Type.NonNull:
			r.report(d.Position, where, "@%s lacks the argument %s; add %[2]s: %[3]s", d.Name, a.Name, exampleOf(a.Type))
		}
	}
	u.wrong = len(r.all) > before
	return u
}
