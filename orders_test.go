package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"rowhouse/model"
	"rowhouse/model/relay"
)

// orderedList is a connection with the orders that the API has for it.
type orderedList struct {
	// path leads to the connection, whose arguments stand for %s.
	path string
	// rows is how the database finds all of it.
	rows   string
	orders []string
}

// orderedLists are all connections that have orders.
func orderedLists(project, item string) []orderedList {
	return []orderedList{
		{"members(%s)", "members WHERE tenant_id = 1", namesOf(model.AllMemberOrder)},
		{"projects(%s)", "projects WHERE tenant_id = 1", namesOf(model.AllProjectOrder)},
		{"items(%s)", "items WHERE tenant_id = 1", namesOf(model.AllItemOrder)},
		{"labels(%s)", "labels WHERE tenant_id = 1", namesOf(model.AllLabelOrder)},
		{"comments(%s)", "comments WHERE tenant_id = 1", namesOf(model.AllCommentOrder)},
		{`project(id: "` + project + `") items(%s)`, "items WHERE tenant_id = 1 AND project_id = " + binary(project), namesOf(model.AllItemOrder)},
		{
			`item(id: "` + item + `") labels(%s)`,
			"labels WHERE tenant_id = 1 AND id IN (SELECT label_id FROM item_labels WHERE tenant_id = 1 AND item_id = " + binary(item) + ")", namesOf(model.AllLabelOrder),
		},
		{`item(id: "` + item + `") comments(%s)`, "comments WHERE tenant_id = 1 AND item_id = " + binary(item), namesOf(model.AllCommentOrder)},
	}
}

func namesOf[E ~string](all []E) (names []string) {
	for _, e := range all {
		names = append(names, string(e))
	}
	return names
}

// binary is a global id in SQL.
func binary(global string) string {
	text, _ := base64.RawURLEncoding.DecodeString(global)
	_, id, _ := strings.Cut(string(text), ":")
	return fmt.Sprintf("x'%x'", [16]byte(uuid.MustParse(id)))
}

// TestEveryOrderPagesBothWays reads each connection in each order in pages, from its
// beginning and from its end, among equal values and NULLs, and holds what comes
// against the database's own order.
func TestEveryOrderPagesBothWays(t *testing.T) {
	s, project, item := shuffled(t)
	for _, list := range orderedLists(project, item) {
		for _, order := range list.orders {
			t.Run(list.rows+" "+order, func(t *testing.T) {
				want := s.ids(t, "SELECT id FROM "+list.rows+" ORDER BY "+orderBy(order))
				if len(want) < 3 {
					t.Fatalf("only %d rows", len(want))
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

// orderBy is an order of the API in SQL.
func orderBy(order string) string {
	order, last := strings.CutSuffix(order, "_NULLS_LAST")
	order, first := strings.CutSuffix(order, "_NULLS_FIRST")
	at := strings.LastIndex(order, "_")
	column, direction := strings.ToLower(order[:at]), order[at+1:]
	by := "`" + column + "` " + direction
	switch {
	case column == "created_at": // ids tell it
		by = "id " + direction
	case column == "status":
		by = "FIELD(status, 'BACKLOG', 'TODO', 'IN_PROGRESS', 'DONE', 'CANCELED') " + direction
	case column == "role":
		by = "FIELD(role, 'OWNER', 'ADMIN', 'MEMBER', 'VIEWER') " + direction
	case last:
		by = column + " IS NULL, " + by
	case first:
		by = column + " IS NOT NULL, " + by
	}
	return by + ", id " + direction
}

// TestACursorBelongsToItsOrder offers each order the cursors of all others.
func TestACursorBelongsToItsOrder(t *testing.T) {
	s, project, item := shuffled(t)
	for _, list := range orderedLists(project, item) {
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
// of them equal or NULL.
func shuffled(t *testing.T) (s *testServer, project, item string) {
	t.Helper()
	s = newTestServer(t)
	item = string(fill(s.Acme, t, s, "acme"))
	fill(s.Globex, t, s, "globex")
	var found struct {
		Item struct{ Project struct{ ID string } }
	}
	s.query(t, "acme", fmt.Sprintf(`{ item(id: %q) { project { id } } }`, item), &found)
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same in each run
	for _, table := range []string{"items", "projects", "members", "labels"} {
		for n, id := range s.ids(t, "SELECT id FROM "+table+" WHERE tenant_id = 1") {
			set := fmt.Sprintf("name = '%c name'", "aÁbB"[r.IntN(3)])
			switch table {
			case "labels":
				set += fmt.Sprintf(", color = '#00000%d'", r.IntN(2))
			case "members":
				set += ", role = '" + []string{"VIEWER", "ADMIN", "MEMBER"}[n%3] + "'"
			case "items":
				set += fmt.Sprintf(", status = '%s', priority = %d, updated_at = '2026-01-0%d', due_at = %s", model.AllItemStatus[r.IntN(5)], r.IntN(5), 1+r.IntN(3),
					[]string{"NULL", "'2026-02-01'", "'2026-02-01 00:00:00.000001'", "'2026-03-01'"}[r.IntN(4)])
			}
			if _, err := s.SQL.ExecContext(t.Context(), "UPDATE "+table+" SET "+set+" WHERE tenant_id = 1 AND id = x'"+id+"'"); err != nil {
				t.Fatal(err)
			}
		}
	}
	link := "INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id) SELECT 1, " + binary(item) + ", id FROM labels WHERE tenant_id = 1"
	if _, err := s.SQL.ExecContext(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	return s, found.Item.Project.ID, item
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
	s.query(t, "acme", "{ "+nested(fmt.Sprintf(path, arguments), "nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }")+" }", &found)
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
