package model_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm/schema"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// The ids and strings of each tenant's rows begin with its mark of thirteen characters. Three
// further bytes complete an id.
const (
	acmeMark   = "acme-own-rows"
	globexMark = "globex-secret"
)

// sides are the ids of the two tenants.
type sides struct{ acmeID, globexID tenancy.ID }

// house is a database with two rows of every model for each tenant.
type house struct {
	*dbtest.Database
	sides
	rows             *dbtest.RowMaker
	inserts, deletes []string
	look             string
	acme, globex     string // their rows at the start
}

func newHouse(t *testing.T) *house {
	t.Helper()
	return newHouseOf(t, dbtest.New(t), sides{acmeID, globexID})
}

// newOtherHouse exchanges the tenants: the attacker acme has the id and the context of globex, and
// globex those of acme. The marks of their rows stay.
func newOtherHouse(t *testing.T) *house {
	t.Helper()
	d := dbtest.New(t)
	d.Acme, d.Globex = d.Globex, d.Acme
	return newHouseOf(t, d, sides{globexID, acmeID})
}

func newHouseOf(t *testing.T, d *dbtest.Database, sides sides) *house {
	t.Helper()
	h := &house{Database: d, sides: sides}
	h.rows = dbtest.NewRowMaker(t, d)
	for i, m := range model.Types.Models() {
		h.inserts = append(h.inserts, insertOf(schemaOf(t, m),
			h.rows.Row(i, h.acmeID, 1, 1, acmeMark, acmeMark), h.rows.Row(i, h.acmeID, 2, 2, acmeMark, acmeMark),
			h.rows.Row(i, h.globexID, 1, 1, globexMark, globexMark), h.rows.Row(i, h.globexID, 2, 2, globexMark, globexMark)))
	}
	var arms []string
	for _, m := range model.Types.Models() {
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

// state returns the rows of both tenants as strings, over an unguarded connection.
func (h *house) state(t *testing.T) (acme, globex string) {
	t.Helper()
	rows, err := h.SQL.QueryContext(t.Context(), h.look)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	byTenant := map[tenancy.ID][]string{}
	for rows.Next() {
		var tenant tenancy.ID
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
	for _, rows := range byTenant {
		slices.Sort(rows)
	}
	return strings.Join(byTenant[h.acmeID], "\n"), strings.Join(byTenant[h.globexID], "\n")
}

// difference returns the rows of only one of two states.
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
	conn, err := h.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The connection is not used again: Vitess ignores a SET back to the old value.
	defer func() { _ = conn.Raw(func(any) error { return driver.ErrBadConn }) }()
	statements := slices.Concat([]string{"SET foreign_key_checks = 0", "BEGIN"}, h.deletes, h.inserts, []string{"COMMIT"})
	for _, s := range statements {
		if _, err := conn.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
}

// insertOf returns the statement that stores rows, written without GORM.
func insertOf(s *schema.Schema, rows ...any) string {
	tuples := make([]string, len(rows))
	for i, row := range rows {
		values := make([]string, len(s.DBNames))
		for j, column := range s.DBNames {
			value, _ := s.FieldsByDBName[column].ValueOf(context.Background(), reflect.ValueOf(row).Elem())
			values[j] = literal(value)
		}
		tuples[i] = "(" + strings.Join(values, ", ") + ")"
	}
	return "INSERT INTO " + s.Table + " (`" + strings.Join(s.DBNames, "`, `") + "`) VALUES " + strings.Join(tuples, ", ")
}

// literal returns a value as SQL.
func literal(value any) string {
	v := reflect.ValueOf(value)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "NULL"
		}
		return literal(v.Elem().Interface())
	}
	if valuer, ok := value.(driver.Valuer); ok {
		value, _ = valuer.Value() // the models' own values can all be stored
	}
	switch v := value.(type) {
	case nil:
		return "NULL"
	case []byte:
		return fmt.Sprintf("X'%x'", v)
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	case int64:
		return strconv.FormatInt(v, 10)
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

// isSecret reports whether a result has a string, an id or the tenant of globex.
func (s sides) isSecret(found any) bool { return found != nil && s.hasSecret(reflect.ValueOf(found)) }

func (s sides) hasSecret(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && s.hasSecret(v.Elem())
	case reflect.String:
		return strings.Contains(v.String(), globexMark)
	case reflect.Slice, reflect.Array:
		if id, ok := reflect.TypeAssert[relay.ID](v); ok {
			return strings.HasPrefix(string(id[:]), globexMark)
		}
		if v.Type().Elem().Kind() == reflect.Uint8 && v.Kind() == reflect.Slice {
			return strings.Contains(string(v.Bytes()), globexMark)
		}
		for i := range v.Len() {
			if s.hasSecret(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && s.hasSecret(v.Field(i)) {
				return true
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if s.hasSecret(v.MapIndex(key)) {
				return true
			}
		}
	case reflect.Uint32:
		return v.Type() == reflect.TypeFor[tenancy.ID]() && v.Uint() == uint64(s.globexID)
	}
	return false
}

// length returns the number of rows in a result.
func length(found any) int {
	switch v := reflect.Indirect(reflect.ValueOf(found)); v.Kind() {
	case reflect.Slice:
		return v.Len()
	case reflect.Int, reflect.Int64:
		return int(v.Int())
	case reflect.Struct:
		return 1
	default:
		return 0
	}
}
