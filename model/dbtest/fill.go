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
// They refer to the newest rows of other types, five to each.
func FillEmptyTables(ctx context.Context, t testing.TB, d *Database) {
	t.Helper()
	f := &filler{t: t, d: d, done: map[int]bool{}}
	for i := range model.Types.Models() {
		f.fill(ctx, i)
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
	if f.rows == nil {
		f.rows = NewRowMaker(f.t, f.d)
	}
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
	for _, r := range references {
		if len(r.parents) > 0 { // a type that refers to itself begins with NULL
			f.set(ctx, row, r.field, r.parents[n%filledParents%len(r.parents)])
		}
		n /= filledParents
	}
	return row
}

func (f *filler) set(ctx context.Context, row any, field *schema.Field, id relay.ID) {
	f.t.Helper()
	if err := field.Set(ctx, reflect.ValueOf(row).Elem(), id); err != nil {
		f.t.Fatalf("%s: %v", field.DBName, err)
	}
}
