package codegen_test

import (
	"testing"

	"rowhouse/graph/codegen"
)

func TestErrorsInGeneratedNamesAreReported(t *testing.T) {
	const toProject = "project: Project! @belongsTo(onDelete: CASCADE) @immutable"
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "a field with the name of a reference",
			schema: item("project: Project @belongsTo(onDelete: SET_NULL)", "projectId: Int") + project(),
			want:   []string{"4:3: Item.projectId: the struct has the field ProjectID of project already; rename one of them"},
		},
		{
			name:   "a field with the name of a key",
			schema: item("email: Email! @unique", "emailKey: Int"),
			want:   []string{"4:3: Item.emailKey: the struct has the field EmailKey of email already; rename one of them"},
		},
		{
			name:   "a field with the name of an upsert's key",
			schema: itemWith("@model(operations: [UPSERT])", "email: Email! @unique", "by: Int"),
			want:   []string{"4:3: Item.by: the input of upsertItem has the unique key in the field by; rename the field"},
		},
		{
			name:   "a field with the name of an update's filter",
			schema: itemWith("@model(operations: [UPDATE_MANY])", "where: Int", "by: Int"),
			want:   []string{"3:3: Item.where: the input of updateItems has the filter in the field where; rename the field"},
		},
		{
			name:   "a field with the name of an update's version",
			schema: itemWith("@model(versioned: true)", "expectedVersion: Int"),
			want: []string{
				"3:3: Item.expectedVersion: @model(versioned: true) adds expectedVersion to the input of updates; rename the field",
			},
		},
		{
			name:   "a field with the name of a method of soft deletion",
			schema: itemWith("@model(softDelete: true)", "done: Boolean!", "deletionTime: Int"),
			want: []string{
				"4:3: Item.deletionTime: the struct has DeletionTime already, from relay.SoftDeletion; rename the field",
			},
		},
		{
			name: "nested rows with the input of another type",
			schema: `type Order @model {
  name: String! @constraint(maxLength: 100)
  items: [Item!]! @hasMany(field: "order", create: true)
}
` + item("order: Order! @belongsTo(onDelete: CASCADE) @immutable") + `type OrderItem @model {
  done: Boolean!
}`,
			want: []string{
				"3:3: Order.items: two definitions CreateOrderItemInput would be generated, for new rows of this field and for those " +
					"of OrderItem; rename one of them, or leave create out",
			},
		},
		{
			name: "two fields with nested rows of one name",
			schema: item(toProject, "first: Project @belongsTo(onDelete: CASCADE) @unique") + project(
				`items: [Item!]! @hasMany(field: "project", create: true)`, `item: Item @hasOne(field: "first", create: true)`),
			want: []string{
				"9:3: Project.item: two definitions CreateProjectItemInput would be generated, for new rows of this field and for " +
					"those of Project.items; rename one of them, or leave create out",
			},
		},
		{
			name:   "a parent with the name of the deleted row's id",
			schema: item("deleted: Project! @belongsTo(onDelete: CASCADE) @immutable") + project(),
			want:   []string{"3:3: Item.deleted: the struct DeleteItemPayload would have two fields DeletedID; rename the field"},
		},
		{
			name: "a parent with the name of the row in an event",
			schema: `type ProjectId @model @subscription(by: "project") {
  project: Project! @belongsTo(onDelete: CASCADE) @immutable
  done: Boolean!
}
` + project(),
			want: []string{"2:3: ProjectId.project: the struct ProjectIdEvent would have two fields ProjectID; rename the field"},
		},
		{
			name: "a group with the column of the number of rows",
			schema: item(toProject, `total: Int @column(name: "count")`) +
				project(`items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: ["total"])`),
			want: []string{"4:3: Item.total: the column count has the name of the number of rows in groups; rename it with @column(name:)"},
		},
		{
			name: "a group with the column of an aggregate",
			schema: item(toProject, "stock: Int", "stockSum: Int") +
				project(`items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: ["stockSum"], numbers: ["stock"])`),
			want: []string{
				"5:3: Item.stockSum: the column stock_sum has the name of an aggregate of Item.stock in groups; " +
					"rename it with @column(name:)",
			},
		},
		{
			name: "a group that is a number, too",
			schema: item(toProject, "stock: Int") +
				project(`items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: ["stock"], numbers: ["stock"])`),
			want: []string{"8:47: Project.items: numbers of @aggregate has stock, which is in groupBy, too; remove it from one of them"},
		},
		{
			name: "a type with the name of the rows in a group",
			schema: item(toProject, "owner: Project @belongsTo(onDelete: SET_NULL)") +
				project(`items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: ["owner"])`) +
				"type ItemCountOwner @model {\n  done: Boolean!\n}",
			want: []string{
				"4:3: Item.owner: package model would have two declarations ItemCountOwner, the other one of ItemCountOwner; " +
					"rename one of them",
			},
		},
		{
			name: "a type with the name of counts",
			schema: item(toProject, "done: Boolean!") +
				project(`items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: ["done"])`) +
				"type ProjectItemCounts @model @plural(name: \"AllCounts\") {\n  done: Boolean!\n}",
			want: []string{
				"8:3: Project.items: package model would have two declarations ProjectItemCounts, the other one of " +
					"ProjectItemCounts; rename one of them",
			},
		},
		{
			name: "an enum with the name of changes",
			schema: itemWith("@model @subscription", "done: Boolean!") + `enum ItemChange @ranked {
  SMALL @rank(value: 1)
}`,
			want: []string{
				"5:6: ItemChange: package model would have two declarations itemChanges, the other one of Item; rename one of them",
			},
		},
	})
}

// TestFieldsWithNamesOfOtherInputsAreAccepted uses names of arguments, and names of fields that only inputs of other
// types have.
func TestFieldsWithNamesOfOtherInputsAreAccepted(t *testing.T) {
	schema := read(t, itemWith("@model(operations: [CREATE, UPDATE, CREATE_MANY])",
		"by: Int", "where: Int", "version: Int", "expectedVersion: Int", "deletedAt: DateTime", "clientMutationId: Int",
		"first: Int", "after: Int", "last: Int", "before: Int", "orderBy: Int", "includeDeleted: Boolean", "input: Int")+
		projectWith("@model(operations: [UPSERT, UPDATE_MANY], versioned: true)",
			"by: Project @belongsTo(onDelete: SET_NULL)", "where: Int @unique", "expectedVersion: Project @belongsTo(onDelete: SET_NULL)",
			"key: Int! @unique"))
	loadSDL(t, "expanded", codegen.Expand(schema))
}
