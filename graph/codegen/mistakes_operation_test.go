package codegen_test

import "testing"

func TestErrorsInAggregatesAndOperationsAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name: "groups by a string that is long",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)", "body: String! @constraint(maxLength: 5000)") +
				project(`items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: ["body"])`),
			want: []string{
				"8:47: Project.items: groupBy of @aggregate has Item.body, which does not fit; name an enum, a " +
					"reference, a Boolean, an Int, a Date or a short string that is not unique",
			},
		},
		{
			name: "groups by a unique field",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)", "number: Int! @unique") +
				project(`items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: ["number"])`),
			want: []string{
				"8:47: Project.items: groupBy of @aggregate has Item.number, which does not fit; name an enum, a " +
					"reference, a Boolean, an Int, a Date or a short string that is not unique",
			},
		},
		{
			name: "groups by an unknown field",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)") +
				project(`items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: ["status"])`),
			want: []string{"7:47: Project.items: groupBy of @aggregate has status, which Item lacks; correct the name, or add the field"},
		},
		{
			name: "groups by a private field",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)", "secret: Boolean! @private") +
				project(`items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: ["secret"])`),
			want: []string{
				"8:47: Project.items: groupBy of @aggregate has Item.secret, which clients can't read; remove it, or @private",
			},
		},
		{
			name: "no groups",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)") +
				project(`items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: [])`),
			want: []string{"7:47: Project.items: groupBy has no field; name one of Item"},
		},
		{
			name: "numbers that are none",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)", "done: Boolean!") +
				project(`items: [Item!]! @hasMany(field: "project") @aggregate(groupBy: ["done"], numbers: ["name"])`),
			want: []string{
				"8:47: Project.items: numbers of @aggregate has Item.name, which does not fit; name an Int, a BigInt, " +
					"a Float or a Decimal",
			},
		},
		{
			name:   "events by an unknown field",
			schema: itemWith(`@model @subscription(by: "project")`, "done: Boolean!"),
			want:   []string{"1:19: Item: by of @subscription has project, which Item lacks; correct the name, or add the field"},
		},
		{
			name:   "events by a scalar",
			schema: itemWith(`@model @subscription(by: "done")`, "done: Boolean!"),
			want: []string{
				"1:19: Item: by of @subscription has done, which is no reference that clients can read; name one with @belongsTo",
			},
		},
		{
			name: "events by a reference that can be null",
			schema: itemWith(`@model @subscription(by: "project")`, "project: Project @belongsTo(onDelete: SET_NULL) @immutable") +
				project(),
			want: []string{
				"1:19: Item: by of @subscription has project, which can be null, so no subscription has the events of " +
					"such rows; write project: Project!, or remove by",
			},
		},
		{
			name:   "events by a reference that can change",
			schema: itemWith(`@model @subscription(by: "project")`, "project: Project! @belongsTo(onDelete: CASCADE)") + project(),
			want: []string{
				"1:19: Item: by of @subscription has project, which can change, and the subscriptions of its old " +
					"value would miss it; add @immutable to Item.project",
			},
		},
		{
			name:   "no events",
			schema: itemWith("@model @subscription(events: [])", "done: Boolean!"),
			want:   []string{"1:19: Item: events is empty; name one of CREATED, UPDATED and DELETED, or remove @subscription"},
		},
		{
			name: "creation without a field to set",
			schema: `type Item @model {
  number: Int! @computed
}`,
			want: []string{
				"1:12: Item: CREATE has no field to set; add a field without @computed and @private, or leave CREATE " +
					"out of operations",
			},
		},
		{
			name: "an update without a field to change",
			schema: `type Item @model {
  number: Int! @immutable
}`,
			want: []string{"1:12: Item: UPDATE has no field to change; leave UPDATE out of operations, or remove an @immutable"},
		},
		{
			name:   "an upsert without a key",
			schema: itemWith("@model(operations: [UPSERT])", "number: Int @unique"),
			want: []string{
				"1:12: Item: UPSERT has no key to find the row; add @unique to a required field that clients set, or " +
					"leave UPSERT out of operations",
			},
		},
		{
			name: "nested creation of a type that nothing creates",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE) @immutable") +
				projectWith("@model(operations: [UPDATE])", `items: [Item!]! @hasMany(field: "project", create: true)`),
			want: []string{
				"7:3: Project.items: create has no effect, since no mutation creates a project; add CREATE to " +
					"operations, or remove create",
			},
		},
	})
}
