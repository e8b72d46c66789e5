package codegen_test

import "testing"

func TestErrorsInRelationsAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "a relation without a directive",
			schema: item("project: Project") + project(),
			want: []string{
				"3:3: Item.project: the relation lacks a directive; add @belongsTo(onDelete: RESTRICT), or " +
					`@hasOne(field: "item") if the other row has the reference`,
			},
		},
		{
			name:   "a relation to many without a directive",
			schema: item("projects: [Project!]!") + project(),
			want: []string{
				`3:3: Item.projects: the relation lacks a directive; add @hasMany(field: "item"), or @manyToMany for ` +
					"rows that are linked by a table",
			},
		},
		{
			name: "two directives of relations",
			schema: item(`project: Project @belongsTo(onDelete: CASCADE) @hasOne(field: "item")`) +
				project("item: Item @belongsTo(onDelete: SET_NULL) @unique"),
			want: []string{
				"3:3: Item.project: @belongsTo and @hasOne exclude each other: a relation has one direction; remove " +
					"@hasOne or @belongsTo",
			},
		},
		{
			name:   "a list that belongs to",
			schema: item("projects: [Project!]! @belongsTo(onDelete: CASCADE)") + project(),
			want:   []string{"3:3: Item.projects: @belongsTo refers to one row; write Project without [], or use @manyToMany"},
		},
		{
			name:   "a required reference that is set to null",
			schema: item("project: Project! @belongsTo(onDelete: SET_NULL)") + project(),
			want: []string{
				"3:22: Item.project: SET_NULL can't clear a required reference; write Project without !, or onDelete: " +
					"CASCADE or RESTRICT",
			},
		},
		{
			name:   "a sortable reference",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE) @sortable") + project(),
			want: []string{
				"3:52: Item.project: @sortable does not fit a reference; remove it, and order by a field of the other " +
					`row with @sortable(fields: ["project.…"]) at the type`,
			},
		},
		{
			name:   "a reference with a default",
			schema: item(`project: Project @belongsTo(onDelete: SET_NULL) @default(value: "x")`) + project(),
			want:   []string{"3:52: Item.project: @default does not fit a reference; remove it"},
		},
		{
			name:   "has many without an inverse",
			schema: item("done: Boolean!") + project(`items: [Item!]! @hasMany(field: "project")`),
			want:   []string{"7:20: Project.items: Item has no field project; add project: Project! @belongsTo(onDelete: CASCADE) to Item"},
		},
		{
			name:   "has many with an inverse of another type",
			schema: item("parent: Item @belongsTo(onDelete: SET_NULL)") + project(`items: [Item!]! @hasMany(field: "parent")`),
			want: []string{
				"7:20: Project.items: Item.parent is no reference to Project; name a field with @belongsTo and the type Project",
			},
		},
		{
			name:   "has many with an inverse that is no reference",
			schema: item("done: Boolean!") + project(`items: [Item!]! @hasMany(field: "done")`),
			want: []string{
				"7:20: Project.items: Item.done is no reference to Project; name a field with @belongsTo and the type Project",
			},
		},
		{
			name:   "has many with a wrong type",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)") + project(`items: [Item!] @hasMany(field: "project")`),
			want:   []string{"7:3: Project.items: @hasMany needs the type [Item!]!; change the type"},
		},
		{
			name: "has many of a unique reference",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE) @unique") +
				project(`items: [Item!]! @hasMany(field: "project")`),
			want: []string{
				"7:20: Project.items: Item.project has @unique, so at most one row refers to one; use @hasOne, or remove @unique",
			},
		},
		{
			name: "two inverses of a reference",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)") +
				project(`items: [Item!]! @hasMany(field: "project")`, `tasks: [Item!]! @hasMany(field: "project")`),
			want: []string{"8:20: Project.tasks: Project.items is the inverse of Item.project already; remove one of them"},
		},
		{
			name:   "has one of a reference that is not unique",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)") + project(`item: Item @hasOne(field: "project")`),
			want: []string{
				"7:15: Project.item: Item.project lacks @unique, so several rows can refer to one; add @unique to it, or use @hasMany",
			},
		},
		{
			name: "has one with a required type",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE) @unique") +
				project(`item: Item! @hasOne(field: "project")`),
			want: []string{"7:3: Project.item: @hasOne needs the type Item, since the other row can be absent; change the type"},
		},
		{
			name:   "has one without an inverse",
			schema: item("done: Boolean!") + project(`item: Item @hasOne(field: "project")`),
			want: []string{
				"7:15: Project.item: Item has no field project; add project: Project! @belongsTo(onDelete: CASCADE) " +
					"to Item with @unique",
			},
		},
		{
			name: "a column of a relation without one",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)") +
				project(`items: [Item!]! @hasMany(field: "project") @column(name: "items")`),
			want: []string{"7:47: Project.items: @column does not fit a relation without a column; remove it"},
		},
		{
			name: "within a field that the other row lacks",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)", "parent: Item @belongsTo(onDelete: SET_NULL)",
				`milestone: Milestone @belongsTo(onDelete: SET_NULL, within: ["project"])`) +
				project() +
				`type Milestone @model {
  dueAt: DateTime
}`,
			want: []string{
				"5:25: Item.milestone: within of @belongsTo has project, which Milestone lacks; correct the name, or add the field",
			},
		},
		{
			name: "within a field of another type",
			schema: item("number: Int!", `milestone: Milestone @belongsTo(onDelete: SET_NULL, within: ["number"])`) +
				`type Milestone @model {
  number: BigInt!
}`,
			want: []string{"4:25: Item.milestone: within has number, which differs in Item and Milestone; name columns of the same type"},
		},
		{
			name: "within a field that can be null",
			schema: item("number: Int", `milestone: Milestone @belongsTo(onDelete: SET_NULL, within: ["number"])`) +
				`type Milestone @model {
  number: Int!
}`,
			want: []string{
				"4:25: Item.milestone: within has number, which can be null, so the rows need not share it; write " +
					"number: Int! in Item and Milestone",
			},
		},
		{
			name:   "within the reference itself",
			schema: item(`parent: Item @belongsTo(onDelete: SET_NULL, within: ["parent"])`),
			want:   []string{"3:17: Item.parent: within has the reference itself; name a field that both rows have"},
		},
	})
}
