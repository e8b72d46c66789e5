package codegen

import (
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/vektah/gqlparser/v2/ast"
)

// resolverPlugin is the plugin of gqlgen that writes the bodies of resolvers.
type resolverPlugin struct {
	schema *Schema
	bodies map[string]string // see resolverBodies
	out    *output
	// own reports that the application owns the generated resolvers: see resolverFile.
	own bool
}

// Name implements plugin.Plugin.
func (*resolverPlugin) Name() string { return "rowhouse" }

// MutateSchema gives plain definitions, and the fields that the application adds to others, their position
// in schema.graphqls. gqlgen groups resolvers by the source file of fields, so their resolvers are in
// schema.resolvers.go.
func (p *resolverPlugin) MutateSchema(all *ast.Schema) error {
	for _, t := range p.schema.Types {
		moveFields(all, t.Name, t.Custom)
	}
	for _, plain := range p.schema.Plain {
		moveFields(all, plain.Name, plain.Fields)
		if d := all.Types[plain.Name]; d != nil && !p.schema.Extends[plain] {
			d.Position = plain.Position
		}
	}
	return nil
}

// moveFields gives fields of a type the position of others.
func moveFields(all *ast.Schema, typeName string, to ast.FieldList) {
	d := all.Types[typeName]
	if d == nil {
		return
	}
	for _, f := range to {
		if field := d.Fields.ForName(f.Name); field != nil {
			field.Position = f.Position
		}
	}
}

// Implement implements plugin.ResolverImplementer. It returns the body of a resolver: the one that
// follows from the schema, or else previous, the body that a person wrote.
func (p *resolverPlugin) Implement(previous string, f *codegen.Field) string {
	body, ok := p.bodies[f.Object.Name+"."+f.Name]
	if ok && (!p.own || previous == "") {
		for name, path := range map[string]string{
			"exec": frameworkModule() + "/graph/exec", "transport": frameworkModule() + "/graph/transport",
			"graphql": "github.com/99designs/gqlgen/graphql",
		} {
			if strings.Contains(body, name+".") {
				templates.CurrentImports.Lookup(path)
			}
		}
		return body
	}
	if previous != "" {
		return previous
	}
	return fmt.Sprintf("panic(%q)", "write the resolver of "+f.Object.Name+"."+f.Name)
}
