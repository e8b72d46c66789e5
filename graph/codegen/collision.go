package codegen

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkNames reports definitions of the API, their fields, and declarations in Go that have the same name.
func (r *reader) checkNames() {
	e := expandTypes(r.schema)
	byName := map[string]*ast.Definition{}
	clashes := map[string]bool{}
	for _, d := range e.definitions {
		r.generated[d.Name] = true
		if other := byName[d.Name]; other != nil && !clashes[d.Name] {
			clashes[d.Name] = true
			r.reportDefinition(other, d)
		}
		byName[d.Name] = d
	}
	e.mergePlain()
	seen := map[string]bool{}
	for _, d := range e.definitions {
		if !clashes[d.Name] {
			r.checkMembers(d, seen)
		}
	}
	r.checkGo(e, clashes)
}

// reportDefinition reports two definitions of the same name, of which at most one is in the files.
func (r *reader) reportDefinition(one, other *ast.Definition) {
	if one.Position == nil {
		one, other = other, one
	}
	if one.Position != nil {
		r.report(one.Position, one.Name, "the API needs the name for another definition (%s); rename the type",
			strings.TrimSuffix(other.Description, "."))
		return
	}
	if owner := r.ownerOf(one.Name); owner != nil {
		r.report(owner.Position, owner.Name, "two definitions %s would be generated; rename the type", one.Name)
	}
}

// ownerOf returns the type with @model with the longest name, or plural, in the name of a definition, or nil.
func (r *reader) ownerOf(name string) *typeNode {
	var owner *typeNode
	longest := 0
	for _, t := range r.nodes {
		for _, part := range []string{t.Name, t.Plural} {
			if len(part) > longest && strings.Contains(name, part) {
				owner, longest = t, len(part)
			}
		}
	}
	return owner
}

// checkMembers reports fields and values of a definition with the same name. Seen has the reported names: inputs
// repeat the fields of types.
func (r *reader) checkMembers(d *ast.Definition, seen map[string]bool) {
	fields := map[string]*ast.FieldDefinition{}
	for _, f := range d.Fields {
		if other := fields[f.Name]; other != nil {
			if other.Position != nil && (f.Position == nil || !r.inFiles(f.Position)) {
				f, other = other, f
			}
			r.reportMember(d, f, seen)
		}
		fields[f.Name] = f
	}
	values := map[string]bool{}
	for _, v := range d.EnumValues {
		if owner := r.ownerOf(d.Name); values[v.Name] && owner != nil {
			r.report(owner.Position, owner.Name, "%s would have the value %s twice; rename a field", d.Name, v.Name)
		}
		values[v.Name] = true
	}
}

// reportMember reports a field with the name of another one.
func (r *reader) reportMember(d *ast.Definition, f *ast.FieldDefinition, seen map[string]bool) {
	if r.inFiles(f.Position) {
		r.report(f.Position, d.Name+"."+f.Name, "the type has another field of this name, which follows from the directives; rename the field")
		return
	}
	owner := r.ownerOf(f.Type.Name())
	if owner == nil {
		owner = r.ownerOf(d.Name)
	}
	if owner == nil || seen[owner.Name+"."+f.Name] {
		return
	}
	seen[owner.Name+"."+f.Name] = true
	remedy := "rename a field"
	if isOperation(d.Name) {
		remedy = "rename the type, or change @plural(name:)"
	}
	r.report(owner.Position, owner.Name, "%s would have two fields %s; %s", d.Name, f.Name, remedy)
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
