package servertest_test

import (
	"os"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// parseFile parses a file of definitions.
func parseFile(t *testing.T, path string) *ast.SchemaDocument {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	document, err := parser.ParseSchema(&ast.Source{Name: path, Input: string(content)})
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// usage has the directives, their arguments and enum values, and the types of fields that a schema uses.
type usage map[string]bool

func (u usage) addDirectives(list ast.DirectiveList) {
	for _, d := range list {
		u["@"+d.Name] = true
		for _, a := range d.Arguments {
			u["@"+d.Name+"("+a.Name+":)"] = true
			u.addEnums(a.Value)
		}
	}
}

// addEnums adds the enum values inside a value.
func (u usage) addEnums(v *ast.Value) {
	if v == nil {
		return
	}
	if v.Kind == ast.EnumValue {
		u[v.Raw] = true
	}
	for _, child := range v.Children {
		u.addEnums(child.Value)
	}
}

// TestSchemaUsesTheWholeLanguage looks for each directive of the language, with each of its arguments and
// their enum values, and for each scalar, in schema.graphqls.
func TestSchemaUsesTheWholeLanguage(t *testing.T) {
	used := usage{}
	for _, d := range parseFile(t, "schema.graphqls").Definitions {
		used.addDirectives(d.Directives)
		for _, f := range d.Fields {
			used[f.Type.Name()] = true
			if f.Type.Elem != nil {
				used["["+f.Type.Name()+"]"] = true
			}
			used.addDirectives(f.Directives)
		}
		for _, v := range d.EnumValues {
			used.addDirectives(v.Directives)
		}
	}
	language := parseFile(t, "../codegen/directives.graphqls")
	wanted := []string{"String", "Int", "Float", "Boolean", "[String]"}
	for _, d := range language.Directives {
		wanted = append(wanted, "@"+d.Name)
		for _, a := range d.Arguments {
			wanted = append(wanted, "@"+d.Name+"("+a.Name+":)")
			used.addEnums(a.DefaultValue)
		}
	}
	for _, d := range language.Definitions {
		for _, v := range d.EnumValues {
			wanted = append(wanted, v.Name)
		}
	}
	for _, d := range parseFile(t, "../codegen/framework.graphqls").Definitions {
		if d.Kind == ast.Scalar {
			wanted = append(wanted, d.Name)
		}
	}
	if len(wanted) < 50 {
		t.Fatalf("the language has only %q", wanted)
	}
	for _, name := range wanted {
		if !used[name] {
			t.Errorf("no type uses %s", name)
		}
	}
}
