package codegen

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// checkArgument reports whether a value fits an argument, and is not null. It reports an error if not.
func (r *reader) checkArgument(where string, d *ast.Directive, argument *ast.ArgumentDefinition, v *ast.Value) bool {
	if v.Kind == ast.NullValue && !argument.Type.NonNull {
		return false
	}
	if problem := valueProblem(argument.Type, v); problem != "" {
		r.report(v.Position, where, "the argument %s of @%s %s", argument.Name, d.Name, problem)
		return false
	}
	return true
}

// valueProblem returns the reason and the remedy if a value does not have the type, or "".
func valueProblem(t *ast.Type, v *ast.Value) string {
	if v.Kind == ast.Variable {
		return "is a variable; write a value"
	}
	if t.Elem != nil {
		for _, element := range listOf(v) {
			if problem := valueProblem(t.Elem, element); problem != "" {
				return problem
			}
		}
		return ""
	}
	if enum := directiveEnums[t.NamedType]; enum != nil {
		if v.Kind == ast.EnumValue && slices.Contains(valueNames(enum), v.Raw) {
			return ""
		}
		return fmt.Sprintf("can't be %s; %s", v, suggest(v.Raw, valueNames(enum)))
	}
	if t.NamedType == "DefaultValue" && v.Kind == ast.NullValue {
		return "can't be null; write another value, or remove it"
	}
	if !hasKind(t.NamedType, v) {
		return fmt.Sprintf("is %s, which is no %s; write %s", v, t.NamedType, exampleOf(t))
	}
	return ""
}

// hasKind reports whether a value is of a scalar of directives.graphqls.
func hasKind(scalar string, v *ast.Value) bool {
	switch scalar {
	case "Int":
		_, err := strconv.ParseInt(v.Raw, 10, 32)
		return v.Kind == ast.IntValue && err == nil
	case "Boolean":
		return v.Kind == ast.BooleanValue
	case "String":
		return v.Kind == ast.StringValue || v.Kind == ast.BlockValue
	default: // DefaultValue
		return true
	}
}

// exampleOf returns a value of the type of an argument.
func exampleOf(t *ast.Type) string {
	if t.Elem != nil {
		return "[" + exampleOf(t.Elem) + "]"
	}
	if enum := directiveEnums[t.NamedType]; enum != nil {
		return joinWords(valueNames(enum), "or")
	}
	switch t.NamedType {
	case "Int":
		return "a number such as 100"
	case "Boolean":
		return "true or false"
	case "String":
		return `"…"`
	default:
		return "a value"
	}
}

// argumentNames returns the names of a directive's arguments.
func argumentNames(d *ast.DirectiveDefinition) []string {
	names := make([]string, len(d.Arguments))
	for i, a := range d.Arguments {
		names[i] = a.Name
	}
	return names
}

// suggest returns a remedy for an unknown name: the nearest of the known names, or all of them.
func suggest(name string, known []string) string {
	return suggestNearest(name, known, "write "+joinWords(known, "or"))
}

// suggestNearest returns a remedy for an unknown name: the nearest of the known names, or the other remedy.
func suggestNearest(name string, known []string, other string) string {
	if nearest := core.SuggestionList(name, known); len(nearest) > 0 {
		return "write " + nearest[0]
	}
	return other
}

// describeLocations returns the places of a directive in words.
func describeLocations(d *ast.DirectiveDefinition) string {
	words := map[ast.DirectiveLocation]string{
		ast.LocationObject:          "a type with @model",
		ast.LocationFieldDefinition: "a field of a type with @model",
		ast.LocationEnum:            "an enum",
		ast.LocationEnumValue:       "a value of an enum",
		ast.LocationScalar:          "a scalar of the application",
	}
	if d.Name == "model" {
		return "a type"
	}
	described := make([]string, len(d.Locations))
	for i, l := range d.Locations {
		described[i] = words[l]
	}
	return joinWords(described, "or")
}
