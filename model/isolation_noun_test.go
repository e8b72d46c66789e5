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
	"rowhouse/tenancy"
)

// noun is what an attack knows of a model.
type noun struct {
	name   string
	schema *schema.Schema
	key    string         // a column whose values the two tenants do not share
	change map[string]any // what both rows of acme may be changed to at once
	index  int            // its place in Types.Models
	make   *rowMaker
	sides
	generic
}

// nounOf describes a model. It fails for a model whose calls of GORM's generic interface are
// missing here.
func (h *house) nounOf(t *testing.T, m any) *noun {
	t.Helper()
	s := schemaOf(t, m)
	n := &noun{name: s.Name, schema: s, key: s.PrimaryFieldDBNames[0], change: h.rows.change(s), sides: h.sides, make: h.rows}
	n.index = slices.IndexFunc(h.rows.models, func(other any) bool { return reflect.TypeOf(other) == reflect.TypeOf(m) })
	generic, ok := map[string]generic{
		"Member":    genericOf[model.Member](),
		"Project":   genericOf[model.Project](),
		"Item":      genericOf[model.Item](),
		"Label":     genericOf[model.Label](),
		"ItemLabel": genericOf[model.ItemLabel](),
		"Comment":   genericOf[model.Comment](),
	}[s.Name]
	if !ok {
		t.Fatalf("add %q: genericOf[model.%[1]s]() to nounOf", s.Name)
	}
	n.generic = generic
	return n
}

// rows returns a place for many rows, and row for one.
func (n *noun) rows() any { return n.schema.MakeSlice().Interface() }
func (n *noun) row() any  { return reflect.New(n.schema.ModelType).Interface() }

// ours is a row of acme, theirs the same of globex, fresh and other are rows that acme
// does not have yet, and taken is another with the id of globex's.
func (n *noun) ours() any   { return n.make.row(n.index, n.acmeID, 1, 1, acmeMark, acmeMark) }
func (n *noun) theirs() any { return n.make.row(n.index, n.globexID, 1, 1, globexMark, globexMark) }
func (n *noun) fresh() any  { return n.make.row(n.index, 0, 3, 1, acmeMark, acmeMark) }
func (n *noun) other() any  { return n.make.row(n.index, 0, 4, 2, acmeMark, acmeMark) }
func (n *noun) taken() any  { return n.make.row(n.index, 0, 1, 2, globexMark, acmeMark) }

// of gives a row to a tenant.
func (n *noun) of(tenant tenancy.ID, row any) any { return n.with(row, "tenant_id", tenant) }

func (n *noun) with(row any, column string, value any) any {
	if err := n.schema.FieldsByDBName[column].Set(context.Background(), reflect.ValueOf(row).Elem(), value); err != nil {
		panic(err)
	}
	return row
}

func (n *noun) changed(row any) any {
	for column, value := range n.change {
		n.with(row, column, value)
	}
	return row
}

// value is what a row has in the key column.
func (n *noun) value(row any) any {
	v, _ := n.schema.FieldsByDBName[n.key].ValueOf(context.Background(), reflect.ValueOf(row).Elem())
	return v
}

// slice makes a slice of rows.
func (n *noun) slice(rows ...any) any {
	all := n.schema.MakeSlice()
	for _, row := range rows {
		all.Elem().Set(reflect.Append(all.Elem(), reflect.ValueOf(row)))
	}
	return all.Interface()
}

// columns makes a map of a row, without its tenant.
func (n *noun) columns(row any) map[string]any {
	columns := map[string]any{}
	for _, c := range n.schema.DBNames {
		columns[c], _ = n.schema.FieldsByDBName[c].ValueOf(context.Background(), reflect.ValueOf(row).Elem())
	}
	delete(columns, "tenant_id")
	return columns
}

// plus copies a map and sets a column of it.
func plus(columns map[string]any, column string, value any) map[string]any {
	all := maps.Clone(columns)
	all[column] = value
	return all
}

// sql completes a text about the model: {table}, {key}, {column} and a {value} for it,
// {ours} and {theirs}, which are values of the key, {us} and {them}, the numbers of the
// tenants, and {insert}, which adds a row of {columns} and {values}.
func (n *noun) sql(text string) string {
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

// generic is what a model does through GORM's generic interface.
type generic struct {
	genericFind   func(context.Context, *gorm.DB) (any, error)
	genericRaw    func(ctx context.Context, s *gorm.DB, sql string, args ...any) (any, error)
	genericExec   func(ctx context.Context, s *gorm.DB, sql string, args ...any) error
	genericUpdate func(context.Context, *gorm.DB, string, any) error
	genericDelete func(ctx context.Context, s *gorm.DB, condition string) error
}

func genericOf[T any]() generic {
	return generic{
		func(ctx context.Context, s *gorm.DB) (any, error) {
			return gorm.G[T](s).Where("1 = 0").Or("1 = 1").Find(ctx)
		},
		func(ctx context.Context, s *gorm.DB, sql string, args ...any) (any, error) {
			return gorm.G[T](s).Raw(sql, args...).Find(ctx)
		},
		func(ctx context.Context, s *gorm.DB, sql string, args ...any) error {
			return gorm.G[T](s).Exec(ctx, sql, args...)
		},
		func(ctx context.Context, s *gorm.DB, column string, value any) error {
			_, err := gorm.G[T](s).Where("1 = 1").Update(ctx, column, value)
			return err
		},
		func(ctx context.Context, s *gorm.DB, condition string) error {
			_, err := gorm.G[T](s).Where(condition).Delete(ctx)
			return err
		},
	}
}
