package codegen

import (
	"os"
	"testing"
)

// TestGeneratedSchemasAreNoSources reads a folder with a schema of the team and a generated one.
func TestGeneratedSchemasAreNoSources(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"schema.graphqls", "schema.gen.graphqls"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sources, err := readSources("*.graphqls")
	if err != nil || len(sources) != 1 || sources[0].Name != "schema.graphqls" {
		t.Errorf("the sources are %v, %v", sources, err)
	}
}
