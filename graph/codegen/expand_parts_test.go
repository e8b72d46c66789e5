package codegen_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// fieldsOf returns the names of a definition's fields or values, or "absent".
func fieldsOf(schema *ast.Schema, name string) string {
	d := schema.Types[name]
	if d == nil {
		return "absent"
	}
	var names []string
	for _, f := range d.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			names = append(names, f.Name)
		}
	}
	for _, v := range d.EnumValues {
		names = append(names, v.Name)
	}
	return strings.Join(names, " ")
}

// TestOnlyUsedDefinitionsArePrinted expands a type without mutations.
func TestOnlyUsedDefinitionsArePrinted(t *testing.T) {
	schema := expand(t, `type Item @model(operations: []) { size: Int! }`)
	var names []string
	for name, d := range schema.Types {
		if !d.BuiltIn {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	want := "DateTime IDFilter IntFilter Item ItemConnection ItemEdge ItemFilter ItemOrder Node PageInfo Query Tenant"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("types %s,\nwant  %s", got, want)
	}
	if got := fieldsOf(schema, "IntFilter"); strings.Contains(got, "isNull") {
		t.Errorf("an integer that is never null has the conditions %s", got)
	}
}

// TestOperationsAreThoseOfTheType expands a type with each operation alone.
func TestOperationsAreThoseOfTheType(t *testing.T) {
	for operation, want := range map[string]map[string]string{
		"CREATE": {
			"Mutation":          "createItem",
			"CreateItemInput":   "key size",
			"CreateItemPayload": "item",
		},
		"UPDATE": {
			"Mutation":          "updateItem",
			"UpdateItemInput":   "id key size expectedVersion",
			"UpdateItemPayload": "item",
		},
		"DELETE": {
			"Mutation":          "deleteItem",
			"DeleteItemInput":   "id",
			"DeleteItemPayload": "deletedId",
		},
		"CREATE_MANY": {
			"Mutation":           "createItems",
			"CreateItemsInput":   "items",
			"CreateItemInput":    "key size",
			"CreateItemsPayload": "items",
		},
		"UPDATE_MANY": {
			"Mutation":           "updateItems",
			"UpdateItemsInput":   "where size",
			"UpdateItemsPayload": "items",
		},
		"DELETE_MANY": {
			"Mutation":           "deleteItems",
			"DeleteItemsInput":   "where",
			"DeleteItemsPayload": "deletedIds",
		},
		"UPSERT": {
			"Mutation":          "upsertItem",
			"ItemUniqueKey":     "KEY",
			"UpsertItemInput":   "by key size",
			"UpsertItemPayload": "item created",
		},
	} {
		schema := expand(t, `type Item @model(operations: [`+operation+`], versioned: true) {
			key: String! @constraint(maxLength: 9) @unique
			size: Int! @default(value: 1)
		}`)
		for name, fields := range want {
			if got := fieldsOf(schema, name); got != fields {
				t.Errorf("%s: %s has %s, want %s", operation, name, got, fields)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
			_, wanted := want[name]
			if (strings.HasSuffix(name, "Input") || strings.HasSuffix(name, "Payload")) && !wanted {
				t.Errorf("%s: unwanted %s", operation, name)
			}
		}
	}
}

// TestUpsertHasNoDefaults checks that an upsert without a field does not reset the field of an existing row.
func TestUpsertHasNoDefaults(t *testing.T) {
	schema := expand(t, `type Item @model(operations: [UPSERT]) {
		key: String! @constraint(maxLength: 9) @unique
		size: Int! @default(value: 1)
	}`)
	size := schema.Types["UpsertItemInput"].Fields.ForName("size")
	if size.DefaultValue != nil || size.Type.NonNull {
		t.Errorf("size: %s = %s", size.Type, size.DefaultValue)
	}
}

func TestPrivateFieldsAreNowhere(t *testing.T) {
	schema := expand(t, `type Item @model @subscription {
		size: Int!
		secret: String! @constraint(maxLength: 9) @private @computed
	}`)
	for name := range schema.Types {
		if got := fieldsOf(schema, name); strings.Contains(got, "secret") {
			t.Errorf("%s has %s", name, got)
		}
	}
}

// TestSoftDeletionIsSeen expands a type whose deleted rows stay in the table.
func TestSoftDeletionIsSeen(t *testing.T) {
	schema := expand(t, `type Item @model(softDelete: true) { size: Int! }`)
	for name, want := range map[string]string{
		"Mutation":           "createItem updateItem deleteItem restoreItem",
		"Item":               "id size createdAt deletedAt",
		"ItemFilter":         "and or not id size deletedAt",
		"RestoreItemInput":   "id",
		"RestoreItemPayload": "item",
	} {
		if got := fieldsOf(schema, name); got != want {
			t.Errorf("%s has %s, want %s", name, got, want)
		}
	}
	if a := schema.Query.Fields.ForName("items").Arguments.ForName("includeDeleted"); a == nil || a.DefaultValue.Raw != "false" {
		t.Errorf("the connection has the argument includeDeleted %v", a)
	}
}

// TestChildrenAreCreatedWithTheirParent expands three levels, of which the middle has a reference that must
// share the parent.
func TestChildrenAreCreatedWithTheirParent(t *testing.T) {
	schema := expand(t, `type Item @model {
			size: Int!
			parts: [Part!]! @hasMany(field: "item", create: true)
		}
		type Part @model(operations: []) {
			item: Item! @belongsTo(onDelete: CASCADE) @immutable
			next: Part @belongsTo(onDelete: SET_NULL, within: ["item"])
			weight: Float
			seal: Seal @hasOne(field: "part", create: true)
		}
		type Seal @model(operations: []) {
			part: Part! @belongsTo(onDelete: CASCADE) @immutable @unique
			code: Int!
		}`)
	for name, want := range map[string]string{
		"CreateItemInput":     "size parts",
		"CreateItemPartInput": "weight seal",
		"CreatePartSealInput": "code",
		"UpdateItemInput":     "id size",
		"CreatePartInput":     "absent",
	} {
		if got := fieldsOf(schema, name); got != want {
			t.Errorf("%s has %s, want %s", name, got, want)
		}
	}
}

// TestPlainDefinitionsAreMerged expands a schema whose plain definitions extend types of every origin.
func TestPlainDefinitionsAreMerged(t *testing.T) {
	schema := expand(t, `
		"An item." type Item @model { size: Int! }
		"A weight." type Weight { "Grams." grams: Int! }
		extend type Weight { "Ounces." ounces: Float! }
		extend type Item { "The weight." weight: Weight! }
		extend type ItemConnection { "The total." totalWeight: Weight! }
		extend type Tenant { "The plan." plan: String! }
		extend type Query { "The heaviest item." heaviest("The filter." where: FloatFilter): Item }
		extend type Mutation { "Weighs." weigh: Weight! }
		extend type Subscription { "Weights." weighed: Weight! }
		"Unused, but the application's." input Scale { "The name." name: String }`)
	for name, want := range map[string]string{
		"Weight":         "grams ounces",
		"Item":           "id size createdAt weight",
		"ItemConnection": "edges nodes pageInfo totalCount totalWeight",
		"Tenant":         "id slug name createdAt plan",
		"Query":          "tenant node nodes item items heaviest",
		"Mutation":       "createItem updateItem deleteItem weigh",
		"Subscription":   "weighed",
		"Scale":          "name",
		"FloatFilter":    "eq in lt lte gt gte isNull",
		"IntFilter":      "eq in lt lte gt gte",
	} {
		if got := fieldsOf(schema, name); got != want {
			t.Errorf("%s has %s, want %s", name, got, want)
		}
	}
}

// TestLinksToTheSameTypeHaveNames expands two relations of a type with itself.
func TestLinksToTheSameTypeHaveNames(t *testing.T) {
	schema := expand(t, `type Item @model(operations: []) {
		blocks: [Item!]! @manyToMany(field: "blockedBy")
		blockedBy: [Item!]! @manyToMany(field: "blocks")
		relatedItems: [Item!]! @manyToMany
	}`)
	for name, want := range map[string]string{
		"Mutation":                "addItemBlock removeItemBlock addItemRelatedItem removeItemRelatedItem",
		"AddItemBlockInput":       "itemId blockId",
		"AddItemRelatedItemInput": "itemId relatedItemId",
	} {
		if got := fieldsOf(schema, name); got != want {
			t.Errorf("%s has %s, want %s", name, got, want)
		}
	}
}
