package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model"
	"rowhouse/model/relay"
)

// Common queries of a work tracker's front end.
const (
	pointQuery = `{ item(id: %q) { id key name status priority version } }`
	pageQuery  = `{ items(first: 20) { nodes { key name status project { key name } assignee { name email } }
		pageInfo { hasNextPage endCursor } } }`
	deepQuery = `{ projects(first: 10) { nodes { key items(first: 10) { nodes { key name
		labels { nodes { name color } } comments(first: 3) { nodes { body author { name } } } } } } } }`
)

// TestEachRelationIsOneStatement counts the statements of queries, with any number of rows, nesting
// and aliases.
func TestEachRelationIsOneStatement(t *testing.T) {
	s := newTestServer(t)
	first := fill(s.Acme, t, s, "acme")
	fill(s.Globex, t, s, "globex")
	for _, test := range []struct {
		name, query string
		statements  int
	}{
		{"point", fmt.Sprintf(pointQuery, first), 1},
		{"page with two relations", pageQuery, 3},
		{"no relation without a selection", `{ items { nodes { key } } }`, 1},
		{"count", `{ items { totalCount } }`, 1},
		{"count with a page", `{ items { totalCount pageInfo { hasNextPage } } }`, 2},
		{"pages in pages", deepQuery, 5},
		{"edges like nodes", `{ projects { edges { node { items { edges { node { labels { edges { node { name } } } } } } } } } }`, 3},
		{"counts in pages", `{ projects { nodes { items { totalCount nodes { comments { totalCount } labels { totalCount } } } } } }`, 5},
		{"an alias with the same arguments", `{ projects { nodes {
			a: items(first: 2) { nodes { key } } b: items(first: 2) { nodes { key } } } } }`, 2},
		{"an alias with others", `{ projects { nodes { a: items(first: 2) { nodes { key } } b: items(last: 2) { nodes { key } } } } }`, 3},
		{"there and back", `{ projects { nodes { items { nodes { project { items { nodes { project { key } } } } } } } } }`, 5},
		{"from the end", `{ comments { nodes { author { name } item { project { key } assignee { name } } } } }`, 5},
		{"one type by many ids", fmt.Sprintf(`{ nodes(ids: [%q, %[1]q]) { ... on Item { project { key } } } }`, first), 2},
		{"the tenant", `{ tenant { slug } }`, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.query(t, "acme", `{ tenant { slug } }`, nil) // so that the directory has it in its cache
			s.Reset()
			s.query(t, "acme", test.query, nil)
			if ran := s.Ran(); len(ran) != test.statements {
				t.Errorf("%d statements, want %d:\n%s", len(ran), test.statements, shorten(ran))
			}
		})
	}
}

// TestConcurrentRequestsShareNothing runs the deep query sixteen times concurrently for two tenants:
// each request runs as many statements as without concurrency, and returns its tenant's rows.
func TestConcurrentRequestsShareNothing(t *testing.T) {
	s := newTestServer(t)
	fill(s.Acme, t, s, "acme")
	fill(s.Globex, t, s, "globex")
	alone := map[string]string{}
	for _, tenant := range []string{"acme", "globex"} {
		_, alone[tenant] = s.ask(t, tenant, deepQuery)
		if other := map[string]string{"acme": "globex", "globex": "acme"}[tenant]; strings.Contains(alone[tenant], other) {
			t.Fatalf("%s sees %s", tenant, other)
		}
	}
	s.Reset()
	var wait sync.WaitGroup
	for i := range 16 {
		tenant := []string{"acme", "globex"}[i%2]
		wait.Go(func() {
			if _, answer := s.ask(t, tenant, deepQuery); answer != alone[tenant] {
				t.Errorf("%s got another response than without concurrency", tenant)
			}
		})
	}
	wait.Wait()
	if ran := s.Ran(); len(ran) != 16*5 {
		t.Errorf("%d statements, want %d", len(ran), 16*5)
	}
}

// TestMutationsNeedFewStatements counts without BEGIN and COMMIT.
func TestMutationsNeedFewStatements(t *testing.T) {
	s := newTestServer(t)
	item := fill(s.Acme, t, s, "acme")
	var found struct {
		Projects struct{ Nodes []struct{ ID string } }
	}
	s.query(t, "acme", `{ projects(first: 1) { nodes { id } } }`, &found)
	for _, test := range []struct {
		name, mutation string
		statements     int
	}{
		{"create", fmt.Sprintf(`mutation { createItem(input: {projectId: %q, name: "x"}) { item { key } } }`, found.Projects.Nodes[0].ID), 3},
		{"update", fmt.Sprintf(`mutation { updateItem(input: {id: %q, name: "y", status: DONE}) { item { key } } }`, item), 2},
		{"update to the same", fmt.Sprintf(`mutation { updateItem(input: {id: %q, name: "y", status: DONE}) { item { key } } }`, item), 1},
		{"delete", fmt.Sprintf(`mutation { deleteItem(input: {id: %q}) { deletedId } }`, item), 2}, // one finds the project for its event
		{"rejected", `mutation { createLabel(input: {name: "", color: ""}) { label { name } } }`, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.Reset()
			_, _ = s.ask(t, "acme", test.mutation)
			if ran := s.Ran(); len(ran) != test.statements {
				t.Errorf("%d statements, want %d:\n%s", len(ran), test.statements, shorten(ran))
			}
		})
	}
}

// TestStatementsEqualGoldenFile compares the statements of common queries with
// testdata/statements.sql, for review. Of a UNION it keeps the first arm.
func TestStatementsEqualGoldenFile(t *testing.T) {
	s := newTestServer(t)
	item := fill(s.Acme, t, s, "acme")
	var found struct {
		Projects struct{ Nodes []struct{ ID string } }
	}
	s.query(t, "acme", `{ projects(first: 1) { nodes { id } } }`, &found)
	var b strings.Builder
	for _, page := range []struct{ name, query string }{
		{"a point", fmt.Sprintf(pointQuery, item)},
		{"a page with two relations", pageQuery},
		{"pages in pages", deepQuery},
		{"a total", `{ items { totalCount } }`},
		{"totals in a page", `{ projects { nodes { items { totalCount } } } }`},
		{"create", fmt.Sprintf(`mutation { createItem(input: {projectId: %q, name: "x"}) { item { key } } }`, found.Projects.Nodes[0].ID)},
		{"update", fmt.Sprintf(`mutation { updateItem(input: {id: %q, name: "y", status: DONE}) { item { key } } }`, item)},
		{"delete", fmt.Sprintf(`mutation { deleteItem(input: {id: %q}) { deletedId } }`, item)},
	} {
		s.Reset()
		s.query(t, "acme", page.query, nil)
		fmt.Fprintf(&b, "-- %s\n", page.name)
		ran := s.Ran()
		if !strings.HasPrefix(page.query, "mutation") {
			slices.Sort(ran) // relations of a row load concurrently
		}
		for _, statement := range ran {
			arms := strings.Split(statement, " UNION ALL ")
			b.WriteString(list.ReplaceAllString(arms[0], "IN (?, …)"))
			if len(arms) > 1 {
				fmt.Fprintf(&b, " UNION ALL … (%d arms)", len(arms))
			}
			b.WriteString(";\n")
		}
		b.WriteString("\n")
	}
	const file = "testdata/statements.sql"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("run with -update if the change is intended: %s", firstDifference(got, string(want)))
	}
}

var list = regexp.MustCompile(`IN \([?,]+\)`)

// TestStatementsNameTheirTenantFirst checks the scope's condition in each statement of common
// queries.
func TestStatementsNameTheirTenantFirst(t *testing.T) {
	s := newTestServer(t)
	first := fill(s.Acme, t, s, "acme")
	s.query(t, "acme", `{ tenant { slug } }`, nil) // so that the directory has it in its cache
	s.Reset()
	for _, query := range []string{fmt.Sprintf(pointQuery, first), pageQuery, deepQuery} {
		s.query(t, "acme", query, nil)
	}
	for _, statement := range s.Ran() {
		for arm := range strings.SplitSeq(statement, " UNION ALL ") {
			if !tenantFirst.MatchString(arm) {
				t.Errorf("the tenant is not first: %s", arm)
			}
		}
	}
}

var tenantFirst = regexp.MustCompile(" WHERE `\\w+`\\.`tenant_id` = \\?( AND `\\w+`\\.`\\w+` = \\?)?" +
	"( AND \\(.*\\))?( ORDER BY \\w+ DESC)?( LIMIT \\?\\)?)?$")

// shorten shows statements on a line each.
func shorten(statements []string) string {
	var b strings.Builder
	for _, s := range statements {
		fmt.Fprintf(&b, "%.160s (%d bytes)\n", s, len(s))
	}
	return b.String()
}

// fill creates ten projects of a tenant with eleven items each, and two labels and four comments of
// each item. All strings contain name. It returns the id of an item.
func fill(ctx context.Context, t testing.TB, s *testServer, name string) relay.GlobalID {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var first relay.GlobalID
	must(s.Tx(ctx, func(ctx context.Context) error {
		var members []*model.Member
		var labels []*model.Label
		for i := range 3 {
			m, err := model.CreateMember(ctx, s.DB, model.CreateMemberInput{
				Name: fmt.Sprint(name, i), Email: fmt.Sprintf("m%d@%s.example", i, name), Role: model.MemberRoleMember,
			})
			must(err)
			l, err := model.CreateLabel(ctx, s.DB, model.CreateLabelInput{Name: fmt.Sprint(name, i), Color: "#123456"})
			must(err)
			members, labels = append(members, m), append(labels, l)
		}
		for p := range 10 {
			project, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: "P" + string(rune('A'+p)), Name: fmt.Sprint(name, p)})
			must(err)
			for i := range 11 {
				assignee := members[i%3].GlobalID()
				item, err := model.CreateItem(ctx, s.DB, model.CreateItemInput{
					ProjectID: project.GlobalID(), Name: name, Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow,
					AssigneeID: graphql.OmittableOf(&assignee),
				})
				must(err)
				first = item.GlobalID()
				for _, l := range slices.Concat(labels[:i%3], labels[i%3+1:]) {
					_, err := model.AddItemLabel(ctx, s.DB, model.AddItemLabelInput{ItemID: item.GlobalID(), LabelID: l.GlobalID()})
					must(err)
				}
				for c := range 4 {
					_, err := model.CreateComment(ctx, s.DB, &members[c%3].ID, model.CreateCommentInput{ItemID: item.GlobalID(), Body: name})
					must(err)
				}
			}
		}
		return nil
	}))
	return first
}
