package codegen

import (
	_ "embed"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

//go:embed framework.graphqls
var frameworkSDL string

// Expand returns the SDL of the API, as clients see it, without the directives of this package. It is the
// same for the same schema. Generated definitions are left out if neither an operation nor a definition of
// the application refers to them.
func Expand(s *Schema) string {
	e := expandTypes(s)
	e.mergePlain()
	e.dropNullConditions()
	return formatSDL(s.Directives, e.listUsed())
}

// expandTypes returns the definitions of the API, without the extensions of the application.
func expandTypes(s *Schema) *expander {
	e := &expander{schema: s, framework: parseFramework(), nullable: map[string]bool{}}
	e.addTypes()
	e.addFilters()
	e.addOrders()
	e.addGroupings()
	e.addOperations()
	e.addEvents()
	for _, t := range s.Types {
		e.addInputs(t)
	}
	return e
}

// expander collects the definitions of the API, in the order of the SDL.
type expander struct {
	schema      *Schema
	framework   ast.DefinitionList
	definitions ast.DefinitionList
	// nullable has the filters of nullable fields.
	nullable map[string]bool
}

func parseFramework() ast.DefinitionList {
	document, err := parser.ParseSchema(&ast.Source{Name: "framework.graphqls", Input: frameworkSDL})
	if err != nil {
		panic(err) // a test parses it
	}
	return document.Definitions
}

func (e *expander) add(definitions ...*ast.Definition) {
	e.definitions = append(e.definitions, definitions...)
}

// addFramework adds the framework's definitions of some kinds.
func (e *expander) addFramework(kinds ...ast.DefinitionKind) {
	for _, d := range e.framework {
		if slices.Contains(kinds, d.Kind) && !isOperation(d.Name) {
			e.add(d)
		}
	}
}

// isOperation reports whether a type is the root of operations.
func isOperation(name string) bool {
	return name == "Query" || name == "Mutation" || name == "Subscription"
}

// isExtension reports whether a plain definition adds to another one.
func (e *expander) isExtension(plain *ast.Definition) bool {
	return e.schema.Extends[plain] || isOperation(plain.Name)
}

// mergePlain adds the extensions to their definitions.
func (e *expander) mergePlain() {
	for _, plain := range e.schema.Plain {
		if !e.isExtension(plain) {
			continue
		}
		if d := e.definitions.ForName(plain.Name); d != nil {
			d.Fields = append(d.Fields, plain.Fields...)
			d.EnumValues = append(d.EnumValues, plain.EnumValues...)
			d.Directives = append(d.Directives, plain.Directives...)
			d.Types = append(d.Types, plain.Types...)
			d.Interfaces = appendNew(d.Interfaces, plain.Interfaces...)
		}
	}
}

// listUsed returns the definitions within reach of the operations and of the application's definitions.
func (e *expander) listUsed() ast.DefinitionList {
	byName := map[string]*ast.Definition{}
	for _, d := range e.definitions {
		byName[d.Name] = d
	}
	used := map[string]bool{}
	var use func(name string)
	use = func(name string) {
		d := byName[name]
		if d == nil || used[name] {
			return
		}
		used[name] = true
		for _, other := range listTypes(d) {
			use(other)
		}
	}
	for _, name := range e.listRoots() {
		use(name)
	}
	return slices.DeleteFunc(slices.Clone(e.definitions), func(d *ast.Definition) bool {
		return !used[d.Name] || isOperation(d.Name) && len(d.Fields) == 0
	})
}

// listRoots returns the names of the operations' types and of the application's definitions.
func (e *expander) listRoots() []string {
	names := []string{"Query", "Mutation", "Subscription"}
	for _, t := range e.schema.Types {
		names = append(names, t.Name)
	}
	for _, enum := range e.schema.Enums {
		names = append(names, enum.Name)
	}
	for _, d := range e.schema.Plain {
		names = append(names, d.Name)
	}
	for _, d := range e.schema.Directives {
		for _, a := range d.Arguments {
			names = append(names, a.Type.Name())
		}
	}
	return names
}

// listTypes returns the names of the types in a definition.
func listTypes(d *ast.Definition) []string {
	return slices.Concat(d.Interfaces, d.Types, listFieldTypes(d.Fields))
}

// listFieldTypes returns the names of the types of fields and their arguments.
func listFieldTypes(fields ast.FieldList) []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.Type.Name())
		for _, a := range f.Arguments {
			names = append(names, a.Type.Name())
		}
	}
	return names
}

// dropNullConditions removes isNull from the filters of fields that are never null. A filter in the
// application's own definitions keeps it, since nothing is known of the values there.
func (e *expander) dropNullConditions() {
	var own ast.FieldList
	for _, plain := range e.schema.Plain {
		own = append(own, plain.Fields...)
	}
	for _, t := range e.schema.Types {
		own = append(own, t.Custom...)
	}
	for _, name := range listFieldTypes(own) {
		e.nullable[name] = true
	}
	for _, d := range e.definitions {
		if d.Kind == ast.InputObject && !e.nullable[d.Name] && !e.hasPlain(d.Name) {
			d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
				return f.Name == "isNull" && f.Type.NamedType == "Boolean"
			})
		}
	}
}
