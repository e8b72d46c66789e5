package codegen

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// addTypes adds the framework's types, the application's types, enums and plain definitions in the order of
// their files, and the connections.
func (e *expander) addTypes() {
	e.addFramework(ast.Scalar, ast.Interface)
	e.addFramework(ast.Object)
	e.add(e.listApplication()...)
	for _, t := range e.schema.Types {
		e.add(newConnection(t), newEdge(t))
	}
}

// listApplication returns the definitions of the application's files, in their order, without the
// extensions, which mergePlain adds.
func (e *expander) listApplication() ast.DefinitionList {
	var list ast.DefinitionList
	for _, enum := range e.schema.Enums {
		list = append(list, newEnumType(enum))
	}
	for _, t := range e.schema.Types {
		list = append(list, newType(t))
	}
	for _, plain := range e.schema.Plain {
		if !e.isExtension(plain) {
			clone := *plain // mergePlain appends to it
			list = append(list, &clone)
		}
	}
	slices.SortStableFunc(list, func(a, b *ast.Definition) int { return comparePositions(a.Position, b.Position) })
	return list
}

// comparePositions compares positions by file and offset. A definition without a position is first.
func comparePositions(a, b *ast.Position) int {
	if a == nil || b == nil {
		return cmp.Compare(boolToInt(a != nil), boolToInt(b != nil))
	}
	if a.Src != nil && b.Src != nil && a.Src.Name != b.Src.Name {
		return cmp.Compare(a.Src.Name, b.Src.Name)
	}
	return cmp.Compare(a.Start, b.Start)
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func newEnumType(of *Enum) *ast.Definition {
	d := newEnum(of.Name, cmp.Or(of.Description, makeSentence("the "+nameWords(of.Name))))
	for _, v := range of.Values {
		def := newValue(v.Name, cmp.Or(v.Description, makeSentence(constantWords(v.Name))))
		def.Directives = newDeprecation(v.Deprecated)
		d.EnumValues = append(d.EnumValues, def)
	}
	d.Position = of.Position
	return d
}

func newType(t *Type) *ast.Definition {
	d := newObject(t.Name, cmp.Or(t.Description, makeSentence(articleWords(t))), newIDField(t))
	d.Fields = append(d.Fields, listOwnFields(t)...)
	d.Fields = append(d.Fields, listImplicitFields(t)...)
	d.Interfaces, d.Position = append([]string{"Node"}, t.Interfaces...), t.Position
	return d
}

// listOwnFields returns the fields in the order of the file, with those of hand-written resolvers.
func listOwnFields(t *Type) []*ast.FieldDefinition {
	list := slices.Clone(t.Custom)
	for _, f := range t.Fields {
		if f.Private {
			continue
		}
		list = append(list, newTypeField(f))
		if len(f.Aggregate) > 0 {
			list = append(list, newCountsField(f))
		}
	}
	slices.SortStableFunc(list, func(a, b *ast.FieldDefinition) int { return comparePositions(a.Position, b.Position) })
	return list
}

// newTypeField returns the field of the type.
func newTypeField(f *Field) *ast.FieldDefinition {
	def := newField(f.Name, outputType(f), describeField(f))
	if isConnection(f) {
		def.Arguments = newConnectionArguments(f.Relation.Target)
	}
	def.Directives, def.Position = newDeprecation(f.Deprecated), f.Position
	return def
}

func outputType(f *Field) string {
	if isConnection(f) {
		return f.TypeName + "Connection!"
	}
	return valueType(f, f.Required)
}

// valueType returns the type of a column's value.
func valueType(f *Field, require bool) string {
	if f.List {
		return markRequired("["+f.TypeName+"!]", require)
	}
	return markRequired(f.TypeName, require)
}

// isConnection reports whether a field is a relation to many rows.
func isConnection(f *Field) bool {
	return f.Relation != nil && (f.Relation.Kind == HasMany || f.Relation.Kind == ManyToMany)
}

// listImplicitFields returns the fields of directives: createdAt, version and deletedAt.
func listImplicitFields(t *Type) []*ast.FieldDefinition {
	var fields []*ast.FieldDefinition
	if !hasField(t, "createdAt") {
		fields = append(fields, newField("createdAt", "DateTime!", fmt.Sprintf("The time when the %s was created.", singularWords(t))))
	}
	if t.Versioned {
		text := fmt.Sprintf("The version of the %s: 1 when it is created, incremented by each change of its own fields.", singularWords(t))
		if t.Operations["UPDATE"] {
			text += fmt.Sprintf(" See `Update%sInput.expectedVersion`.", t.Name)
		}
		fields = append(fields, newField("version", "Int!", text))
	}
	if t.SoftDelete {
		text := fmt.Sprintf("The time when the %s was deleted; null if it is not deleted.", singularWords(t))
		fields = append(fields, newField("deletedAt", "DateTime", text))
	}
	return fields
}

func hasField(t *Type, name string) bool {
	return slices.ContainsFunc(t.Fields, func(f *Field) bool { return f.Name == name })
}

func newConnection(t *Type) *ast.Definition {
	return newObject(t.Name+"Connection", fmt.Sprintf("A page of %s.", pluralWords(t)),
		newField("edges", "["+t.Name+"Edge!]!", fmt.Sprintf("The %s of the page, each with its cursor.", pluralWords(t))),
		newField("nodes", "["+t.Name+"!]!", fmt.Sprintf("The %s of the page.", pluralWords(t))),
		newField("pageInfo", "PageInfo!", "Information about the page."),
		newField("totalCount", "Int!",
			fmt.Sprintf("The number of %s on all pages. It is computed only if this field is selected.", pluralWords(t))))
}

func newEdge(t *Type) *ast.Definition {
	return newObject(t.Name+"Edge", fmt.Sprintf("An edge of a connection of %s.", pluralWords(t)),
		newField("cursor", "String!", "The position of the edge in the connection, for `after` and `before`."),
		newField("node", t.Name+"!", makeSentence("the "+singularWords(t))))
}

// newConnectionArguments returns the arguments of a field with a connection of the type.
func newConnectionArguments(t *Type) ast.ArgumentDefinitionList {
	rows := pluralWords(t)
	order := newArgument("orderBy", t.Name+"Order", fmt.Sprintf("The order of the %s.", rows))
	order.DefaultValue = newConstant(ast.EnumValue, "CREATED_AT_DESC")
	list := ast.ArgumentDefinitionList{
		newArgument("first", "Int", fmt.Sprintf("Returns the first n %s, 0 to 100. The default is 20 if `last` is not given.", rows)),
		newArgument("after", "String", fmt.Sprintf("Returns %s after this cursor. An empty string is ignored.", rows)),
		newArgument("last", "Int", fmt.Sprintf("Returns the last n %s, 0 to 100. It can't be combined with `first`.", rows)),
		newArgument("before", "String", fmt.Sprintf("Returns %s before this cursor. An empty string is ignored.", rows)),
		newArgument("where", t.Name+"Filter", fmt.Sprintf("Returns %s that match this filter.", rows)),
		order,
	}
	if t.SoftDelete {
		deleted := newArgument("includeDeleted", "Boolean!", fmt.Sprintf("Returns deleted %s, too.", rows))
		deleted.DefaultValue = newConstant(ast.BooleanValue, "false")
		list = append(list, deleted)
	}
	return list
}
