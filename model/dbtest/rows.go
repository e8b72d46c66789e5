package dbtest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"rowhouse/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// RowMaker makes rows of all registered models, with a value for each column by its type.
type RowMaker struct {
	t       testing.TB
	models  []any
	lengths map[string]int  // of string columns, in characters, by table.column
	unique  map[string]bool // columns of unique keys, by table.column
	alone   map[string]bool // those that are unique without another column
}

// NewRowMaker returns a RowMaker. It reads the lengths and unique keys of columns from the database.
func NewRowMaker(t testing.TB, d *Database) *RowMaker {
	t.Helper()
	m := &RowMaker{t: t, models: model.Types.Models()}
	m.lengths = readColumns[int](t, d, `SELECT CONCAT(table_name, '.', column_name), character_maximum_length
		FROM information_schema.columns WHERE table_schema = DATABASE() AND character_maximum_length IS NOT NULL`)
	m.unique = readColumns[bool](t, d, `SELECT CONCAT(table_name, '.', column_name), TRUE FROM information_schema.statistics
		WHERE table_schema = DATABASE() AND non_unique = 0`)
	m.alone = readColumns[bool](t, d, `SELECT CONCAT(table_name, '.', MAX(column_name)), TRUE FROM information_schema.statistics
		WHERE table_schema = DATABASE() AND non_unique = 0 AND column_name <> 'tenant_id'
		GROUP BY table_name, index_name HAVING COUNT(*) = 1`)
	return m
}

// readColumns returns the values of a query by table.column.
func readColumns[T any](t testing.TB, d *Database, query string) map[string]T {
	t.Helper()
	rows, err := d.SQL.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	values := map[string]T{}
	for rows.Next() {
		var name string
		var value T
		if err := rows.Scan(&name, &value); err != nil {
			t.Fatal(err)
		}
		values[name] = value
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

// Row returns the nth row of a tenant, of the model with an index, with references to the rows with
// the number parents. The ids begin with mark, and strings and references with parentsMark.
func (m *RowMaker) Row(index int, tenant tenancy.ID, n, parents int, mark, parentsMark string) any {
	row := reflect.New(reflect.TypeOf(m.models[index]).Elem())
	s := parseModel(m.t, m.models[index])
	for _, name := range s.DBNames {
		f := s.FieldsByDBName[name]
		var value any
		switch {
		case name == "tenant_id":
			value = tenant
		case name == "id":
			value = NewMarkedID(mark, index, n)
		case f.IndirectFieldType == reflect.TypeFor[gorm.DeletedAt]():
			continue // NULL, since deleted rows are hidden
		case f.IndirectFieldType == reflect.TypeFor[relay.ID]():
			value = m.reference(s, f, n, parents, parentsMark)
		default:
			value = m.value(f, n, parents, parentsMark)
		}
		if value == nil {
			continue
		}
		if err := f.Set(context.Background(), row.Elem(), value); err != nil {
			m.t.Fatalf("%s.%s: %v", s.Name, name, err)
		}
	}
	return row.Interface()
}

// NewMarkedID returns the id of the nth row of a model.
func NewMarkedID(mark string, index, n int) (id relay.ID) {
	copy(id[:], fmt.Sprintf("%s-%c%d", mark, 'a'+index, n))
	return id
}

// reference returns the id of another row, or nil for NULL. The last reference of a link, or of a unique key of
// references, leads to rows in another order, so that further rows differ from the stored ones.
func (m *RowMaker) reference(s *schema.Schema, f *schema.Field, n, parents int, mark string) any {
	if f.FieldType.Kind() == reflect.Pointer {
		return nil
	}
	isLink := len(s.PrimaryFields) > 1 && f == s.PrimaryFields[len(s.PrimaryFields)-1]
	if isLink || isLastOfKey(s, f.DBName) {
		if parents = 3 - parents; n <= 2 {
			parents = n
		}
	}
	return NewMarkedID(mark, m.Target(s, f.DBName), parents)
}

// isLastOfKey reports whether a column is the last of a unique key of several references.
func isLastOfKey(s *schema.Schema, column string) bool {
	for _, t := range model.Types.All() {
		for _, f := range t.Fields() {
			if others, ok := UniqueReferences(t, f); t.Schema().Table == s.Table && f.Column == column && ok {
				return len(others) > 0
			}
		}
	}
	return false
}

// Target returns the index of the model to which a column refers.
func (m *RowMaker) Target(s *schema.Schema, column string) int {
	m.t.Helper()
	for _, t := range model.Types.All() {
		for _, r := range t.Relations() {
			name := r.Target
			switch {
			case r.Link == nil && !r.Many && t.Schema().Table == s.Table && r.Column == column:
			case r.Link != nil && reflect.TypeOf(r.Link).Elem() == s.ModelType && r.TargetColumn == column:
			case r.Link != nil && reflect.TypeOf(r.Link).Elem() == s.ModelType && r.Column == column:
				name = t.Name()
			default:
				continue
			}
			return slices.Index(model.Types.Names(), name)
		}
	}
	m.t.Fatalf("no relation has the column %s of %s: add relay.NewBelongsTo or relay.NewManyToMany", column, s.Name)
	return 0
}

// value returns a value for a column that is no id.
func (m *RowMaker) value(f *schema.Field, n, parents int, mark string) any {
	m.t.Helper()
	text := fmt.Sprintf("%s-%d%d", mark, n, parents)
	of := f.IndirectFieldType
	switch {
	case of == reflect.TypeFor[time.Time]() && f.FieldType.Kind() == reflect.Pointer:
		return nil
	case of == reflect.TypeFor[time.Time]():
		return Sample(of, 0)
	case of == reflect.TypeFor[string]():
		return m.fit(f, text, n, parents)
	case of == reflect.TypeFor[[]byte]():
		return relay.UniqueKey(text)
	}
	if enum := enumValue(f); enum != nil {
		return enum
	}
	if value := Sample(of, n); value != nil {
		return value
	}
	m.t.Fatalf("the column %s of %s has the type %s: add a value for such columns to Sample, or state the Enum of the field",
		f.DBName, f.Schema.Name, f.FieldType)
	return nil
}

// enumValue returns the first value of a column's enum, or a list of it, or nil for other columns.
func enumValue(f *schema.Field) any {
	of := f.IndirectFieldType
	element := of
	if of.Kind() == reflect.Slice {
		element = of.Elem()
	}
	for _, t := range model.Types.All() {
		values := t.EnumValues(element)
		if t.Schema().Table != f.Schema.Table || values == nil {
			continue
		}
		value := reflect.ValueOf(values[0]).Convert(element)
		if of != element {
			value = reflect.Append(reflect.MakeSlice(of, 0, 1), value)
		}
		return value.Interface()
	}
	return nil
}

// fit returns a string that a column can hold: text, or letters that differ for each n and parents.
func (m *RowMaker) fit(f *schema.Field, text string, n, parents int) string {
	if m.lengths[f.Schema.Table+"."+f.DBName] >= len(text) {
		return text
	}
	return "W" + string(rune('A'+n)) + string(rune('A'+parents))
}

// Change returns new values of a column, which both rows of a tenant can have. The ids of the tenant's
// rows begin with mark.
func (m *RowMaker) Change(s *schema.Schema, mark string) map[string]any {
	m.t.Helper()
	for _, name := range s.DBNames {
		_, keyed := s.FieldsByDBName[name+"_key"]
		if f := s.FieldsByDBName[name]; f.IndirectFieldType == reflect.TypeFor[string]() && !keyed && !m.unique[s.Table+"."+name] {
			return map[string]any{name: strings.Repeat("x", min(7, m.lengths[s.Table+"."+name]))}
		}
	}
	for _, name := range s.DBNames {
		f := s.FieldsByDBName[name]
		if value := Sample(f.IndirectFieldType, 7); value != nil && !m.unique[s.Table+"."+name] {
			return map[string]any{name: value}
		}
	}
	if last := s.PrimaryFields[len(s.PrimaryFields)-1]; last.IndirectFieldType == reflect.TypeFor[relay.ID]() && last.DBName != "id" {
		return map[string]any{last.DBName: NewMarkedID(mark, m.Target(s, last.DBName), 2)}
	}
	for _, name := range s.DBNames {
		if f := s.FieldsByDBName[name]; f.IndirectFieldType == reflect.TypeFor[relay.ID]() && name != "id" && !m.unique[s.Table+"."+name] {
			return map[string]any{name: NewMarkedID(mark, m.Target(s, name), 2)}
		}
	}
	for _, name := range s.DBNames { // unique together with others, which differ in the rows
		f := s.FieldsByDBName[name]
		_, keyed := s.FieldsByDBName[name+"_key"]
		if f.IndirectFieldType == reflect.TypeFor[string]() && !keyed && !m.alone[s.Table+"."+name] {
			return map[string]any{name: strings.Repeat("x", min(7, m.lengths[s.Table+"."+name]))}
		}
	}
	for _, name := range s.DBNames {
		if isLastOfKey(s, name) {
			return map[string]any{name: NewMarkedID(mark, m.Target(s, name), 2)}
		}
	}
	m.t.Fatalf("%s has no column that is not unique: add a case to RowMaker.Change", s.Name)
	return nil
}

var schemas sync.Map

// parseModel returns GORM's schema of a model.
func parseModel(t testing.TB, m any) *schema.Schema {
	t.Helper()
	s, err := schema.Parse(m, &schemas, schema.NamingStrategy{IdentifierMaxLength: 64})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
