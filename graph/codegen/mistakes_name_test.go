package codegen_test

import "testing"

func TestErrorsInNamesAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name: "a type that is defined twice",
			schema: item("done: Boolean!") + `enum Item {
  TODO
}`,
			want: []string{"5:6: Item: the name is defined twice; rename or remove one definition"},
		},
		{
			name: "a root type",
			schema: `type Query {
  items: Int
}`,
			want: []string{"1:6: Query: the framework defines this type; write extend type Query"},
		},
		{
			name: "a definition of the schema",
			schema: `schema {
  query: Root
}
type Root {
  items: Int
}`,
			want: []string{"1:8: schema: the root types are Query, Mutation and Subscription; remove the definition of the schema"},
		},
		{
			name: "a type of the framework",
			schema: `type PageInfo @model {
  done: Boolean!
}`,
			want: []string{"1:6: PageInfo: the framework defines this name; rename the type"},
		},
		{
			name: "a tenant",
			schema: `type Tenant @model {
  done: Boolean!
}`,
			want: []string{"1:6: Tenant: the framework defines this name; rename the type"},
		},
		{
			name:   "a scalar of the framework",
			schema: "scalar DateTime",
			want:   []string{"1:8: DateTime: the framework defines this name; remove the definition"},
		},
		{
			name: "a type of introspection",
			schema: `type __Item @model {
  done: Boolean!
}`,
			want: []string{"1:6: __Item: names that begin with __ belong to GraphQL; rename it"},
		},
		{
			name: "a type in small letters",
			schema: `type item @model {
  done: Boolean!
}`,
			want: []string{
				"1:6: item: the name of a type with @model begins with a capital letter, and has only letters and digits; rename it",
			},
		},
		{
			name: "a type with an underscore",
			schema: `type Line_Item @model {
  done: Boolean!
}`,
			want: []string{
				"1:6: Line_Item: the name of a type with @model begins with a capital letter, and has only letters " +
					"and digits; rename it",
			},
		},
		{
			name:   "a type without fields",
			schema: "type Item @model",
			want:   []string{"1:6: Item: the type has no fields; add one"},
		},
		{
			name: "a plural that equals the name",
			schema: `type Series @model {
  done: Boolean!
}`,
			want: []string{`1:6: Series: the plural of Series is Series, too; add @plural(name: "SeriesList")`},
		},
		{
			name:   "an invalid plural",
			schema: itemWith(`@model @plural(name: "all items")`, "done: Boolean!"),
			want: []string{
				`1:19: Item: the plural "all items" does not begin with a capital letter, or has other characters ` +
					"than letters and digits; change it",
			},
		},
		{
			name: "the plural of another type",
			schema: item("done: Boolean!") + `type Task @model @plural(name: "Items") {
  done: Boolean!
}`,
			want: []string{"5:6: Task: Query would have two fields items; rename the type, or change @plural(name:)"},
		},
		{
			name: "the name of an order",
			schema: item("done: Boolean!") + `type ItemOrder @model {
  done: Boolean!
}`,
			want: []string{"5:6: ItemOrder: the generated API has an enum of this name, for the order of items; rename it"},
		},
		{
			name: "the name of an input",
			schema: item("done: Boolean!") + `input CreateItemInput {
  x: Int
}`,
			want: []string{"5:7: CreateItemInput: the generated API has an input of this name, for the fields of a new item; rename it"},
		},
		{
			name: "the name of an event",
			schema: itemWith("@model @subscription", "done: Boolean!") + `enum ItemEvent {
  TODO
}`,
			want: []string{
				"5:6: ItemEvent: the generated API has a type of this name, for a change of an item, and the current " +
					"state of the item; rename it",
			},
		},
		{
			name: "two generated definitions",
			schema: item("done: Boolean!") + `enum ItemList {
  TODO
}`,
			want: []string{"5:6: ItemList: two definitions ItemListFilter would be generated; rename ItemList"},
		},
		{
			name: "a query of the framework",
			schema: `type Knot @model @plural(name: "Nodes") {
  done: Boolean!
}`,
			want: []string{"1:6: Knot: Query would have two fields nodes; rename the type, or change @plural(name:)"},
		},
		{
			name: "a query of the application",
			schema: item("done: Boolean!") + `extend type Query {
  items: Int
}`,
			want: []string{"6:3: Query.items: the type has another field of this name; rename this one"},
		},
		{
			name: "a field with the name of counts",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)", "done: Boolean!") +
				project("itemCounts: Int!", `items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: ["done"])`),
			want: []string{"9:3: Project.itemCounts: the type has another field of this name; rename this one"},
		},
	})
}
