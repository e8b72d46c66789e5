package main

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	gormschema "gorm.io/gorm/schema"

	"rowhouse/graph"
	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

// listOrderQueries returns queries for each list in each order: the first and the last page, the next
// of both, and the pages of several parents.
func listOrderQueries(t *testing.T, s *testServer, item string) (queries []string) {
	t.Helper()
	for _, list := range findOrderedLists(findParentIDs(t, s, item)) {
		for _, order := range list.orders {
			p := s.readPage(t, list.path, "first: 2, orderBy: "+order)
			for _, arguments := range []string{
				"first: 2", fmt.Sprintf("first: 2, after: %q", p.PageInfo.EndCursor),
				"last: 2", fmt.Sprintf("last: 2, before: %q", p.PageInfo.EndCursor),
			} {
				path := fmt.Sprintf(list.path, arguments+", orderBy: "+order)
				queries = append(queries, "{ "+nestSelection(path, "totalCount nodes { id }")+" }")
			}
		}
	}
	for _, list := range findParentLists() {
		for _, order := range list.orders {
			queries = append(queries, fmt.Sprintf(`{ %s { nodes { first: %s(first: 3, orderBy: %s) { nodes { id } }
				last: %[2]s(last: 3, orderBy: %[3]s) { nodes { id } } } } }`, list.parents, list.name, order))
		}
	}
	return queries
}

// listFilterQueries returns queries for each field, operator and relation of each type's filter, for
// the list of the type and for the lists of several parents.
func listFilterQueries(t *testing.T, s *testServer) (queries []string) {
	t.Helper()
	for _, of := range model.Types.All() {
		for _, filter := range listRegisteredFilters(t, s, of) {
			where := "where: " + filter
			queries = append(queries, fmt.Sprintf("{ %s(%s) { totalCount nodes { id } } }", connectionField(of), where))
			for _, list := range findParentLists() {
				if list.target == of.Name() {
					query := fmt.Sprintf("{ %s { nodes { %s(first: 3, %s) { totalCount nodes { id } } } } }",
						list.parents, list.name, where)
					queries = append(queries, query)
				}
			}
		}
	}
	return queries
}

// listRegisteredFilters returns filters of a type by each of its fields, operators and relations, with
// the values of a row, and one that no row matches.
func listRegisteredFilters(t *testing.T, s *testServer, of relay.AnyType) []string {
	t.Helper()
	filters := []string{"{or: []}"}
	fields := listColumnFilters(t, s, of)
	for _, r := range of.Relations() {
		for _, inner := range append(listColumnFilters(t, s, model.Types.ByName(r.Target)), columnFilter{filter: "{}"}) {
			if r.Many && !r.One {
				filters = append(filters,
					fmt.Sprintf("{%s: {some: %s}}", r.Name, inner.filter), fmt.Sprintf("{%s: {none: %s}}", r.Name, inner.filter))
			} else {
				filters = append(filters, fmt.Sprintf("{%s: %s}", r.Name, inner.filter))
			}
		}
	}
	for _, f := range fields {
		filters = append(filters, f.filter, fmt.Sprintf("{not: %s}", f.filter))
	}
	return filters
}

// columnFilter is a filter by one operator of a column.
type columnFilter struct {
	filter, operator string
	column           *gormschema.Field
}

// listColumnFilters returns filters of a type by each operator of each column, with the values of a row.
func listColumnFilters(t *testing.T, s *testServer, of relay.AnyType) (filters []columnFilter) {
	t.Helper()
	rows, err := of.NodePage(s.Acme, s.DB, relay.PageArgs{First: new(1)}, nil, nil)
	if err != nil || len(rows) == 0 {
		t.Fatalf("no row of %s, although fillTenant calls dbtest.FillEmptyTables: %v", of.Name(), err)
	}
	filter := reflect.TypeOf(of.NewFilter()).Elem()
	inputs := graph.NewExecutableSchema(graph.Config{}).Schema().Types
	for i := range filter.NumField() {
		field := filter.Field(i)
		column := of.Schema().LookUpField(field.Name)
		if column == nil {
			continue // and, or, not, or a relation
		}
		value := formatGraphQLValue(t, of, column, rows[0])
		method, _ := field.Type.MethodByName("Value")
		operators := method.Type.Out(0).Elem()
		for j := range operators.NumField() {
			operator := readJSONName(operators.Field(j))
			input := inputs[of.Name()+"Filter"].Fields.ForName(readJSONName(field)).Type.Name()
			if inputs[input].Fields.ForName(operator) == nil {
				continue // the schema has isNull only where a field can be null
			}
			for _, v := range listOperands(operators, operator, value) {
				filters = append(filters, columnFilter{fmt.Sprintf("{%s: {%s}}", readJSONName(field), v), operator, column})
			}
		}
	}
	return filters
}

// listOperands returns an operator of a filter with operands made of a value, as fields of the filter.
func listOperands(filter reflect.Type, operator, value string) []string {
	switch {
	case operator == "path":
		return []string{`path: ["a"], eq: 5`, `path: ["a"], isNull: false`}
	case operator == "eq" && filter == reflect.TypeFor[relay.JSONFilter]():
		return []string{"eq: 5"} // eq compares no objects
	case operator == "in":
		return []string{"in: [" + value + "]"}
	case operator == "isNull", operator == "isEmpty":
		return []string{operator + ": true", operator + ": false"}
	case operator == "has":
		return []string{"has: " + strings.Trim(value, "[]")}
	}
	return []string{operator + ": " + value}
}

func readJSONName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// formatGraphQLValue returns a row's value of a column as a literal, or another value for NULL.
func formatGraphQLValue(t *testing.T, of relay.AnyType, column *gormschema.Field, row any) string {
	t.Helper()
	v := column.ReflectValueOf(t.Context(), reflect.ValueOf(row).Elem())
	if v.Kind() == reflect.Pointer {
		sample := dbtest.Sample(column.IndirectFieldType, 2)
		switch {
		case !v.IsNil():
			v = v.Elem()
		case sample != nil:
			v = reflect.ValueOf(sample)
		default:
			v = reflect.Zero(column.IndirectFieldType)
		}
	}
	if v.Type() == reflect.TypeFor[gorm.DeletedAt]() { // of a row that is not deleted
		v = reflect.ValueOf(dbtest.Sample(reflect.TypeFor[time.Time](), 2))
	}
	value := v.Interface()
	if id, ok := value.(relay.ID); ok {
		value = relay.NewGlobalID(findReferredType(of, column), id)
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if of.EnumValues(v.Type()) != nil || v.Kind() == reflect.Slice && of.EnumValues(v.Type().Elem()) != nil {
		return strings.ReplaceAll(string(text), `"`, "")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		t.Fatal(err)
	}
	return dbtest.FormatGraphQL(decoded)
}

// findReferredType returns the name of the type that a column identifies.
func findReferredType(of relay.AnyType, column *gormschema.Field) string {
	for _, r := range of.Relations() {
		if !r.Many && r.Column == column.DBName {
			return r.Target
		}
	}
	return of.Name()
}

// TestEqualValuesAreAnIndexRange checks for each filter by a column with an index that eq, in and
// startsWith, which are LIKE for strings, read a range of the index and not all rows of the tenant.
func TestEqualValuesAreAnIndexRange(t *testing.T) {
	s := newTestServer(t)
	fillTenant(s.Acme, t, s, "acme")
	checked := 0
	for _, of := range model.Types.All() {
		varyRows(t, s, of, 300)
	}
	copyRows(t, s, 40)
	record := recordStatements(t, s)
	for _, of := range model.Types.All() {
		for _, f := range listColumnFilters(t, s, of) {
			keys := findIndexes(t, s, f.column)
			hasFewValues := of.EnumValues(f.column.IndirectFieldType) != nil || f.column.IndirectFieldType.Kind() == reflect.Bool
			if !slices.Contains([]string{"eq", "in", "startsWith"}, f.operator) || len(keys) == 0 || hasFewValues { // no index may pay
				continue
			}
			*record = nil
			s.query(t, "acme", fmt.Sprintf("{ %s(where: %s) { totalCount } }", connectionField(of), f.filter), nil)
			for _, r := range *record {
				steps := explainStatement(t, s.SQL, r)
				if len(steps) != 1 || steps[0].Type == "ALL" || steps[0].Type == "index" || !slices.Contains(keys, steps[0].Key) {
					t.Errorf("%s: %s: %+v, want a range of %v", of.Name(), f.filter, steps, keys)
				}
			}
			if len(*record) != 1 {
				t.Errorf("%s: %s: %d statements", of.Name(), f.filter, len(*record))
			}
			checked++
		}
	}
	if checked < 20 {
		t.Errorf("only %d filters have an index", checked)
	}
}

// findIndexes returns the indexes with a column after the tenant.
func findIndexes(t *testing.T, s *testServer, column *gormschema.Field) (names []string) {
	t.Helper()
	rows, err := s.SQL.QueryContext(t.Context(), `SELECT index_name FROM information_schema.statistics
		WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ? AND seq_in_index = 2`, column.Schema.Table, column.DBName)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

// varyRows adds n copies of a row of a type with other ids, strings, numbers and times. Copies in which a unique key has
// only references are left out.
func varyRows(t *testing.T, s *testServer, of relay.AnyType, n int) {
	t.Helper()
	columns := "`" + strings.Join(of.Schema().DBNames, "`, `") + "`"
	template := s.readIDs(t, "SELECT id FROM "+of.Schema().Table+" WHERE tenant_id = 1 LIMIT 1")[0]
	tx, err := s.SQL.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		values := make([]string, len(of.Schema().DBNames))
		for j, name := range of.Schema().DBNames {
			switch kind := of.Schema().FieldsByDBName[name].IndirectFieldType; {
			case name == "id":
				values[j] = fmt.Sprintf("x'%x'", relay.NewID())
			case kind == reflect.TypeFor[[]byte]():
				values[j] = fmt.Sprintf("UNHEX(SHA2(%d, 256))", i)
			case kind == reflect.TypeFor[string]():
				values[j] = fmt.Sprintf("'V%d'", i)
			case kind == reflect.TypeFor[time.Time]():
				values[j] = fmt.Sprintf("'2026-01-01' + INTERVAL %d HOUR", i)
			case kind == reflect.TypeFor[relay.Date]():
				values[j] = fmt.Sprintf("'2026-01-01' + INTERVAL %d DAY", i)
			case kind == reflect.TypeFor[relay.UUID]():
				values[j] = fmt.Sprintf("UNHEX(MD5(%d))", i)
			case kind == reflect.TypeFor[relay.Decimal](), kind.Kind() == reflect.Float64, kind.Kind() == reflect.Int64:
				values[j] = fmt.Sprint(i % 10)
			case kind.Kind() == reflect.Int && !kind.Implements(reflect.TypeFor[driver.Valuer]()):
				values[j] = fmt.Sprint(1000 + i)
			default:
				values[j] = "`" + name + "`"
			}
		}
		query := fmt.Sprintf("INSERT IGNORE INTO %s (%s) SELECT %s FROM %[1]s WHERE tenant_id = 1 AND id = x'%[4]s'",
			of.Schema().Table, columns, strings.Join(values, ", "), template)
		if _, err := tx.ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%v\n%s", err, query)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
