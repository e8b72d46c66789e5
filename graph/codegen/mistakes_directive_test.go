package codegen_test

import "testing"

func TestErrorsInDirectivesAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "an unknown directive",
			schema: item("done: Boolean! @defalt(value: false)"),
			want:   []string{"3:19: Item.done: the directive @defalt is unknown; write @default"},
		},
		{
			name: "a misspelled @model",
			schema: `type Item @modl {
  done: Boolean!
}`,
			want: []string{"1:12: Item: the directive @modl is unknown; write @model"},
		},
		{
			name:   "a directive of no language",
			schema: item("done: Boolean! @searchable"),
			want:   []string{"3:19: Item.done: the directive @searchable is unknown; write @sortable"},
		},
		{
			name:   "full-text search",
			schema: item("body: String! @constraint(maxLength: 1000) @fulltext"),
			want: []string{
				"3:47: Item.body: @fulltext is not possible: a FULLTEXT index of MySQL has the words of all tenants, " +
					"and Vitess has none; remove it, and use the filter `contains`",
			},
		},
		{
			name: "a directive of a field at a type",
			schema: `type Item @model @sortable(fields: ["name"]) @computed {
  name: String! @constraint(maxLength: 100) @sortable
}`,
			want: []string{
				"1:19: Item: @sortable with one field belongs to the field; move it to Item.name",
				"1:47: Item: @computed can't be here; move it to a field of a type with @model",
			},
		},
		{
			name:   "a directive of a type at a field",
			schema: item("done: Boolean! @subscription"),
			want:   []string{"3:19: Item.done: @subscription can't be here; move it to a type with @model"},
		},
		{
			name: "a directive of an enum at a value",
			schema: `enum Status {
  TODO @ranked
}`,
			want: []string{"2:9: Status.TODO: @ranked can't be here; move it to an enum"},
		},
		{
			name: "@model at an input",
			schema: `input Item @model {
  done: Boolean!
}`,
			want: []string{"1:13: Item: @model can't be here; move it to an object type"},
		},
		{
			name: "@model at an interface",
			schema: `interface Item @model {
  done: Boolean!
}`,
			want: []string{"1:17: Item: @model can't be here; move it to an object type"},
		},
		{
			name: "a directive of a type without @model",
			schema: `type Item @subscription {
  done: Boolean! @sortable
}`,
			want: []string{
				"1:12: Item: @subscription belongs to a type with @model; add @model to Item, or remove it",
				"2:19: Item.done: @sortable belongs to a type with @model; add @model to Item, or remove it",
			},
		},
		{
			name: "a directive at a field of an input",
			schema: `input Item {
  name: String @constraint(maxLength: 100)
}`,
			want: []string{"2:17: Item.name: @constraint belongs to a type with @model; remove it"},
		},
		{
			name:   "a directive at an argument",
			schema: item("score(by: String @constraint(maxLength: 5)): Int"),
			want:   []string{"3:21: Item.score(by:): @constraint can't be at an argument; remove it"},
		},
		{
			name:   "a repeated directive",
			schema: item("done: Boolean! @sortable @sortable"),
			want:   []string{"3:29: Item.done: @sortable is repeated; write it once"},
		},
		{
			name:   "an unknown argument",
			schema: item("key: String! @constraint(maxLen: 100, maxLength: 100)"),
			want:   []string{"3:28: Item.key: @constraint has no argument maxLen; write maxLength"},
		},
		{
			name:   "a repeated argument",
			schema: item("key: String! @constraint(maxLength: 100, maxLength: 50)"),
			want:   []string{"3:44: Item.key: the argument maxLength of @constraint is repeated; write it once"},
		},
		{
			name:   "an absent argument",
			schema: item("project: Project @belongsTo") + project(),
			want:   []string{"3:21: Item.project: @belongsTo lacks the argument onDelete; add onDelete: CASCADE, RESTRICT or SET_NULL"},
		},
		{
			name:   "an argument of another type",
			schema: item(`key: String! @constraint(maxLength: "100")`),
			want:   []string{`3:40: Item.key: the argument maxLength of @constraint is "100", which is no Int; write a number such as 100`},
		},
		{
			name:   "a number beyond 32 bits",
			schema: item("key: String! @constraint(maxLength: 3000000000)"),
			want: []string{
				"3:39: Item.key: the argument maxLength of @constraint is 3000000000, which is no Int; write a number such as 100",
			},
		},
		{
			name:   "an unknown value of an enum",
			schema: item("project: Project @belongsTo(onDelete: SETNULL)") + project(),
			want:   []string{"3:41: Item.project: the argument onDelete of @belongsTo can't be SETNULL; write SET_NULL"},
		},
		{
			name:   "an enum as a string",
			schema: item(`project: Project @belongsTo(onDelete: "CASCADE")`) + project(),
			want:   []string{`3:42: Item.project: the argument onDelete of @belongsTo can't be "CASCADE"; write CASCADE`},
		},
		{
			name:   "null in place of a value",
			schema: item("project: Project @belongsTo(onDelete: null)") + project(),
			want:   []string{"3:41: Item.project: the argument onDelete of @belongsTo can't be null; write CASCADE, RESTRICT or SET_NULL"},
		},
		{
			name:   "an unknown operation",
			schema: itemWith("@model(operations: [CREATE, DESTROY])", "done: Boolean!"),
			want: []string{
				"1:30: Item: the argument operations of @model can't be DESTROY; write CREATE, UPDATE, DELETE, " +
					"CREATE_MANY, UPDATE_MANY, DELETE_MANY or UPSERT",
			},
		},
		{
			name:   "a repeated operation",
			schema: itemWith("@model(operations: [CREATE, CREATE])", "done: Boolean!"),
			want:   []string{"1:39: Item: the argument operations of @model has CREATE twice; write it once"},
		},
		{
			name: "a directive of the application at a field with @model",
			schema: `directive @audited on FIELD_DEFINITION
` + item("done: Boolean! @audited"),
			want: []string{"4:19: Item.done: @audited has no effect here; remove it"},
		},
		{
			name:   "a definition of a directive of the framework",
			schema: "directive @model on OBJECT",
			want:   []string{"1:12: @model: the framework defines this directive; remove the definition, or rename it"},
		},
		{
			name: "a directive that is defined twice",
			schema: `directive @audited on OBJECT
directive @audited on FIELD_DEFINITION`,
			want: []string{"2:12: @audited: the directive is defined twice; remove one definition"},
		},
		{
			name:   "a field that is deprecated and private",
			schema: item("done: Boolean! @deprecated @private"),
			want: []string{
				"3:3: Item.done: @deprecated and @private exclude each other: clients do not see the field; remove " +
					"@private or @deprecated",
			},
		},
		{
			name:   "@deprecated at a type",
			schema: itemWith("@model @deprecated", "done: Boolean!"),
			want:   []string{"1:19: Item: @deprecated has no effect here; remove it"},
		},
	})
}
