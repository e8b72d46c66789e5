package graph_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph"
)

// TestEverythingIsDescribed reads the contract as a client's code generator does.
func TestEverythingIsDescribed(t *testing.T) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	described := func(description, format string, parts ...string) {
		if description == "" {
			t.Errorf(format+" has no description", strings.Join(parts, "."))
		}
	}
	for _, d := range schema.Types {
		if d.BuiltIn {
			continue
		}
		described(d.Description, "%s", d.Name)
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			described(f.Description, "%s", d.Name, f.Name)
			for _, a := range f.Arguments {
				described(a.Description, "%s", d.Name, f.Name, a.Name)
			}
		}
		for _, v := range d.EnumValues {
			described(v.Description, "%s", d.Name, v.Name)
		}
		if d.Kind == ast.Scalar && d.Directives.ForName("specifiedBy") == nil {
			t.Errorf("the scalar %s has no specification", d.Name)
		}
	}
	for name := range schema.Directives {
		if strings.HasPrefix(name, "go") {
			t.Errorf("clients see the directive @%s, which is for gqlgen", name)
		}
	}
	if len(schema.Types) < 60 {
		t.Errorf("only %d types were read", len(schema.Types))
	}
}
