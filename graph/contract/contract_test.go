package contract_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/contract"
)

// released is the schema that the cases change.
const released = `
directive @cached(for: Int!, by: String) on FIELD | QUERY
directive @internal on OBJECT
directive @logged repeatable on FIELD
interface Node { id: ID! }
interface Named { name: String! }
union Result = Item | Label
input Choice { one: Int two: Int }
enum Status { TODO DONE OLD @deprecated }
input ItemInput { name: String! status: Status = TODO note: String old: String @deprecated size: Int! = 1 tags: [String!] }
type Item implements Node & Named { id: ID! name: String! note: String tags: [String!]! old: Int @deprecated(reason: "Use note.") }
type Label implements Node { id: ID! }
type Plain { n: Int }
type Query {
  items(first: Int = 20, status: Status, where: ItemInput!, old: Int @deprecated): [Item!]!
  find(key: String): Result
  plain: Plain
}
type Subscription { changed: Item late: Item @deprecated }
`

// TestChangesAreReported replaces a part of the released schema.
func TestChangesAreReported(t *testing.T) {
	for _, test := range []struct {
		name      string
		change    []string // old and new parts of the schema, in turn
		breaking  string   // changes without position and remedy, separated by semicolons
		dangerous string
		source    string // of the first change
		line      int    // 0 if it does not matter
		remedy    string // a part of it
	}{
		{
			name: "nothing",
		},
		{
			name:     "a field was removed",
			change:   []string{"note: String tags: [String!]! ", "tags: [String!]! "},
			breaking: "Item.note: was removed",
			line:     11,
			remedy:   "@deprecated(reason:)",
			source:   "released.graphqls",
		},
		{
			name:   "a deprecated field was removed",
			change: []string{`old: Int @deprecated(reason: "Use note.") }`, "}"},
		},
		{
			name:     "a field became nullable",
			change:   []string{"tags: [String!]! old", "tags: [String!] old"},
			breaking: "Item.tags: was changed from [String!]! to [String!]",
		},
		{
			name:   "a field became non-null",
			change: []string{"note: String tags: [String!]!", "note: String! tags: [String!]!"},
		},
		{
			name:     "the elements of a list became nullable",
			change:   []string{"tags: [String!]! old", "tags: [String]! old"},
			breaking: "Item.tags: was changed from [String!]! to [String]!",
		},
		{
			name:     "a list became one value",
			change:   []string{"tags: [String!]! old", "tags: String! old"},
			breaking: "Item.tags: was changed from [String!]! to String!",
		},
		{
			name: "a field, an argument, an input field and a type were added",
			change: []string{
				"type Plain { n: Int }",
				"type Plain { n(by: Int): Int m: More } type More { n: Int } extend input ItemInput { more: Int even: Int! = 2 }",
			},
		},
		{
			name:     "an argument was removed",
			change:   []string{"first: Int = 20, ", ""},
			breaking: "Query.items(first:): was removed",
			source:   "released.graphqls",
			line:     15,
		},
		{
			name:   "a deprecated argument was removed",
			change: []string{", old: Int @deprecated)", ")"},
		},
		{
			name:     "a required argument was added",
			change:   []string{"find(key: String)", "find(key: String, by: Int!)"},
			breaking: "Query.find(by:): is a new required argument",
			line:     16,
			source:   "current.graphqls",
		},
		{
			name:   "optional arguments were added",
			change: []string{"find(key: String)", "find(key: String, by: Int, to: Int! = 1)"},
		},
		{
			name:     "an argument became required",
			change:   []string{"find(key: String)", "find(key: String!)"},
			breaking: "Query.find(key:): was changed from String to String!",
		},
		{
			name:     "an argument became non-null with a default",
			change:   []string{"find(key: String)", `find(key: String! = "a")`},
			breaking: "Query.find(key:): was changed from String to String!",
		},
		{
			name:   "an argument became nullable",
			change: []string{"where: ItemInput!", "where: ItemInput"},
		},
		{
			name:     "an argument has another type",
			change:   []string{"find(key: String)", "find(key: ID)"},
			breaking: "Query.find(key:): was changed from String to ID",
		},
		{
			name:      "an argument has another default",
			change:    []string{"first: Int = 20", "first: Int = 50"},
			dangerous: "Query.items(first:): has the default 50, which was 20",
		},
		{
			name:     "a required input field lost its default",
			change:   []string{"size: Int! = 1", "size: Int!"},
			breaking: "ItemInput.size: has lost its default and is required",
		},
		{
			name:      "an optional input field lost its default",
			change:    []string{"status: Status = TODO", "status: Status"},
			dangerous: "ItemInput.status: has the default none, which was TODO",
		},
		{
			name:     "an input field was removed",
			change:   []string{"note: String old: String @deprecated", "old: String @deprecated"},
			breaking: "ItemInput.note: was removed",
		},
		{
			name:   "a deprecated input field was removed",
			change: []string{"old: String @deprecated size", "size"},
		},
		{
			name:     "a required input field was added",
			change:   []string{"input ItemInput {", "input ItemInput { key: ID!"},
			breaking: "ItemInput.key: is a new required field",
		},
		{
			name:     "the elements of an input's list became lists",
			change:   []string{"tags: [String!] }", "tags: [[String!]!] }"},
			breaking: "ItemInput.tags: was changed from [String!] to [[String!]!]",
		},
		{
			name:   "the elements of an input's list became nullable",
			change: []string{"tags: [String!] }", "tags: [String] }"},
		},
		{
			name:     "an input accepts only one field",
			change:   []string{"input Choice {", "input Choice @oneOf {"},
			breaking: "Choice: accepts only one field",
		},
		{
			name:     "an enum value was removed",
			change:   []string{"TODO DONE OLD", "TODO OLD"},
			breaking: "Status.DONE: was removed",
		},
		{
			name:   "a deprecated enum value was removed",
			change: []string{"OLD @deprecated }", "}"},
		},
		{
			name:      "an enum value was added",
			change:    []string{"TODO DONE", "TODO LATER DONE"},
			dangerous: "Status.LATER: is a new value",
		},
		{
			name:     "an interface was removed from a type",
			change:   []string{"implements Node & Named", "implements Node"},
			breaking: "Item: no longer implements Named",
		},
		{
			name:     "a member of a union was removed",
			change:   []string{"Item | Label", "Item"},
			breaking: "Result: no longer includes Label",
		},
		{
			name:      "a member of a union was added",
			change:    []string{"Item | Label", "Item | Label | Plain"},
			dangerous: "Result: now includes Plain",
		},
		{
			name:     "a type was removed",
			change:   []string{"type Label implements Node { id: ID! }", "", " | Label", ""},
			breaking: "Label: was removed; Result: no longer includes Label",
		},
		{
			name:     "a type was removed, with the field that returned it",
			change:   []string{"  plain: Plain\n", "", "type Plain { n: Int }", ""},
			breaking: "Query.plain: was removed",
		},
		{
			name:     "a type is of another kind",
			change:   []string{"type Plain { n: Int }", "interface Plain { n: Int }"},
			breaking: "Plain: was changed from OBJECT to INTERFACE",
		},
		{
			name:     "a directive was removed",
			change:   []string{"directive @cached(for: Int!, by: String) on FIELD | QUERY", ""},
			breaking: "@cached: was removed",
		},
		{
			name:     "the subscriptions were removed",
			change:   []string{"type Subscription { changed: Item late: Item @deprecated }", ""},
			breaking: "Subscription.changed: was removed",
		},
		{
			name: "the type of subscriptions has another name",
			change: []string{
				"type Subscription { changed: Item late: Item @deprecated }",
				"schema { query: Query subscription: Events } type Events { changed: Item }",
			},
		},
		{
			name:     "the type of subscriptions has another name, and lacks a field",
			change:   []string{"type Subscription { changed", "schema { query: Query subscription: Events } type Events { changes"},
			breaking: "Subscription.changed: was removed",
		},
		{
			name:     "a directive became unrepeatable",
			change:   []string{"@logged repeatable on", "@logged on"},
			breaking: "@logged: is no longer repeatable",
		},
		{
			name:   "a directive of the schema was removed",
			change: []string{"directive @internal on OBJECT", ""},
		},
		{
			name: "a directive lost a location and an argument, and has a new one",
			change: []string{
				"directive @cached(for: Int!, by: String) on FIELD | QUERY", "directive @cached(for: Int!, to: Int!) on FIELD",
			},
			breaking: "@cached: is no longer valid on QUERY; @cached(by:): was removed; @cached(to:): is a new required argument",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			for i := 0; i < len(test.change); i += 2 {
				if !strings.Contains(released, test.change[i]) {
					t.Fatalf("the released schema has no %q", test.change[i])
				}
			}
			changes := compare(t, strings.NewReplacer(test.change...).Replace(released))
			var breaking, dangerous []string
			for _, c := range changes {
				if c.Breaking {
					breaking = append(breaking, c.Coordinate+": "+c.Message)
				} else {
					dangerous = append(dangerous, c.Coordinate+": "+c.Message)
				}
			}
			if got := strings.Join(breaking, "; "); got != test.breaking {
				t.Errorf("breaking changes: %q, want %q", got, test.breaking)
			}
			if got := strings.Join(dangerous, "; "); got != test.dangerous {
				t.Errorf("dangerous changes: %q, want %q", got, test.dangerous)
			}
			if want := fmt.Sprintf("%s:%d: ", test.source, test.line); test.line > 0 {
				if got := changes[0].String(); !strings.HasPrefix(got, want) || !strings.Contains(got, test.remedy) {
					t.Errorf("the change is %q, want %q and %q", got, want, test.remedy)
				}
			}
		})
	}
}

// compare returns the changes from the released schema to another.
func compare(t *testing.T, current string) []contract.Change {
	t.Helper()
	changes, err := contract.Compare(
		&ast.Source{Name: "released.graphqls", Input: released}, &ast.Source{Name: "current.graphqls", Input: current})
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// TestInvalidSchemaIsAnError compares schemas of which one is invalid.
func TestInvalidSchemaIsAnError(t *testing.T) {
	valid, invalid := &ast.Source{Input: released}, &ast.Source{Input: "type Query { a: Lost }"}
	for _, sources := range [][]*ast.Source{{valid, invalid}, {invalid, valid}} {
		if changes, err := contract.Compare(sources[0], sources[1]); err == nil || !strings.Contains(err.Error(), "Lost") {
			t.Errorf("got %v, %v", changes, err)
		}
	}
}

// TestChangesAreSortedByType compares the order of changes: by the names of types.
func TestChangesAreSortedByType(t *testing.T) {
	current := strings.NewReplacer("TODO DONE OLD", "TODO OLD", "note: String ", "").Replace(released)
	var got []string
	for _, c := range compare(t, current) {
		got = append(got, c.Coordinate)
	}
	if want := []string{"Item.note", "ItemInput.note", "Status.DONE"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
