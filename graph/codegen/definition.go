package codegen

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// readDefinitions sorts the definitions of the files into types with @model, enums and plain definitions.
func (r *reader) readDefinitions(doc *ast.SchemaDocument) {
	for _, d := range doc.Definitions {
		r.definitions[d.Name] = d
	}
	for _, d := range doc.Definitions {
		switch {
		case d.Kind == ast.Object && d.Directives.ForName("model") != nil:
			r.addType(d)
		case d.Kind == ast.Enum:
			r.readEnum(d)
		default:
			r.schema.Plain = append(r.schema.Plain, d)
		}
	}
	for _, d := range doc.Extensions {
		r.schema.Plain = append(r.schema.Plain, d)
		r.schema.Extends[d] = true
	}
}

// addType adds a type with @model, without its fields.
func (r *reader) addType(d *ast.Definition) {
	u := r.readUses(d.Name, ast.LocationObject, d.Directives)
	model := u.first("model")
	t := &typeNode{def: d, uses: u, Type: &Type{
		Name: d.Name, Plural: u.first("plural").text("name"), Table: u.first("table").text("name"),
		RenamedFrom: u.first("renamedFrom").text("name"), Description: d.Description, Position: d.Position,
		Operations: map[Operation]bool{},
		Versioned:  model.flag("versioned"), SoftDelete: model.flag("softDelete"),
	}}
	for _, o := range model.texts("operations") {
		t.Operations[Operation(o)] = true
	}
	if t.Plural == "" {
		t.Plural = pluralOf(t.Name)
	}
	if t.Table == "" {
		t.Table = snakeCase(t.Plural)
	}
	r.types[t.Name] = t
	r.nodes = append(r.nodes, t)
	r.schema.Types = append(r.schema.Types, t.Type)
}

// readEnum adds an enum.
func (r *reader) readEnum(d *ast.Definition) {
	u := r.readUses(d.Name, ast.LocationEnum, d.Directives)
	e := &Enum{Name: d.Name, Description: d.Description, Position: d.Position, Ranked: u.has("ranked")}
	for _, v := range d.EnumValues {
		u := r.readUses(d.Name+"."+v.Name, ast.LocationEnumValue, v.Directives)
		value := EnumValue{
			Name: v.Name, Description: v.Description, RenamedFrom: u.first("renamedFrom").text("name"),
			Deprecated: deprecation(v.Directives),
		}
		if rank := u.first("rank").number("value"); rank != nil {
			value.Rank = *rank
		}
		e.Values = append(e.Values, value)
	}
	r.enums[e.Name] = e
	r.schema.Enums = append(r.schema.Enums, e)
}

// deprecation returns the reason of @deprecated, or "" without it.
func deprecation(list ast.DirectiveList) string {
	d := list.ForName("deprecated")
	if d == nil {
		return ""
	}
	if reason := d.Arguments.ForName("reason"); reason != nil {
		return reason.Value.Raw
	}
	return "No longer supported"
}

// checkOther reports a directive that is neither ours, nor of GraphQL, nor defined by the file.
func (r *reader) checkOther(where string, d *ast.Directive) {
	defined := slices.ContainsFunc(r.schema.Directives, func(def *ast.DirectiveDefinition) bool { return def.Name == d.Name })
	if !defined && !slices.Contains(builtinDirectives, d.Name) {
		r.report(d.Position, where, "the directive @%s is unknown; %s", d.Name, suggest(d.Name, sortedKeys(directives)))
	}
}
