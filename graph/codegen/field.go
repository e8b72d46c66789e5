package codegen

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// readTypes reads the fields of all types with @model.
func (r *reader) readTypes() {
	for _, t := range r.nodes {
		for _, d := range t.def.Fields {
			if r.isCustom(d) {
				t.Custom = append(t.Custom, d)
				continue
			}
			f := r.readField(t, d)
			t.fields = append(t.fields, f)
			t.Fields = append(t.Fields, f.Field)
		}
	}
}

// isCustom reports whether a field has a resolver written by hand: it has arguments, or a type without
// @model.
func (r *reader) isCustom(d *ast.FieldDefinition) bool {
	named := r.definitions[d.Type.Name()]
	return len(d.Arguments) > 0 || named != nil && named.Kind == ast.Object && r.types[named.Name] == nil
}

// readField reads a field without its relation.
func (r *reader) readField(t *typeNode, d *ast.FieldDefinition) *fieldNode {
	u := r.readUses(t.Name+"."+d.Name, ast.LocationFieldDefinition, d.Directives)
	f := &fieldNode{def: d, uses: u, Field: &Field{
		Of: t.Type, Name: d.Name, GoName: goName(d.Name), RenamedFrom: u.first("renamedFrom").text("name"),
		Description: d.Description, Deprecated: deprecation(d.Directives), Position: d.Position,
		TypeName: d.Type.Name(), List: d.Type.Elem != nil, Required: d.Type.NonNull,
		Default: u.first("default").value("value"), Unique: u.has("unique"), Sortable: u.has("sortable"),
		Immutable: u.has("immutable"), Computed: u.has("computed"), Private: u.has("private"),
		CreatedAt: u.has("createdAt"), UpdatedAt: u.has("updatedAt"),
	}}
	r.resolveType(f)
	f.Constraint = readConstraint(f)
	if f.Column = u.first("column").text("name"); f.Column == "" && f.Kind != KindRelation {
		f.Column = columnOf(f.Name)
	}
	return f
}

// resolveType sets the kind of a field, and its enum.
func (r *reader) resolveType(f *fieldNode) {
	_, scalar := scalarTypes[f.TypeName]
	switch {
	case scalar:
		f.Kind = KindScalar
	case r.enums[f.TypeName] != nil:
		f.Kind, f.Enum = KindEnum, r.enums[f.TypeName]
	case r.types[f.TypeName] != nil:
		f.Kind = KindRelation
	default:
		f.failed = true
		r.report(f.Position, f.where(), "the type %s is unknown; %s", f.TypeName, suggest(f.TypeName, sortedKeys(r.definitions)))
	}
}

// readConstraint returns the arguments of @constraint, and the default of the scalar's greatest length.
func readConstraint(f *fieldNode) Constraint {
	u := f.uses.first("constraint")
	c := Constraint{
		MinLength: u.number("minLength"), MaxLength: u.number("maxLength"),
		Pattern: u.text("pattern"), Message: u.text("message"), Format: u.text("format"),
		Min: u.value("min"), Max: u.value("max"), Multiline: u.flag("multiline"), Exact: u.flag("exact"),
	}
	if longest := scalarTypes[f.TypeName].maxLength; c.MaxLength == nil && longest > 0 {
		c.MaxLength = &longest
	}
	return c
}
