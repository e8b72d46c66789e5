package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// wrongValue is a JSON value that is invalid for the type at a path.
type wrongValue struct {
	path []string // from the argument
	leaf *ast.Type
	json string // of the whole argument; "%s" stands for the wrong value
	bad  string
}

// wrongValues returns values for an argument of a type, each with one invalid part, to a maximum
// depth.
func wrongValues(s *ast.Schema, typ *ast.Type, path []string, json string, deep int) (all []wrongValue) {
	add := func(bad ...string) {
		for _, b := range bad {
			all = append(all, wrongValue{path, typ, json, b})
		}
	}
	if typ.NonNull {
		add("null")
	}
	if typ.Elem != nil {
		return append(all, wrongValues(s, typ.Elem, append(slices.Clip(path), "0"), fmt.Sprintf(json, "[%s]"), deep)...)
	}
	d := s.Types[typ.NamedType]
	switch {
	case d.Kind == ast.Enum:
		add(`"NOPE"`, `"`+strings.ToLower(d.EnumValues[0].Name)+`"`, "5", "true", "[]", "{}")
	case d.Kind == ast.InputObject:
		add(`"a"`, "5", "true", "[5]")
		for _, f := range d.Fields {
			if deep > 0 {
				inside := fmt.Sprintf(json, objectWith(s, d, f))
				all = append(all, wrongValues(s, f.Type, append(slices.Clip(path), f.Name), inside, deep-1)...)
			}
		}
	case d.Name == "Int":
		add(`"5"`, "true", "5.5", "2147483648", "-1e400", "[1]", "{}")
	case d.Name == "Float":
		add(`"5"`, "true", "1e400", "[1]", "{}")
	case d.Name == "String":
		add("5", "1.5", "true", `["a"]`, `{"a": 1}`, `"half \ud800"`)
	case d.Name == "Boolean":
		add(`"true"`, "1", "0", "[true]", "{}")
	case d.Name == "ID":
		add("5.5", "true", `["a"]`, "{}", `"\udc00"`)
	case d.Name == "Date":
		add(`"garbage"`, `"2026-02-29"`, `"2026-11-23T09:30:00Z"`, `""`, "5", "[]", "{}")
	case d.Name == "Decimal":
		add(`"garbage"`, `"1e400"`, `""`, "true", "[]", "{}")
	case d.Name == "BigInt":
		add(`"garbage"`, `"9223372036854775808"`, `"1.5"`, `""`, "1.5", "true", "[]", "{}")
	case d.Name == "UUID":
		add(`"garbage"`, `"019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8"`, `""`, "5", "true", "[]", "{}")
	case d.Name == "URL":
		add(`"garbage"`, `"javascript:alert(1)"`, `""`, "5", "true", "[]", "{}")
	case d.Name == "Email":
		add(`"garbage"`, `"Ada <ada@example.com>"`, `""`, "5", "true", "[]", "{}")
	case d.Name == "DateTime":
		add(`"garbage"`, `"2026-11-23T09:30:00,5Z"`, `"2026-11-23"`, `""`, "5", "[]", "{}")
	}
	return all
}

// objectWith returns an object with its required fields and a placeholder for one field.
func objectWith(s *ast.Schema, d *ast.Definition, field *ast.FieldDefinition) string {
	fields := []string{fmt.Sprintf("%q: %%s", field.Name)}
	for _, f := range d.Fields {
		if f != field && f.Type.NonNull && f.DefaultValue == nil {
			fields = append(fields, fmt.Sprintf("%q: %s", f.Name, validValue(s, f.Type)))
		}
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// validValue returns a valid value of a required field.
func validValue(s *ast.Schema, typ *ast.Type) string {
	d := s.Types[typ.Name()]
	switch {
	case typ.Elem != nil:
		return "[]"
	case d.Kind == ast.InputObject:
		return "{}"
	case d.Kind == ast.Enum:
		return `"` + d.EnumValues[0].Name + `"`
	case d.Name == "UUID":
		return `"019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b"`
	}
	return `"x"` // strings and ids
}

// literalOf writes JSON as a literal. Strings of capital letters are values of enums.
func literalOf(json string) string {
	return regexp.MustCompile(`"(\w+)":|"([A-Z]+)"`).ReplaceAllStringFunc(json, func(s string) string {
		return strings.ReplaceAll(s, `"`, "")
	})
}

// goWords are terms of Go that must not reach a client.
var goWords = regexp.MustCompile(
	`\b(slice|map|interface|float64|int64|int32|json\.Number|bool|nil|struct|strconv|reflect)\b|%!|panic|INTERNAL`)

// TestWrongValuesCommitNothing passes each invalid value to each argument of each root field: as a
// variable, as a variable inside a literal, and as a literal. A valid mutation comes first in the
// document, and must not be committed.
func TestWrongValuesCommitNothing(t *testing.T) {
	s := servertest.New(t)
	schema := servertest.NewSchema(nil).Schema()
	const first = `createTag(input: {name: "first", color: "#ffffff"}) { tag { id } }`
	tried := 0
	for _, root := range []*ast.Definition{schema.Mutation, schema.Query, schema.Subscription} {
		begin := map[*ast.Definition]string{schema.Mutation: "{ " + first, schema.Query: "{ __typename", schema.Subscription: "{"}[root]
		kind := strings.ToLower(root.Name)
		for _, f := range root.Fields {
			for _, a := range f.Arguments {
				if strings.HasPrefix(f.Name, "__") {
					continue
				}
				for _, w := range wrongValues(schema, a.Type, nil, "%s", 2) {
					tried++
					call := func(value string) string {
						selection := " { __typename }"
						if schema.Types[f.Type.Name()].Kind == ast.Scalar {
							selection = ""
						}
						return fmt.Sprintf("%s second: %s(%s: %s)%s }", begin, f.Name, a.Name, value, selection)
					}
					whole := fmt.Sprintf(w.json, w.bad)
					name := fmt.Sprintf("%s.%s(%s: %s)", root.Name, f.Name, a.Name, whole)
					document := fmt.Sprintf("%s($v: %s) %s", kind, a.Type, call("$v"))
					expectRefusal(t, s, name, document, `{"v": `+whole+`}`, "BAD_USER_INPUT")
					if len(w.path) > 0 && !slices.Contains(w.path, "0") {
						document := fmt.Sprintf("%s($v: %s) %s", kind, w.leaf, call(literalOf(fmt.Sprintf(w.json, "$v"))))
						expectRefusal(t, s, name+" inside", document, `{"v": `+w.bad+`}`, "BAD_USER_INPUT")
					}
					if !strings.Contains(w.bad, "e400") {
						expectRefusal(t, s, name+" as a literal", kind+" "+call(literalOf(whole)), "{}", "GRAPHQL_VALIDATION_FAILED")
					}
				}
			}
		}
	}
	t.Logf("%d wrong values", tried)
	if tried < 4000 {
		t.Errorf("only %d wrong values", tried)
	}
	var got struct{ Tags struct{ TotalCount int } }
	s.Query(t, "acme", "{ tags { totalCount } }", &got)
	if got.Tags.TotalCount != 0 {
		t.Errorf("%d first mutations were committed", got.Tags.TotalCount)
	}
}

// expectRefusal expects a request error: no data, one code, and a message without terms of Go.
func expectRefusal(t *testing.T, s *servertest.Server, name, document, variables, code string) {
	t.Helper()
	body := fmt.Sprintf(`{"query": %s, "variables": %s}`, servertest.Body(document), variables)
	w := s.Do(servertest.NewRequest(t, http.MethodPost, "/graphql", body, "Content-Type", "application/json",
		"Accept", "application/graphql-response+json, text/event-stream;q=0.1", tenancy.HeaderName, "acme"))
	var got struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Locations  []struct{ Line, Column int }
			Extensions struct {
				Code   string
				Fields []struct {
					Path    []any
					Message string
				}
			}
		}
	}
	sent := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(w.Body.String()), "event: next\ndata: "), "\n\nevent: complete\ndata:")
	if err := json.Unmarshal([]byte(sent), &got); err != nil || got.Data != nil || len(got.Errors) == 0 {
		t.Errorf("%s: %v %s", name, err, w.Body)
		return
	}
	e := got.Errors[0]
	fields := e.Extensions.Fields
	hasPath := len(fields) == 1 && fields[0].Path[0] == "v"
	if e.Extensions.Code != code || len(e.Locations) == 0 || (code == "BAD_USER_INPUT") != hasPath || goWords.MatchString(sent) {
		t.Errorf("%s: %s", name, sent)
	}
	if w.Code != http.StatusBadRequest {
		t.Errorf("%s: status %d", name, w.Code)
	}
}
