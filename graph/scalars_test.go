package graph_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph"
	"rowhouse/graph/scalar"
)

// TestEachScalarIsCoercedByItsUnmarshaler finds a scalar that gqlgen would unmarshal only
// while an operation runs.
func TestEachScalarIsCoercedByItsUnmarshaler(t *testing.T) {
	generated, err := os.ReadFile("generated.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range graph.NewExecutableSchema(graph.Config{}).Schema().Types {
		if d.Kind == ast.Scalar {
			names = append(names, d.Name)
		}
	}
	slices.Sort(names)
	for _, name := range names { // the schema needs not use all scalars of the framework
		if scalar.Unmarshalers[name] == nil {
			t.Errorf("scalar.Unmarshalers lacks the scalar %s", name)
		}
	}
	for _, name := range names {
		if !regexp.MustCompile(`unmarshal[NO]` + name + `2`).Match(generated) {
			continue // no field has it
		}
		binding := fmt.Sprintf(`[ \t](scalar|model)\.Unmarshal%s\(`, name)
		if !regexp.MustCompile(binding).Match(generated) {
			t.Errorf("gqlgen binds %s neither to graph/scalar.%[1]s, nor to a scalar of the application in model", name)
		}
	}
}
