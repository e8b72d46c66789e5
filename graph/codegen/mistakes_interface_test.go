package codegen_test

import (
	"strings"
	"testing"

	"rowhouse/graph/codegen"
)

func TestErrorsInInterfacesAreReported(t *testing.T) {
	const named = "interface Named {\n  name: String!\n}\n"
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "the interface Node",
			schema: "type Item implements Node @model {\n  done: Boolean!\n}",
			want:   []string{"1:6: Item: every type with @model implements Node; remove it from the interfaces"},
		},
		{
			name:   "the interface Node in an extension",
			schema: item("done: Boolean!") + "extend type Item implements Node",
			want:   []string{"5:13: Item: every type with @model implements Node; remove it from the interfaces"},
		},
		{
			name:   "an unknown interface",
			schema: "type Item implements Nameed @model {\n  done: Boolean!\n}\n" + named,
			want:   []string{"1:6: Item: the type Nameed is unknown; write Named"},
		},
		{
			name:   "a type in place of an interface",
			schema: "type Item implements Project @model {\n  done: Boolean!\n}\n" + project(),
			want:   []string{"1:6: Item: Project can't be an interface; name another type"},
		},
		{
			name:   "a type without a field of the interface",
			schema: named + "type Item implements Named @model {\n  done: Boolean!\n}",
			want: []string{
				"4:6: Item: the interface Named has the field name: String!, which the API lacks in Item; add it, or remove the interface",
			},
		},
		{
			name:   "a type with a private field of the interface",
			schema: named + "type Item implements Named @model {\n  name: String! @constraint(maxLength: 9) @private\n  done: Boolean!\n}",
			want: []string{
				"4:6: Item: the interface Named has the field name: String!, which the API lacks in Item; add it, or remove the interface",
			},
		},
		{
			name: "an extension without a field of the interface",
			schema: "interface Scored {\n  score: Int!\n}\n" + item("done: Boolean!") +
				"extend type Item implements Scored {\n  score: Float!\n}",
			want: []string{
				"8:13: Item: the interface Scored has the field score: Int!, and the API has score: Float! in Item; change the " +
					"interface, or remove it",
			},
		},
		{
			name: "a relation to many rows as a list in the interface",
			schema: "interface Parent {\n  items: [Item!]!\n}\n" + item("project: Project! @belongsTo(onDelete: CASCADE)") +
				strings.Replace(project(`items: [Item!]! @hasMany(field: "project")`), "type Project", "type Project implements Parent", 1),
			want: []string{
				"8:6: Project: the interface Parent has the field items: [Item!]!, and the API has items: ItemConnection! in Project; " +
					"change the interface, or remove it",
			},
		},
		{
			name: "other arguments than the interface has",
			schema: "interface Scored {\n  score(by: Int): Int!\n}\n" + item("done: Boolean!") +
				"extend type Item implements Scored {\n  score(by: Int!): Int!\n}",
			want: []string{"8:13: Item: the field score has other arguments in the interface Scored; change the interface, or remove it"},
		},
		{
			name: "an interface of the interface is absent",
			schema: named + "interface Titled implements Named {\n  name: String!\n}\n" +
				"type Item implements Titled @model {\n  name: String! @constraint(maxLength: 9)\n}",
			want: []string{"7:6: Item: the interface Titled implements Named; add Named to the interfaces"},
		},
		{
			name:   "an interface that implements itself",
			schema: "interface Named implements Named {\n  name: String!\n}",
			want:   []string{"1:11: Named: an interface can't implement itself; remove it from the interfaces"},
		},
		{
			name:   "a plain type without a field of the interface",
			schema: named + "type Result implements Named {\n  done: Boolean!\n}",
			want: []string{
				"4:6: Result: the interface Named has the field name: String!, which the API lacks in Result; add it, or remove the " +
					"interface",
			},
		},
		{
			name:   "a field with the method of an interface",
			schema: named + "type Item implements Named @model {\n  name: String! @constraint(maxLength: 9)\n  isNamed: Boolean!\n}",
			want:   []string{"4:6: Item: the struct has a field IsNamed, which is a method of the interface Named; rename the field"},
		},
	})
}

func TestTypesImplementInterfacesOfTheApplication(t *testing.T) {
	sdl := codegen.Expand(read(t, `
		interface Named { name: String! }
		interface Owned implements Named { name: String! owner: Named score(by: Int): Int }
		union Any = Item | Owner
		interface Found { found: Any }
		type Owner implements Named @model { name: String! @constraint(maxLength: 9) }
		type Item implements Owned & Named @model { name: String! @constraint(maxLength: 9) owner: Owner! @belongsTo(onDelete: CASCADE) }
		extend type Item implements Found & Named { found: Owner! score(by: Int, of: Int! = 1): Int! }`))
	loadSDL(t, "expanded", sdl)
	for _, want := range []string{"type Owner implements Node & Named {", "type Item implements Node & Owned & Named & Found {"} {
		if !strings.Contains(sdl, want) {
			t.Errorf("the schema lacks %q:\n%s", want, sdl)
		}
	}
}
