package codegen_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/codegen"
)

var update = flag.Bool("update", false, "write the golden files")

// loadSDL returns a valid schema.
func loadSDL(t *testing.T, name, sdl string) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: name, Input: sdl})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return schema
}

// TestTrackerHasTheAPIThatWasWrittenByHand compares the signatures of the expanded tracker with
// tracker.api.txt, which has those of the server's schema before its generation.
func TestTrackerHasTheAPIThatWasWrittenByHand(t *testing.T) {
	byHand, err := os.ReadFile(filepath.Join("testdata", "tracker.api.txt"))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(byHand)), "\n")
	got := signaturesOf(loadSDL(t, "expanded", codegen.Expand(readFile(t, "tracker.graphqls"))))
	wanted := []string{
		"CommentEvent.item: Item", // the parent of the subscription, as ItemEvent has its project
	}
	for _, signature := range got {
		if !slices.Contains(want, signature) && !slices.Contains(wanted, signature) {
			t.Errorf("unwanted: %s", signature)
		}
	}
	for _, signature := range want {
		if !slices.Contains(got, signature) {
			t.Errorf("absent: %s", signature)
		}
	}
}

// signaturesOf returns the sorted signatures of a schema's types, fields, arguments and values.
func signaturesOf(schema *ast.Schema) []string {
	var all []string
	add := func(parts ...string) { all = append(all, strings.TrimSpace(strings.Join(parts, ""))) }
	for _, d := range schema.Types {
		if d.BuiltIn {
			continue
		}
		add(string(d.Kind) + " " + d.Name + " " + strings.Join(d.Interfaces, " & ") + describeDirectives(d.Directives))
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			where := d.Name + "." + f.Name
			add(where + ": " + f.Type.String() + describeDefault(f.DefaultValue) + describeDirectives(f.Directives))
			for _, a := range f.Arguments {
				add(where + "(" + a.Name + ": " + a.Type.String() + describeDefault(a.DefaultValue) + ")")
			}
		}
		for _, v := range d.EnumValues {
			add(d.Name + "." + v.Name + describeDirectives(v.Directives))
		}
	}
	slices.Sort(all)
	return all
}

func describeDefault(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return " = " + v.String()
}

func describeDirectives(list ast.DirectiveList) string {
	var all strings.Builder
	for _, d := range list {
		all.WriteString(" @" + d.Name)
		for _, a := range d.Arguments {
			all.WriteString(" " + a.Name + ": " + a.Value.String())
		}
	}
	return all.String()
}

// TestExpandedSchemasAreGolden compares the expanded schemas with testdata/*.expanded.graphqls. The flag
// -update writes them.
func TestExpandedSchemasAreGolden(t *testing.T) {
	for _, name := range []string{"tracker", "everything"} {
		t.Run(name, func(t *testing.T) {
			schema := readFile(t, name+".graphqls")
			got := codegen.Expand(schema)
			if again := codegen.Expand(schema); again != got {
				t.Error("the second call has another result")
			}
			loadSDL(t, name, got)
			golden := filepath.Join("testdata", name+".expanded.graphqls")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs; read the difference after go test ./graph/codegen -update", golden)
			}
		})
	}
}

// TestEverythingExpandedIsDescribed checks that each definition, field, argument and value has a description
// of whole sentences.
func TestEverythingExpandedIsDescribed(t *testing.T) {
	schema := loadSDL(t, "everything", codegen.Expand(readFile(t, "everything.graphqls")))
	check := func(description string, where ...string) {
		first, _ := utf8.DecodeRuneInString(description)
		if !unicode.IsUpper(first) || !strings.HasSuffix(strings.TrimSpace(description), ".") || strings.Contains(description, "%!") {
			t.Errorf("%s has the description %q", strings.Join(where, "."), description)
		}
	}
	for _, d := range schema.Types {
		if d.BuiltIn {
			continue
		}
		check(d.Description, d.Name)
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			check(f.Description, d.Name, f.Name)
			for _, a := range f.Arguments {
				check(a.Description, d.Name, f.Name, a.Name)
			}
		}
		for _, v := range d.EnumValues {
			check(v.Description, d.Name, v.Name)
		}
	}
}
