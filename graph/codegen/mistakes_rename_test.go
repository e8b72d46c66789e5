package codegen_test

import "testing"

func TestErrorsInEarlierNamesAreReported(t *testing.T) {
	const label = "type Label @model {\n  done: Boolean!\n}\n"
	testSchemaErrors(t, []schemaErrorCase{
		{
			name: "earlier names that are in use",
			schema: itemWith(`@model @renamedFrom(name: "Project")`, "done: Boolean!", `ready: Boolean! @renamedFrom(name: "done")`) +
				project(),
			want: []string{
				"1:19: Item: the file still has a type Project; remove that type, or @renamedFrom",
				"4:20: Item.ready: the type still has a field done; remove that field, or @renamedFrom",
			},
		},
		{
			name: "an earlier name of a value that is in use",
			schema: `enum Status {
  TODO
  PLANNED @renamedFrom(name: "TODO")
}`,
			want: []string{"3:12: Status.PLANNED: the enum still has the value TODO; remove that value, or @renamedFrom"},
		},
		{
			name: "the same earlier name of two types",
			schema: itemWith(`@model @renamedFrom(name: "Task")`, "done: Boolean!") +
				projectWith(`@model @renamedFrom(name: "Task")`),
			want: []string{"5:22: Project: Item has the earlier name Task, too; remove @renamedFrom from one of them"},
		},
		{
			name:   "the same earlier name of two fields",
			schema: item(`done: Boolean! @renamedFrom(name: "ready")`, `closed: Boolean! @renamedFrom(name: "ready")`),
			want:   []string{"4:21: Item.closed: Item.done has the earlier name ready, too; remove @renamedFrom from one of them"},
		},
		{
			name: "the same earlier name of two values",
			schema: `enum Status {
  TODO @renamedFrom(name: "OPEN")
  PLANNED @renamedFrom(name: "OPEN")
}`,
			want: []string{"3:12: Status.PLANNED: Status.TODO has the earlier name OPEN, too; remove @renamedFrom from one of them"},
		},
		{
			name:   "an earlier name of a field that is no name",
			schema: item(`done: Boolean! @renamedFrom(name: "")`),
			want:   []string{`3:19: Item.done: the earlier name "" is no name of GraphQL; correct it`},
		},
		{
			name:   "an earlier name of a type that is no name",
			schema: itemWith(`@model @renamedFrom(name: "line items")`, "done: Boolean!"),
			want:   []string{`1:19: Item: the earlier name "line items" is no name of GraphQL; correct it`},
		},
		{
			name: "an earlier name of a value that is no name",
			schema: `enum Status {
  TODO @renamedFrom(name: "TO DO")
}`,
			want: []string{`2:9: Status.TODO: the earlier name "TO DO" is no name of GraphQL; correct it`},
		},
		{
			name:   "an earlier name of links",
			schema: item(`tags: [Label!]! @manyToMany @renamedFrom(name: "labels")`) + label,
			want: []string{
				"3:32: Item.tags: no migration is planned for the table of the links; remove @renamedFrom, and write a " +
					"migration with RENAME TABLE item_labels TO item_tags, and one with ALTER TABLE item_tags RENAME COLUMN " +
					"label_id TO tag_id",
			},
		},
		{
			name:   "an earlier name of links without another column",
			schema: item(`labels: [Label!]! @manyToMany @renamedFrom(name: "label")`) + label,
			want: []string{
				"3:34: Item.labels: no migration is planned for the table of the links; remove @renamedFrom, and write a " +
					"migration with RENAME TABLE item_label TO item_labels",
			},
		},
		{
			name: "an earlier name of the other direction of links",
			schema: item("projects: [Project!]! @manyToMany") +
				project(`items: [Item!]! @manyToMany(field: "projects") @renamedFrom(name: "tasks")`),
			want: []string{
				"7:51: Project.items: @renamedFrom does not fit a relation without a column or a table of its own; remove it",
			},
		},
		{
			name: "an earlier name of links with a type of their own",
			schema: item(`projects: [Project!]! @manyToMany(through: "Plan") @renamedFrom(name: "plans")`) + project() +
				`type Plan @model @unique(fields: ["item", "project"]) {
  item: Item! @belongsTo(onDelete: CASCADE)
  project: Project! @belongsTo(onDelete: CASCADE)
}`,
			want: []string{
				"3:55: Item.projects: @renamedFrom does not fit a relation without a column or a table of its own; remove it",
			},
		},
		{
			name: "an earlier name of the rows that refer to one",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE)") +
				project(`items: [Item!]! @hasMany(field: "project") @renamedFrom(name: "tasks")`),
			want: []string{"7:47: Project.items: @renamedFrom does not fit a relation without a column; remove it"},
		},
		{
			name: "an earlier name of the row that refers to one",
			schema: item("project: Project! @belongsTo(onDelete: CASCADE) @unique") +
				project(`item: Item @hasOne(field: "project") @renamedFrom(name: "task")`),
			want: []string{"7:41: Project.item: @renamedFrom does not fit a relation without a column; remove it"},
		},
	})
}
