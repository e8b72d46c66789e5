package codegen_test

import "testing"

func TestErrorsInKeysAndOrdersAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "an unknown field in a key",
			schema: itemWith(`@model @unique(fields: ["number", "projekt"])`, "number: Int!"),
			want:   []string{"1:19: Item: fields of @unique has projekt, which Item lacks; correct the name, or add the field"},
		},
		{
			name:   "a key of one field",
			schema: itemWith(`@model @unique(fields: ["number"])`, "number: Int!"),
			want:   []string{"1:19: Item: @unique with one field belongs to the field; move it to Item.number"},
		},
		{
			name:   "a key without fields",
			schema: itemWith("@model @unique", "number: Int!"),
			want:   []string{`1:19: Item: @unique at a type needs fields; add fields: ["…"]`},
		},
		{
			name:   "a repeated field in a key",
			schema: itemWith(`@model @unique(fields: ["number", "number", "name"])`, "number: Int!"),
			want:   []string{"1:46: Item: the argument fields of @unique has number twice; write it once"},
		},
		{
			name:   "a repeated key",
			schema: itemWith(`@model @unique(fields: ["number", "name"]) @unique(fields: ["number", "name"])`, "number: Int!"),
			want:   []string{"1:55: Item: @unique is repeated with the same fields; remove one of them"},
		},
		{
			name: "a key of a relation without a column",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)") +
				projectWith(`@model @unique(fields: ["name", "items"])`, `items: [Item!]! @hasMany(field: "project")`),
			want: []string{"5:22: Project: fields of @unique has items, and no index can have a relation without a column; remove it"},
		},
		{
			name:   "an index of JSON",
			schema: itemWith(`@model @index(fields: ["settings"])`, "settings: JSON"),
			want:   []string{"1:19: Item: fields of @index has settings, and no index can have JSON; remove it"},
		},
		{
			name:   "an index of a long string",
			schema: itemWith(`@model @index(fields: ["body"])`, "body: String! @constraint(maxLength: 5000)"),
			want: []string{
				"1:19: Item: fields of @index has body, and an index has strings of at most 750 characters; lower its " +
					"maxLength, or remove it",
			},
		},
		{
			name: "an index that is too long",
			schema: itemWith(`@model @index(fields: ["a", "b"])`,
				"a: String! @constraint(maxLength: 500)", "b: String! @constraint(maxLength: 500)"),
			want: []string{
				"1:19: Item: the index of @index would have 4036 bytes, and MySQL allows 3072; remove a field, or lower maxLength",
			},
		},
		{
			name:   "an index of the time in the id",
			schema: itemWith(`@model @index(fields: ["createdAt"])`, "done: Boolean!"),
			want: []string{
				"1:19: Item: fields of @index has createdAt, which is no field of the file; add createdAt: DateTime! " +
					"@createdAt to the type",
			},
		},
		{
			name:   "an index of a field with a resolver",
			schema: itemWith(`@model @index(fields: ["score"])`, "score(by: Int): Int"),
			want:   []string{"1:19: Item: fields of @index has score, which has no column; remove it"},
		},
		{
			name:   "an order of one field",
			schema: itemWith(`@model @sortable(fields: ["number"])`, "number: Int!"),
			want:   []string{"1:19: Item: @sortable with one field belongs to the field; move it to Item.number"},
		},
		{
			name:   "an order without fields",
			schema: itemWith("@model @sortable", "number: Int!"),
			want:   []string{`1:19: Item: @sortable at a type needs fields; add fields: ["…"]`},
		},
		{
			name: "an order by an unknown field of another row",
			schema: itemWith(`@model @sortable(fields: ["project.title", "name"])`, "project: Project! @belongsTo(onDelete: CASCADE)") +
				project(),
			want: []string{"1:19: Item: fields of @sortable has title, which Project lacks; correct the name, or add the field"},
		},
		{
			name:   "an order through a scalar",
			schema: itemWith(`@model @sortable(fields: ["number.name"])`, "number: Int!"),
			want: []string{
				"1:19: Item: fields of @sortable has number.name, and Item.number is no reference that clients can " +
					"read; name one with @belongsTo",
			},
		},
		{
			name: "an order through two rows",
			schema: itemWith(`@model @sortable(fields: ["project.owner.name"])`, "project: Project! @belongsTo(onDelete: CASCADE)") +
				project("owner: Item @belongsTo(onDelete: SET_NULL)"),
			want: []string{
				"1:19: Item: fields of @sortable has project.owner.name, and an order has fields of the row and of " +
					"rows that it refers to; shorten it",
			},
		},
		{
			name: "an order by a private field of another row",
			schema: itemWith(`@model @sortable(fields: ["project.rank"])`, "project: Project! @belongsTo(onDelete: CASCADE)") +
				project("rank: Int @private"),
			want: []string{"1:19: Item: fields of @sortable has project.rank, which clients can't read; remove it, or @private"},
		},
		{
			name: "an order by a reference",
			schema: itemWith(`@model @sortable(fields: ["project", "name"])`, "project: Project! @belongsTo(onDelete: CASCADE)") +
				project(),
			want: []string{
				"1:19: Item: fields of @sortable has project, and no order can have a reference; name a field of another type",
			},
		},
		{
			name: "orders of the same name",
			schema: itemWith(`@model @sortable(fields: ["project.name"])`,
				"project: Project! @belongsTo(onDelete: CASCADE)", "projectName: String @constraint(maxLength: 10) @sortable") +
				project(),
			want: []string{"1:19: Item: the type has another order with the name PROJECT_NAME; remove one of them, or rename a field"},
		},
	})
}
