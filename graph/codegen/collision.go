package codegen

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkNames reports definitions of the API, their fields, and declarations in Go that have the same name. It
// reports one error at each position, since one name gives many others.
func (r *reader) checkNames() {
	e := expandTypes(r.schema)
	for _, name := range builtinScalars {
		r.api[name] = &ast.Definition{Kind: ast.Scalar, Name: name}
	}
	clashes := map[string]bool{}
	for _, d := range e.definitions {
		if r.isExtension(d) {
			continue // of an unknown type, which checkPlain reports
		}
		if other := r.api[d.Name]; other != nil && !clashes[d.Name] {
			clashes[d.Name] = true
			r.reportDefinition(other, d)
		}
		r.api[d.Name] = d
	}
	e.mergePlain()
	for _, d := range e.definitions {
		if !clashes[d.Name] {
			r.checkMembers(d)
		}
	}
	r.checkGo(e, clashes)
}

// isExtension reports whether a definition has the position of an extension.
func (r *reader) isExtension(d *ast.Definition) bool {
	return slices.ContainsFunc(r.schema.Plain, func(plain *ast.Definition) bool {
		return r.schema.Extends[plain] && plain.Position == d.Position
	})
}

// reportOnce reports an error unless there is one at the position.
func (r *reader) reportOnce(at *ast.Position, where, format string, args ...any) {
	if at != nil && !r.isReported(at) {
		r.report(at, where, format, args...)
	}
}

// reportDefinition reports two definitions of the same name, of which at most one is in the files.
func (r *reader) reportDefinition(one, other *ast.Definition) {
	if !r.inFiles(one.Position) {
		one, other = other, one
	}
	if r.inFiles(one.Position) {
		kinds := map[ast.DefinitionKind]string{ast.Object: "a type", ast.InputObject: "an input", ast.Enum: "an enum"}
		purpose, _, _ := strings.Cut(lowerFirst(other.Description), ".")
		r.reportOnce(one.Position, one.Name, "the generated API has %s of this name, for %s; rename it", kinds[other.Kind], purpose)
		return
	}
	at, owner := r.ownerOf(one.Name)
	if fields := r.nestedBy(one.Name); len(fields) > 0 {
		f := fields[len(fields)-1]
		if len(fields) > 1 {
			owner = whereOf(fields[0])
		}
		r.reportOnce(f.Position, whereOf(f), "two definitions %s would be generated, for new rows of this field and for those of %s; "+
			"rename one of them, or leave create out", one.Name, owner)
		return
	}
	r.reportOnce(at, owner, "two definitions %s would be generated; rename %s", one.Name, owner)
}

// nestedBy returns the relations with create: true that need an input of a name for their new rows.
func (r *reader) nestedBy(input string) (fields []*Field) {
	for _, t := range r.nodes {
		for _, f := range t.Fields {
			if isNested(f) && nestedInput(f) == input {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// ownerOf returns the type or enum with the longest name, or plural, in a generated name.
func (r *reader) ownerOf(name string) (at *ast.Position, owner string) {
	longest := 0
	add := func(part, of string, position *ast.Position) {
		if len(part) > longest && strings.Contains(name, part) {
			at, owner, longest = position, of, len(part)
		}
	}
	for _, t := range r.nodes {
		add(t.Name, t.Name, t.Position)
		add(t.Plural, t.Name, t.Position)
	}
	for _, enum := range r.schema.Enums {
		add(enum.Name, enum.Name, enum.Position)
	}
	return at, owner
}

// checkMembers reports fields and values of a definition with the same name.
func (r *reader) checkMembers(d *ast.Definition) {
	fields := map[string]*ast.FieldDefinition{}
	for _, f := range d.Fields {
		switch other := fields[f.Name]; {
		case other == nil:
			fields[f.Name] = f
		case r.inFiles(other.Position) && !r.inFiles(f.Position):
			r.reportMember(d, other)
		default:
			r.reportMember(d, f)
		}
	}
	values := map[string]bool{}
	for _, v := range d.EnumValues {
		if at, owner := r.ownerOf(d.Name); values[v.Name] && !r.inFiles(d.Position) {
			r.reportOnce(at, owner, "%s would have the value %s twice; rename a field", d.Name, v.Name)
		}
		values[v.Name] = true
	}
}

// reportMember reports a field with the name of another one.
func (r *reader) reportMember(d *ast.Definition, f *ast.FieldDefinition) {
	if r.inFiles(f.Position) {
		r.reportOnce(f.Position, d.Name+"."+f.Name, "the type has another field of this name; rename this one")
		return
	}
	at, owner := r.ownerOf(f.Type.Name())
	if at == nil {
		at, owner = r.ownerOf(d.Name)
	}
	remedy := "rename a field"
	if isOperation(d.Name) {
		remedy = "rename the type, or change @plural(name:)"
	}
	r.reportOnce(at, owner, "%s would have two fields %s; %s", d.Name, f.Name, remedy)
}

// inFiles reports whether a position is in the files.
func (r *reader) inFiles(at *ast.Position) bool {
	for _, source := range r.sources {
		if at != nil && at.Src == source {
			return true
		}
	}
	return false
}
