package codegen_test

import "testing"

func TestErrorsInPlainDefinitionsAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "a type as a field of an input",
			schema: item("done: Boolean!") + "input Section {\n  item: Item\n}",
			want:   []string{"6:3: Section.item: Item can't be a field of an input; name another type"},
		},
		{
			name:   "an input as a field of a type",
			schema: "input Section {\n  first: Int\n}\ntype Result {\n  section: Section\n}",
			want:   []string{"5:3: Result.section: Section can't be a field of a type; name another type"},
		},
		{
			name:   "a type as an argument",
			schema: item("done: Boolean!", "score(of: [Item!]): Int!"),
			want:   []string{"4:9: Item.score(of:): Item can't be an argument; name another type"},
		},
		{
			name:   "a scalar in a union",
			schema: item("done: Boolean!") + "union Result = Item | String",
			want:   []string{"5:23: Result: String can't be a type of a union; name another type"},
		},
		{
			name:   "an unknown interface",
			schema: "type Result implements Nod {\n  id: ID!\n}",
			want:   []string{"1:6: Result: the type Nod is unknown; define it, or correct the name"},
		},
		{
			name:   "an unknown type",
			schema: "type Result {\n  at: DateTme!\n}",
			want:   []string{"2:3: Result.at: the type DateTme is unknown; write DateTime"},
		},
		{
			name:   "an unknown directive",
			schema: "type Result {\n  at: DateTime! @deprecate\n}",
			want:   []string{"2:18: Result.at: the directive @deprecate is unknown; write @aggregate"},
		},
	})
}
