package codegen_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/codegen"
)

// readFile returns the schema of a file in testdata.
func readFile(t *testing.T, name string) *codegen.Schema {
	t.Helper()
	input, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := codegen.Read(&ast.Source{Name: name, Input: string(input)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSchemasAreResolved(t *testing.T) {
	for _, name := range []string{"tracker", "relations"} {
		golden := filepath.Join("testdata", name+".txt")
		got := describe(readFile(t, name+".graphqls"))
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs; run the test with -update, and check the difference:\n%s", golden, got)
		}
	}
}

// describe returns a schema with one line per type, field, order and enum.
func describe(s *codegen.Schema) string {
	var b strings.Builder
	for _, t := range s.Types {
		fmt.Fprintf(&b, "%s, %s: table %s", t.Name, t.Plural, t.Table)
		for _, flag := range []struct {
			set  bool
			name string
		}{{t.Versioned, "versioned"}, {t.SoftDelete, "soft delete"}} {
			if flag.set {
				fmt.Fprintf(&b, ", %s", flag.name)
			}
		}
		if t.Subscribe != nil {
			fmt.Fprintf(&b, ", publishes %s", strings.Join(t.Subscribe.Events, " "))
			if t.Subscribe.By != nil {
				fmt.Fprintf(&b, " by %s", t.Subscribe.By.Name)
			}
		}
		for _, keys := range [][][]*codegen.Field{t.Uniques, t.Indexes} {
			for _, key := range keys {
				b.WriteString("; key")
				for _, f := range key {
					fmt.Fprintf(&b, " %s", f.Column)
				}
			}
		}
		if t.RenamedFrom != "" {
			fmt.Fprintf(&b, "; renamed from %s", t.RenamedFrom)
		}
		b.WriteString("\n")
		for _, f := range t.Fields {
			describeField(&b, f)
		}
		for _, o := range t.Orders {
			fmt.Fprintf(&b, "  order %s by", o.Name)
			for _, by := range o.By {
				if by.Through != nil {
					fmt.Fprintf(&b, " %s.%s", by.Through.Column, by.Field.Column)
				} else {
					fmt.Fprintf(&b, " %s", by.Field.Column)
				}
			}
			b.WriteString("\n")
		}
	}
	for _, e := range s.Enums {
		fmt.Fprintf(&b, "enum %s, ranked %t:", e.Name, e.Ranked)
		for _, v := range e.Values {
			fmt.Fprintf(&b, " %s %d", v.Name, v.Rank)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// describeField writes a line with the facts of a field.
func describeField(b *strings.Builder, f *codegen.Field) {
	fmt.Fprintf(b, "  %s %s", f.Name, f.TypeName)
	for _, flag := range []struct {
		set  bool
		name string
	}{
		{f.List, "list"},
		{f.Required, "required"},
		{f.Unique, "unique"},
		{f.Immutable, "immutable"},
		{f.Computed, "computed"},
		{f.Private, "private"},
		{f.CreatedAt, "created"},
		{f.UpdatedAt, "updated"},
		{f.Constraint.Exact, "exact"},
		{f.Constraint.Multiline, "multiline"},
		{f.Constraint.Pattern != "", "pattern"},
		{f.Constraint.Format != "", f.Constraint.Format},
	} {
		if flag.set {
			fmt.Fprintf(b, ", %s", flag.name)
		}
	}
	if f.Constraint.MaxLength != nil {
		fmt.Fprintf(b, ", at most %d", *f.Constraint.MaxLength)
	}
	if f.Default != nil {
		fmt.Fprintf(b, ", default %s", f.Default)
	}
	fmt.Fprintf(b, "; Go %s, column %q", f.GoName, f.Column)
	if r := f.Relation; r != nil {
		kinds := []string{"belongs to", "has many", "has one", "many to many"}
		fmt.Fprintf(b, "; %s", strings.TrimSpace(fmt.Sprintf("%s %s %s", kinds[r.Kind], r.Target.Name, r.OnDelete)))
		if r.Inverse != nil {
			fmt.Fprintf(b, ", inverse %s.%s", r.Inverse.Of.Name, r.Inverse.Name)
		}
		if r.LinkTable != "" {
			fmt.Fprintf(b, ", links %s(%s, %s), owner %t", r.LinkTable, r.LinkFrom, r.LinkTo, r.LinkOwner)
		}
		if r.Through != nil {
			fmt.Fprintf(b, ", through %s from %s to %s", r.Through.Name, r.ThroughFrom.Name, r.ThroughTo.Name)
		}
		for _, within := range r.Within {
			fmt.Fprintf(b, ", within %s", within.Name)
		}
		if r.Create {
			b.WriteString(", creates")
		}
		fmt.Fprintf(b, ", variable %s", r.GoName)
	}
	for _, by := range f.Aggregate {
		fmt.Fprintf(b, ", grouped by %s", by.Column)
	}
	for _, n := range f.Numbers {
		fmt.Fprintf(b, ", numbers %s", n.Column)
	}
	if f.RenamedFrom != "" {
		fmt.Fprintf(b, "; renamed from %s", f.RenamedFrom)
	}
	b.WriteString("\n")
}
