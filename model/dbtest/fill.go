package dbtest

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"rowhouse/model"
	"rowhouse/model/relay"
)

// filledParents is the number of rows to which the rows of FillEmptyTables refer by a column.
const filledParents = 5

// FillEmptyTables creates 25 rows of each registered model of which the tenant of ctx has no row.
// They refer to the newest rows of other types, five to each. Optional references that no row of the tenant
// has get values, too.
func FillEmptyTables(ctx context.Context, t testing.TB, d *Database) {
	t.Helper()
	f := &filler{t: t, d: d, done: map[int]bool{}}
	for i := range model.Types.Models() {
		f.fill(ctx, i)
	}
	for _, m := range model.Types.Models() {
		f.fillReferences(ctx, m)
	}
}

// fillReferences gives the rows of a model references, for each column that is NULL in all of them. Each
// parent gets as many rows.
func (f *filler) fillReferences(ctx context.Context, m any) {
	f.t.Helper()
	s := parseModel(f.t, m)
	for _, column := range s.Fields {
		if column.FieldType != reflect.TypeFor[*relay.ID]() {
			continue
		}
		var set int64
		if err := f.d.For(ctx).Model(m).Where(column.DBName + " IS NOT NULL").Count(&set).Error; err != nil {
			f.t.Fatal(err)
		}
		if set > 0 {
			continue
		}
		f.addRowMaker()
		target := f.rows.Target(s, column.DBName)
		parents := f.findParents(ctx, target)
		shared := sharedColumns(s, column.DBName)
		if len(shared) == 0 {
			f.refer(ctx, f.d.For(ctx).Model(m), column, parents)
		}
		for _, where := range f.readShared(ctx, target, shared) { // each has parents of its own
			equal := f.d.For(ctx).Model(model.Types.Models()[target])
			rows := f.d.For(ctx).Model(m)
			for own, other := range shared {
				equal, rows = equal.Where(other+" = ?", where[other]), rows.Where(own+" = ?", where[other])
			}
			f.refer(ctx, rows, column, f.newestIDs(equal))
		}
	}
}

// refer lets the rows of a query refer to parents, in turn.
func (f *filler) refer(ctx context.Context, rows *gorm.DB, column *schema.Field, parents []relay.ID) {
	f.t.Helper()
	var ids []relay.ID
	if err := rows.Order("id").Pluck("id", &ids).Error; err != nil {
		f.t.Fatal(err)
	}
	for i, parent := range parents {
		var children []relay.ID
		for n := i; n < len(ids); n += len(parents) {
			children = append(children, ids[n])
		}
		m := reflect.New(column.Schema.ModelType).Interface()
		if err := f.d.For(ctx).Model(m).Where("id IN ?", children).UpdateColumn(column.DBName, parent).Error; err != nil {
			f.t.Fatalf("%s.%s: %v", column.Schema.Name, column.DBName, err)
		}
	}
}

// sharedColumns returns the columns that rows share with the rows of a reference: those of the model, with those
// of the other model.
func sharedColumns(s *schema.Schema, column string) map[string]string {
	shared := map[string]string{}
	for _, t := range model.Types.All() {
		for _, r := range t.Relations() {
			if t.Schema().Table != s.Table || r.Many || r.Column != column {
				continue
			}
			for _, name := range r.Within {
				shared[columnOf(t, name)] = columnOf(model.Types.ByName(r.Target), name)
			}
		}
	}
	return shared
}

// columnOf returns the column of a field or relation.
func columnOf(t relay.AnyType, name string) string {
	for _, f := range t.Fields() {
		if f.Name == name || f.Name == name+"Id" {
			return f.Column
		}
	}
	return ""
}

// readShared returns the values of the shared columns in the rows of the model with an index, each once.
func (f *filler) readShared(ctx context.Context, index int, shared map[string]string) (values []map[string]any) {
	f.t.Helper()
	if len(shared) == 0 {
		return nil
	}
	columns := slices.Sorted(maps.Values(shared))
	if err := f.d.For(ctx).Model(model.Types.Models()[index]).Distinct(columns).Find(&values).Error; err != nil {
		f.t.Fatal(err)
	}
	return values
}

// addRowMaker sets rows when they are first needed: it costs two queries.
func (f *filler) addRowMaker() {
	f.t.Helper()
	if f.rows == nil {
		f.rows = NewRowMaker(f.t, f.d)
	}
}

// filler creates the rows of FillEmptyTables.
type filler struct {
	t    testing.TB
	d    *Database
	rows *RowMaker    // nil until it is needed
	done map[int]bool // by the index of the model
}

// fill creates the rows of the model with an index, after those to which they refer.
func (f *filler) fill(ctx context.Context, index int) {
	f.t.Helper()
	m := model.Types.Models()[index]
	if f.done[index] || !f.isEmpty(ctx, m) {
		return
	}
	f.done[index] = true
	f.addRowMaker()
	s := parseModel(f.t, m)
	references := f.listReferences(ctx, s)
	ids := make([]relay.ID, filledParents*filledParents)
	for n := range ids {
		ids[n] = relay.NewID()
	}
	for n := range ids {
		if n == filledParents { // the rows so far are the newest; further rows of the type can refer to them
			references = f.listReferences(ctx, s)
		}
		row := f.newRow(ctx, index, n, references)
		if id := s.FieldsByDBName["id"]; id != nil {
			f.set(ctx, row, id, ids[len(ids)-1-n])
		}
		// A link between few rows comes up twice.
		if err := f.d.For(ctx).Create(row).Error; err != nil && !errors.Is(err, gorm.ErrDuplicatedKey) {
			f.t.Fatalf("%s: %v", s.Name, err)
		}
	}
}

// parentColumn is a column that refers to other rows, and ids for it.
type parentColumn struct {
	field   *schema.Field
	parents []relay.ID
}

// listReferences returns the columns of a model that refer to other rows.
func (f *filler) listReferences(ctx context.Context, s *schema.Schema) (references []parentColumn) {
	f.t.Helper()
	for _, name := range s.DBNames {
		field := s.FieldsByDBName[name]
		isLater := field.FieldType.Kind() == reflect.Pointer && len(sharedColumns(s, name)) > 0 // of fillReferences
		if name != "id" && field.IndirectFieldType == reflect.TypeFor[relay.ID]() && !isLater {
			references = append(references, parentColumn{field, f.findParents(ctx, f.rows.Target(s, name))})
		}
	}
	return references
}

func (f *filler) isEmpty(ctx context.Context, m any) bool {
	f.t.Helper()
	var count int64
	if err := f.d.For(ctx).Model(m).Count(&count).Error; err != nil {
		f.t.Fatal(err)
	}
	return count == 0
}

// findParents returns the ids of the newest rows of the model with an index.
func (f *filler) findParents(ctx context.Context, index int) (ids []relay.ID) {
	f.t.Helper()
	f.fill(ctx, index)
	return f.newestIDs(f.d.For(ctx).Model(model.Types.Models()[index]))
}

// newestIDs returns the ids of the newest rows of a query.
func (f *filler) newestIDs(query *gorm.DB) (ids []relay.ID) {
	f.t.Helper()
	if err := query.Order("id DESC").Limit(filledParents).Pluck("id", &ids).Error; err != nil {
		f.t.Fatal(err)
	}
	return ids
}

// newRow returns the nth row of a model. Its references to two parents differ from those of other
// rows.
func (f *filler) newRow(ctx context.Context, index, n int, references []parentColumn) any {
	f.t.Helper()
	row := f.rows.Row(index, 0, n, 0, "filled", "filled")
	for i, r := range references {
		parent := n / filledParents // of the second column; further columns have a Latin square
		if i != 1 {
			parent = n%filledParents + max(i-1, 0)*parent
		}
		if len(r.parents) > 0 { // a type that refers to itself begins with NULL
			f.set(ctx, row, r.field, r.parents[parent%filledParents%len(r.parents)])
		}
	}
	for _, r := range references {
		f.share(ctx, row, r.field)
	}
	return row
}

// share gives a row the values that it shares with the row of a reference.
func (f *filler) share(ctx context.Context, row any, reference *schema.Field) {
	f.t.Helper()
	shared := sharedColumns(reference.Schema, reference.DBName)
	if len(shared) == 0 {
		return
	}
	id, _ := reference.ValueOf(ctx, reflect.ValueOf(row).Elem())
	values := map[string]any{}
	m := model.Types.Models()[f.rows.Target(reference.Schema, reference.DBName)]
	if err := f.d.For(ctx).Model(m).Where("id = ?", id).Take(&values).Error; err != nil {
		f.t.Fatal(err)
	}
	for own, other := range shared {
		if err := reference.Schema.FieldsByDBName[own].Set(ctx, reflect.ValueOf(row).Elem(), values[other]); err != nil {
			f.t.Fatalf("%s: %v", own, err)
		}
	}
}

func (f *filler) set(ctx context.Context, row any, field *schema.Field, id relay.ID) {
	f.t.Helper()
	if err := field.Set(ctx, reflect.ValueOf(row).Elem(), id); err != nil {
		f.t.Fatalf("%s: %v", field.DBName, err)
	}
}
