package codegen_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/codegen"
)

// TestGqlgenAcceptsExpandedSchemas generates Go code for a schema with everything, in a folder of this
// module, and compiles it.
func TestGqlgenAcceptsExpandedSchemas(t *testing.T) {
	dir, err := os.MkdirTemp("testdata", "gqlgen")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	c := config.DefaultConfig()
	c.Sources = []*ast.Source{{Name: "schema.graphqls", Input: codegen.Expand(readFile(t, "everything.graphqls"))}}
	c.Exec = config.ExecConfig{Package: "generated", Filename: filepath.Join(dir, "generated.go"), Layout: config.ExecLayoutSingleFile}
	c.Model = config.PackageConfig{Package: "generated", Filename: filepath.Join(dir, "models.go")}
	c.NullableInputOmittable, c.OmitRootModels, c.SkipModTidy, c.SkipValidation = true, true, true, true
	for _, scalar := range []string{"Date", "Decimal", "UUID", "URL", "Email"} {
		c.Models[scalar] = config.TypeMapEntry{Model: config.StringList{"github.com/99designs/gqlgen/graphql.String"}}
	}
	c.Models["BigInt"] = config.TypeMapEntry{Model: config.StringList{"github.com/99designs/gqlgen/graphql.Int64"}}
	c.Models["DateTime"] = config.TypeMapEntry{Model: config.StringList{"github.com/99designs/gqlgen/graphql.Time"}}
	c.Models["JSON"] = config.TypeMapEntry{Model: config.StringList{"github.com/99designs/gqlgen/graphql.Any"}}
	if err := config.CompleteConfig(c); err != nil {
		t.Fatal(err)
	}
	if err := api.Generate(c); err != nil {
		t.Fatal(err)
	}
}
