package codegen_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var manyTypes = flag.Int("codegen.types", 0, "measure an application with this number of types; 100 take minutes")

// TestManyTypes measures the generation of an application with many types, and its compilation after a
// change of all types. Run it with -v -codegen.types=100.
func TestManyTypes(t *testing.T) {
	if *manyTypes == 0 {
		t.Skip("it takes minutes: run it with -v -codegen.types=100")
	}
	newApplication(t)
	if err := os.Remove("model/rules.go"); err != nil {
		t.Fatal(err)
	}
	writeFile(t, "schema.graphqls", schemaOf(*manyTypes))
	start := time.Now()
	generate(t)
	t.Logf("%d types: generated in %s", *manyTypes, time.Since(start).Round(time.Second/10))
	start = time.Now()
	runCommand(t, "go", "build", "-o", os.DevNull, "./main")
	t.Logf("%d types: compiled in %s", *manyTypes, time.Since(start).Round(time.Second/10))
	for _, pattern := range []string{"graph/generated.go", "graph/schema.gen.resolvers.go", "graph/schema.gen.graphqls", "model/*_gen.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		lines := 0
		for _, path := range paths {
			lines += strings.Count(contentOf(t, path), "\n")
		}
		t.Logf("%s: %d lines per type", pattern, lines/(*manyTypes))
	}
}

// schemaOf returns a schema with n types, each with seven fields, in pairs of a parent and its children.
func schemaOf(n int) string {
	var b strings.Builder
	for i := range n {
		relation := fmt.Sprintf("parent: Kind%dRow! @belongsTo(onDelete: CASCADE) @immutable", i-1)
		if i%2 == 0 {
			relation = fmt.Sprintf("children: [Kind%dRow!]! @hasMany(field: \"parent\")", i+1)
		}
		fmt.Fprintf(&b, `
enum State%[1]d {
  OPEN
  CLOSED
}

type Kind%[1]dRow @model @subscription {
  name: String! @constraint(maxLength: 100) @sortable
  email: String! @constraint(maxLength: 200) @unique @sortable
  description: String @constraint(maxLength: 10000, multiline: true)
  state: State%[1]d! @default(value: OPEN) @sortable
  number: Int! @sortable
  dueAt: DateTime @sortable
  %[2]s
}
`, i, relation)
	}
	return b.String()
}
