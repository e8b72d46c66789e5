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

	"rowhouse/model"
	"rowhouse/model/relay"
)

// orderedList is a connection with the orders that the API has for it.
type orderedList struct {
	// path leads to the connection, with %s for its arguments.
	path string
	// rows is SQL for all rows of the connection, after FROM.
	rows   string
	orders []string
}

// orderedLists are all connections that have orders: of each type, and of each relation of the
// rows in ids, by their types.
func orderedLists(ids map[string]string) (lists []orderedList) {
	for _, t := range model.Types.All() {
		table := t.Schema().Table
		lists = append(lists, orderedList{columnField(table) + "(%s)", table + " WHERE tenant_id = 1", t.Orders()})
		for _, r := range t.Relations() {
			if id, ok := ids[t.Name()]; ok && r.Many {
				path := fmt.Sprintf("%s(id: %q) %s(%%s)", lowerFirst(t.Name()), id, r.Name)
				lists = append(lists, orderedList{path, relatedRows(r) + binary(id) + ")", model.Types.ByName(r.Target).Orders()})
			}
		}
	}
	return lists
}

// relatedRows returns SQL for the rows of a relation, whose end is the id of the parent and a
// bracket.
func relatedRows(r relay.Relation) string {
	target := model.Types.ByName(r.Target).Schema().Table
	if r.Link == nil {
		return target + " WHERE tenant_id = 1 AND (" + r.Column + " = "
	}
	s, err := gormschema.Parse(r.Link, &sync.Map{}, gormschema.NamingStrategy{})
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%s WHERE tenant_id = 1 AND id IN (SELECT %s FROM %s WHERE tenant_id = 1 AND %s = ",
		target, r.TargetColumn, s.Table, r.Column)
}

func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// columnField returns a name in SQL as a field's name in the API: item_labels is itemLabels.
func columnField(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// binary is a global id in SQL.
func binary(global string) string {
	text, _ := base64.RawURLEncoding.DecodeString(global)
	_, id, _ := strings.Cut(string(text), ":")
	return fmt.Sprintf("x'%x'", [16]byte(uuid.MustParse(id)))
}

// TestOrdersPageForwardsAndBackwards reads each connection in each order in pages, from its
// beginning and from its end, among equal values and NULLs, and compares the rows with the
// database's own order.
func TestOrdersPageForwardsAndBackwards(t *testing.T) {
	s, ids := shuffled(t)
	for _, list := range orderedLists(ids) {
		for _, order := range list.orders {
			t.Run(list.rows+" "+order, func(t *testing.T) {
				want := s.ids(t, "SELECT id FROM "+list.rows+" ORDER BY "+orderBy(list.rows, order))
				if len(want) < 3 {
					t.Fatalf("only %d rows: create more in fill of statements_test.go", len(want))
				}
				if got := s.pages(t, list.path, "first", "after", order); !slices.Equal(got, want) {
					t.Errorf("forwards:\n%v, want\n%v", got, want)
				}
				slices.Reverse(want)
				got := s.pages(t, list.path, "last", "before", order)
				if !slices.Equal(got, want) {
					t.Errorf("backwards:\n%v, want\n%v", got, want)
				}
			})
		}
	}
}

// orderBy is an order of the API in SQL, for rows that begin with the name of their table.
func orderBy(rows, order string) string {
	order, last := strings.CutSuffix(order, "_NULLS_LAST")
	order, first := strings.CutSuffix(order, "_NULLS_FIRST")
	at := strings.LastIndex(order, "_")
	column, direction := strings.ToLower(order[:at]), order[at+1:]
	by := "`" + column + "` " + direction
	switch enum := storedEnum(rows, column); {
	case column == "created_at": // ids are ordered by it
		by = "id " + direction
	case enum != nil:
		by = "FIELD(" + column + ", '" + strings.Join(enum, "', '") + "') " + direction
	case last:
		by = column + " IS NULL, " + by
	case first:
		by = column + " IS NOT NULL, " + by
	}
	return by + ", id " + direction
}

// storedEnum returns the values of an enum whose column stores names, or nil.
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

// TestCursorsOfOtherOrdersAreRejected passes each order the cursors of all others.
func TestCursorsOfOtherOrdersAreRejected(t *testing.T) {
	s, ids := shuffled(t)
	for _, list := range orderedLists(ids) {
		for _, from := range list.orders {
			cursor := s.page(t, list.path, "first: 1, orderBy: "+from).PageInfo.EndCursor
			for _, to := range list.orders {
				query := "{ " + nested(fmt.Sprintf(list.path, fmt.Sprintf("after: %q, orderBy: %s", cursor, to)), "pageInfo { hasNextPage }") + " }"
				_, answer := s.ask(t, "acme", query)
				if refused := strings.Contains(answer, "after is not a cursor of this connection in this order"); refused != (from != to) {
					t.Errorf("%s, a cursor of %s: %s", query, from, answer)
				}
			}
		}
	}
}

// shuffled returns a server whose rows have values in other orders than their ids, many
// of them equal or NULL, and the ids of an item and its project with several rows of each
// relation, by type.
func shuffled(t *testing.T) (s *testServer, ids map[string]string) {
	t.Helper()
	s = newTestServer(t)
	item := string(fill(s.Acme, t, s, "acme"))
	fill(s.Globex, t, s, "globex")
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same in each run
	for _, of := range model.Types.All() {
		table := of.Schema().Table
		for _, id := range s.ids(t, "SELECT id FROM "+table+" WHERE tenant_id = 1") {
			for _, column := range orderedColumns(of) {
				set := fmt.Sprintf("UPDATE IGNORE %s SET `%s` = %s WHERE tenant_id = 1 AND id = x'%s'",
					table, column.DBName, randomValue(t, r, of, column), id)
				if _, err := s.SQL.ExecContext(t.Context(), set); err != nil { // IGNORE leaves unique values
					t.Fatal(err)
				}
			}
		}
	}
	link := "INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id) SELECT 1, " + binary(item) + ", id FROM labels WHERE tenant_id = 1"
	if _, err := s.SQL.ExecContext(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	return s, parentIDs(t, s, item)
}

// parentIDs returns the ids of an item, of its project, and of a row of each further type.
func parentIDs(t *testing.T, s *testServer, item string) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for _, of := range model.Types.All() {
		rows, err := of.NodePage(s.Acme, s.DB, relay.PageArgs{First: new(1)}, nil, nil)
		if err != nil || len(rows) == 0 {
			t.Fatalf("no row of %s, create some in fill of statements_test.go: %v", of.Name(), err)
		}
		ids[of.Name()] = string(rows[0].GlobalID())
	}
	var found struct {
		Item struct{ Project struct{ ID string } }
	}
	s.query(t, "acme", fmt.Sprintf(`{ item(id: %q) { project { id } } }`, item), &found)
	ids["Item"], ids["Project"] = item, found.Item.Project.ID
	return ids
}

// orderedColumns returns the columns of a type's orders, except for those whose values never change.
func orderedColumns(of relay.AnyType) (columns []*gormschema.Field) {
	for _, order := range of.Orders() {
		name := strings.ToLower(strings.TrimSuffix(order, "_ASC"))
		if f, ok := of.Schema().FieldsByDBName[name]; ok && name != "created_at" {
			columns = append(columns, f)
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
	case kind.Implements(reflect.TypeFor[driver.Valuer]()):
		return fmt.Sprint(r.IntN(len(enum)))
	case enum != nil:
		return "'" + enum[r.IntN(len(enum))] + "'"
	case column.FieldType == reflect.TypeFor[*time.Time]() && r.IntN(4) == 0:
		return "NULL"
	case kind == reflect.TypeFor[time.Time]():
		return []string{"'2026-02-01'", "'2026-02-01 00:00:00.000001'", "'2026-03-01'"}[r.IntN(3)]
	case kind == reflect.TypeFor[string]() && ascii:
		return fmt.Sprintf("'#00000%d'", r.IntN(2))
	case kind == reflect.TypeFor[string]():
		return fmt.Sprintf("'%c name'", "aAbB"[r.IntN(4)])
	case kind.Kind() == reflect.Int:
		return fmt.Sprint(1 + r.IntN(100))
	}
	t.Fatalf("%s is ordered by %s of type %s: add values of this type to randomValue", of.Name(), column.DBName, column.FieldType)
	return ""
}

// ids returns the ids that a statement finds, in hexadecimal digits.
func (s *testServer) ids(t *testing.T, query string) (ids []string) {
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

// nested puts a selection under a path of fields.
func nested(path, selection string) string {
	fields := strings.Split(path, ") ")
	for i := len(fields) - 1; i >= 0; i-- {
		selection = strings.TrimSuffix(fields[i], ")") + ") { " + selection + " }"
	}
	return selection
}

func (s *testServer) page(t *testing.T, path, arguments string) (p idPage) {
	t.Helper()
	var found map[string]json.RawMessage
	const selection = "nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
	s.query(t, "acme", "{ "+nested(fmt.Sprintf(path, arguments), selection)+" }", &found)
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

// pages reads a whole connection in pages of three, in the order that it is read.
func (s *testServer) pages(t *testing.T, path, size, from, order string) (ids []string) {
	t.Helper()
	more := size + ": 3, orderBy: " + order
	for arguments := more; ; {
		p := s.page(t, path, arguments)
		if size == "last" {
			slices.Reverse(p.Nodes)
		}
		for _, n := range p.Nodes {
			ids = append(ids, strings.Trim(binary(n.ID), "x'"))
		}
		next, cursor := p.PageInfo.HasNextPage, p.PageInfo.EndCursor
		before := p.PageInfo.HasPreviousPage
		if size == "last" {
			next, before, cursor = before, next, p.PageInfo.StartCursor
		}
		if before != (arguments != more) {
			t.Errorf("a page that begins at %q says there is one before it: %t", arguments, before)
		}
		if !next {
			return ids
		}
		arguments = fmt.Sprintf("%s, %s: %q", more, from, cursor)
	}
}
