package codegen_test

import "testing"

func TestErrorsInDefaultsAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "a default of another type",
			schema: item(`done: Boolean! @default(value: "no")`),
			want:   []string{`3:35: Item.done: the default is "no", which is no Boolean; write true or false`},
		},
		{
			name:   "a default beyond an Int",
			schema: item("number: Int! @default(value: 3000000000)"),
			want:   []string{"3:32: Item.number: the default is 3000000000, which is no Int; correct it"},
		},
		{
			name: "a default of no value of the enum",
			schema: `enum Status {
  TODO
  DONE
}
` + item("status: Status! @default(value: DONNE)"),
			want: []string{"7:35: Item.status: the default DONNE is no value of Status; write DONE"},
		},
		{
			name: "an enum as a string",
			schema: `enum Status {
  TODO
  DONE
}
` + item(`status: Status! @default(value: "DONE")`),
			want: []string{`7:36: Item.status: the default "DONE" is no value of Status; write DONE`},
		},
		{
			name:   "a default that is too small",
			schema: item("number: Int! @constraint(min: 1) @default(value: 0)"),
			want:   []string{"3:52: Item.number: the default 0 is less than min 1; change one of them"},
		},
		{
			name:   "a default that is too great",
			schema: item("price: Decimal! @constraint(max: 9.99) @default(value: 10)"),
			want:   []string{"3:58: Item.price: the default 10 is greater than max 9.99; change one of them"},
		},
		{
			name:   "a default that is too long",
			schema: item(`key: String! @constraint(maxLength: 3) @default(value: "ABCD")`),
			want:   []string{"3:59: Item.key: the default has 4 characters, and the greatest number is 3; shorten it"},
		},
		{
			name:   "a default that is empty",
			schema: item(`key: String! @constraint(maxLength: 3) @default(value: "")`),
			want:   []string{"3:59: Item.key: the default has 0 characters, and the least number is 1; lengthen it"},
		},
		{
			name:   "a default that does not match the pattern",
			schema: item(`key: String! @constraint(maxLength: 3, pattern: "[A-Z]+", message: "must have capitals") @default(value: "abc")`),
			want:   []string{"3:109: Item.key: the default does not match the pattern [A-Z]+; change one of them"},
		},
		{
			name:   "a default with a line break",
			schema: item("key: String! @constraint(maxLength: 30) @default(value: \"a\\nb\")"),
			want: []string{
				"3:60: Item.key: the default has line breaks or other control characters; remove them, or add " +
					"@constraint(multiline: true)",
			},
		},
		{
			name:   "a default beyond ASCII",
			schema: item(`key: String! @constraint(maxLength: 30, exact: true) @default(value: "é")`),
			want:   []string{"3:73: Item.key: the default has characters beyond ASCII, which exact excludes; change it, or remove exact"},
		},
		{
			name:   "a default that is no time",
			schema: item(`dueAt: DateTime @default(value: "tomorrow")`),
			want:   []string{`3:36: Item.dueAt: the default is "tomorrow", which is no DateTime; correct it`},
		},
		{
			name:   "a default that is no list",
			schema: item("tags: [Int!]! @default(value: 1)"),
			want:   []string{"3:18: Item.tags: the default of a list is a list; write [1]"},
		},
		{
			name:   "a default that is no UUID",
			schema: item(`token: UUID @default(value: "1")`),
			want:   []string{`3:32: Item.token: the default is "1", which is no UUID; correct it`},
		},
		{
			name:   "a default of null",
			schema: item("dueAt: DateTime @default(value: null)"),
			want:   []string{"3:35: Item.dueAt: the argument value of @default can't be null; write another value, or remove it"},
		},
	})
}
