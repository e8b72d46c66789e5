package codegen

import (
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// readDefinitions sorts the definitions of the files into types with @model, enums and plain definitions.
func (r *reader) readDefinitions(doc *ast.SchemaDocument) {
	for _, s := range slices.Concat(doc.Schema, doc.SchemaExtension) {
		r.report(s.Position, "schema", "the root types are Query, Mutation and Subscription; remove the definition of the schema")
	}
	for _, d := range doc.DirectiveExtensions {
		r.report(d.Position, "@"+d.Name, "directives can't be extended; write the whole definition")
	}
	r.readDirectives(doc.Directives)
	for _, d := range doc.Definitions {
		if r.checkDefinition(d) {
			r.definitions[d.Name] = d
		}
	}
	for _, d := range doc.Definitions {
		switch {
		case r.definitions[d.Name] != d:
		case d.Kind == ast.Object && d.Directives.ForName("model") != nil:
			r.addType(d)
		case d.Kind == ast.Enum:
			r.readEnum(d)
		case d.Kind == ast.Scalar && d.Directives.ForName("storedAs") != nil:
			r.addScalar(d)
		default:
			r.schema.Plain = append(r.schema.Plain, d)
		}
	}
	for _, d := range doc.Extensions {
		r.schema.Plain = append(r.schema.Plain, d)
		r.schema.Extends[d] = true
	}
}

// readDirectives reads the definitions of the application's own directives.
func (r *reader) readDirectives(definitions ast.DirectiveDefinitionList) {
	for _, d := range definitions {
		switch {
		case directives[d.Name] != nil || slices.Contains(builtinDirectives, d.Name):
			r.report(d.Position, "@"+d.Name, "the framework defines this directive; remove the definition, or rename it")
		case r.isDirective(d.Name):
			r.report(d.Position, "@"+d.Name, "the directive is defined twice; remove one definition")
		default:
			r.schema.Directives = append(r.schema.Directives, d)
		}
	}
}

// isDirective reports whether the files define a directive.
func (r *reader) isDirective(name string) bool {
	return slices.ContainsFunc(r.schema.Directives, func(d *ast.DirectiveDefinition) bool { return d.Name == name })
}

// checkDefinition reports whether the name of a definition is possible.
func (r *reader) checkDefinition(d *ast.Definition) bool {
	switch {
	case r.definitions[d.Name] != nil:
		r.report(d.Position, d.Name, "the name is defined twice; rename or remove one definition")
	case len(d.Name) > maxIdentifier:
		r.report(d.Position, d.Name[:maxIdentifier]+"…", "the name has %d characters; shorten it to %d", len(d.Name), maxIdentifier)
	case strings.HasPrefix(d.Name, "__"):
		r.report(d.Position, d.Name, "names that begin with __ belong to GraphQL; rename it")
	case isOperation(d.Name):
		r.report(d.Position, d.Name, "the framework defines this type; write extend type %s", d.Name)
	case isFramework(d.Name):
		r.report(d.Position, d.Name, "the framework defines this name; %s", remedyForFramework(d))
	default:
		return true
	}
	return false
}

// isFramework reports whether the framework or GraphQL defines a type.
func isFramework(name string) bool {
	return slices.Contains(builtinScalars, name) || framework.ForName(name) != nil
}

// builtinScalars are the scalars of GraphQL.
var builtinScalars = []string{"ID", "Int", "Float", "String", "Boolean"}

// framework has the definitions of framework.graphqls.
var framework = parseFramework()

// remedyForFramework returns the remedy for a definition with a name of the framework.
func remedyForFramework(d *ast.Definition) string {
	if d.Kind == ast.Scalar {
		return "remove the definition"
	}
	return "rename the type"
}

// addScalar adds a scalar of the application that columns store.
func (r *reader) addScalar(d *ast.Definition) {
	var own, others ast.DirectiveList
	for _, directive := range d.Directives {
		if directive.Name == "storedAs" {
			own = append(own, directive)
		} else {
			others = append(others, directive)
		}
	}
	stored := r.readUses(d.Name, ast.LocationScalar, own).first("storedAs")
	name := stored.stringArgument("scalar")
	if _, ok := scalarTypes[name]; !ok && !stored.wrong {
		r.report(stored.Position, d.Name, "the framework has no scalar %q for columns; %s", name, suggest(name, sortedKeys(scalarTypes)))
	}
	r.schema.Scalars[d.Name] = name
	clients := *d
	clients.Directives = others
	r.schema.Plain = append(r.schema.Plain, &clients)
}

// modelName matches the names of types with @model. They are names of Go, too.
var modelName = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

// addType adds a type with @model, without its fields.
func (r *reader) addType(d *ast.Definition) {
	u := r.readUses(d.Name, ast.LocationObject, d.Directives)
	model := u.first("model")
	t := &typeNode{def: d, uses: u, Type: &Type{
		Name: d.Name, Plural: u.first("plural").stringArgument("name"), Table: u.first("table").stringArgument("name"),
		RenamedFrom: u.first("renamedFrom").stringArgument("name"), Description: d.Description, Position: d.Position,
		Operations: map[Operation]bool{},
		Versioned:  model.flag("versioned"), SoftDelete: model.flag("softDelete"),
	}}
	if t.Plural == "" {
		t.Plural = pluralOf(t.Name)
	}
	if t.Table == "" {
		t.Table = snakeCase(t.Plural)
	}
	r.checkModel(t)
	for _, o := range r.stringList(t.Name, model, "operations") {
		t.Operations[Operation(o)] = true
	}
	r.types[t.Name] = t
	r.nodes = append(r.nodes, t)
	r.schema.Types = append(r.schema.Types, t.Type)
}

// checkModel checks the names of a type with @model.
func (r *reader) checkModel(t *typeNode) {
	if !modelName.MatchString(t.Name) {
		r.report(t.Position, t.Name,
			"the name of a type with @model begins with a capital letter, and has only letters and digits; rename it")
	}
	plural := t.uses.first("plural")
	switch {
	case plural != nil && !plural.wrong && !modelName.MatchString(t.Plural):
		r.report(plural.Position, t.Name, "the plural %q does not begin with a capital letter, or has other characters than "+
			"letters and digits; change it", t.Plural)
	case t.Plural == t.Name && plural != nil:
		r.report(plural.Position, t.Name, "the plural equals the name of the type; change it, as in %sList", t.Name)
		t.Plural += "List" // so that later steps do not report it again
	case t.Plural == t.Name:
		r.report(t.Position, t.Name, "the plural of %s is %[1]s, too; add @plural(name: \"%[1]sList\")", t.Name)
		t.Plural += "List"
	}
	if len(t.def.Fields) == 0 {
		r.report(t.Position, t.Name, "the type has no fields; add one")
	}
}
