package model_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// The ids and the texts of each tenant's rows begin with its mark: thirteen characters,
// which leave three of an id's sixteen.
const (
	acmeMark   = "acme-own-rows"
	globexMark = "globex-secret"
)

// house is a database in which both tenants have two rows of every model.
type house struct {
	*dbtest.Database
	inserts, deletes []string
	look             string
	acme, globex     string // their rows at the start
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{Database: dbtest.New(t)}
	var rows []any
	for n := 1; n <= 2; n++ {
		rows = append(rows, rowsOf(1, n, n, acmeMark, acmeMark)...)
		rows = append(rows, rowsOf(2, n, n, globexMark, globexMark)...)
	}
	for _, row := range rows {
		h.inserts = append(h.inserts, insertOf(t, row))
	}
	var arms []string
	for _, m := range model.All() {
		s := schemaOf(t, m)
		h.deletes = append(h.deletes, "DELETE FROM "+s.Table)
		columns := "HEX(`" + strings.Join(s.DBNames, "`), '-'), COALESCE(HEX(`") + "`), '-')"
		arms = append(arms, "SELECT tenant_id, CONCAT_WS(' ', '"+s.Table+"', COALESCE("+columns+") FROM "+s.Table)
	}
	arms = append(arms, "SELECT id, CONCAT_WS(' ', 'tenants', id, slug, name, created_at) FROM tenants")
	h.look = strings.Join(arms, " UNION ALL ")
	h.restore(t)
	h.acme, h.globex = h.state(t)
	h.Reset()
	return h
}

// rowsOf returns a row of every model: the nth of a tenant, below the parents of
// another number. The mark of the ids may be another's than that of the parents.
func rowsOf(tenant tenancy.ID, n, parents int, mark, parentsMark string) []any {
	id := func(mark string, kind, n int) (id model.ID) {
		copy(id[:], fmt.Sprintf("%s-%d%d", mark, kind, n))
		return id
	}
	label := n
	if n > 2 {
		label = 3 - parents // a link that is not there yet
	}
	text := fmt.Sprintf("%s-%d%d", parentsMark, n, parents)
	key := "W" + string(rune('A'+n)) + string(rune('A'+parents))
	at := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	return []any{
		&model.Member{TenantID: tenant, ID: id(mark, 1, n), Name: text, Email: text + "@example.org", Role: model.MemberRoleOwner},
		&model.Project{TenantID: tenant, ID: id(mark, 2, n), Key: key, Name: text, Description: &text, LastNumber: 9},
		&model.Item{
			TenantID: tenant, ID: id(mark, 3, n), ProjectID: id(parentsMark, 2, parents), Number: n, Key: key + "-1", Name: text,
			Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow, Version: 1, CreatedAt: at, UpdatedAt: at,
		},
		&model.Label{TenantID: tenant, ID: id(mark, 4, n), Name: text, Color: "#a1b2c3"},
		&model.ItemLabel{TenantID: tenant, ItemID: id(parentsMark, 3, parents), LabelID: id(parentsMark, 4, label)},
		&model.Comment{TenantID: tenant, ID: id(mark, 5, n), ItemID: id(parentsMark, 3, parents), Body: text, CreatedAt: at},
	}
}

// state returns the rows of both tenants, as text, past every fence.
func (h *house) state(t *testing.T) (acme, globex string) {
	t.Helper()
	rows, err := h.SQL.QueryContext(t.Context(), h.look)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	byTenant := map[int][]string{}
	for rows.Next() {
		var tenant int
		var row string
		if err := rows.Scan(&tenant, &row); err != nil {
			t.Fatal(err)
		}
		byTenant[tenant] = append(byTenant[tenant], row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(byTenant) != 2 {
		t.Errorf("there are %d tenants with rows", len(byTenant))
	}
	slices.Sort(byTenant[1])
	slices.Sort(byTenant[2])
	return strings.Join(byTenant[1], "\n"), strings.Join(byTenant[2], "\n")
}

// difference returns the rows that only one of two states has.
func difference(before, after string) string {
	var b strings.Builder
	was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
	for _, row := range was {
		if !slices.Contains(is, row) {
			b.WriteString("- " + row + "\n")
		}
	}
	for _, row := range is {
		if !slices.Contains(was, row) {
			b.WriteString("+ " + row + "\n")
		}
	}
	return b.String()
}

// restore puts the rows of both tenants back.
func (h *house) restore(t *testing.T) {
	t.Helper()
	tx, err := h.SQL.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	statements := slices.Concat([]string{"SET foreign_key_checks = 0"}, h.deletes, h.inserts, []string{"SET foreign_key_checks = 1"})
	for _, s := range statements {
		if _, err := tx.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// insertOf returns the statement that stores a row, written without GORM.
func insertOf(t *testing.T, row any) string {
	t.Helper()
	s := schemaOf(t, row)
	values := make([]string, len(s.DBNames))
	for i, column := range s.DBNames {
		value, _ := s.FieldsByDBName[column].ValueOf(t.Context(), reflect.ValueOf(row).Elem())
		values[i] = literal(value)
	}
	return "INSERT INTO " + s.Table + " (`" + strings.Join(s.DBNames, "`, `") + "`) VALUES (" + strings.Join(values, ", ") + ")"
}

// literal writes a value into SQL.
func literal(value any) string {
	v := reflect.ValueOf(value)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "NULL"
		}
		return literal(v.Elem().Interface())
	}
	switch v := value.(type) {
	case model.ID:
		return fmt.Sprintf("X'%x'", v[:])
	case time.Time:
		return v.Format("'2006-01-02 15:04:05'")
	default:
		return fmt.Sprintf("'%v'", v)
	}
}

var schemas sync.Map

func schemaOf(t *testing.T, m any) *schema.Schema {
	t.Helper()
	s, err := schema.Parse(m, &schemas, schema.NamingStrategy{IdentifierMaxLength: 64})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// noun is what an attack knows of a model.
type noun struct {
	name   string
	schema *schema.Schema
	key    string         // a column whose values the two tenants do not share
	change map[string]any // what both rows of acme may be changed to at once
	index  int            // its place in rowsOf
	generic
}

// nounOf fails for a model that has no rows here: a new one must be attacked as well.
func nounOf(t *testing.T, m any) *noun {
	t.Helper()
	s := schemaOf(t, m)
	n := &noun{name: s.Name, schema: s, key: s.PrimaryFieldDBNames[0]}
	n.index = slices.IndexFunc(rowsOf(1, 1, 1, acmeMark, acmeMark), func(row any) bool {
		return reflect.TypeOf(row) == reflect.TypeOf(m)
	})
	if n.index < 0 {
		t.Fatalf("rowsOf has no row of %s to attack: add one", s.Name)
	}
	attacked, ok := map[string]struct {
		generic
		change map[string]any
	}{
		"Member":    {genericOf[model.Member](), map[string]any{"name": "changed"}},
		"Project":   {genericOf[model.Project](), map[string]any{"name": "changed"}},
		"Item":      {genericOf[model.Item](), map[string]any{"name": "changed"}},
		"Label":     {genericOf[model.Label](), map[string]any{"color": "#000000"}},
		"ItemLabel": {genericOf[model.ItemLabel](), map[string]any{"label_id": rowsOf(1, 2, 2, acmeMark, acmeMark)[3].(*model.Label).ID}},
		"Comment":   {genericOf[model.Comment](), map[string]any{"body": "changed"}},
	}[s.Name]
	if !ok {
		t.Fatalf("nounOf does not say how %s is attacked", s.Name)
	}
	n.generic, n.change = attacked.generic, attacked.change
	return n
}

// rows returns a place for many rows, and row for one.
func (n *noun) rows() any { return n.schema.MakeSlice().Interface() }
func (n *noun) row() any  { return reflect.New(n.schema.ModelType).Interface() }

// ours is a row of acme, theirs the same of globex, fresh and other are rows that acme
// does not have yet, and taken is another with the id of globex's.
func (n *noun) ours() any   { return rowsOf(1, 1, 1, acmeMark, acmeMark)[n.index] }
func (n *noun) theirs() any { return rowsOf(2, 1, 1, globexMark, globexMark)[n.index] }
func (n *noun) fresh() any  { return rowsOf(0, 3, 1, acmeMark, acmeMark)[n.index] }
func (n *noun) other() any  { return rowsOf(0, 4, 2, acmeMark, acmeMark)[n.index] }
func (n *noun) taken() any  { return rowsOf(0, 1, 2, globexMark, acmeMark)[n.index] }

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

// generic is what a model does through GORM's generic interface.
type generic struct {
	genericFind, genericRaw func(context.Context, *gorm.DB) (any, error)
	genericUpdate           func(context.Context, *gorm.DB, string, any) error
	genericDelete           func(ctx context.Context, s *gorm.DB, condition string) error
}

func genericOf[T any]() generic {
	return generic{
		func(ctx context.Context, s *gorm.DB) (any, error) {
			return gorm.G[T](s).Where("1 = 0").Or("1 = 1").Find(ctx)
		},
		func(ctx context.Context, s *gorm.DB) (any, error) {
			return gorm.G[T](s).Raw("SELECT * FROM items").Find(ctx)
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
