package codegen_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/codegen"
)

// expand returns the expanded schema of some types.
func expand(t *testing.T, sdl string) *ast.Schema {
	t.Helper()
	schema, err := codegen.Read(&ast.Source{Name: "schema.graphqls", Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	return loadSDL(t, "expanded", codegen.Expand(schema))
}

// describeAt returns the description of Type.field or Enum.VALUE, or "" if it is absent.
func describeAt(schema *ast.Schema, where string) string {
	name, member, _ := strings.Cut(where, ".")
	d := schema.Types[name]
	switch {
	case d == nil:
		return ""
	case member == "":
		return d.Description
	case d.Kind == ast.Enum:
		if v := d.EnumValues.ForName(member); v != nil {
			return v.Description
		}
		return ""
	}
	if f := d.Fields.ForName(member); f != nil {
		return f.Description
	}
	return ""
}

// TestDescriptionsFollowFromFields expands types with one field each.
func TestDescriptionsFollowFromFields(t *testing.T) {
	for _, test := range []struct {
		field string            // of the type HourEntry
		want  map[string]string // descriptions by their place
	}{
		{
			field: `name: String! @constraint(maxLength: 50) @sortable @unique`,
			want: map[string]string{
				"HourEntry":                 "An hour entry.",
				"HourEntry.name":            "The name of the hour entry.",
				"HourEntryFilter.name":      "The name.",
				"HourEntryOrder.NAME_ASC":   "By name, ascending.",
				"CreateHourEntryInput.name": "The name of the hour entry: 1 to 50 characters, unique in the tenant.",
				"UpdateHourEntryInput.name": "The name of the hour entry: 1 to 50 characters, unique in the tenant.",
				"Mutation.createHourEntry":  "Creates an hour entry. CONFLICT if another hour entry of the tenant has the name.",
				"Query.hourEntries":         "All hour entries.",
			},
		},
		{
			field: `"The display name of the hour entry, for people." name: String @constraint(maxLength: 50) @sortable`,
			want: map[string]string{
				"HourEntry.name":            "The display name of the hour entry, for people.",
				"HourEntryFilter.name":      "The name.",
				"HourEntryOrder.NAME_DESC":  "By name, descending; hour entries without a name come last.",
				"CreateHourEntryInput.name": "The name of the hour entry: at most 50 characters.",
				"UpdateHourEntryInput.name": "The name of the hour entry: at most 50 characters; null removes it.",
			},
		},
		{
			field: `"The number of breaks of the hour entry." breaks: Int @constraint(min: 0) @sortable`,
			want: map[string]string{
				"HourEntryFilter.breaks": "The number of breaks.",
				"HourEntryOrder.BREAKS_ASC_NULLS_LAST": "By number of breaks, ascending; " +
					"hour entries without a number of breaks come last.",
				"CreateHourEntryInput.breaks": "The number of breaks of the hour entry: at least 0.",
				"HourEntryOrder.BREAKS_DESC_NULLS_FIRST": "By number of breaks, descending; " +
					"hour entries without a number of breaks come first.",
			},
		},
		{
			field: `"Text, for the invoice. It is printed." text: String! @constraint(maxLength: 1, multiline: true)`,
			want: map[string]string{
				"HourEntryFilter.text":      "The text.",
				"CreateHourEntryInput.text": "Text, for the invoice. It is printed. 1 character.",
			},
		},
		{
			field: `billable: Boolean! @default(value: true) @sortable`,
			want: map[string]string{
				"HourEntry.billable":            "Whether the hour entry is billable.",
				"HourEntryFilter.billable":      "Whether the hour entry is billable.",
				"HourEntryOrder.BILLABLE_ASC":   "By whether the hour entry is billable, false first.",
				"CreateHourEntryInput.billable": "Whether the hour entry is billable.",
			},
		},
		{
			field: `"Whether the customer pays; the default is yes." isPaid: Boolean`,
			want: map[string]string{
				"HourEntryFilter.isPaid":      "Whether the customer pays.",
				"UpdateHourEntryInput.isPaid": "Whether the customer pays; the default is yes. Null removes it.",
			},
		},
		{
			field: `approvedAt: DateTime @sortable`,
			want: map[string]string{
				"HourEntry.approvedAt":            "The time when the hour entry was approved; null if there is none.",
				"HourEntryFilter.approvedAt":      "The time when the hour entry was approved.",
				"CreateHourEntryInput.approvedAt": "The time when the hour entry was approved.",
				"HourEntryOrder.APPROVED_AT_ASC": "By the time when the hour entry was approved, ascending; " +
					"hour entries without a value of `approvedAt` come first.",
			},
		},
		{
			field: `endsOn: Date! @sortable`,
			want: map[string]string{
				"HourEntry.endsOn":            "The date when the hour entry ends.",
				"HourEntryOrder.ENDS_ON_DESC": "By the date when the hour entry ends, descending.",
			},
		},
		{
			field: `dueAt: DateTime!`,
			want: map[string]string{
				"HourEntry.dueAt":       "The due time of the hour entry.",
				"HourEntryFilter.dueAt": "The due time.",
			},
		},
		{
			field: `validFrom: DateTime`,
			want:  map[string]string{"HourEntryFilter.validFrom": "The time of `validFrom`."},
		},
		{
			field: `createdBy: HourEntry @belongsTo(onDelete: SET_NULL)`,
			want: map[string]string{
				"HourEntry.createdBy":         "The hour entry in `createdBy` of the hour entry; null if it has none.",
				"HourEntryFilter.createdById": "The global id of the hour entry in `createdBy`.",
				"HourEntryFilter.createdBy": "The hour entry in `createdBy`. " +
					"Hour entries without an hour entry in `createdBy` never match.",
				"UpdateHourEntryInput.createdById": "The global id of the hour entry in `createdBy`; " +
					"null removes the hour entry in `createdBy`.",
			},
		},
		{
			field: `codes: [String!]! @constraint(maxLength: 5, pattern: "[A-Z]+", message: "must have capital letters")`,
			want: map[string]string{
				"HourEntryFilter.codes":      "The codes.",
				"CreateHourEntryInput.codes": "The codes of the hour entry: each at most 5 characters. Each must have capital letters.",
			},
		},
		{
			field: `apiURL: URL @deprecated(reason: "Unused.")`,
			want:  map[string]string{"HourEntry.apiURL": "The API URL of the hour entry; null if it has none."},
		},
	} {
		schema := expand(t, "type HourEntry @model {\n"+test.field+"\n}")
		for where, want := range test.want {
			if got := describeAt(schema, where); got != want {
				t.Errorf("%s: %s is described as\n\t%q, want\n\t%q", test.field, where, got, want)
			}
		}
	}
}

// TestDeletionIsDescribedByItsEffects expands types that refer to an item.
func TestDeletionIsDescribedByItsEffects(t *testing.T) {
	for _, test := range []struct {
		name  string
		types string
		want  string
	}{
		{
			name:  "no referrers",
			types: `type Item @model { size: Int }`,
			want:  "Deletes an item.",
		},
		{
			name: "children of children",
			types: `type Item @model { size: Int }
				type Part @model { item: Item! @belongsTo(onDelete: CASCADE) }
				type Photo @model { part: Part! @belongsTo(onDelete: CASCADE) }`,
			want: "Deletes an item and its parts, with their photos.",
		},
		{
			name: "two kinds of children, one of them unique",
			types: `type Item @model { size: Int }
				type Part @model { item: Item! @belongsTo(onDelete: CASCADE) }
				type Seal @model { item: Item! @belongsTo(onDelete: CASCADE) @unique }`,
			want: "Deletes an item with its parts and seal.",
		},
		{
			name: "a tree",
			types: `type Item @model {
					parent: Item @belongsTo(onDelete: RESTRICT)
					children: [Item!]! @hasMany(field: "parent")
				}`,
			want: "Deletes an item. CONFLICT if children refer to the item.",
		},
		{
			name: "references that are cleared",
			types: `type Item @model { size: Int }
				type Order @model(versioned: true) { gift: Item @belongsTo(onDelete: SET_NULL) }`,
			want: "Deletes an item. The orders of the item remain, without gift. The version of these orders is incremented.",
		},
		{
			name: "references that prevent it",
			types: `type Item @model { size: Int }
				type Order @model { item: Item! @belongsTo(onDelete: RESTRICT) }`,
			want: "Deletes an item. CONFLICT if orders refer to the item.",
		},
		{
			name: "links of others",
			types: `type Item @model { size: Int }
				type Box @model { size: Int items: [Item!]! @manyToMany }`,
			want: "Deletes an item, and removes it from all boxes.",
		},
		{
			name: "links of its own",
			types: `type Item @model { size: Int tags: [Tag!]! @manyToMany }
				type Tag @model { size: Int }`,
			want: "Deletes an item. Its tags remain.",
		},
		{
			name:  "soft",
			types: `type Item @model(softDelete: true) { size: Int }`,
			want:  "Deletes an item. `restoreItem` brings it back.",
		},
	} {
		if got := describeAt(expand(t, test.types), "Mutation.deleteItem"); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestTypesHaveArticles expands types without a description.
func TestTypesHaveArticles(t *testing.T) {
	for name, want := range map[string]string{
		"Item":        "An item.",
		"LineItem":    "A line item.",
		"User":        "A user.",
		"Umbrella":    "An umbrella.",
		"Unit":        "A unit.",
		"Hour":        "An hour.",
		"House":       "A house.",
		"OneTimeCode": "A one time code.",
		"APIKey":      "An API key.",
		"SSHKey":      "An SSH key.",
		"UrlRule":     "A URL rule.",
		"Eulogy":      "A eulogy.",
	} {
		schema := expand(t, "type "+name+" @model(operations: []) { size: Int }")
		if got := describeAt(schema, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
