package model_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

// filterCase is a filter in JSON, as variables have it, and its condition in SQL, written without
// relay.
type filterCase struct{ filter, where string }

// TestFiltersOfAllTypesFindTheirRows tries each operator of each field of each type's filter, and
// each relation, and compares the result with the database's.
func TestFiltersOfAllTypesFindTheirRows(t *testing.T) {
	h := newHouse(t)
	for i, of := range model.Types.All() {
		row := h.rows.Row(i, h.acmeID, 1, 1, acmeMark, acmeMark)
		cases := filterCases(t, of, row)
		if len(cases) < 3 {
			t.Errorf("%s: only %d filters", of.Name(), len(cases))
		}
		for _, c := range cases {
			filter := of.NewFilter()
			if err := json.Unmarshal([]byte(c.filter), filter); err != nil {
				t.Fatalf("%s: %s: %v", of.Name(), c.filter, err)
			}
			found, err := of.NodePage(h.Acme, h.DB, relay.PageArgs{}, filter, nil)
			want := h.Count(t, of.Schema().Table, "tenant_id = ? AND ("+c.where+")", h.acmeID)
			if err != nil || len(found) != want || h.isSecret(found) {
				t.Errorf("%s: %s found %d rows, want %d: %v", of.Name(), c.filter, len(found), want, err)
			}
		}
	}
}

// filterCases returns cases for all fields of a type's filter, with values of a row.
func filterCases(t *testing.T, of relay.AnyType, row any) (cases []filterCase) {
	t.Helper()
	filter := reflect.TypeOf(of.NewFilter()).Elem()
	relations := map[string]relay.Relation{}
	for _, r := range of.Relations() {
		relations[r.Name] = r
	}
	for i := range filter.NumField() {
		field := filter.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		column := of.Schema().LookUpField(field.Name)
		switch r, ok := relations[name]; {
		case name == "and" || name == "or" || name == "not":
		case ok:
			cases = append(cases, relationCases(of, r, name)...)
		case column != nil:
			cases = append(cases, operatorCases(t, column, field.Type, name, row)...)
		default:
			t.Fatalf("%s.%s is neither a column nor a relation: add cases for it to filterCases", filter.Name(), field.Name)
		}
	}
	return cases
}

// operatorCases returns a case for each operator of a filter for a column.
func operatorCases(t *testing.T, column *schema.Field, omittable reflect.Type, name string, row any) (cases []filterCase) {
	t.Helper()
	value, _ := omittable.MethodByName("Value")
	operators := value.Type.Out(0).Elem()
	in, sql := columnValue(t, column, row)
	c := "`" + column.DBName + "`"
	if operators == reflect.TypeFor[relay.JSONFilter]() {
		return jsonCases(name, c, in)
	}
	element := strings.TrimSuffix(strings.TrimPrefix(in, "["), "]") // lists have one value
	has := fmt.Sprintf("JSON_CONTAINS(%s, '%s')", c, element)
	for i := range operators.NumField() {
		operator, _, _ := strings.Cut(operators.Field(i).Tag.Get("json"), ",")
		add := func(value, where string) {
			cases = append(cases, filterCase{fmt.Sprintf(`{%q: {%q: %s}}`, name, operator, value), where})
		}
		switch operator {
		case "eq":
			add(in, c+" = "+sql)
		case "in":
			add("["+in+"]", c+" = "+sql)
			add("[]", "FALSE")
		case "contains", "startsWith":
			add(in[:len(in)-2]+`"`, c+" LIKE '"+strings.Trim(sql[:len(sql)-2], "'")+"%'")
		case "lt", "lte", "gt", "gte":
			add(in, c+" "+map[string]string{"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}[operator]+" "+sql)
		case "isNull":
			add("true", c+" IS NULL")
			add("false", c+" IS NOT NULL")
		case "has":
			add(element, has)
		case "hasSome":
			add(in, has)
			add("[]", "FALSE")
		case "hasEvery":
			add(in, has)
			add("[]", c+" IS NOT NULL")
		case "isEmpty":
			add("true", "JSON_LENGTH("+c+") = 0")
			add("false", "JSON_LENGTH("+c+") > 0")
		default:
			t.Fatalf("add a case for the operator %s to operatorCases", operator)
		}
	}
	return cases
}

// jsonCases returns cases for a JSONFilter, with an object with the key a.
func jsonCases(name, column, object string) []filterCase {
	var value struct{ A int }
	_ = json.Unmarshal([]byte(object), &value) // made by dbtest.Sample
	equal := fmt.Sprintf("JSON_EXTRACT(%s, '$.a') = %d", column, value.A)
	return []filterCase{
		{fmt.Sprintf(`{%q: {"path": ["a"], "eq": %d}}`, name, value.A), equal},
		{fmt.Sprintf(`{%q: {"contains": %s}}`, name, object), equal},
		{fmt.Sprintf(`{%q: {"isNull": true}}`, name), column + " IS NULL"},
		{fmt.Sprintf(`{%q: {"path": ["a"], "isNull": false}}`, name), column + " IS NOT NULL"},
	}
}

// columnValue returns a row's value of a column in JSON and in SQL, or another value for NULL.
func columnValue(t *testing.T, column *schema.Field, row any) (in, sql string) {
	t.Helper()
	value, _ := column.ValueOf(t.Context(), reflect.ValueOf(row).Elem())
	switch v := reflect.ValueOf(value); {
	case v.Type() == reflect.TypeFor[gorm.DeletedAt](): // of a row that is not deleted
		value = dbtest.Sample(reflect.TypeFor[time.Time](), 2)
	case v.Kind() == reflect.Pointer && !v.IsNil():
		value = v.Elem().Interface()
	case v.Kind() == reflect.Pointer:
		if value = dbtest.Sample(column.IndirectFieldType, 2); value == nil {
			value = reflect.New(v.Type().Elem()).Elem().Interface()
		}
	}
	if column.Serializer != nil { // of a list
		value = column.ReflectValueOf(t.Context(), reflect.ValueOf(row).Elem()).Interface()
	}
	sql = literal(value)
	if id, ok := value.(relay.ID); ok {
		value = relay.NewGlobalID(referredType(column), id)
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), sql
}

// referredType returns the type of the row that a column identifies.
func referredType(column *schema.Field) string {
	for _, r := range model.Types.ByName(column.Schema.Name).Relations() {
		if !r.Many && r.Column == column.DBName {
			return r.Target
		}
	}
	return column.Schema.Name
}

// relationCases returns cases for a filter of a relation, by the id of the first related row.
func relationCases(of relay.AnyType, r relay.Relation, name string) []filterCase {
	target := model.Types.ByName(r.Target)
	index := 0
	for i, t := range model.Types.All() {
		if t == target {
			index = i
		}
	}
	id := dbtest.NewMarkedID(acmeMark, index, 1)
	byID := fmt.Sprintf(`{"id": {"eq": %q}}`, relay.NewGlobalID(r.Target, id))
	table := of.Schema().Table
	if !r.Many {
		return []filterCase{
			{fmt.Sprintf(`{%q: %s}`, name, byID), r.Column + " = " + literal(id)},
			{fmt.Sprintf(`{%q: {}}`, name), r.Column + " IS NOT NULL"},
		}
	}
	exists := fmt.Sprintf("EXISTS (SELECT 1 FROM %s r WHERE r.tenant_id = %s.tenant_id AND r.%s = %s.id AND r.id = %s)",
		target.Schema().Table, table, r.Column, table, literal(id))
	if r.Link != nil {
		links := tableOf(r.Link)
		exists = fmt.Sprintf("EXISTS (SELECT 1 FROM %s r WHERE r.tenant_id = %s.tenant_id AND r.%s = %s.id AND r.%s = %s)",
			links, table, r.Column, table, r.TargetColumn, literal(id))
	}
	if r.One {
		anyRow := fmt.Sprintf("EXISTS (SELECT 1 FROM %s r WHERE r.tenant_id = %s.tenant_id AND r.%s = %[2]s.id)",
			target.Schema().Table, table, r.Column)
		return []filterCase{{fmt.Sprintf(`{%q: %s}`, name, byID), exists}, {fmt.Sprintf(`{%q: {}}`, name), anyRow}}
	}
	return []filterCase{
		{fmt.Sprintf(`{%q: {"some": %s}}`, name, byID), exists},
		{fmt.Sprintf(`{%q: {"none": %s}}`, name, byID), "NOT " + exists},
	}
}

func tableOf(m any) string {
	s, err := schema.Parse(m, &schemas, schema.NamingStrategy{IdentifierMaxLength: 64})
	if err != nil {
		panic(err)
	}
	return s.Table
}
