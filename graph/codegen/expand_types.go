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
	e.add(e.applicationDefinitions()...)
	for _, t := range e.schema.Types {
		e.add(connectionOf(t), edgeOf(t))
	}
}

// applicationDefinitions returns the definitions of the application's files, in their order. Each name has
// its first definition only, since mergePlain adds the extensions.
func (e *expander) applicationDefinitions() ast.DefinitionList {
	var list ast.DefinitionList
	for _, enum := range e.schema.Enums {
		list = append(list, enumDefinition(enum))
	}
	for _, t := range e.schema.Types {
		list = append(list, typeDefinition(t))
	}
	for _, plain := range e.schema.Plain {
		if !isOperation(plain.Name) && e.framework.ForName(plain.Name) == nil && list.ForName(plain.Name) == nil {
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
		return cmp.Compare(btoi(a != nil), btoi(b != nil))
	}
	if a.Src != nil && b.Src != nil && a.Src.Name != b.Src.Name {
		return cmp.Compare(a.Src.Name, b.Src.Name)
	}
	return cmp.Compare(a.Start, b.Start)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func enumDefinition(of *Enum) *ast.Definition {
	d := enum(of.Name, cmp.Or(of.Description, sentence("the "+nameWords(of.Name))))
	for _, v := range of.Values {
		def := value(v.Name, cmp.Or(v.Description, sentence(constantWords(v.Name))))
		def.Directives = deprecatedFor(v.Deprecated)
		d.EnumValues = append(d.EnumValues, def)
	}
	d.Position = of.Position
	return d
}

func typeDefinition(t *Type) *ast.Definition {
	d := object(t.Name, cmp.Or(t.Description, sentence(aOne(t))), field("id", "ID!", fmt.Sprintf("The global id of the %s.", one(t))))
	d.Fields = append(d.Fields, ownFields(t)...)
	d.Fields = append(d.Fields, implicitFields(t)...)
	d.Interfaces, d.Position = []string{"Node"}, t.Position
	return d
}

// ownFields returns the fields in the order of the file, with those that have a resolver written by hand.
func ownFields(t *Type) []*ast.FieldDefinition {
	list := slices.Clone(t.Custom)
	for _, f := range t.Fields {
		if f.Private {
			continue
		}
		list = append(list, fieldDefinition(f))
		if len(f.Aggregate) > 0 {
			list = append(list, countsField(f))
		}
	}
	slices.SortStableFunc(list, func(a, b *ast.FieldDefinition) int { return comparePositions(a.Position, b.Position) })
	return list
}

// fieldDefinition returns the field of the type.
func fieldDefinition(f *Field) *ast.FieldDefinition {
	def := field(f.Name, outputType(f), describeField(f))
	if isConnection(f) {
		def.Arguments = connectionArguments(f.Relation.Target)
	}
	def.Directives, def.Position = deprecatedFor(f.Deprecated), f.Position
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
		return required("["+f.TypeName+"!]", require)
	}
	return required(f.TypeName, require)
}

// isConnection reports whether a field is a relation to many rows.
func isConnection(f *Field) bool {
	return f.Relation != nil && (f.Relation.Kind == HasMany || f.Relation.Kind == ManyToMany)
}

// implicitFields returns the fields that follow from the directives of the type.
func implicitFields(t *Type) []*ast.FieldDefinition {
	var fields []*ast.FieldDefinition
	if !hasField(t, "createdAt") {
		fields = append(fields, field("createdAt", "DateTime!", fmt.Sprintf("The time when the %s was created.", one(t))))
	}
	if t.Versioned {
		text := fmt.Sprintf("The version of the %s: 1 when it is created, incremented by each change of its own fields.", one(t))
		if t.Operations["UPDATE"] {
			text += fmt.Sprintf(" See `Update%sInput.expectedVersion`.", t.Name)
		}
		fields = append(fields, field("version", "Int!", text))
	}
	if t.SoftDelete {
		text := fmt.Sprintf("The time when the %s was deleted; null if it is not deleted.", one(t))
		fields = append(fields, field("deletedAt", "DateTime", text))
	}
	return fields
}

func hasField(t *Type, name string) bool {
	return slices.ContainsFunc(t.Fields, func(f *Field) bool { return f.Name == name })
}

func connectionOf(t *Type) *ast.Definition {
	return object(t.Name+"Connection", fmt.Sprintf("A page of %s.", many(t)),
		field("edges", "["+t.Name+"Edge!]!", fmt.Sprintf("The %s of the page, each with its cursor.", many(t))),
		field("nodes", "["+t.Name+"!]!", fmt.Sprintf("The %s of the page.", many(t))),
		field("pageInfo", "PageInfo!", "Information about the page."),
		field("totalCount", "Int!",
			fmt.Sprintf("The number of %s on all pages. It is computed only if this field is selected.", many(t))))
}

func edgeOf(t *Type) *ast.Definition {
	return object(t.Name+"Edge", fmt.Sprintf("An edge of a connection of %s.", many(t)),
		field("cursor", "String!", "The position of the edge in the connection, for `after` and `before`."),
		field("node", t.Name+"!", sentence("the "+one(t))))
}

// connectionArguments returns the arguments of a field with a connection of the type.
func connectionArguments(t *Type) ast.ArgumentDefinitionList {
	rows := many(t)
	order := argument("orderBy", t.Name+"Order", fmt.Sprintf("The order of the %s.", rows))
	order.DefaultValue = constant(ast.EnumValue, "CREATED_AT_DESC")
	list := ast.ArgumentDefinitionList{
		argument("first", "Int", fmt.Sprintf("Returns the first n %s, 0 to 100. The default is 20 if `last` is not given.", rows)),
		argument("after", "String", fmt.Sprintf("Returns %s after this cursor. An empty string is ignored.", rows)),
		argument("last", "Int", fmt.Sprintf("Returns the last n %s, 0 to 100. It can't be combined with `first`.", rows)),
		argument("before", "String", fmt.Sprintf("Returns %s before this cursor. An empty string is ignored.", rows)),
		argument("where", t.Name+"Filter", fmt.Sprintf("Returns %s that match this filter.", rows)),
		order,
	}
	if t.SoftDelete {
		deleted := argument("includeDeleted", "Boolean!", fmt.Sprintf("Returns deleted %s, too.", rows))
		deleted.DefaultValue = constant(ast.BooleanValue, "false")
		list = append(list, deleted)
	}
	return list
}
