package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

// Queries of the front pages of a work tracker.
const (
	pointQuery = `{ item(id: %q) { id key name status priority version } }`
	pageQuery  = `{ items(first: 20) {
		nodes { key name status project { key name } assignee { name email } } pageInfo { hasNextPage endCursor } } }`
	deepQuery = `{ projects(first: 10) { nodes { key items(first: 10) { nodes { key name
		comments(first: 3) { nodes { body author { name } } } } } } } }`
)

// selectLinks returns a query with the many-to-many relations of items, and their number.
func selectLinks() (query string, n int) {
	var links strings.Builder
	for _, r := range model.Items.Relations() {
		if r.Link != nil {
			fmt.Fprintf(&links, " %s { totalCount pageInfo { hasNextPage } nodes { id } }", r.Name)
			n++
		}
	}
	return `{ projects { nodes { key items { nodes { key` + links.String() + ` } } } } }`, n
}

// TestEachRelationIsOneStatement counts the statements of queries with many rows, nesting and aliases.
func TestEachRelationIsOneStatement(t *testing.T) {
	s := newTestServer(t)
	first := fillTenant(s.Acme, t, s, "acme")
	fillTenant(s.Globex, t, s, "globex")
	linkQuery, links := selectLinks()
	for _, test := range []struct {
		name       string
		query      string
		statements int
	}{
		{
			name:       "an item",
			query:      fmt.Sprintf(pointQuery, first),
			statements: 1,
		},
		{
			name:       "a page with two relations",
			query:      pageQuery,
			statements: 1,
		},
		{
			name:       "a page without relations",
			query:      `{ items { nodes { key } } }`,
			statements: 1,
		},
		{
			name:       "a total",
			query:      `{ items { totalCount } }`,
			statements: 1,
		},
		{
			name:       "a total with a page",
			query:      `{ items { totalCount pageInfo { hasNextPage } } }`,
			statements: 2,
		},
		{
			name:       "nested pages",
			query:      deepQuery,
			statements: 4,
		},
		{
			name:       "edges",
			query:      `{ projects { edges { node { items { edges { node { comments { edges { node { body } } } } } } } } } }`,
			statements: 3,
		},
		{
			name:       "nested totals",
			query:      `{ projects { nodes { items { totalCount nodes { comments { totalCount } } } } } }`,
			statements: 4,
		},
		{
			name:       "linked rows",
			query:      linkQuery,
			statements: 2 + 2*links,
		},
		{
			name:       "an alias with the same arguments",
			query:      `{ projects { nodes { a: items(first: 2) { nodes { key } } b: items(first: 2) { nodes { key } } } } }`,
			statements: 2,
		},
		{
			name:       "an alias with other arguments",
			query:      `{ projects { nodes { a: items(first: 2) { nodes { key } } b: items(last: 2) { nodes { key } } } } }`,
			statements: 3,
		},
		{
			name:       "a relation and its inverse",
			query:      `{ projects { nodes { items { nodes { project { items { nodes { project { key } } } } } } } } }`,
			statements: 5,
		},
		{
			name:       "relations of comments",
			query:      `{ comments { nodes { author { name } item { project { key } assignee { name } } } } }`,
			statements: 3,
		},
		{
			name:       "several ids of a type",
			query:      fmt.Sprintf(`{ nodes(ids: [%q, %[1]q]) { ... on Item { project { key } } } }`, first),
			statements: 2,
		},
		{
			name:       "the tenant",
			query:      `{ tenant { slug } }`,
			statements: 0,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.query(t, "acme", `{ tenant { slug } }`, nil) // the directory caches the tenant
			s.Reset()
			s.query(t, "acme", test.query, nil)
			if ran := s.Ran(); len(ran) != test.statements {
				t.Errorf("%d statements, want %d:\n%s", len(ran), test.statements, shortenStatements(ran))
			}
		})
	}
}

// TestConcurrentRequestsShareNoBatch runs 16 requests of two tenants concurrently. Each request needs as
// many statements as without concurrency, and has the rows of its tenant.
func TestConcurrentRequestsShareNoBatch(t *testing.T) {
	s := newTestServer(t)
	fillTenant(s.Acme, t, s, "acme")
	fillTenant(s.Globex, t, s, "globex")
	linkQuery, links := selectLinks()
	queries := []string{deepQuery, linkQuery}
	want := map[string]string{}
	for _, tenant := range []string{"acme", "globex"} {
		for _, query := range queries {
			_, want[tenant+query] = s.post(t, tenant, query)
			if other := map[string]string{"acme": "globex", "globex": "acme"}[tenant]; strings.Contains(want[tenant+query], other) {
				t.Fatalf("%s reads rows of %s", tenant, other)
			}
		}
	}
	s.Reset()
	var wait sync.WaitGroup
	for i := range 16 {
		tenant, query := []string{"acme", "globex"}[i%2], queries[i/2%2]
		wait.Go(func() {
			if _, response := s.post(t, tenant, query); response != want[tenant+query] {
				t.Errorf("the response of %s differs under concurrency", tenant)
			}
		})
	}
	wait.Wait()
	if ran := s.Ran(); len(ran) != 8*4+8*(2+2*links) {
		t.Errorf("%d statements, want %d", len(ran), 8*4+8*(2+2*links))
	}
}

// TestMutationsNeedFewStatements counts statements without BEGIN and COMMIT.
func TestMutationsNeedFewStatements(t *testing.T) {
	s := newTestServer(t)
	item := fillTenant(s.Acme, t, s, "acme")
	project := s.findProject(t, string(item))
	for _, test := range []struct {
		name       string
		mutation   string
		statements int
	}{
		{
			name:       "create",
			mutation:   fmt.Sprintf(`createItem(input: {projectId: %q, name: "x"}) { item { key } }`, project),
			statements: 3,
		},
		{
			name:       "update",
			mutation:   fmt.Sprintf(`updateItem(input: {id: %q, name: "y", status: DONE}) { item { key } }`, item),
			statements: 2,
		},
		{
			name:       "update to the same values",
			mutation:   fmt.Sprintf(`updateItem(input: {id: %q, name: "y", status: DONE}) { item { key } }`, item),
			statements: 1,
		},
		{
			name:       "delete",
			mutation:   fmt.Sprintf(`deleteItem(input: {id: %q}) { deletedId }`, item),
			statements: 2, // locks the row, for the event of its project
		},
		{
			name:       "invalid input",
			mutation:   `createMember(input: {name: "", email: ""}) { member { name } }`,
			statements: 0,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.Reset()
			_, _ = s.post(t, "acme", "mutation { "+test.mutation+" }")
			if ran := s.Ran(); len(ran) != test.statements {
				t.Errorf("%d statements, want %d:\n%s", len(ran), test.statements, shortenStatements(ran))
			}
		})
	}
}

// TestTenantIsTheFirstCondition checks the WHERE clauses of the statements of the front pages.
func TestTenantIsTheFirstCondition(t *testing.T) {
	s := newTestServer(t)
	first := fillTenant(s.Acme, t, s, "acme")
	linkQuery, _ := selectLinks()
	s.query(t, "acme", `{ tenant { slug } }`, nil) // the directory caches the tenant
	s.Reset()
	for _, query := range []string{fmt.Sprintf(pointQuery, first), pageQuery, deepQuery, linkQuery} {
		s.query(t, "acme", query, nil)
	}
	for _, statement := range s.Ran() {
		for arm := range strings.SplitSeq(statement, " UNION ALL ") {
			if !tenantFirst.MatchString(arm) {
				t.Errorf("the tenant is not the first condition: %s", arm)
			}
		}
	}
}

// tenantFirst matches statements with the tenant as the first condition.
var tenantFirst = regexp.MustCompile(" WHERE `\\w+`\\.`tenant_id` = \\?( AND `\\w+`\\.`\\w+` = \\?)?( AND \\(.*\\))?" +
	"( GROUP BY `\\w+`)?( ORDER BY [\\w`.]+ DESC(,[\\w`.]+ DESC)?)?( LIMIT \\?\\)?)?$")

// shortenStatements returns the beginning of each statement on a line.
func shortenStatements(statements []string) string {
	var b strings.Builder
	for _, s := range statements {
		fmt.Fprintf(&b, "%.160s (%d bytes)\n", s, len(s))
	}
	return b.String()
}

// fillers create rows of types with test files of their own, for items of a tenant.
var fillers []func(ctx context.Context, s *testServer, name string, items []relay.GlobalID) error

// fillTenant creates ten projects of a tenant with eleven items each, four comments of each item, and the
// rows of fillers. Their texts contain name. It also creates rows of each further registered type. It
// returns the id of the last item.
func fillTenant(ctx context.Context, t testing.TB, s *testServer, name string) relay.GlobalID {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var items []relay.GlobalID
	check(s.Tx(ctx, func(ctx context.Context) error {
		var members []*model.Member
		for i := range 3 {
			m, err := model.CreateMember(ctx, s.DB, model.CreateMemberInput{
				Name: fmt.Sprint(name, i), Email: fmt.Sprintf("m%d@%s.example", i, name), Role: model.MemberRoleMember,
			})
			check(err)
			members = append(members, m)
		}
		for p := range 10 {
			project, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{
				Key: "P" + string(rune('A'+p)), Name: fmt.Sprint(name, p),
			})
			check(err)
			for i := range 11 {
				assignee := members[i%3].GlobalID()
				item, err := model.CreateItem(ctx, s.DB, model.CreateItemInput{
					ProjectID: project.GlobalID(), Name: name, Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow,
					AssigneeID: graphql.OmittableOf(&assignee),
				})
				check(err)
				items = append(items, item.GlobalID())
				for c := range 4 {
					comment := model.CreateCommentInput{ItemID: item.GlobalID(), Body: name}
					_, err := model.CreateCommentBy(ctx, s.DB, &members[c%3].ID, comment)
					check(err)
				}
			}
		}
		for _, fill := range fillers {
			check(fill(ctx, s, name, items))
		}
		dbtest.FillEmptyTables(ctx, t, s.Database)
		return nil
	}))
	return items[len(items)-1]
}
