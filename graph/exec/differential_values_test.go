package exec_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// name is an enum value or, with a dollar, a variable.
type name string

// object is an input object with sorted keys.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON writes an object of variables.
func (o object) MarshalJSON() ([]byte, error) {
	m := map[string]any{}
	for _, p := range o {
		m[p.key] = p.value
	}
	return json.Marshal(m)
}

// literal prints a value in GraphQL.
func literal(value any) string {
	switch v := value.(type) {
	case name:
		return string(v)
	case object:
		var parts []string
		for _, p := range v {
			parts = append(parts, p.key+": "+literal(p.value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, literal(e))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// references are the types of the rows in fields of inputs.
var references = map[string]string{
	"readerId": "Reader", "friendId": "Reader", "borrowerId": "Reader", "bookId": "Book", "previousId": "Book",
	"shelfId": "Shelf", "belowId": "Shelf", "tagId": "Tag",
}

// newValue returns a value of a type. of is the type of an id, or the name of the field.
func (g *generator) newValue(t *ast.Type, of string, depth int, constant bool) any {
	switch {
	case !constant && g.IntN(6) == 0:
		return g.newVariable(t, of)
	case !t.NonNull && g.IntN(10) == 0:
		return nil
	case t.Elem != nil && g.IntN(5) == 0: // one value is a list
		return g.newValue(&ast.Type{NamedType: t.Elem.Name(), NonNull: true}, of, depth, true)
	case t.Elem != nil:
		list := []any{}
		for range g.IntN(4) {
			if len(list) > 0 && g.IntN(5) == 0 {
				list = append(list, pick(g.Rand, list))
				continue
			}
			list = append(list, g.newValue(t.Elem, of, depth-1, constant))
		}
		return list
	}
	definition := g.schema.Types[t.NamedType]
	switch definition.Kind {
	case ast.Enum:
		return name(pick(g.Rand, definition.EnumValues).Name)
	case ast.InputObject:
		return g.newObject(definition, depth, constant)
	}
	return g.newScalar(t.NamedType, of)
}

func (g *generator) newObject(definition *ast.Definition, depth int, constant bool) any {
	o := object{}
	chosen := map[int]bool{}
	for range 1 + g.IntN(2) {
		chosen[g.IntN(len(definition.Fields))] = true
	}
	for i, f := range definition.Fields {
		isInput := g.schema.Types[f.Type.Name()].Kind == ast.InputObject
		isRequired := f.Type.NonNull && f.DefaultValue == nil
		if !isRequired && (!chosen[i] || isInput && depth <= 0) {
			continue
		}
		of := cmp.Or(references[f.Name], f.Name)
		if f.Name == "id" {
			of = strings.TrimSuffix(strings.TrimLeft(definition.Name[3:], "adeorst"), "Input") // UpdateBookInput
		}
		o = append(o, member{f.Name, g.newValue(f.Type, of, depth-1, constant)})
	}
	return o
}

func (g *generator) newScalar(scalar, of string) any {
	switch scalar {
	case "ID":
		return g.newID(of)
	case "Int":
		if of == "length" {
			return g.IntN(4)
		}
		if g.IntN(12) == 0 {
			return pick(g.Rand, []any{math.MinInt32, math.MaxInt32, math.MaxInt32 + 1, math.MaxInt32 + 1, 300, -1, 101, 1.5, "1"})
		}
		return g.IntN(6)
	case "Boolean":
		return g.IntN(2) == 0
	case "Float":
		return pick(g.Rand, []any{0, 4.5, 5, 1e-7})
	case "Decimal":
		return pick(g.Rand, []any{"12.50", "0", "9999.99", 3})
	case "BigInt":
		return pick(g.Rand, []any{"9223372036854775807", "0", 7})
	case "DateTime":
		return pick(g.Rand, []any{
			"1001-01-02T03:04:05Z", "2030-01-01T00:00:00+02:00", "1002-01-01T00:00:00Z",
			g.rarely("2020-01-01", "9999-12-31T23:59:59.999999Z"),
		})
	case "Date":
		return pick(g.Rand, []any{"1001-01-01", "1003-01-01", g.rarely("x", "9999-12-31")})
	case "UUID":
		return "019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b"
	case "JSON":
		return pick(g.Rand, []any{"x", nil, object{{"b", 1}}})
	case "Email":
		return fmt.Sprintf("a%d@example.com", g.IntN(9))
	case "URL":
		return "https://example.com/?a=<&b=\""
	case "Barcode":
		return pick(g.Rand, []any{"|-|", g.rarely("x", "||")})
	}
	switch of {
	case "__Type":
		return pick(g.Rand, []string{"Book", "Node", "Genre", "BookFilter", "SearchResult", "Nothing"})
	case "key":
		return pick(g.Rand, []string{"NEW", "OTHER", "x"})
	case "color":
		return "#abcdef"
	case "name", "title", "body":
		if g.IntN(3) > 0 {
			return fmt.Sprint("new", g.IntN(9))
		}
	}
	return pick(g.Rand, strange) + pick(g.Rand, []string{"", "0", "1"})
}

// rarely returns a value in one of eight cases, and else another.
func (g *generator) rarely(value, other any) any {
	if g.IntN(8) == 0 {
		return value
	}
	return other
}

// newID returns an id, in most cases of a row of the type.
func (g *generator) newID(of string) string {
	ids := g.ids[of]
	if n := g.IntN(60); len(ids) == 0 || n < 3 {
		ids = pick(g.Rand, g.allIDs)
	} else if n == 3 {
		return "x"
	}
	return pick(g.Rand, ids)
}

// newVariable adds a variable for the position of a type, with or without a default.
func (g *generator) newVariable(t *ast.Type, of string) name {
	v := &variable{name: fmt.Sprintf("v%dx", len(g.document.variables)), of: of, hasDefault: g.IntN(3) == 0}
	v.t = *t
	switch {
	case t.NonNull && v.hasDefault:
		v.t.NonNull = g.IntN(2) == 0
	case !t.NonNull:
		v.t.NonNull = g.IntN(5) == 0
	}
	v.definition = v.t.String()
	if v.hasDefault {
		nonNull := v.t
		nonNull.NonNull = true
		v.definition += " = " + literal(g.newValue(&nonNull, of, 1, true))
	}
	g.setVariable(v)
	g.document.variables = append(g.document.variables, v)
	return name("$" + v.name)
}

// setVariable gives a variable a value, null, or neither.
func (g *generator) setVariable(v *variable) {
	v.isGiven = v.t.NonNull && !v.hasDefault || g.IntN(3) > 0
	v.value = g.newValue(&v.t, v.of, 1, true)
}

// newArguments returns the arguments of a field.
func (g *generator) newArguments(f *ast.FieldDefinition) (arguments []string) {
	order := "CREATED_AT_DESC"
	add := func(a *ast.ArgumentDefinition, value any) {
		arguments = append(arguments, a.Name+": "+literal(value))
		if v, ok := value.(name); ok && a.Name == "orderBy" {
			order = string(v)
		}
	}
	sorted := slices.Clone(f.Arguments)
	slices.SortStableFunc(sorted, func(a, b *ast.ArgumentDefinition) int { // the cursors follow the order
		return strings.Compare(b.Name, a.Name)
	})
	isConnection := f.Arguments.ForName("first") != nil
	useLast := g.IntN(3) == 0
	for _, a := range sorted {
		isPosition := a.Name == "after" || a.Name == "before"
		isSize := a.Name == "first" || a.Name == "last"
		switch {
		case !isConnection && (g.IntN(9) > 0 || a.Type.NonNull):
			of := f.Type.Name()
			if a.Name == "length" || a.Name == "bytes" {
				of = "length"
			}
			add(a, g.newValue(a.Type, of, 2, false))
		case isSize && (a.Name == "last") == useLast && g.IntN(8) > 0 || isSize && g.IntN(120) == 0:
			value := any(g.IntN(5) + g.IntN(2)*g.IntN(g.pageSize))
			if g.IntN(6) == 0 {
				value = g.newValue(a.Type, "", 0, false)
			}
			add(a, value)
		case isPosition && g.IntN(8) == 0:
			add(a, g.newCursor(f.Type.Name(), order))
		case !isSize && !isPosition && g.IntN(4) == 0 && (!g.isChain || a.Name != "where"):
			add(a, g.newValue(a.Type, "", 2, false))
		}
	}
	return arguments
}

// newCursor returns a cursor of a connection or, in some cases, another string.
func (g *generator) newCursor(connection, order string) any {
	known := g.cursors[connection+order]
	switch n := g.IntN(60); {
	case n == 0:
		return ""
	case n == 1:
		return "x"
	case n == 2 || len(known) == 0:
		known = g.cursors["BookConnectionTITLE_ASC"]
	case n == 3:
		return nil
	}
	return pick(g.Rand, known)
}
