package codegen_test

import "testing"

func TestErrorsInCyclesAndLinksAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "a cascade to the same type",
			schema: item("parent: Item @belongsTo(onDelete: CASCADE)"),
			want: []string{
				"3:3: Item.parent: deletions would cascade from Item to Item, and MySQL follows 15 levels only; write " +
					"onDelete: SET_NULL or RESTRICT, and delete the rows below in the hook BeforeDeleteItem",
			},
		},
		{
			name:   "a cycle of cascades",
			schema: item("project: Project @belongsTo(onDelete: CASCADE)") + project("first: Item @belongsTo(onDelete: CASCADE)"),
			want: []string{
				"3:3: Item.project: deletions would cascade in a cycle, Item.project → Project.first, and MySQL " +
					"follows 15 levels only; write onDelete: SET_NULL or RESTRICT at one of them",
			},
		},
		{
			name: "a cycle of required references",
			schema: item("project: Project! @belongsTo(onDelete: RESTRICT)") +
				project("first: Item! @belongsTo(onDelete: RESTRICT)"),
			want: []string{
				"3:3: Item.project: each row would need another one first, in a cycle, Item.project → Project.first; " +
					"write one of the types without !",
			},
		},
		{
			name:   "a required reference to the same type",
			schema: item("parent: Item! @belongsTo(onDelete: RESTRICT)"),
			want: []string{
				"3:3: Item.parent: each row would need another one first, in a cycle, Item.parent; write one of the types without !",
			},
		},
		{
			name:   "many-to-many with an inverse that is absent",
			schema: item(`projects: [Project!]! @manyToMany(field: "items")`) + project(),
			want: []string{
				"3:26: Item.projects: Project has no relation items to Item with @manyToMany; add items: [Item!]! " +
					"@manyToMany to Project, or remove the argument field",
			},
		},
		{
			name:   "many-to-many in two tables",
			schema: item("projects: [Project!]! @manyToMany") + project("items: [Item!]! @manyToMany"),
			want: []string{
				`7:20: Project.items: Item.projects links the same types, in another table; add field: "projects", or ` +
					"through for links of another kind",
			},
		},
		{
			name:   "many-to-many that is its own inverse",
			schema: item(`related: [Item!]! @manyToMany(field: "related")`),
			want:   []string{"3:22: Item.related: the relation can't be its own inverse; remove the argument field"},
		},
		{
			name:   "links with equal columns",
			schema: item("items: [Item!]! @manyToMany"),
			want:   []string{"3:3: Item.items: both columns of the links would be item_id; rename the field, as in relatedItems"},
		},
		{
			name:   "through an unknown type",
			schema: item(`projects: [Project!]! @manyToMany(through: "Plan")`) + project(),
			want: []string{
				"3:26: Item.projects: through names Plan, which is no type with @model; add type Plan @model, or correct the name",
			},
		},
		{
			name: "through a type with one reference",
			schema: item(`projects: [Project!]! @manyToMany(through: "Plan")`) +
				project() +
				`type Plan @model {
  item: Item! @belongsTo(onDelete: CASCADE)
}`,
			want: []string{
				"3:26: Item.projects: through needs a type with one reference to Item and one to Project, and Plan " +
					"has others; correct the fields of Plan with @belongsTo",
			},
		},
		{
			name: "through references that can be null",
			schema: item(`projects: [Project!]! @manyToMany(through: "Plan")`) +
				project() +
				`type Plan @model @unique(fields: ["item", "project"]) {
  item: Item @belongsTo(onDelete: CASCADE)
  project: Project! @belongsTo(onDelete: CASCADE)
}`,
			want: []string{
				"3:26: Item.projects: the references of Plan can be null, so links can lack an end; write item: Item! " +
					"and project: Project!",
			},
		},
		{
			name: "through links that are not unique",
			schema: item(`projects: [Project!]! @manyToMany(through: "Plan")`) +
				project() +
				`type Plan @model {
  item: Item! @belongsTo(onDelete: CASCADE)
  project: Project! @belongsTo(onDelete: CASCADE)
}`,
			want: []string{
				`3:26: Item.projects: two rows of Plan can link the same rows; add @unique(fields: ["item", "project"]) to Plan`,
			},
		},
		{
			name: "directions with a different through",
			schema: item(`projects: [Project!]! @manyToMany(through: "Plan", field: "items")`) +
				project("items: [Item!]! @manyToMany") +
				`type Plan @model @unique(fields: ["item", "project"]) {
  item: Item! @belongsTo(onDelete: CASCADE)
  project: Project! @belongsTo(onDelete: CASCADE)
}`,
			want: []string{
				"3:26: Item.projects: the two directions differ in through; write the same in Item.projects and Project.items",
			},
		},
	})
}
