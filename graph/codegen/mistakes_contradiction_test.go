package codegen_test

import "testing"

func TestContradictingDirectivesAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "default and computed",
			schema: item("done: Boolean! @default(value: false) @computed"),
			want: []string{
				"3:3: Item.done: @default and @computed exclude each other: no input has the field, so the default " +
					"has no effect; remove @computed or @default",
			},
		},
		{
			name:   "immutable and computed",
			schema: item("done: Boolean! @immutable @computed"),
			want: []string{
				"3:3: Item.done: @immutable and @computed exclude each other: no input has the field, so clients " +
					"can't change it anyway; remove @computed or @immutable",
			},
		},
		{
			name:   "private and sortable",
			schema: item("done: Boolean! @private @sortable"),
			want: []string{
				"3:3: Item.done: @sortable and @private exclude each other: clients can't order by a private field; " +
					"remove @private or @sortable",
			},
		},
		{
			name:   "default and unique",
			schema: item("number: Int! @default(value: 1) @unique"),
			want: []string{
				"3:3: Item.number: @default and @unique exclude each other: the second row with the default would be " +
					"refused; remove @unique or @default",
			},
		},
		{
			name:   "createdAt and immutable",
			schema: item("createdAt: DateTime! @createdAt @immutable"),
			want: []string{
				"3:3: Item.createdAt: @createdAt and @immutable exclude each other: clients can't change the field " +
					"anyway; remove @immutable",
			},
		},
		{
			name:   "createdAt and sortable",
			schema: item("createdAt: DateTime! @createdAt @sortable"),
			want: []string{
				"3:3: Item.createdAt: @createdAt and @sortable exclude each other: every type has the order " +
					"CREATED_AT; remove @sortable",
			},
		},
		{
			name:   "updatedAt with a default",
			schema: item(`updatedAt: DateTime! @updatedAt @default(value: "2026-01-01T00:00:00Z")`),
			want:   []string{"3:3: Item.updatedAt: @updatedAt and @default exclude each other: the server sets the field; remove @default"},
		},
		{
			name:   "createdAt without its directive",
			schema: item("createdAt: DateTime!"),
			want:   []string{"3:3: Item.createdAt: the server sets the field; add @createdAt"},
		},
		{
			name:   "@createdAt at another name",
			schema: item("postedAt: DateTime! @createdAt"),
			want:   []string{"3:24: Item.postedAt: @createdAt belongs to a field with the name createdAt; rename the field"},
		},
		{
			name:   "@updatedAt at a field that can be null",
			schema: item("updatedAt: DateTime @updatedAt"),
			want:   []string{"3:3: Item.updatedAt: a field with @updatedAt has the type DateTime!; change the type"},
		},
		{
			name:   "a unique list",
			schema: item("tags: [String!]! @constraint(maxLength: 20) @unique"),
			want:   []string{"3:48: Item.tags: @unique does not fit a list; remove it"},
		},
		{
			name:   "a sortable JSON",
			schema: item("settings: JSON @sortable"),
			want:   []string{"3:19: Item.settings: @sortable does not fit JSON; remove it"},
		},
		{
			name:   "a sortable long string",
			schema: item("body: String! @constraint(maxLength: 1000) @sortable"),
			want: []string{
				"3:47: Item.body: @sortable needs a string of at most 750 characters, the limit of an index; remove " +
					"it, or lower maxLength",
			},
		},
		{
			name:   "a unique URL of 2,048 characters",
			schema: item("link: URL! @unique"),
			want: []string{
				"3:15: Item.link: @unique needs a string of at most 750 characters, the limit of an index; remove it, " +
					"or lower maxLength",
			},
		},
		{
			name:   "@unique with fields at a field",
			schema: item(`number: Int! @unique(fields: ["number", "name"])`),
			want: []string{
				"3:17: Item.number: @unique at a field is about this field; remove the argument fields, or move @unique to the type",
			},
		},
		{
			name:   "a relation of a scalar",
			schema: item("number: Int! @belongsTo(onDelete: CASCADE)"),
			want:   []string{"3:17: Item.number: @belongsTo does not fit Int, which has no @model; remove it"},
		},
		{
			name:   "an aggregate of a scalar",
			schema: item(`number: Int! @aggregate(groupBy: ["name"])`),
			want:   []string{"3:17: Item.number: @aggregate does not fit Int, which has no @model; remove it"},
		},
	})
}
