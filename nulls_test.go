package main

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"rowhouse/tenancy"
)

// TestNullInFiltersIsRefusedOrAbsent sends null for each unset variable, as Relay and genqlient do: to the default
// server, and to one with --null-comparisons=absent.
func TestNullInFiltersIsRefusedOrAbsent(t *testing.T) {
	s := newTestServer(t)
	absent := defaults
	absent.IgnoreNulls = true
	lenient := &testServer{s.Database, newHandler(s.DB, tenancy.NewDirectory(s.DB), absent, corsFlags{}, slog.New(slog.DiscardHandler))}
	for _, tenant := range []string{"acme", "globex"} {
		s.query(t, tenant, `mutation { createMember(input: {name: "Ada", email: "ada@example.com"}) { member { id } } }`, nil)
		var p struct {
			CreateProject struct{ Project struct{ ID string } }
		}
		s.query(t, tenant, `mutation { createProject(input: {key: "WEB", name: "Web"}) { project { id } } }`, &p)
		for i := range 3 {
			s.query(t, tenant, fmt.Sprintf(`mutation { createItem(input: {projectId: %q, name: "item %d"}) { item { id } } }`, p.CreateProject.Project.ID, i), nil)
		}
	}
	const all, refused = `"totalCount": 3`, "must not be null"
	for _, test := range []struct{ name, document, variables, want, lenient string }{
		{"a filter", "query($w: ItemFilter) { items(where: $w) { totalCount } }", `{"w": null}`, all, all},
		{"a filter, as a literal", "{ items(where: null) { totalCount } }", "{}", all, all},
		{"all of a page", "query($f: Int, $a: String, $l: Int, $b: String, $o: ItemOrder) { items(first: $f, after: $a, last: $l, before: $b, orderBy: $o) { totalCount nodes { name } } }", `{"f": null, "a": null, "l": null, "b": null, "o": null}`, `"name": "item 2"`, `"name": "item 2"`},
		{"all of a page, as literals", "{ items(first: null, after: null, last: null, before: null, where: null, orderBy: null) { totalCount nodes { name } } }", "{}", `"name": "item 2"`, `"name": "item 2"`},
		{"and, or and not", "query($a: [ItemFilter!], $o: [ItemFilter!], $n: ItemFilter) { items(where: {and: $a, or: $o, not: $n}) { totalCount } }", `{"a": null, "o": null, "n": null}`, all, all},
		{"and, or and not, as literals", "{ items(where: {and: null, or: null, not: null}) { totalCount } }", "{}", all, all},
		{"filters of fields", "query($w: ItemFilter) { items(where: $w) { totalCount } }", `{"w": {"id": null, "key": null, "number": null, "name": null, "description": null, "status": null, "priority": null, "projectId": null, "assigneeId": null, "dueAt": null, "createdAt": null, "updatedAt": null}}`, all, all},
		{"filters of relations", "query($w: ItemFilter) { items(where: $w) { totalCount } }", `{"w": {"project": null, "assignee": null, "labels": null, "comments": null}}`, all, all},
		{"inside filters of relations", "query($w: ItemFilter) { items(where: $w) { totalCount } }", `{"w": {"labels": {"some": null, "none": null}, "project": {"name": null, "items": null}}}`, all, all},
		{"a filter inside and", "query($w: ItemFilter) { items(where: $w) { totalCount } }", `{"w": {"and": [{"status": null}, {"or": null}]}}`, all, all},
		{"a filter inside not", "query($f: StringFilter) { items(where: {not: {name: $f}}) { totalCount } }", `{"f": null}`, `"totalCount": 0`, `"totalCount": 0`},
		{"an element of and", "query($w: ItemFilter) { items(where: $w) { totalCount } }", `{"w": {"and": [null]}}`, "Expected non-nullable type", "Expected non-nullable type"},
		{"an element of and, as a literal", "{ items(where: {and: [null]}) { totalCount } }", "{}", "found null", "found null"},
		{"an element of in", "query($s: [ItemStatus!]) { items(where: {status: {in: $s}}) { totalCount } }", `{"s": [null]}`, "Expected non-nullable type", "Expected non-nullable type"},
		{"eq", "query($n: String) { items(where: {name: {eq: $n}}) { totalCount } }", `{"n": null}`, "where.name.eq " + refused, all},
		{"eq, as a literal", "{ items(where: {name: {eq: null}}) { totalCount } }", "{}", "where.name.eq " + refused, all},
		{"eq, not provided", "query($n: String) { items(where: {name: {eq: $n}}) { totalCount } }", "{}", all, all},
		{"in", "query($s: [ItemStatus!]) { items(where: {status: {in: $s}}) { totalCount } }", `{"s": null}`, "where.status.in " + refused, all},
		{"contains", "query($f: StringFilter) { items(where: {name: $f}) { totalCount } }", `{"f": {"contains": null, "startsWith": "item"}}`, "where.name.contains " + refused, all},
		{"bounds of a time", "query($a: DateTime, $b: DateTime) { items(where: {dueAt: {lt: $a, gte: $b}}) { totalCount } }", `{"a": null, "b": null}`, "the input has several invalid values", all},
		{"isNull", "query($n: Boolean) { items(where: {assigneeId: {isNull: $n}}) { totalCount } }", `{"n": null}`, "where.assigneeId.isNull " + refused, all},
		{"of an id", "query($id: ID) { items(where: {and: {assigneeId: {eq: $id}}}) { totalCount } }", `{"id": null}`, "where.and.assigneeId.eq " + refused, all},
		{"of a relation", "query($w: ItemFilter) { items(where: $w) { totalCount } }", `{"w": {"or": [{"project": {"name": {"eq": null}}}]}}`, "where.or[0].project.name.eq " + refused, all},
		{"of a nested connection", "query($n: String) { projects { nodes { items(where: {name: {eq: $n}}) { totalCount } } } }", `{"n": null}`, "where.name.eq " + refused, all},
		{"of a default", "query($w: ItemFilter = {name: {eq: null}}) { items(where: $w) { totalCount } }", "{}", "where.name.eq " + refused, all},
		{"beside another", "query($n: String) { items(where: {name: {eq: $n, contains: \"2\"}}) { totalCount } }", `{"n": null}`, refused, `"totalCount": 1`},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := fmt.Sprintf(`{"query": %q, "variables": %s}`, test.document, test.variables)
			for _, tenant := range []string{"acme", "globex"} {
				if _, got := s.post(t, tenant, body); !strings.Contains(got, test.want) {
					t.Errorf("%s: %s", tenant, got)
				}
				if _, got := lenient.post(t, tenant, body); !strings.Contains(got, test.lenient) {
					t.Errorf("%s, with --null-comparisons=absent: %s", tenant, got)
				}
			}
		})
	}
}
