package main

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"rowhouse/tenancy"
)

// TestNullInFiltersIsRefusedOrAbsent sends null for unset variables, as Relay and genqlient do, to the
// default server and to a server with --null-comparisons=absent.
func TestNullInFiltersIsRefusedOrAbsent(t *testing.T) {
	s := newTestServer(t)
	options := defaults
	options.IgnoreNulls = true
	absent := &testServer{
		s.Database, newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler)),
	}
	for _, tenant := range []string{"acme", "globex"} {
		s.query(t, tenant, `mutation { createMember(input: {name: "Ada", email: "ada@example.com"}) { member { id } } }`, nil)
		var p struct {
			CreateProject struct{ Project struct{ ID string } }
		}
		s.query(t, tenant, `mutation { createProject(input: {key: "WEB", name: "Web"}) { project { id } } }`, &p)
		for i := range 3 {
			s.query(t, tenant, fmt.Sprintf(`mutation { createItem(input: {projectId: %q, name: "item %d"}) { item { id } } }`,
				p.CreateProject.Project.ID, i), nil)
		}
	}
	const (
		all     = `"totalCount": 3`
		refused = "must not be null"
		items   = `query($w: ItemFilter) { items(where: $w) { totalCount } }`
	)
	for _, test := range []struct {
		name      string
		document  string
		variables string // {} if ""
		want      string // a part of the response
		absent    string // a part of the response with --null-comparisons=absent; want if ""
	}{
		{
			name:      "a filter",
			document:  items,
			variables: `{"w": null}`,
			want:      all,
		},
		{
			name:     "a filter, as a literal",
			document: `{ items(where: null) { totalCount } }`,
			want:     all,
		},
		{
			name: "all of a page",
			document: `query($f: Int, $a: String, $l: Int, $b: String, $o: ItemOrder) {
				items(first: $f, after: $a, last: $l, before: $b, orderBy: $o) { totalCount nodes { name } }
			}`,
			variables: `{"f": null, "a": null, "l": null, "b": null, "o": null}`,
			want:      `"name": "item 2"`,
		},
		{
			name: "all of a page, as literals",
			document: `{
				items(first: null, after: null, last: null, before: null, where: null, orderBy: null) { totalCount nodes { name } }
			}`,
			want: `"name": "item 2"`,
		},
		{
			name: "and, or and not",
			document: `query($a: [ItemFilter!], $o: [ItemFilter!], $n: ItemFilter) {
				items(where: {and: $a, or: $o, not: $n}) { totalCount }
			}`,
			variables: `{"a": null, "o": null, "n": null}`,
			want:      all,
		},
		{
			name:     "and, or and not, as literals",
			document: `{ items(where: {and: null, or: null, not: null}) { totalCount } }`,
			want:     all,
		},
		{
			name:     "filters of fields",
			document: items,
			variables: `{"w": {"id": null, "key": null, "number": null, "name": null, "description": null, "status": null, "priority": null,
				"projectId": null, "assigneeId": null, "dueAt": null, "createdAt": null, "updatedAt": null}}`,
			want: all,
		},
		{
			name:      "filters of relations",
			document:  items,
			variables: `{"w": {"project": null, "assignee": null, "comments": null}}`,
			want:      all,
		},
		{
			name:      "inside filters of relations",
			document:  items,
			variables: `{"w": {"comments": {"some": null, "none": null}, "project": {"name": null, "items": null}}}`,
			want:      all,
		},
		{
			name:      "a filter inside and",
			document:  items,
			variables: `{"w": {"and": [{"status": null}, {"or": null}]}}`,
			want:      all,
		},
		{
			name:      "a filter inside not",
			document:  `query($f: StringFilter) { items(where: {not: {name: $f}}) { totalCount } }`,
			variables: `{"f": null}`,
			want:      `"totalCount": 0`,
		},
		{
			name:      "an element of and",
			document:  items,
			variables: `{"w": {"and": [null]}}`,
			want:      "Expected non-nullable type",
		},
		{
			name:     "an element of and, as a literal",
			document: `{ items(where: {and: [null]}) { totalCount } }`,
			want:     "found null",
		},
		{
			name:      "an element of in",
			document:  `query($s: [ItemStatus!]) { items(where: {status: {in: $s}}) { totalCount } }`,
			variables: `{"s": [null]}`,
			want:      "Expected non-nullable type",
		},
		{
			name:      "eq",
			document:  `query($n: String) { items(where: {name: {eq: $n}}) { totalCount } }`,
			variables: `{"n": null}`,
			want:      "where.name.eq " + refused,
			absent:    all,
		},
		{
			name:     "eq, as a literal",
			document: `{ items(where: {name: {eq: null}}) { totalCount } }`,
			want:     "where.name.eq " + refused,
			absent:   all,
		},
		{
			name:     "eq, not provided",
			document: `query($n: String) { items(where: {name: {eq: $n}}) { totalCount } }`,
			want:     all,
		},
		{
			name:      "in",
			document:  `query($s: [ItemStatus!]) { items(where: {status: {in: $s}}) { totalCount } }`,
			variables: `{"s": null}`,
			want:      "where.status.in " + refused,
			absent:    all,
		},
		{
			name:      "contains",
			document:  `query($f: StringFilter) { items(where: {name: $f}) { totalCount } }`,
			variables: `{"f": {"contains": null, "startsWith": "item"}}`,
			want:      "where.name.contains " + refused,
			absent:    all,
		},
		{
			name:      "bounds of a time",
			document:  `query($a: DateTime, $b: DateTime) { items(where: {dueAt: {lt: $a, gte: $b}}) { totalCount } }`,
			variables: `{"a": null, "b": null}`,
			want:      "the input has several invalid values",
			absent:    all,
		},
		{
			name:      "isNull",
			document:  `query($n: Boolean) { items(where: {assigneeId: {isNull: $n}}) { totalCount } }`,
			variables: `{"n": null}`,
			want:      "where.assigneeId.isNull " + refused,
			absent:    all,
		},
		{
			name:      "eq of an id",
			document:  `query($id: ID) { items(where: {and: {assigneeId: {eq: $id}}}) { totalCount } }`,
			variables: `{"id": null}`,
			want:      "where.and.assigneeId.eq " + refused,
			absent:    all,
		},
		{
			name:      "eq of a relation",
			document:  items,
			variables: `{"w": {"or": [{"project": {"name": {"eq": null}}}]}}`,
			want:      "where.or[0].project.name.eq " + refused,
			absent:    all,
		},
		{
			name:      "eq of a nested connection",
			document:  `query($n: String) { projects { nodes { items(where: {name: {eq: $n}}) { totalCount } } } }`,
			variables: `{"n": null}`,
			want:      "where.name.eq " + refused,
			absent:    all,
		},
		{
			name:     "eq in a default value",
			document: `query($w: ItemFilter = {name: {eq: null}}) { items(where: $w) { totalCount } }`,
			want:     "where.name.eq " + refused,
			absent:   all,
		},
		{
			name:      "eq beside contains",
			document:  `query($n: String) { items(where: {name: {eq: $n, contains: "2"}}) { totalCount } }`,
			variables: `{"n": null}`,
			want:      refused,
			absent:    `"totalCount": 1`,
		},
	} {
		if test.variables == "" {
			test.variables = "{}"
		}
		if test.absent == "" {
			test.absent = test.want
		}
		t.Run(test.name, func(t *testing.T) {
			body := fmt.Sprintf(`{"query": %q, "variables": %s}`, test.document, test.variables)
			for _, tenant := range []string{"acme", "globex"} {
				if _, got := s.post(t, tenant, body); !strings.Contains(got, test.want) {
					t.Errorf("%s: %s", tenant, got)
				}
				if _, got := absent.post(t, tenant, body); !strings.Contains(got, test.absent) {
					t.Errorf("%s, with --null-comparisons=absent: %s", tenant, got)
				}
			}
		})
	}
}
