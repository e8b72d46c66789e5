package codegen_test

import "testing"

func TestErrorsInFieldsAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "an id",
			schema: item("id: ID!"),
			want:   []string{"3:3: Item.id: every type with @model has an id; remove the field"},
		},
		{
			name:   "a version of a versioned type",
			schema: itemWith("@model(versioned: true)", "version: Int!"),
			want:   []string{"3:3: Item.version: @model(versioned: true) adds the field version; remove the field"},
		},
		{
			name:   "a time of deletion of a type with soft delete",
			schema: itemWith("@model(softDelete: true)", "deletedAt: DateTime"),
			want:   []string{"3:3: Item.deletedAt: @model(softDelete: true) adds the field deletedAt; remove the field"},
		},
		{
			name:   "a field with the name of a condition",
			schema: item("not: Boolean!"),
			want:   []string{"3:3: Item.not: filters combine conditions with not; rename the field"},
		},
		{
			name:   "a field of relay.Row",
			schema: item("batch: Int!"),
			want:   []string{"3:3: Item.batch: the struct has Batch already, from relay.Row; rename the field"},
		},
		{
			name:   "a name in snake case",
			schema: item("due_at: DateTime"),
			want: []string{
				"3:3: Item.due_at: the name of a field begins with a small letter, and has only letters and digits; rename it dueAt",
			},
		},
		{
			name:   "a name of introspection",
			schema: item("__due: DateTime"),
			want:   []string{"3:3: Item.__due: names that begin with __ belong to GraphQL; rename it"},
		},
		{
			name:   "a repeated field",
			schema: item("done: Boolean!", "done: Int!"),
			want:   []string{"4:3: Item.done: the field is declared twice; rename or remove one of them"},
		},
		{
			name:   "a field of type ID",
			schema: item("projectId: ID!"),
			want: []string{
				"3:3: Item.projectId: an ID refers to a row; write a relation such as project: Project " +
					"@belongsTo(onDelete: RESTRICT), or use String",
			},
		},
		{
			name:   "an unknown type",
			schema: item("count: Itn!"),
			want:   []string{"3:3: Item.count: the type Itn is unknown; write Int"},
		},
		{
			name: "a scalar of the application",
			schema: `scalar Money
` + item("price: Money!"),
			want: []string{
				"4:3: Item.price: the scalar Money has no type of a column; add @storedAs(scalar: \"String\") to it, or move " +
					"the field to extend type Item, where its resolver is written by hand",
			},
		},
		{
			name: "a scalar stored as a string without a length",
			schema: `scalar Color @storedAs(scalar: "String")
` + item("color: Color!"),
			want: []string{"4:3: Item.color: the string has no greatest length; add @constraint(maxLength: 100)"},
		},
		{
			name: "a scalar stored as a number with a bound of strings",
			schema: `scalar Weight @storedAs(scalar: "Decimal")
` + item("weight: Weight! @constraint(maxLength: 3)"),
			want: []string{"4:31: Item.weight: the argument maxLength of @constraint does not fit Weight; remove it"},
		},
		{
			name: "a default that is no value of the stored scalar",
			schema: `scalar Weight @storedAs(scalar: "Decimal")
` + item("weight: Weight! @default(value: heavy)"),
			want: []string{"4:35: Item.weight: the default is heavy, which is no Decimal; correct it"},
		},
		{
			name: "a scalar stored as an unknown scalar",
			schema: `scalar Weight @storedAs(scalar: "Dezimal")
` + item("weight: Weight!"),
			want: []string{`1:16: Weight: the framework has no scalar "Dezimal" for columns; write Decimal`},
		},
		{
			name: "a scalar stored as itself",
			schema: `scalar Weight @storedAs(scalar: "Weight")
` + item("weight: Weight!"),
			want: []string{`1:16: Weight: the framework has no scalar "Weight" for columns; ` +
				"write BigInt, Boolean, Date, DateTime, Decimal, Email, Float, Int, JSON, String, URL or UUID"},
		},
		{
			name: "a scalar stored in two ways",
			schema: `scalar Weight @storedAs(scalar: "Decimal") @storedAs(scalar: "Float")
` + item("weight: Weight!"),
			want: []string{"1:45: Weight: @storedAs is repeated; write it once"},
		},
		{
			name:   "a type that is stored as a scalar",
			schema: `type Money @storedAs(scalar: "Int") { amount: Int! }`,
			want:   []string{"1:13: Money: @storedAs can't be here; move it to the definition of a scalar"},
		},
		{
			name:   "a field that is stored as a scalar",
			schema: item(`price: Int! @storedAs(scalar: "BigInt")`),
			want:   []string{"3:16: Item.price: @storedAs can't be here; move it to a scalar of the application"},
		},
		{
			name:   "an interface",
			schema: item("parent: Node"),
			want: []string{
				"3:3: Item.parent: a column can't hold the interface Node; refer to a type with @model, or move the " +
					"field to extend type Item, where its resolver is written by hand",
			},
		},
		{
			name: "a union",
			schema: `union Any = Item
` + item("any: Any"),
			want: []string{
				"4:3: Item.any: a column can't hold the union Any; refer to a type with @model, or move the field to " +
					"extend type Item, where its resolver is written by hand",
			},
		},
		{
			name: "an input",
			schema: `input Point {
  x: Int!
}
` + item("point: Point"),
			want: []string{"6:3: Item.point: Point is an input, which no field has as its type; use another type"},
		},
		{
			name:   "a list of lists",
			schema: item("grid: [[Int!]!]!"),
			want:   []string{"3:3: Item.grid: a column can't hold lists in a list; write [Int!]"},
		},
		{
			name:   "a list with null",
			schema: item("tags: [Int]!"),
			want:   []string{"3:3: Item.tags: the elements of a list can't be null; write [Int!]"},
		},
		{
			name:   "two errors in a field, and one in another",
			schema: item("due_at: DateTime @srotable", "number: Int! @default(value: 1.5)"),
			want: []string{
				"3:3: Item.due_at: the name of a field begins with a small letter, and has only letters and digits; rename it dueAt",
				"3:21: Item.due_at: the directive @srotable is unknown; write @sortable",
				"4:32: Item.number: the default is 1.5, which is no Int; correct it",
			},
		},
	})
}
