package codegen

import (
	"fmt"
	"go/format"
	"path/filepath"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/vektah/gqlparser/v2/ast"
)

// GenerateCode implements plugin.CodeGenerator. It writes plans_gen.go, the list of the fields without code of the
// application: columns that gqlgen reads from the struct, relations with a generated resolver, and other fields with a
// generated resolver, which reads the selected columns.
func (p *resolverPlugin) GenerateCode(data *codegen.Data) error {
	var b strings.Builder
	for _, object := range data.Objects {
		if p.schema.typeByName(object.Name) != nil || object.Name == "Mutation" || object.Name == "Subscription" {
			continue
		}
		for _, f := range object.Fields {
			if _, generated := p.bodies[object.Name+"."+f.Name]; generated && f.IsResolver && !p.own {
				fmt.Fprintf(&b, "%q: nil,\n", object.Name+"."+f.Name)
			}
		}
	}
	for _, t := range p.schema.Types {
		object := data.Objects.ByName(t.Name)
		if object == nil {
			continue // no operation has the type
		}
		for _, f := range object.Fields {
			if entry := p.planEntry(t, f); entry != "" {
				fmt.Fprintf(&b, "%q: %s,\n", t.Name+"."+f.Name, entry)
			}
		}
	}
	framework, generated := frameworkModule(), p.generatedEntries(data)
	source := fmt.Sprintf(`%s

package %s

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"%[3]s/graph/exec"
	%[4]q
)

// Plans returns the fields that package exec can read without resolvers: it implements exec.Planner.
func (e *executableSchema) Plans() exec.Schema {
	r := e.Resolvers.(*Resolver)
	return exec.Schema{Types: model.Types, DB: r.db, Page: r.page, Fields: plannedFields, Generated: generatedFields(e)}
}

var plannedFields = map[string]exec.Arguments{
%[5]s}

// generatedFields returns the fields of rows that gqlgen resolves below a plan.
func generatedFields(e *executableSchema) map[string]exec.Generated {
	return map[string]exec.Generated{
%[6]s}
}

// newGenerated returns a field that gqlgen resolves.
func newGenerated[T any](
	e *executableSchema, isConcurrent bool,
	resolve func(*executionContext, context.Context, graphql.CollectedField, *T) graphql.Marshaler,
) exec.Generated {
	resolveRow := func(ctx context.Context, f graphql.CollectedField, row any) graphql.Marshaler {
		return resolve(newExecutionContext(graphql.GetOperationContext(ctx), e, nil), ctx, f, row.(*T))
	}
	return exec.Generated{IsConcurrent: isConcurrent, Resolve: resolveRow}
}

// argumentsOf returns a function that parses the arguments of a field.
func argumentsOf(parse func(*executionContext, context.Context, map[string]any) (map[string]any, error)) exec.Arguments {
	return func(ctx context.Context, raw map[string]any) (map[string]any, error) {
		return parse(newExecutionContext(graphql.GetOperationContext(ctx), &executableSchema{}, nil), ctx, raw)
	}
}
`, header, data.Config.Exec.Package, framework, data.Config.Model.ImportPath(), b.String(), generated)
	formatted, err := format.Source([]byte(source))
	if err != nil {
		return err
	}
	return p.out.writeFile(filepath.Join(filepath.Dir(data.Config.Exec.Filename), "plans_gen.go"), formatted)
}

// planEntry returns the function of a field's arguments, "nil" without arguments, or "" for a field with code
// of the application.
func (p *resolverPlugin) planEntry(t *Type, f *codegen.Field) string {
	if own := t.fieldByName(f.Name); own != nil && isColumn(own) && own.Relation == nil {
		if f.IsResolver || f.IsMethod() || f.GoFieldName != own.GoName {
			return ""
		}
		return "nil"
	}
	_, generated := p.bodies[t.Name+"."+f.Name]
	isImplicit := f.Name == "id" || f.Name == "createdAt" && t.fieldByName(f.Name) == nil
	switch {
	case isImplicit && f.IsMethod(), f.Name == "version" && t.Versioned && f.IsVariable():
		return "nil"
	case !generated || !f.IsResolver || p.own:
		return ""
	case len(f.Args) == 0:
		return "nil"
	}
	return fmt.Sprintf("argumentsOf((*executionContext).%s)", f.ArgsFunc())
}

// generatedEntries returns the entries of generatedFields: those with code of the application, lists, and scalars of the
// application.
func (p *resolverPlugin) generatedEntries(data *codegen.Data) string {
	var b strings.Builder
	for _, t := range p.schema.Types {
		object := data.Objects.ByName(t.Name)
		if object == nil {
			continue
		}
		for _, f := range object.Fields {
			d := f.TypeReference.Definition
			_, isKnown := scalarTypes[d.Name]
			isOther := d.Kind == ast.Scalar && d.Name != "ID" && !isKnown
			if p.planEntry(t, f) == "" || f.TypeReference.IsSlice() || isOther {
				fmt.Fprintf(&b, "%q: newGenerated(e, %t, (*executionContext)._%s_%s),\n",
					t.Name+"."+f.Name, f.IsConcurrent(), t.Name, f.Name)
			}
		}
	}
	return b.String()
}

// typeByName returns a type, or nil.
func (s *Schema) typeByName(name string) *Type {
	for _, t := range s.Types {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// fieldByName returns a field of the type, or nil.
func (t *Type) fieldByName(name string) *Field {
	for _, f := range t.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}
