package codegen

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// readInterfaces sets the interfaces of the types with @model: those of the types, and of their extensions.
func (r *reader) readInterfaces() {
	for _, t := range r.nodes {
		t.Interfaces = appendNew(t.Interfaces, t.def.Interfaces...)
	}
	for _, d := range r.schema.Plain {
		if t := r.types[d.Name]; t != nil && r.schema.Extends[d] {
			t.Interfaces = appendNew(t.Interfaces, d.Interfaces...)
		}
	}
}

// checkInterfaces reports interfaces in a definition that its type does not implement.
func (r *reader) checkInterfaces(d *ast.Definition) {
	for _, name := range d.Interfaces {
		r.checkType(d.Position, d.Name, name, "an interface", ast.Interface)
		of := r.api[name]
		t := r.types[d.Name]
		switch {
		case of == nil || of.Kind != ast.Interface:
		case name == "Node" && t != nil:
			r.report(d.Position, d.Name, "every type with @model implements Node; remove it from the interfaces")
		case name == d.Name:
			r.report(d.Position, d.Name, "an interface can't implement itself; remove it from the interfaces")
		case t != nil && slices.ContainsFunc(t.Fields, func(f *Field) bool { return f.GoName == markerMethod(name) }):
			r.report(d.Position, d.Name, "the struct has a field %s, which is a method of the interface %s; rename the field",
				markerMethod(name), name)
		case t != nil && slices.ContainsFunc(t.fields, func(f *fieldNode) bool { return f.failed }):
			// The fields are not all known.
		default:
			r.checkImplements(d, of)
		}
	}
}

// markerMethod returns the method of the Go types that implement an interface.
func markerMethod(name string) string { return "Is" + goName(name) }

// checkImplements reports the fields of an interface that a definition lacks, or that differ.
func (r *reader) checkImplements(d, of *ast.Definition) {
	api := r.api[d.Name]
	for _, other := range of.Interfaces {
		if other != d.Name && !slices.Contains(api.Interfaces, other) {
			r.report(d.Position, d.Name, "the interface %s implements %s; add %[2]s to the interfaces", of.Name, other)
		}
	}
	for _, wanted := range of.Fields {
		f := api.Fields.ForName(wanted.Name)
		switch {
		case f == nil:
			r.report(d.Position, d.Name, "the interface %s has the field %s: %s, which the API lacks in %s; add it, "+
				"or remove the interface", of.Name, wanted.Name, wanted.Type, d.Name)
		case !r.isCovariant(wanted.Type, f.Type):
			r.report(d.Position, d.Name, "the interface %s has the field %s: %s, and the API has %[2]s: %[4]s in %[5]s; "+
				"change the interface, or remove it", of.Name, wanted.Name, wanted.Type, f.Type, d.Name)
		case !haveSameArguments(wanted, f):
			r.report(d.Position, d.Name, "the field %s has other arguments in the interface %s; change the interface, or remove it",
				wanted.Name, of.Name)
		}
	}
}

// isCovariant reports whether a field of an interface can have a type where a definition has another one.
func (r *reader) isCovariant(wanted, got *ast.Type) bool {
	switch {
	case wanted.NonNull && !got.NonNull || (wanted.Elem == nil) != (got.Elem == nil):
		return false
	case wanted.Elem != nil:
		return r.isCovariant(wanted.Elem, got.Elem)
	case wanted.NamedType == got.NamedType:
		return true
	}
	abstract, concrete := r.api[wanted.NamedType], r.api[got.NamedType]
	return abstract != nil && slices.Contains(abstract.Types, got.NamedType) ||
		concrete != nil && slices.Contains(concrete.Interfaces, wanted.NamedType)
}

// haveSameArguments reports whether a field has the arguments of an interface's field, and no other ones that clients
// must give.
func haveSameArguments(wanted, f *ast.FieldDefinition) bool {
	for _, a := range wanted.Arguments {
		if got := f.Arguments.ForName(a.Name); got == nil || got.Type.String() != a.Type.String() {
			return false
		}
	}
	return !slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool {
		return wanted.Arguments.ForName(a.Name) == nil && a.Type.NonNull && a.DefaultValue == nil
	})
}
