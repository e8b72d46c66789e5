package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rowhouse/model"
)

// TestStatementsReadRangesOfIndexes explains each statement of the API, among 100 tenants: it must
// use a key that the tenant leads (model's tests check all keys), without sorting and without a scan
// of a table or index. The registry lists the filters, relations and orders.
func TestStatementsReadRangesOfIndexes(t *testing.T) {
	s := newTestServer(t)
	item := string(fillTenant(s.Acme, t, s, "acme"))
	copyRows(t, s, 100)
	record := recordStatements(t, s)
	queries := slices.Concat(listOrderQueries(t, s, item), listFilterQueries(t, s))
	for _, list := range furtherQueries {
		queries = append(queries, list(t, s, item)...)
	}
	withoutIndex := regexp.MustCompile(strings.Join(slices.Concat(withoutIndex, listUniqueOrders(), listLinkOrders()), "|"))
	for _, query := range append(queries, listFrontEndQueries(t, s, item)...) {
		s.query(t, "acme", query, nil)
	}
	if len(*record) < 400 {
		t.Fatalf("only %d statements were recorded", len(*record))
	}
	mysql := s.Product(t) == "MySQL"
	checked := map[string]bool{}
	missing := map[string]bool{}
	for _, r := range *record {
		if checked[r.sql] {
			continue
		}
		checked[r.sql] = true
		sql := indexHint.ReplaceAllString(r.sql, "")
		// Another index than the order's may have fewer rows of a filter, which are sorted.
		sorted := filtered.MatchString(sql) || withoutIndex.MatchString(sql) || mysql && sortedByMySQL.MatchString(sql)
		union := strings.Contains(sql, ") ORDER BY ")
		for _, step := range explainStatement(t, s.SQL, r) {
			if !step.readsTooMuch(sorted || union && strings.HasPrefix(step.Table, "<")) {
				continue
			}
			if index := findMissingIndex(t, s, sql); index == "" {
				t.Errorf("%s\n%+v", shortenStatements([]string{r.sql}), step)
			} else if !missing[index] {
				missing[index] = true
				t.Errorf("%s, for an order of the list: add a migration with this index\n%.300s", index, r.sql)
			}
		}
	}
}

// indexHint matches a hint after the name of a table.
var indexHint = regexp.MustCompile(`USE INDEX \([^)]*\) `)

// ordered matches the table, the parent's column and the order of a list without a filter.
var ordered = regexp.MustCompile("FROM `(\\w+)` WHERE `\\w+`\\.`tenant_id` = \\?(?: AND `\\w+`\\.`(\\w+)` = \\?)?.* ORDER BY `?(\\w+)`?")

// findMissingIndex returns the index for the order of a statement if its table lacks it, or "".
func findMissingIndex(t *testing.T, s *testServer, statement string) string {
	t.Helper()
	match := ordered.FindStringSubmatch(statement)
	if match == nil {
		return ""
	}
	columns := []string{"tenant_id"}
	for _, c := range append(match[2:], "id") {
		if c != "" && !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
	}
	rows, err := s.SQL.QueryContext(t.Context(), `SELECT GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR ', ')
		FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? GROUP BY index_name`, match[1])
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	want := strings.Join(columns, ", ")
	for rows.Next() {
		var index string
		if err := rows.Scan(&index); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(index+", ", want+", ") {
			return ""
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s has no index (%s)", match[1], want)
}

// filtered matches a statement with the conditions of a filter, in two pairs of parentheses.
var filtered = regexp.MustCompile("\\.`tenant_id` = \\? AND (`\\w+`\\.`\\w+` = \\? AND )?(\\(\\w+ IN \\([?,]+\\) AND )?\\(\\(")

// furtherQueries list the queries and mutations of types with test files of their own, for an item.
var furtherQueries []func(t *testing.T, s *testServer, item string) []string

// withoutIndex are patterns of the orders for which the server sorts all rows of the list in memory: those that
// tablediff.Tables gives no index, and those of unindexed in model/migration/plan, because they are rare or
// the lists are short: see docs/clients.md. Orders by columns of related rows have no index.
var withoutIndex = []string{
	"ORDER BY .*FIELD\\(", "AS `sort_\\w+` ON ",
	"FROM `items` WHERE `items`.`tenant_id` = \\? (AND \\(`number` [^)]*\\) )?ORDER BY `number`",
}

// listUniqueOrders returns patterns of the lists of a parent by a unique column.
func listUniqueOrders() (patterns []string) {
	for _, of := range model.Types.All() {
		for _, f := range of.Fields() {
			if f.Unique && f.Sortable && !f.Nullable {
				pattern := "FROM `%s` WHERE `\\w+`\\.`tenant_id` = \\? AND `\\w+`\\.`\\w+_id` = \\? " +
					"(AND \\(`?%[2]s`? [<>] \\?\\) )?ORDER BY `?%[2]s`?"
				patterns = append(patterns, fmt.Sprintf(pattern, of.Schema().Table, f.Column))
			}
		}
	}
	return patterns
}

// listLinkOrders returns patterns of the lists of linked rows.
func listLinkOrders() (patterns []string) {
	for _, of := range model.Types.All() {
		for _, r := range of.Relations() {
			if r.Link == nil {
				continue
			}
			for _, f := range model.Types.ByName(r.Target).Fields() {
				if f.Sortable {
					patterns = append(patterns, fmt.Sprintf("FROM `%s` .* ORDER BY (`linked`\\.)?`?%s`?", findLinkTable(r), f.Column))
				}
			}
		}
	}
	return patterns
}

// sortedByMySQL matches statements that MySQL plans differently from MariaDB. It reads the eleven
// items of the test's project by another index, and sorts them. An UPDATE that changes the index
// that it reads collects its rows first. It reads the links of most rows of a tenant by the other index.
var sortedByMySQL = regexp.MustCompile("AND `items`.`project_id` = \\? AND \\((due_at IS NULL AND )?id < \\?\\) ORDER BY id DESC" +
	"|`\\.`\\w+_id` IN \\([?,]{150,}\\)\\) ORDER BY `\\w+`\\.`\\w+_id` DESC,`\\w+`\\.`\\w+_id` DESC" +
	"|^UPDATE `(items|comments)` SET `(assignee|author)_id`")

// listFrontEndQueries returns the queries and mutations of a front end, mutations last.
func listFrontEndQueries(t *testing.T, s *testServer, item string) []string {
	t.Helper()
	var found struct {
		Item struct {
			Project  struct{ ID string }
			Assignee struct{ ID string }
			Comments struct {
				Nodes    []struct{ ID string }
				PageInfo struct{ EndCursor string }
			}
		}
	}
	s.query(t, "acme", fmt.Sprintf(`{ item(id: %q) { project { id } assignee { id }
		comments { nodes { id } pageInfo { endCursor } } } }`, item), &found)
	i := found.Item
	return strings.Split(strings.NewReplacer(
		"$item", strconv.Quote(item), "$project", strconv.Quote(i.Project.ID), "$assignee", strconv.Quote(i.Assignee.ID),
		"$comment", strconv.Quote(i.Comments.Nodes[0].ID),
		"$cursor", strconv.Quote(i.Comments.PageInfo.EndCursor),
	).Replace(fmt.Sprintf(pointQuery, item)+"\n\n"+pageQuery+"\n\n"+deepQuery+"\n\n"+frontEnd), "\n\n")
}

const frontEnd = `{ items(last: 10) { totalCount nodes {
	comments { totalCount nodes { body } } } } }

{ comments(first: 3, after: $cursor) { nodes { body item { key } } } items(last: 3, before: $cursor, after: $cursor) { nodes { key } } }

{ item(id: $item) { comments(first: 1, after: $cursor) { nodes { body } } } }

{ nodes(ids: [$item, $project, $assignee, $comment]) { id } }

{ items(where: {projectId: {eq: $project}, status: {eq: TODO}}) { totalCount nodes { key } } }

{ items(where: {status: {in: [TODO, IN_PROGRESS]}, priority: {gte: HIGH}}) { totalCount nodes { key } } }

{ items(where: {or: [{status: {eq: DONE}}, {priority: {eq: URGENT}}], not: {name: {contains: "x"}}}) { totalCount nodes { key } } }

mutation { updateItem(input: {id: $item, name: "new"}) { item { key } } }

mutation { createItem(input: {projectId: $project, name: "new"}) { item { key } } }

mutation { deleteMember(input: {id: $assignee}) { deletedId } }

mutation { deleteComment(input: {id: $comment}) { deletedId } }

mutation { deleteItem(input: {id: $item}) { deletedId } }`
