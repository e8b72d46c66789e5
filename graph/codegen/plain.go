package codegen

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkPlain checks the definitions and extensions for gqlgen: they have no directives of this package.
func (r *reader) checkPlain() {
	for _, d := range r.schema.Plain {
		remedy := "belongs to a type with @model; remove it"
		if d.Kind == ast.Object && !r.schema.Extends[d] {
			remedy = "belongs to a type with @model; add @model to " + d.Name + ", or remove it"
		}
		switch {
		case !r.schema.Extends[d]:
		case r.types[d.Name] != nil && d.Kind == ast.Object:
			remedy = "can't be in an extension, whose fields have resolvers written by hand; move it to the type " + d.Name
		case r.enums[d.Name] != nil:
			r.report(d.Position, d.Name, "the enum can't be extended; add the values to the enum itself")
			continue
		case r.api[d.Name] == nil:
			r.report(d.Position, d.Name, "the type is unknown; %s",
				suggestNearest(d.Name, r.knownTypes(), "define it, or correct the name"))
			continue
		}
		r.checkForeign(d.Name, d.Directives, remedy)
		for _, f := range d.Fields {
			r.checkPlainField(d.Name+"."+f.Name, f, d.Kind == ast.InputObject, remedy)
		}
		for i, member := range d.Types {
			r.checkType(d.TypePositions[i], d.Name, member, "a type of a union", ast.Object)
		}
		r.checkInterfaces(d)
	}
	for _, t := range r.nodes {
		r.checkInterfaces(t.def)
		for _, f := range t.Custom {
			r.checkPlainField(t.Name+"."+f.Name, f, false, "can't be at a field with a resolver written by hand; remove it")
		}
	}
}

// checkPlainField checks a field for gqlgen and its arguments.
func (r *reader) checkPlainField(where string, f *ast.FieldDefinition, isInput bool, remedy string) {
	r.checkForeign(where, f.Directives, remedy)
	if isInput {
		r.checkType(f.Position, where, f.Type.Name(), "a field of an input", ast.Scalar, ast.Enum, ast.InputObject)
	} else {
		r.checkType(f.Position, where, f.Type.Name(), "a field of a type", ast.Scalar, ast.Enum, ast.Object, ast.Interface, ast.Union)
	}
	for _, a := range f.Arguments {
		where := where + "(" + a.Name + ":)"
		r.checkForeign(where, a.Directives, "can't be at an argument; remove it")
		r.checkType(a.Position, where, a.Type.Name(), "an argument", ast.Scalar, ast.Enum, ast.InputObject)
	}
}

// checkType reports a type that nothing defines, or that is of another kind than its use needs.
func (r *reader) checkType(at *ast.Position, where, name, use string, kinds ...ast.DefinitionKind) {
	switch d := r.api[name]; {
	case d == nil:
		r.report(at, where, "the type %s is unknown; %s", name, suggestNearest(name, r.knownTypes(), "define it, or correct the name"))
	case !slices.Contains(kinds, d.Kind):
		r.report(at, where, "%s can't be %s; name another type", name, use)
	}
}

// checkForeign reports our directives in a place for directives of GraphQL and the application, and unknown ones.
func (r *reader) checkForeign(where string, list ast.DirectiveList, remedy string) {
	for _, d := range list {
		switch {
		case d.Name == "model":
			r.report(d.Position, where, "@model can't be here; move it to an object type")
		case d.Name == "storedAs":
			r.report(d.Position, where, "@storedAs can't be here; move it to the definition of a scalar")
		case directives[d.Name] != nil:
			r.report(d.Position, where, "@%s %s", d.Name, remedy)
		case !r.isDirective(d.Name) && !slices.Contains(builtinDirectives, d.Name):
			r.reportUnknown(where, d)
		}
	}
}

// reportUnknown reports a directive that nothing defines.
func (r *reader) reportUnknown(where string, d *ast.Directive) {
	if d.Name == "fulltext" {
		r.report(d.Position, where, "@fulltext is not possible: a FULLTEXT index of MySQL has the words of all tenants, "+
			"and Vitess has none; remove it, and use the filter `contains`")
		return
	}
	known := sortedKeys(directives)
	for i, name := range known {
		known[i] = "@" + name
	}
	r.report(d.Position, where, "the directive @%s is unknown; %s", d.Name, suggestNearest("@"+d.Name, known, "correct or remove it"))
}
