package codegen

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// readTypes reads the fields of all types with @model.
func (r *reader) readTypes() {
	for _, t := range r.nodes {
		names := map[string]bool{}
		for _, d := range t.def.Fields {
			switch where := t.Name + "." + d.Name; {
			case len(d.Name) > maxIdentifier:
				short := t.Name + "." + d.Name[:maxIdentifier] + "…"
				r.report(d.Position, short, "the name has %d characters; shorten it to %d", len(d.Name), maxIdentifier)
			case names[d.Name]:
				r.report(d.Position, where, "the field is declared twice; rename or remove one of them")
			case r.isCustom(d):
				t.Custom = append(t.Custom, d)
			default:
				t.fields = append(t.fields, r.readField(t, d))
			}
			names[d.Name] = true
		}
	}
}

// isCustom reports whether a field has a resolver written by hand: it has arguments, or a type without
// @model.
func (r *reader) isCustom(d *ast.FieldDefinition) bool {
	name := d.Type.Name()
	definition := r.definitions[name]
	if definition == nil {
		definition = framework.ForName(name)
	}
	return len(d.Arguments) > 0 || definition != nil && definition.Kind == ast.Object && r.types[name] == nil
}

// readField reads a field without its relation.
func (r *reader) readField(t *typeNode, d *ast.FieldDefinition) *fieldNode {
	u := r.readUses(t.Name+"."+d.Name, ast.LocationFieldDefinition, d.Directives)
	r.fields++
	f := &fieldNode{def: d, uses: u, index: r.fields, Field: &Field{
		Of: t.Type, Name: d.Name, GoName: goName(d.Name), RenamedFrom: u.first("renamedFrom").stringArgument("name"),
		Description: d.Description, Deprecated: deprecation(d.Directives), Position: d.Position,
		TypeName: d.Type.Name(), List: d.Type.Elem != nil, Required: d.Type.NonNull,
		Default: u.first("default").value("value"), Unique: u.has("unique"), Sortable: u.has("sortable"),
		Immutable: u.has("immutable"), Computed: u.has("computed"), Private: u.has("private"),
		CreatedAt: u.has("createdAt"), UpdatedAt: u.has("updatedAt"),
	}}
	f.failed = !r.checkFieldName(t, f) || !r.resolveType(f) || !r.checkList(f)
	if f.failed {
		return f
	}
	f.Constraint = readConstraint(f)
	if f.Column = u.first("column").stringArgument("name"); f.Column == "" && f.Kind != KindRelation {
		f.Column = columnOf(f.Name)
	}
	f.failed = !r.checkUses(f)
	if f.Kind != KindRelation {
		r.checkTimes(f)
		r.checkConstraint(f)
		r.checkDefault(f)
		r.checkKeys(f)
	}
	return f
}

// resolveType sets the kind of a field and its enum. It reports whether the type is possible.
func (r *reader) resolveType(f *fieldNode) bool {
	_, scalar := scalarTypes[f.TypeName]
	stored, isStored := r.schema.Scalars[f.TypeName]
	definition := r.definitions[f.TypeName]
	if definition == nil {
		definition = framework.ForName(f.TypeName)
	}
	byHand := "move the field to extend type " + f.Of.Name + ", where its resolver is written by hand"
	switch {
	case scalar:
		f.Kind, f.Scalar = KindScalar, f.TypeName
	case isStored:
		f.Kind, f.Scalar = KindScalar, stored
		_, known := scalarTypes[stored]
		return known // addScalar reports another scalar
	case r.enums[f.TypeName] != nil:
		f.Kind, f.Enum = KindEnum, r.enums[f.TypeName]
		return len(f.Enum.Values) > 0 // readEnum reports an empty enum
	case r.types[f.TypeName] != nil:
		f.Kind = KindRelation
	case f.TypeName == "ID":
		r.report(f.Position, f.where(), "an ID refers to a row; write a relation such as %s, or use String", exampleRelation(f))
		return false
	case definition == nil:
		r.report(f.Position, f.where(), "the type %s is unknown; %s", f.TypeName,
			suggestNearest(f.TypeName, r.knownTypes(), "define it, or correct the name"))
		return false
	case definition.Kind == ast.Scalar:
		r.report(f.Position, f.where(), "the scalar %s has no type of a column; add @storedAs(scalar: \"String\") to it, or %s",
			f.TypeName, byHand)
		return false
	case definition.Kind == ast.InputObject:
		r.report(f.Position, f.where(), "%s is an input, which no field has as its type; use another type", f.TypeName)
		return false
	default:
		r.report(f.Position, f.where(), "a column can't hold the %s %s; refer to a type with @model, or %s",
			strings.ToLower(string(definition.Kind)), f.TypeName, byHand)
		return false
	}
	return true
}

// exampleRelation returns the relation that a field of type ID was probably meant to be.
func exampleRelation(f *fieldNode) string {
	name := strings.TrimSuffix(f.Name, "Id")
	return name + ": " + upperName(name) + " @belongsTo(onDelete: RESTRICT)"
}

// knownTypes returns the names of the scalars and of the definitions of the files.
func (r *reader) knownTypes() []string {
	return append(sortedKeys(scalarTypes), sortedKeys(r.definitions)...)
}

// checkList reports whether a list is possible: its elements are values that are not null.
func (r *reader) checkList(f *fieldNode) bool {
	elem := f.def.Type.Elem
	switch {
	case elem == nil:
		return true
	case elem.Elem != nil:
		r.report(f.Position, f.where(), "a column can't hold lists in a list; write [%s!]", f.TypeName)
		return false
	case !elem.NonNull:
		r.report(f.Position, f.where(), "the elements of a list can't be null; write [%s!]", f.TypeName)
		return false
	}
	return true
}
