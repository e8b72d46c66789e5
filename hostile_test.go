package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// hostileStrings are strings of many scripts, and strings that are difficult for columns, character
// sets, collations, LIKE patterns, JSON and SQL.
var hostileStrings = []string{
	"", " ", "\t\n", "é", "e\u0301", "ÅÄÖ", "ß", "ﬁ", "İı", "Ω", "я", "Հ", "א", "ع", "ސ", "ܐ", "क", "ক", "ਕ", "ક", "କ", "க",
	"క", "ಕ", "ക", "ක",
	"ก", "ກ", "ཀ", "က", "ა", "한", "\u1112\u1161\u11ab", "አ", "Ꭰ", "ᐁ", "ᚠ", "ក", "ᠠ", "は", "ハ", "ﾊ", "語", "ㄅ", "ꀀ", "𐐀", "𠮷",
	"🏠", "👩\u200d🚀", "🇩🇪",
	"\u200b", "\ufeff", "\u202e", "\u0301", "\ufffd", "\uffff", "\U0010ffff", "\u0378", "\x00", "a\x00b", "\x7f", "\u0080",
	"\u2028",
	"%", "_", `\`, `\\`, `%\`, `\%`, "a%b_c", "'", `"`, "`", "--", "/*", "' OR 1=1 -- ", ";", "?", ":a", "@x", "${x}",
	"NULL", "0x41", "1e999", "٣",
	strings.Repeat("a", 256), strings.Repeat("é", 256), strings.Repeat("🏠", 1024), strings.Repeat("%", 1024),
	strings.Repeat(`\`, 1023), strings.Repeat("\u0301", 1024),
}

// hostileValues are further values in JSON: of other types, or out of the range of a column.
var hostileValues = []string{
	`"\ud800"`, `"\udc00a"`, `"a\ud83d"`, "0", "-0", "-1", "2147483647", "-2147483648", "2147483648", "4294967296",
	"9223372036854775807", "9223372036854775808",
	"-9223372036854775809", "18446744073709551616", "1e30", "1e400", "0.5", "5.0", "true", "false", "null", "[]", "[[]]",
	"{}", `{"a": 1}`, `[null]`, `["é", 1]`,
	`"0000-00-00T00:00:00Z"`, `"0000-01-01T00:00:00Z"`, `"0001-01-01T00:00:00Z"`, `"0999-12-31T23:59:59Z"`,
	`"1000-01-01T00:00:00+14:00"`, `"1000-01-01T00:00:00Z"`,
	`"9999-12-31T23:59:59.9999999Z"`, `"9999-12-31T23:59:59-14:00"`, `"10000-01-01T00:00:00Z"`, `"-0001-01-01T00:00:00Z"`,
	`"2026-02-30T00:00:00Z"`,
	`"2026-11-28T24:00:00Z"`, `"2016-12-31T23:59:60Z"`, `"2026-11-28"`, `"2026-11-28T00:00:00.000000001Z"`, `"DONE"`,
	`"done"`, `"URGENT"`,
	`"SXRlbTp4"`, `"VGVuYW50OjE"`, `"SXRlbTowMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA"`, `"TGFiZWw6w6k"`,
}

// listHostileValues returns all of them in JSON.
func listHostileValues(t *testing.T) (all []string) {
	t.Helper()
	for _, s := range hostileStrings {
		quoted, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(quoted))
	}
	return append(all, hostileValues...)
}

// apiType is a type of introspection.
type apiType struct {
	Name        string
	InputFields []apiField
	Fields      []apiField
	EnumValues  []struct{ Name string }
}

type apiField struct {
	Name string
	Type apiRef
	Args []apiField
}

type apiRef struct {
	Kind, Name string
	OfType     *apiRef
}

// innerName returns the name of the type without lists and non-null.
func (r apiRef) innerName() string {
	for r.OfType != nil {
		r = *r.OfType
	}
	return r.Name
}

// isList reports whether the type is a list.
func (r apiRef) isList() bool { return r.Kind == "LIST" || r.OfType != nil && r.OfType.isList() }

// argumentType returns the name of the type of an argument, if the field has the argument.
func (f apiField) argumentType(name string) (string, bool) {
	i := slices.IndexFunc(f.Args, func(a apiField) bool { return a.Name == name })
	if i < 0 {
		return "", false
	}
	return f.Args[i].Type.innerName(), true
}

// introspect returns the types of the API by name.
func introspect(t *testing.T, s *testServer) map[string]apiType {
	t.Helper()
	const ref = "type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }"
	var found struct {
		Schema struct{ Types []apiType } `json:"__schema"`
	}
	s.query(t, "acme", `{ __schema { types {
		name enumValues { name } inputFields { name `+ref+` } fields { name `+ref+` args { name `+ref+` } }
	} } }`, &found)
	types := map[string]apiType{}
	for _, each := range found.Schema.Types {
		types[each.Name] = each
	}
	return types
}

// checkNoDatabaseError fails if a response has an internal error.
func checkNoDatabaseError(t *testing.T, request, response string) {
	t.Helper()
	if strings.Contains(response, "INTERNAL_SERVER_ERROR") || strings.Contains(response, "TENANT_UNAVAILABLE") {
		t.Errorf("%s: %.400s", request, response)
	}
}

// TestHostileFiltersCauseNoDatabaseError sends hostile values to each operator of each field of each
// filter. A valid filter and its negation together find all rows.
func TestHostileFiltersCauseNoDatabaseError(t *testing.T) {
	s := newTestServer(t)
	fillTenant(s.Acme, t, s, "acme")
	types := introspect(t, s)
	sent, accepted := 0, 0
	for _, list := range types["Query"].Fields {
		filter, ok := list.argumentType("where")
		if !ok {
			continue
		}
		var all map[string]struct{ TotalCount int }
		if s.query(t, "acme", "{ "+list.Name+" { totalCount } }", &all); all[list.Name].TotalCount == 0 {
			t.Fatalf("%s: there are no rows: add some in fillTenant", list.Name)
		}
		for _, path := range findFilterPaths(types, filter) {
			values := listHostileValues(t)
			if !path.strings { // few strings pass validation
				values = slices.Concat(values[:8], hostileValues)
			}
			for _, value := range values {
				sent++
				where := fmt.Sprintf(path.filter, value)
				query := fmt.Sprintf("query($a: %[1]s!, $b: %[1]s!) { a: %[2]s(where: $a) { totalCount } "+
					"b: %[2]s(where: $b) { totalCount } c: %[2]s { totalCount } }", filter, list.Name)
				_, response := s.post(t, "acme", fmt.Sprintf(`{"query": %q, "variables": {"a": %s, "b": {"not": %[2]s}}}`, query, where))
				checkNoDatabaseError(t, list.Name+" "+where, response)
				var got struct {
					Data   struct{ A, B, C struct{ TotalCount int } }
					Errors []any
				}
				if err := json.Unmarshal([]byte(response), &got); err != nil {
					t.Fatal(err)
				}
				if got.Errors == nil {
					accepted++
					if d := got.Data; d.C.TotalCount == 0 || d.A.TotalCount+d.B.TotalCount != d.C.TotalCount {
						t.Errorf("%s: %s finds %d rows, its negation %d, of %d",
							list.Name, where, d.A.TotalCount, d.B.TotalCount, d.C.TotalCount)
					}
				}
			}
		}
	}
	t.Logf("%d filters, of which %d were accepted", sent, accepted)
	if sent < 3000 || accepted < 2000 {
		t.Errorf("only %d filters, of which %d were accepted", sent, accepted)
	}
}

// filterPath is a filter with %s for the value of an operator.
type filterPath struct {
	filter  string
	strings bool // the operator takes strings
}

// findFilterPaths returns a filter for each operator of each field. It follows a has-many relation once,
// to the first startsWith.
func findFilterPaths(types map[string]apiType, filter string) (paths []filterPath) {
	paths = findOperatorPaths(types, filter)
	for _, field := range types[filter].InputFields {
		operators := types[field.Type.innerName()].InputFields
		if operators[0].Name != "some" {
			continue
		}
		inner := findOperatorPaths(types, operators[0].Type.innerName())
		i := slices.IndexFunc(inner, func(p filterPath) bool { return strings.Contains(p.filter, `"startsWith"`) })
		if i >= 0 {
			paths = append(paths, filterPath{fmt.Sprintf(`{%q: {"some": `, field.Name) + inner[i].filter + "}}", true})
		}
	}
	return paths
}

// findOperatorPaths returns a filter for each operator of each field that is no relation.
func findOperatorPaths(types map[string]apiType, filter string) (paths []filterPath) {
	for _, field := range types[filter].InputFields {
		operators := types[field.Type.innerName()].InputFields
		if !slices.Contains([]string{"eq", "lt", "has", "path"}, operators[0].Name) {
			continue // and, or, not, or a relation
		}
		for _, op := range operators {
			value := "%s"
			if op.Type.isList() {
				value = "[%s]"
			}
			paths = append(paths, filterPath{
				filter:  fmt.Sprintf(`{%q: {%q: %s}}`, field.Name, op.Name, value),
				strings: op.Type.innerName() == "String",
			})
		}
	}
	return paths
}

// TestForgedCursorsCauseNoDatabaseError forges cursors of each order of each list, including nested ones,
// with hostile values in place of the row's.
func TestForgedCursorsCauseNoDatabaseError(t *testing.T) {
	s := newTestServer(t)
	fillTenant(s.Acme, t, s, "acme")
	types := introspect(t, s)
	values := append(listHostileValues(t), "", "\xff\xfe", "\"\xff\"", `"a`, "1 2", "[", strings.Repeat("[", 20_000))
	forged := 0
	for _, list := range findOrderedPaths(types, "Query", "%s", 2) {
		for _, order := range list.orders {
			selection := "(first: 1, orderBy: " + order + ") { pageInfo { endCursor } }"
			_, response := s.post(t, "acme", "{ "+fmt.Sprintf(list.path, selection)+" }")
			_, rest, _ := strings.Cut(response, `"endCursor": "`)
			cursor, _, _ := strings.Cut(rest, `"`)
			plain, err := base64.RawURLEncoding.DecodeString(cursor)
			colon := bytes.IndexByte(plain, ':')
			if err != nil || colon < 1 {
				t.Fatalf("%s: no cursor: %.200s\nIf there are no rows, add some in fillTenant", fmt.Sprintf(list.path, ""), response)
			}
			known := plain[:colon+1+16]
			var cursors []string
			for _, value := range values {
				cursors = append(cursors, base64.RawURLEncoding.EncodeToString(append(slices.Clip(known), value...)))
			}
			for _, id := range []string{strings.Repeat("\x00", 16), strings.Repeat("\xff", 16)} {
				forgery := slices.Concat(plain[:colon+1], []byte(id), plain[colon+17:])
				cursors = append(cursors, base64.RawURLEncoding.EncodeToString(forgery))
			}
			for i, cursor := range append(cursors, hostileStrings...) {
				forged++
				quoted, err := json.Marshal(cursor)
				if err != nil {
					t.Fatal(err)
				}
				query := fmt.Sprintf(list.path, fmt.Sprintf("(first: 1, after: $c, orderBy: %[1]s) { nodes { id } } "+
					"x: %[2]s(last: 1, before: $c, orderBy: %[1]s) { nodes { id } }", order, list.name))
				body := fmt.Sprintf(`{"query": "query($c: String) { %s }", "variables": {"c": %s}}`, query, quoted)
				_, response := s.post(t, "acme", body)
				checkNoDatabaseError(t, fmt.Sprintf("%s %s %d %.100q", list.path, order, i, cursor), response)
			}
		}
	}
	if t.Logf("%d forged cursors", forged); forged < 5000 {
		t.Errorf("only %d forged cursors", forged)
	}
}

// orderedPath is a list with orders, with %s for its arguments and selection.
type orderedPath struct {
	name, path string
	orders     []string
}

// findOrderedPaths returns the lists with orders below a type, to a maximum depth of lists.
func findOrderedPaths(types map[string]apiType, of, outer string, depth int) (all []orderedPath) {
	for _, f := range types[of].Fields {
		enum, ok := f.argumentType("orderBy")
		if !ok || depth == 0 {
			continue
		}
		var orders []string
		for _, v := range types[enum].EnumValues {
			orders = append(orders, v.Name)
		}
		all = append(all, orderedPath{f.Name, fmt.Sprintf(outer, f.Name+"%s"), orders})
		node := strings.TrimSuffix(f.Type.innerName(), "Connection")
		all = append(all, findOrderedPaths(types, node, fmt.Sprintf(outer, f.Name+"(first: 2) { nodes { %s } }"), depth-1)...)
	}
	return all
}
