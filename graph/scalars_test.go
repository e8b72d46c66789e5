package graph_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph"
	"rowhouse/graph/scalar"
)

// TestEachScalarIsCoercedByItsUnmarshaler finds a scalar that gqlgen would unmarshal only
// while an operation runs.
func TestEachScalarIsCoercedByItsUnmarshaler(t *testing.T) {
	config, err := os.ReadFile("../gqlgen.yml")
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
	if want := slices.Sorted(maps.Keys(scalar.Unmarshalers)); !slices.Equal(names, want) {
		t.Errorf("the schema has the scalars %v, and scalar.Unmarshalers has %v", names, want)
	}
	for _, name := range names {
		if binding := fmt.Sprintf("  %s:\n    model: rowhouse/graph/scalar.%s\n", name, name); !strings.Contains(string(config), binding) {
			t.Errorf("gqlgen.yml does not bind %s to rowhouse/graph/scalar.%s", name, name)
		}
	}
}
