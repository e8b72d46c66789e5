package dbtest

import (
	"context"
	"errors"
	"reflect"
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
		var ids []relay.ID
		if err := f.d.For(ctx).Model(m).Order("id").Pluck("id", &ids).Error; err != nil {
			f.t.Fatal(err)
		}
		if set > 0 || len(ids) == 0 {
			continue
		}
		f.addRowMaker()
		parents := f.findParents(ctx, f.rows.Target(s, column.DBName))
		for i, parent := range parents {
			var children []relay.ID
			for n := i; n < len(ids); n += len(parents) {
				children = append(children, ids[n])
			}
			if err := f.d.For(ctx).Model(m).Where("id IN ?", children).UpdateColumn(column.DBName, parent).Error; err != nil {
				f.t.Fatalf("%s.%s: %v", s.Name, column.DBName, err)
			}
		}
	}
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
		if field := s.FieldsByDBName[name]; name != "id" && field.IndirectFieldType == reflect.TypeFor[relay.ID]() {
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
	query := f.d.For(ctx).Model(model.Types.Models()[index]).Order("id DESC").Limit(filledParents)
	if err := query.Pluck("id", &ids).Error; err != nil {
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
	return row
}

func (f *filler) set(ctx context.Context, row any, field *schema.Field, id relay.ID) {
	f.t.Helper()
	if err := field.Set(ctx, reflect.ValueOf(row).Elem(), id); err != nil {
		f.t.Fatalf("%s: %v", field.DBName, err)
	}
}
