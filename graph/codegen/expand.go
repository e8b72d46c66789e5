package codegen

import (
	_ "embed"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

//go:embed framework.graphqls
var frameworkSDL string

// Expand returns the SDL of the API: everything that clients see, without the directives of this package.
// It is the same for the same schema. Definitions that neither an operation nor a definition of the
// application refers to are left out.
func Expand(s *Schema) string {
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
	e.mergePlain()
	e.dropNullConditions()
	return formatSDL(s.Directives, e.usedDefinitions())
}

// expander collects the definitions of the API, in the order of the SDL.
type expander struct {
	schema      *Schema
	framework   ast.DefinitionList
	definitions ast.DefinitionList
	// nullable has the filters of fields that can be null.
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

// mergePlain adds the plain definitions' fields and values to definitions of the same name.
func (e *expander) mergePlain() {
	for _, plain := range e.schema.Plain {
		d := e.definitions.ForName(plain.Name)
		if d == nil || d.Position == plain.Position {
			continue
		}
		d.Fields = append(d.Fields, plain.Fields...)
		d.EnumValues = append(d.EnumValues, plain.EnumValues...)
		d.Directives = append(d.Directives, plain.Directives...)
		d.Types = append(d.Types, plain.Types...)
		d.Interfaces = append(d.Interfaces, plain.Interfaces...)
	}
}

// usedDefinitions returns the definitions that the operations and the application's definitions refer to.
func (e *expander) usedDefinitions() ast.DefinitionList {
	used := map[string]bool{}
	var use func(name string)
	use = func(name string) {
		d := e.definitions.ForName(name)
		if d == nil || used[name] {
			return
		}
		used[name] = true
		for _, other := range referredTypes(d) {
			use(other)
		}
	}
	for _, name := range e.rootNames() {
		use(name)
	}
	for _, d := range e.schema.Directives {
		for _, a := range d.Arguments {
			use(a.Type.Name())
		}
	}
	return slices.DeleteFunc(slices.Clone(e.definitions), func(d *ast.Definition) bool {
		return !used[d.Name] || isOperation(d.Name) && len(d.Fields) == 0
	})
}

// rootNames returns the names of the operations' types and of the application's definitions.
func (e *expander) rootNames() []string {
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
	return names
}

// referredTypes returns the names of the types in a definition.
func referredTypes(d *ast.Definition) []string {
	names := slices.Concat(d.Interfaces, d.Types)
	for _, f := range d.Fields {
		names = append(names, f.Type.Name())
		for _, a := range f.Arguments {
			names = append(names, a.Type.Name())
		}
	}
	return names
}

// dropNullConditions removes isNull from the filters of fields that are never null.
func (e *expander) dropNullConditions() {
	for _, plain := range e.schema.Plain {
		for _, name := range referredTypes(plain) {
			e.nullable[name] = true // any use of a filter in the application's own definitions
		}
	}
	for _, d := range e.definitions {
		if d.Kind == ast.InputObject && !e.nullable[d.Name] && !e.hasPlain(d.Name) {
			d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
				return f.Name == "isNull" && f.Type.NamedType == "Boolean"
			})
		}
	}
}
