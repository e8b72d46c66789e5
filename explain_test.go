package main

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"rowhouse/model"
	"rowhouse/model/relay"
)

// TestEachStatementReadsAnIndexRange explains each statement of the API in a database of 40 tenants.
// The plan reads a range of an index, all of which begin with the tenant (see the tests of model), does not
// sort, and reads no whole table or index.
func TestEachStatementReadsAnIndexRange(t *testing.T) {
	s := newTestServer(t)
	item := fillTenant(s.Acme, t, s, "acme")
	copyRows(t, s, 40)
	ids := findRelated(t, s, item)
	queries := listQueries(ids)
	record := recordStatements(t, s)
	for _, list := range findOrderedLists(map[string]string{"Project": ids.project, "Item": ids.item}) {
		for _, order := range list.orders {
			p := s.readPage(t, list.path, "first: 2, orderBy: "+order)
			path := fmt.Sprintf(list.path, fmt.Sprintf("first: 2, after: %q, orderBy: %s", p.PageInfo.EndCursor, order))
			queries = append(queries, "{ "+nestSelection(path, "totalCount nodes { id }")+" }")
		}
	}
	for _, filter := range listCommonFilters(ids.project, ids.assignee) {
		queries = append(queries, "{ items(where: "+filter+") { totalCount nodes { key } } "+
			"projects { nodes { items(first: 3, where: "+filter+") { nodes { key } } } } }")
	}
	for _, query := range append(queries, listMutations(ids)...) {
		s.query(t, "acme", query, nil)
	}
	if len(*record) < 120 {
		t.Fatalf("only %d statements were recorded", len(*record))
	}
	onMySQL := s.Product(t) == "MySQL"
	for _, r := range *record {
		// Another index than that of the order may have fewer rows for a filter. They are sorted.
		sorted := filtered.MatchString(r.sql) || withoutIndex.MatchString(r.sql) || onMySQL && sortedByMySQL.MatchString(r.sql)
		result := strings.Contains(r.sql, ") ORDER BY ") // of a UNION of pages
		for _, step := range explainStatement(t, s.SQL, r) {
			if step.isSlow(sorted || result && strings.HasPrefix(step.Table, "<")) {
				t.Errorf("%s\n%+v", shortenStatements([]string{r.sql}), step)
			}
		}
	}
}

// relatedIDs are the ids of an item and of rows related to it.
type relatedIDs struct {
	item, project, assignee, label, comment string
	cursor                                  string // of the last comment
}

// findRelated returns the ids of an item and its related rows.
func findRelated(t *testing.T, s *testServer, item relay.GlobalID) relatedIDs {
	t.Helper()
	var found struct {
		Item struct {
			Project  struct{ ID string }
			Assignee struct{ ID string }
			Labels   struct{ Nodes []struct{ ID string } }
			Comments struct {
				Nodes    []struct{ ID string }
				PageInfo struct{ EndCursor string }
			}
		}
	}
	s.query(t, "acme", fmt.Sprintf(`{ item(id: %q) {
		project { id } assignee { id } labels { nodes { id } } comments { nodes { id } pageInfo { endCursor } }
	} }`, item), &found)
	i := found.Item
	return relatedIDs{
		item: string(item), project: i.Project.ID, assignee: i.Assignee.ID, label: i.Labels.Nodes[0].ID,
		comment: i.Comments.Nodes[0].ID, cursor: i.Comments.PageInfo.EndCursor,
	}
}

// listQueries returns queries without filters and orders.
func listQueries(ids relatedIDs) []string {
	return []string{
		fmt.Sprintf(pointQuery, ids.item),
		pageQuery,
		deepQuery,
		`{ items(last: 10) {
			totalCount nodes { comments { totalCount nodes { body } } labels(last: 1) { totalCount nodes { name } } }
		} }`,
		`{
			members { totalCount nodes { name } } projects(last: 2) { totalCount nodes { name } }
			labels { totalCount nodes { name } } comments { totalCount nodes { body item { key } } }
		}`,
		fmt.Sprintf(`{
			comments(first: 3, after: %q) { nodes { body } } older: items(last: 3, before: %[1]q, after: %[1]q) { nodes { key } }
		}`, ids.cursor),
		fmt.Sprintf(`{ item(id: %q) {
			comments(first: 1, after: %q) { nodes { body } } labels(last: 1, before: %[2]q) { nodes { name } }
		} }`, ids.item, ids.cursor),
		fmt.Sprintf(`{ nodes(ids: [%q, %q, %q, %q, %q]) { id } }`, ids.item, ids.project, ids.assignee, ids.label, ids.comment),
	}
}

// listMutations returns mutations, which delete the rows last.
func listMutations(ids relatedIDs) []string {
	return []string{
		fmt.Sprintf(`mutation { updateItem(input: {id: %q, name: "new"}) { item { key } } }`, ids.item),
		fmt.Sprintf(`mutation { createItem(input: {projectId: %q, name: "new"}) { item { key } } }`, ids.project),
		fmt.Sprintf(`mutation { removeItemLabel(input: {itemId: %q, labelId: %q}) { item { key } } }`, ids.item, ids.label),
		fmt.Sprintf(`mutation { deleteMember(input: {id: %q}) { deletedId } }`, ids.assignee),
		fmt.Sprintf(`mutation { deleteLabel(input: {id: %q}) { deletedId } }`, ids.label),
		fmt.Sprintf(`mutation { deleteComment(input: {id: %q}) { deletedId } }`, ids.comment),
		fmt.Sprintf(`mutation { deleteItem(input: {id: %q}) { deletedId } }`, ids.item),
	}
}

// filtered matches statements with a filter. Its conditions are in two pairs of parentheses.
var filtered = regexp.MustCompile("\\.`tenant_id` = \\? AND (`\\w+`\\.`\\w+` = \\? AND )?\\(\\(")

// withoutIndex matches orders without an index, of rare queries or short lists: the database sorts all
// rows of the list in memory. See docs/clients.md.
var withoutIndex = regexp.MustCompile("ORDER BY (FIELD\\(`(status|role)`|`color`)" +
	"|FROM `items` WHERE `items`.`tenant_id` = \\? (AND \\(number [^`]*)?ORDER BY number" +
	"|`project_id` = \\? (AND \\(`key` [<>] \\?\\) )?ORDER BY `key`" +
	"|FROM `item_labels` .* ORDER BY `(name|color)`")

// sortedByMySQL matches statements that MySQL plans differently from MariaDB. It reads the eleven items
// of a project by another index, and sorts them. An UPDATE of the index that it reads collects its
// rows first.
var sortedByMySQL = regexp.MustCompile("AND `items`.`project_id` = \\? AND \\((due_at IS NULL AND )?id < \\?\\) ORDER BY id DESC" +
	"|^UPDATE `(items|comments)` SET `(assignee|author)_id`")

// listCommonFilters returns the filters of a work tracker's front end.
func listCommonFilters(project, assignee string) []string {
	return []string{
		`{status: {eq: TODO}}`, `{status: {in: [TODO, IN_PROGRESS]}, priority: {gte: HIGH}}`,
		fmt.Sprintf(`{assigneeId: {eq: %q}}`, assignee), fmt.Sprintf(`{projectId: {eq: %q}, status: {eq: TODO}}`, project),
		`{assigneeId: {isNull: true}}`, `{key: {eq: "PA-1"}}`, `{key: {startsWith: "PA-"}}`, `{name: {contains: "cm"}}`,
		`{dueAt: {lt: "2026-12-01T00:00:00Z"}, not: {status: {in: [DONE, CANCELED]}}}`,
		`{project: {key: {eq: "PA"}}}`, `{project: {name: {contains: "cm"}}}`, `{assignee: {email: {eq: "m1@acme.example"}}}`,
		`{labels: {some: {name: {eq: "acme1"}}}}`, `{labels: {none: {}}}`, `{comments: {some: {author: {name: {eq: "acme1"}}}}}`,
		`{or: [{status: {eq: DONE}}, {priority: {eq: URGENT}}]}`,
	}
}

// TestStringFiltersReadAnIndexRange explains eq, in and startsWith, which are LIKE in SQL: they read a
// range of an index, as = does.
func TestStringFiltersReadAnIndexRange(t *testing.T) {
	s := newTestServer(t)
	fillTenant(s.Acme, t, s, "acme")
	copyRows(t, s, 40)
	for i := range 300 { // with few names, the whole index would be a range
		name := fmt.Sprint("name ", i)
		member := model.CreateMemberInput{Name: name, Email: fmt.Sprintf("n%d@acme.example", i), Role: model.MemberRoleMember}
		if _, err := model.CreateMember(s.Acme, s.DB, member); err != nil {
			t.Fatal(err)
		}
		if _, err := model.CreateLabel(s.Acme, s.DB, model.CreateLabelInput{Name: name, Color: "#000000"}); err != nil {
			t.Fatal(err)
		}
	}
	record := recordStatements(t, s)
	for _, test := range []struct{ query, key string }{
		{`{ items(where: {key: {eq: "PA-1"}}) { totalCount } }`, "items_key"},
		{`{ items(where: {key: {in: ["PA-1", "PB-2"]}}) { totalCount } }`, "items_key"},
		{`{ items(where: {key: {startsWith: "PA-1"}}) { totalCount } }`, "items_key"},
		{`{ members(where: {email: {eq: "n7@ACME.example"}}) { totalCount } }`, "members_email"},
		{`{ members(where: {name: {eq: "name 7"}}) { totalCount } }`, "members_name"},
		{`{ members(where: {name: {in: ["name 7", "näme 8"]}}) { totalCount } }`, "members_name"},
		{`{ labels(where: {name: {startsWith: "NAME 29"}}) { totalCount } }`, "labels_name"},
	} {
		*record = nil
		s.query(t, "acme", test.query, nil)
		for _, r := range *record {
			steps := explainStatement(t, s.SQL, r)
			if len(steps) != 1 || steps[0].Type != "range" || steps[0].Key != test.key {
				t.Errorf("%s: %+v, want a range of %s", test.query, steps, test.key)
			}
		}
		if len(*record) != 1 {
			t.Errorf("%s: %d statements", test.query, len(*record))
		}
	}
}

// statement is a statement of GORM with its arguments.
type statement struct {
	sql  string
	args []any
}

// recordStatements collects the statements that GORM runs from now on.
func recordStatements(t *testing.T, s *testServer) *[]statement {
	t.Helper()
	var all []statement
	var mu sync.Mutex
	record := func(db *gorm.DB) {
		if !db.DryRun {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, statement{db.Statement.SQL.String(), db.Statement.Vars})
		}
	}
	callbacks := s.For(s.Acme).Callback()
	for _, err := range []error{
		callbacks.Query().After("gorm:query").Register("test:record", record),
		callbacks.Row().After("gorm:row").Register("test:record", record),
		callbacks.Update().After("gorm:update").Register("test:record", record),
		callbacks.Delete().After("gorm:delete").Register("test:record", record),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return &all
}

// step is a line of a plan.
type step struct{ Table, Type, Key, Extra string }

// isSlow reports whether a step reads more than a range of an index, or sorts.
func (s step) isSlow(maySort bool) bool {
	if maySort {
		s.Extra = ""
	}
	if strings.HasPrefix(s.Table, "<") || s.Table == "" { // the result of a UNION, or no table
		return strings.Contains(s.Extra, "filesort")
	}
	return s.Key == "" || s.Type == "ALL" || s.Type == "index" ||
		strings.Contains(s.Extra, "filesort") || strings.Contains(s.Extra, "temporary")
}

// explainStatement returns the plan of a statement.
func explainStatement(t *testing.T, db *sql.DB, s statement) (steps []step) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN FORMAT=TRADITIONAL "+s.sql, s.args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.sql)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil || len(columns) < 10 { // the default format of MySQL has one column
		t.Fatal(columns, err)
	}
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		pointers := make([]any, len(columns))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			t.Fatal(err)
		}
		byName := map[string]string{}
		for i, name := range columns {
			byName[strings.ToLower(name)] = values[i].String
		}
		steps = append(steps, step{byName["table"], byName["type"], byName["key"], byName["extra"]})
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// copyRows copies the rows of tenant 1 to the tenants 3 to n. Ids are unique in a tenant only.
func copyRows(t *testing.T, s *testServer, n int) {
	t.Helper()
	tables := []string{"members", "projects", "items", "labels", "item_labels", "comments"}
	exec := func(query string) {
		t.Helper()
		if _, err := s.SQL.ExecContext(context.WithoutCancel(t.Context()), query); err != nil {
			t.Fatalf("%v\n%s", err, query)
		}
	}
	for _, table := range tables {
		var columns string
		err := s.SQL.QueryRowContext(t.Context(), `SELECT GROUP_CONCAT('`+"`', column_name, '`"+`' ORDER BY ordinal_position)
			FROM information_schema.columns
			WHERE table_schema = DATABASE() AND table_name = ? AND column_name <> 'tenant_id'`, table).Scan(&columns)
		if err != nil {
			t.Fatal(err)
		}
		for tenant := 3; tenant <= n; tenant++ {
			exec(fmt.Sprintf("INSERT INTO %s (tenant_id, %s) SELECT %d, %[2]s FROM %[1]s WHERE tenant_id = 1", table, columns, tenant))
		}
		exec("ANALYZE TABLE " + table)
	}
	if got := s.Count(t, "items", "tenant_id = ?", n); got != 110 {
		t.Fatalf("%d items for tenant %d", got, n)
	}
}
