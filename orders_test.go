package main

import (
	"database/sql/driver"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	gormschema "gorm.io/gorm/schema"

	"rowhouse/graph"
	"rowhouse/model"
	"rowhouse/model/relay"
)

// orderedList is a connection with orders.
type orderedList struct {
	path   string // the fields that lead to the connection, with %s for its arguments
	rows   string // SQL for all its rows
	orders []string
}

// findOrderedLists returns all connections with orders: of each type, and of each relation of the rows
// in ids, which are by type.
func findOrderedLists(ids map[string]string) (lists []orderedList) {
	for _, t := range model.Types.All() {
		table := t.Schema().Table
		lists = append(lists, orderedList{connectionField(t) + "(%s)", table + " WHERE tenant_id = 1", t.Orders()})
		for _, r := range t.Relations() {
			if id, ok := ids[t.Name()]; ok && r.Many && !r.One {
				path := fmt.Sprintf("%s(id: %q) %s(%%s)", lowerFirst(t.Name()), id, r.Name)
				lists = append(lists, orderedList{path, findRelatedRows(r) + formatID(id) + ")", model.Types.ByName(r.Target).Orders()})
			}
		}
	}
	return lists
}

// findRelatedRows returns SQL for the rows of a relation. The id of the parent and a bracket must follow.
func findRelatedRows(r relay.Relation) string {
	target := model.Types.ByName(r.Target).Schema().Table
	if r.Link == nil {
		return target + " WHERE tenant_id = 1 AND (" + r.Column + " = "
	}
	return fmt.Sprintf("%s WHERE tenant_id = 1 AND id IN (SELECT %s FROM %s WHERE tenant_id = 1 AND %s = ",
		target, r.TargetColumn, findLinkTable(r), r.Column)
}

// findLinkTable returns the table of a relation with links.
func findLinkTable(r relay.Relation) string {
	s, err := gormschema.Parse(r.Link, &sync.Map{}, gormschema.NamingStrategy{})
	if err != nil {
		panic(err)
	}
	return s.Table
}

// lowerFirst returns the name of a type as a field.
func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// connectionField returns the field of Query for all rows of a type.
func connectionField(of relay.AnyType) string {
	for _, f := range graph.NewExecutableSchema(graph.Config{}).Schema().Query.Fields {
		if f.Type.Name() == of.Name()+"Connection" {
			return f.Name
		}
	}
	panic("Query has no connection of " + of.Name())
}

// formatID returns the UUID of a global id as SQL.
func formatID(global string) string {
	text, _ := base64.RawURLEncoding.DecodeString(global)
	_, id, _ := strings.Cut(string(text), ":")
	return fmt.Sprintf("x'%x'", [16]byte(uuid.MustParse(id)))
}

// TestEachOrderPagesInBothDirections reads all pages of each connection in each order, forwards and
// backwards, with equal values and NULLs, and compares them with the order of the database.
func TestEachOrderPagesInBothDirections(t *testing.T) {
	s, ids := newShuffledServer(t)
	for _, list := range findOrderedLists(ids) {
		for _, order := range list.orders {
			t.Run(list.rows+" "+order, func(t *testing.T) {
				want := s.readIDs(t, "SELECT id FROM "+list.rows+" ORDER BY "+formatOrder(list.rows, order))
				if len(want) < 3 {
					t.Fatalf("only %d rows: create more in fillTenant of statements_test.go", len(want))
				}
				if got := s.readPages(t, list.path, "first", "after", order); !slices.Equal(got, want) {
					t.Errorf("forwards:\n%v, want\n%v", got, want)
				}
				slices.Reverse(want)
				if got := s.readPages(t, list.path, "last", "before", order); !slices.Equal(got, want) {
					t.Errorf("backwards:\n%v, want\n%v", got, want)
				}
			})
		}
	}
}

// formatOrder returns an order of the API as SQL. The rows begin with the name of their table.
func formatOrder(rows, order string) string {
	order, last := strings.CutSuffix(order, "_NULLS_LAST")
	order, first := strings.CutSuffix(order, "_NULLS_FIRST")
	at := strings.LastIndex(order, "_")
	name, direction := order[:at], order[at+1:]
	if name == "CREATED_AT" { // ids have this order
		return "id " + direction
	}
	var keys []string
	for _, key := range sortKeys(rows, name) {
		by := key + " " + direction
		switch {
		case last:
			by = key + " IS NULL, " + by
		case first:
			by = key + " IS NOT NULL, " + by
		}
		keys = append(keys, by)
	}
	return strings.Join(keys, ", ") + ", id " + direction
}

// sortKeys returns the values of an order as SQL. Orders by several fields or by a related row have several.
func sortKeys(rows, order string) (keys []string) {
	table, _, _ := strings.Cut(rows, " ")
	for _, t := range model.Types.All() {
		for _, o := range t.OrdersBy() {
			if t.Schema().Table != table || o.Name != order {
				continue
			}
			for _, field := range o.Fields {
				keys = append(keys, fieldKey(t, field))
			}
			return keys
		}
	}
	return []string{columnKey(table, strings.ToLower(order))}
}

// fieldKey returns a field of an order as SQL. It can be one of a related row, such as project.name.
func fieldKey(t relay.AnyType, field string) string {
	name, related, ok := strings.Cut(field, ".")
	if !ok {
		i := slices.IndexFunc(t.Fields(), func(f relay.Field) bool { return f.Name == field || f.Name == field+"Id" })
		return columnKey(t.Schema().Table, t.Fields()[i].Column)
	}
	i := slices.IndexFunc(t.Relations(), func(r relay.Relation) bool { return r.Name == name })
	r := t.Relations()[i]
	target := model.Types.ByName(r.Target)
	return fmt.Sprintf("(SELECT %s FROM %s AS related WHERE related.tenant_id = 1 AND related.id = %s.%s)",
		fieldKey(target, related), target.Schema().Table, t.Schema().Table, r.Column)
}

// columnKey returns a column as SQL that has the order of the API.
func columnKey(table, column string) string {
	if enum := storedEnum(table, column); enum != nil {
		return "NULLIF(FIELD(" + column + ", '" + strings.Join(enum, "', '") + "'), 0)" // NULL has no place
	}
	return "`" + column + "`"
}

// storedEnum returns the values of an enum if its column stores their names, or nil.
func storedEnum(rows, column string) []string {
	table, _, _ := strings.Cut(rows, " ")
	for _, t := range model.Types.All() {
		f, ok := t.Schema().FieldsByDBName[column]
		if ok && t.Schema().Table == table && !f.IndirectFieldType.Implements(reflect.TypeFor[driver.Valuer]()) {
			return t.EnumValues(f.IndirectFieldType)
		}
	}
	return nil
}

// TestCursorIsRefusedInAnotherOrder uses the cursors of each order in each other order.
func TestCursorIsRefusedInAnotherOrder(t *testing.T) {
	s, ids := newShuffledServer(t)
	for _, list := range findOrderedLists(ids) {
		for _, from := range list.orders {
			cursor := s.readPage(t, list.path, "first: 1, orderBy: "+from).PageInfo.EndCursor
			for _, to := range list.orders {
				path := fmt.Sprintf(list.path, fmt.Sprintf("after: %q, orderBy: %s", cursor, to))
				query := "{ " + nestSelection(path, "pageInfo { hasNextPage }") + " }"
				_, response := s.post(t, "acme", query)
				refused := strings.Contains(response, "after is not a cursor of this connection in this order")
				if refused != (from != to) {
					t.Errorf("%s, a cursor of %s: %s", query, from, response)
				}
			}
		}
	}
}

// newShuffledServer returns a server with random values in its rows, many of them equal or NULL, and
// the ids of an item and its project by type. Both have several rows of each relation.
func newShuffledServer(t *testing.T) (s *testServer, ids map[string]string) {
	t.Helper()
	s = newTestServer(t)
	item := string(fillTenant(s.Acme, t, s, "acme"))
	fillTenant(s.Globex, t, s, "globex")
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same in each run
	for _, of := range model.Types.All() {
		table := of.Schema().Table
		for _, id := range s.readIDs(t, "SELECT id FROM "+table+" WHERE tenant_id = 1") {
			for _, column := range orderedColumns(of) {
				set := fmt.Sprintf("UPDATE IGNORE %s SET `%s` = %s WHERE tenant_id = 1 AND id = x'%s'",
					table, column.DBName, randomValue(t, r, of, column), id)
				if _, err := s.SQL.ExecContext(t.Context(), set); err != nil { // IGNORE skips conflicts
					t.Fatal(err)
				}
			}
		}
	}
	ids = findParentIDs(t, s, item)
	for _, of := range model.Types.All() {
		for _, r := range of.Relations() {
			if r.Link == nil {
				continue
			}
			columns, values := r.Column+", "+r.TargetColumn, formatID(ids[of.Name()])+", id"
			if isRegistered(r.Link) {
				columns, values = columns+", id", values+", id"
			}
			link := fmt.Sprintf("INSERT IGNORE INTO %s (tenant_id, %s) SELECT 1, %s FROM %s WHERE tenant_id = 1", findLinkTable(r),
				columns, values, model.Types.ByName(r.Target).Schema().Table)
			if _, err := s.SQL.ExecContext(t.Context(), link); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s, ids
}

// findParentIDs returns the ids of an item, of its project, and of a row of each further type.
func findParentIDs(t *testing.T, s *testServer, item string) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for _, of := range model.Types.All() {
		rows, err := of.NodePage(s.Acme, s.DB, relay.PageArgs{First: new(1)}, nil, nil)
		if err != nil || len(rows) == 0 {
			t.Fatalf("no row of %s, although fillTenant calls dbtest.FillEmptyTables: %v", of.Name(), err)
		}
		ids[of.Name()] = string(rows[0].GlobalID())
	}
	ids["Item"], ids["Project"] = item, s.findProject(t, item)
	return ids
}

// orderedColumns returns the columns in the orders of a type, except for created_at.
func orderedColumns(of relay.AnyType) (columns []*gormschema.Field) {
	for _, f := range of.Fields() {
		isKey := func(o relay.OrderFields) bool { return slices.Contains(o.Fields, f.Name) }
		if (f.Sortable || slices.ContainsFunc(of.OrdersBy(), isKey)) && f.Column != "created_at" {
			columns = append(columns, of.Schema().FieldsByDBName[f.Column])
		}
	}
	return columns
}

// randomValue returns one of a few values of a column, as SQL.
func randomValue(t *testing.T, r *rand.Rand, of relay.AnyType, column *gormschema.Field) string {
	t.Helper()
	enum := of.EnumValues(column.IndirectFieldType)
	ascii := column.TagSettings["CHARSET"] == "ascii"
	switch kind := column.IndirectFieldType; {
	case enum != nil && kind.Implements(reflect.TypeFor[driver.Valuer]()):
		return fmt.Sprint(r.IntN(len(enum)))
	case enum != nil:
		return "'" + enum[r.IntN(len(enum))] + "'"
	case column.FieldType.Kind() == reflect.Pointer && r.IntN(4) == 0:
		return "NULL"
	case kind == reflect.TypeFor[time.Time]():
		return []string{"'2026-02-01'", "'2026-02-01 00:00:00.000001'", "'2026-03-01'"}[r.IntN(3)]
	case kind == reflect.TypeFor[string]() && ascii:
		return fmt.Sprintf("'#00000%d'", r.IntN(2))
	case kind == reflect.TypeFor[string]():
		return fmt.Sprintf("'%c name'", "aAbB"[r.IntN(4)])
	case kind.Kind() == reflect.Int:
		return fmt.Sprint(1 + r.IntN(100))
	case kind == reflect.TypeFor[relay.Date]():
		return fmt.Sprintf("'2026-02-0%d'", 1+r.IntN(3))
	case kind == reflect.TypeFor[relay.Decimal](), kind.Kind() == reflect.Float64:
		return fmt.Sprintf("%d.5", r.IntN(3))
	case kind.Kind() == reflect.Int64, kind.Kind() == reflect.Bool:
		return fmt.Sprint(r.IntN(2))
	case kind == reflect.TypeFor[relay.UUID]():
		return fmt.Sprintf("UNHEX(MD5(%d))", r.IntN(100))
	}
	t.Fatalf("%s is ordered by %s of type %s: add values of this type to randomValue", of.Name(), column.DBName, column.FieldType)
	return ""
}

// readIDs returns the ids of a statement, in hexadecimal digits.
func (s *testServer) readIDs(t *testing.T, query string) (ids []string) {
	t.Helper()
	rows, err := s.SQL.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id relay.ID
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, fmt.Sprintf("%x", id[:]))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}

// idPage is a page of any connection.
type idPage struct {
	Nodes    []struct{ ID string }
	PageInfo struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       string
	}
}

// nestSelection puts a selection below a path of fields.
func nestSelection(path, selection string) string {
	fields := strings.Split(path, ") ")
	for i := len(fields) - 1; i >= 0; i-- {
		selection = strings.TrimSuffix(fields[i], ")") + ") { " + selection + " }"
	}
	return selection
}

// readPage reads a page of a connection.
func (s *testServer) readPage(t *testing.T, path, arguments string) (p idPage) {
	t.Helper()
	var found map[string]json.RawMessage
	const selection = "nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
	s.query(t, "acme", "{ "+nestSelection(fmt.Sprintf(path, arguments), selection)+" }", &found)
	for range strings.Count(path, ") ") + 1 {
		for _, inner := range found {
			if err := json.Unmarshal(inner, &p); err != nil {
				t.Fatal(err)
			}
			found = nil
			_ = json.Unmarshal(inner, &found)
			break
		}
	}
	return p
}

// readPages reads all pages of a connection, of three rows each, and returns the ids as they were read.
func (s *testServer) readPages(t *testing.T, path, limit, cursorArgument, order string) (ids []string) {
	t.Helper()
	more := limit + ": 3, orderBy: " + order
	for arguments := more; ; {
		p := s.readPage(t, path, arguments)
		if limit == "last" {
			slices.Reverse(p.Nodes)
		}
		for _, n := range p.Nodes {
			ids = append(ids, strings.Trim(formatID(n.ID), "x'"))
		}
		next, cursor := p.PageInfo.HasNextPage, p.PageInfo.EndCursor
		before := p.PageInfo.HasPreviousPage
		if limit == "last" {
			next, before, cursor = before, next, p.PageInfo.StartCursor
		}
		if before != (arguments != more) {
			t.Errorf("the page at %q has a previous page: %t", arguments, before)
		}
		if !next {
			return ids
		}
		arguments = fmt.Sprintf("%s, %s: %q", more, cursorArgument, cursor)
	}
}
