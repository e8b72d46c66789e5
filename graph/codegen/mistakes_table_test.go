package codegen_test

import "testing"

func TestErrorsInExtensionsAndTablesAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name: "an extension with a field of the type",
			schema: item("done: Boolean!") + `extend type Item {
  done: Int
}`,
			want: []string{"6:3: Item.done: the type has another field of this name; rename this one"},
		},
		{
			name: "an extension with a directive",
			schema: item("done: Boolean!") + `extend type Item @subscription {
  score: Int @sortable
}`,
			want: []string{
				"5:19: Item: @subscription can't be in an extension, whose fields have resolvers written by hand; " +
					"move it to the type Item",
				"6:15: Item.score: @sortable can't be in an extension, whose fields have resolvers written by hand; " +
					"move it to the type Item",
			},
		},
		{
			name: "an extension of an unknown type",
			schema: item("done: Boolean!") + `extend type Itme {
  score: Int
}`,
			want: []string{"5:13: Itme: the type is unknown; write Item"},
		},
		{
			name: "an extension of an enum",
			schema: `enum Status {
  TODO
}
extend enum Status {
  DONE
}`,
			want: []string{"4:13: Status: the enum can't be extended; add the values to the enum itself"},
		},
		{
			name: "an unknown type in an extension",
			schema: `extend type Query {
  total: Money
}`,
			want: []string{"2:3: Query.total: the type Money is unknown; define it, or correct the name"},
		},
		{
			name: "the same table",
			schema: item("done: Boolean!") + `type Task @model @table(name: "items") {
  done: Boolean!
}`,
			want: []string{"5:6: Task: the table items belongs to Item; rename it with @table(name:)"},
		},
		{
			name:   "a table of the framework",
			schema: itemWith(`@model @table(name: "tenants")`, "done: Boolean!"),
			want:   []string{"1:6: Item: the table tenants belongs to the framework; rename it with @table(name:)"},
		},
		{
			name:   "an invalid table",
			schema: itemWith(`@model @table(name: "My Items")`, "done: Boolean!"),
			want: []string{
				`1:19: Item: the name "My Items" does not begin with a small letter, or has other characters than ` +
					"small letters, digits and _; change it",
			},
		},
		{
			name: "a table of links",
			schema: item("labels: [Label!]! @manyToMany") +
				`type Label @model {
  done: Boolean!
}
type ItemLabel @model {
  done: Boolean!
}`,
			want: []string{
				"3:3: Item.labels: the table of the links would be that of the type ItemLabel; write " +
					`@manyToMany(through: "ItemLabel"), or rename the type`,
			},
		},
		{
			name:   "the same column",
			schema: item("dueAt: DateTime", `endsAt: DateTime @column(name: "due_at")`),
			want:   []string{"4:3: Item.endsAt: the column due_at belongs to Item.dueAt; rename it with @column(name:)"},
		},
		{
			name:   "the column of the tenant",
			schema: item(`dueAt: DateTime @column(name: "tenant_id")`),
			want:   []string{"3:3: Item.dueAt: the column tenant_id belongs to every row; rename it with @column(name:)"},
		},
		{
			name:   "columns that differ in case only",
			schema: item("dueAt: DateTime", "dueAT: DateTime"),
			want:   []string{"4:3: Item.dueAT: the struct has the field DueAt of dueAt already; rename one of them"},
		},
		{
			name: "a table with a long name",
			schema: `type LongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong @model {
  done: Boolean!
}`,
			want: []string{
				"1:6: LongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong: the table " +
					"long_long_long_long_long_long_long_long_long_long_long_long_long_long_long_longs has 80 characters, " +
					"and MySQL allows 64; rename it with @table(name:)",
			},
		},
		{
			name:   "a column with a long name",
			schema: item("longWideWideWideWideWideWideWideWideWideWideWideWideWideWideWide: Boolean!"),
			want: []string{
				"3:3: Item.longWideWideWideWideWideWideWideWideWideWideWideWideWideWideWide: " +
					"the column long_wide_wide_wide_wide_wide_wide_wide" +
					"_wide_wide_wide_wide_wide_wide_wide_wide has 79 characters, and MySQL allows 64; rename it with @column(name:)",
			},
		},
		{
			name:   "a field with a longer name",
			schema: item("longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglong: Int"),
			want: []string{
				"3:3: Item.longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglong…: the name has 68 characters; " +
					"shorten it to 64",
			},
		},
		{
			name:   "a type with a longer name",
			schema: "type LongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong @model {\n  done: Boolean!\n}",
			want: []string{
				"1:6: LongLongLongLongLongLongLongLongLongLongLongLongLongLongLongLong…: the name has 68 characters; " +
					"shorten it to 64",
			},
		},
		{
			name:   "a type with the name of a function",
			schema: item("done: Boolean!") + "type CreateItem @model {\n  done: Boolean!\n}",
			want: []string{
				"5:6: Mutation.createItem: package model would have two declarations CreateItem, the other one of CreateItem; " +
					"rename one of them",
			},
		},
		{
			name: "names that are equal in Go",
			schema: `type ApiKey @model {
  done: Boolean!
}
type APIKey @model {
  done: Boolean!
}`,
			want: []string{"4:6: APIKey: Query would have two fields apiKey; rename the type, or change @plural(name:)"},
		},
		{
			name: "the list of types",
			schema: `type Type @model {
  done: Boolean!
}`,
			want: []string{
				"1:6: Type: package model would have two declarations Types, the other one of the registry of types; " +
					"rename one of them",
			},
		},
		{
			name:   "a table with the alias of related rows",
			schema: itemWith(`@model @table(name: "related")`, "done: Boolean!"),
			want: []string{
				"1:6: Item: the table related has a name that statements give to other tables, as the framework writes them: related, " +
					"linked, and names that begin with sort_; rename it with @table(name:)",
			},
		},
		{
			name:   "a plural with the alias of linked rows",
			schema: itemWith(`@model @plural(name: "Linked")`, "done: Boolean!"),
			want: []string{
				"1:6: Item: the table linked has a name that statements give to other tables, as the framework writes them: related, " +
					"linked, and names that begin with sort_; rename it with @table(name:)",
			},
		},
		{
			name: "a table of links with the alias of rows in an order",
			schema: `type Sort @model {
  name: String! @constraint(maxLength: 10)
  projects: [Project!]! @manyToMany
}
` + project(),
			want: []string{
				"3:3: Sort.projects: the table sort_projects has a name that statements give to other tables, as the framework writes " +
					"them: related, linked, and names that begin with sort_; rename the field, or add through",
			},
		},
		{
			name:   "the table of statements without a table",
			schema: itemWith(`@model @table(name: "dual")`, "done: Boolean!"),
			want:   []string{"1:6: Item: the table dual belongs to SQL; rename it with @table(name:)"},
		},
		{
			name:   "a column with the alias of an order's key",
			schema: item(`rank: Int @column(name: "sort_key_0")`),
			want: []string{
				"3:3: Item.rank: the column sort_key_0 has a name that statements give to other columns, as the framework writes them: " +
					"names that begin with sort_key_ or linked__; rename it with @column(name:)",
			},
		},
		{
			name:   "a column with the prefix of linked rows",
			schema: item(`rank: Int @column(name: "linked__rank")`),
			want: []string{
				"3:3: Item.rank: the column linked__rank has a name that statements give to other columns, as the framework writes them: " +
					"names that begin with sort_key_ or linked__; rename it with @column(name:)",
			},
		},
	})
}
