package model_test

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// target is a model under attack.
type target struct {
	name   string
	schema *schema.Schema
	key    string         // a column with different values in the two tenants
	change map[string]any // new values for both rows of acme
	index  int            // its place in Types.Models
	make   *dbtest.RowMaker
	sides
	generic
}

// targetOf describes a model.
func (h *house) targetOf(t *testing.T, m any) *target {
	t.Helper()
	s := schemaOf(t, m)
	n := &target{name: s.Name, schema: s, key: s.PrimaryFieldDBNames[0], change: h.rows.Change(s, acmeMark), sides: h.sides, make: h.rows}
	n.index = slices.IndexFunc(model.Types.Models(), func(other any) bool { return reflect.TypeOf(other) == reflect.TypeOf(m) })
	n.generic = genericOf[map[string]any](func(s *gorm.DB) gorm.CreateInterface[map[string]any] {
		return gorm.G[map[string]any](s).Table(n.schema.Table)
	})
	if _, ok := m.(*model.Item); ok { // Go can't instantiate gorm.G for each model, so one stands for all
		n.generic = genericOf[model.Item](func(s *gorm.DB) gorm.CreateInterface[model.Item] { return gorm.G[model.Item](s) })
	}
	return n
}

// rows returns an empty slice of rows, and row an empty row.
func (n *target) rows() any { return n.schema.MakeSlice().Interface() }
func (n *target) row() any  { return reflect.New(n.schema.ModelType).Interface() }

// ours is a row of acme, and theirs of globex. Acme does not have the rows fresh and other yet.
// taken is a new row with the id of globex's.
func (n *target) ours() any { return n.make.Row(n.index, n.acmeID, 1, 1, acmeMark, acmeMark) }

func (n *target) theirs() any { return n.make.Row(n.index, n.globexID, 1, 1, globexMark, globexMark) }
func (n *target) fresh() any  { return n.make.Row(n.index, 0, 3, 1, acmeMark, acmeMark) }
func (n *target) other() any  { return n.make.Row(n.index, 0, 4, 2, acmeMark, acmeMark) }
func (n *target) taken() any  { return n.make.Row(n.index, 0, 1, 2, globexMark, acmeMark) }

// of sets the tenant of a row.
func (n *target) of(tenant tenancy.ID, row any) any { return n.with(row, "tenant_id", tenant) }

func (n *target) with(row any, column string, value any) any {
	if err := n.schema.FieldsByDBName[column].Set(context.Background(), reflect.ValueOf(row).Elem(), value); err != nil {
		panic(err)
	}
	return row
}

func (n *target) changed(row any) any {
	for column, value := range n.change {
		n.with(row, column, value)
	}
	return row
}

// value returns a row's value of the key column.
func (n *target) value(row any) any {
	v, _ := n.schema.FieldsByDBName[n.key].ValueOf(context.Background(), reflect.ValueOf(row).Elem())
	return v
}

// slice returns a slice of rows.
func (n *target) slice(rows ...any) any {
	all := n.schema.MakeSlice()
	for _, row := range rows {
		all.Elem().Set(reflect.Append(all.Elem(), reflect.ValueOf(row)))
	}
	return all.Interface()
}

// columns returns a row as a map, without its tenant.
func (n *target) columns(row any) map[string]any {
	columns := map[string]any{}
	for _, c := range n.schema.DBNames {
		columns[c], _ = n.schema.FieldsByDBName[c].ValueOf(context.Background(), reflect.ValueOf(row).Elem())
	}
	delete(columns, "tenant_id")
	return columns
}

// plus returns a copy of a map with another value of a column.
func plus(columns map[string]any, column string, value any) map[string]any {
	all := maps.Clone(columns)
	all[column] = value
	return all
}

// sql returns a template for the model: {table}, {key}, {column} and a {value} for it,
// {ours} and {theirs}, values of the key, {us} and {them}, the ids of the tenants, and {insert},
// which adds a row of {columns} and {values}.
func (n *target) sql(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	column := slices.Min(slices.Collect(maps.Keys(n.change)))
	insert := insertOf(n.schema, n.of(n.acmeID, n.fresh()))
	columns, values, _ := strings.Cut(strings.TrimSuffix(insert, ")"), ") VALUES (")
	_, columns, _ = strings.Cut(columns, "(")
	return strings.NewReplacer(
		"{table}", n.schema.Table, "{key}", n.key, "{column}", column, "{value}", literal(n.change[column]),
		"{ours}", literal(n.value(n.ours())), "{theirs}", literal(n.value(n.theirs())),
		"{us}", literal(n.acmeID), "{them}", literal(n.globexID),
		"{insert}", insert, "{columns}", columns, "{values}", values,
	).Replace(text)
}

// generic has calls of GORM's generic interface.
type generic struct {
	genericFind   func(context.Context, *gorm.DB) (any, error)
	genericRaw    func(ctx context.Context, s *gorm.DB, sql string, args ...any) (any, error)
	genericExec   func(ctx context.Context, s *gorm.DB, sql string, args ...any) error
	genericUpdate func(context.Context, *gorm.DB, string, any) error
	genericDelete func(ctx context.Context, s *gorm.DB, condition string) error
}

// genericOf returns the calls for rows of T, which newQuery begins.
func genericOf[T any](newQuery func(*gorm.DB) gorm.CreateInterface[T]) generic {
	return generic{
		func(ctx context.Context, s *gorm.DB) (any, error) {
			return newQuery(s).Where("1 = 0").Or("1 = 1").Find(ctx)
		},
		func(ctx context.Context, s *gorm.DB, sql string, args ...any) (any, error) {
			return gorm.G[T](s).Raw(sql, args...).Find(ctx)
		},
		func(ctx context.Context, s *gorm.DB, sql string, args ...any) error {
			return gorm.G[T](s).Exec(ctx, sql, args...)
		},
		func(ctx context.Context, s *gorm.DB, column string, value any) error {
			_, err := newQuery(s).Where("1 = 1").Update(ctx, column, value)
			return err
		},
		func(ctx context.Context, s *gorm.DB, condition string) error {
			_, err := newQuery(s).Where(condition).Delete(ctx)
			return err
		},
	}
}
