package main

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph"
	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

// TestReadsDoNotDependOnAnotherTenant compares acme's responses to queries for all fields, aggregates, orders and
// filters, before and after globex has rows with the same ids and other values.
func TestReadsDoNotDependOnAnotherTenant(t *testing.T) {
	w := &twins{testServer: newTestServer(t), tables: map[string][]string{}}
	dbtest.FillEmptyTables(w.Acme, t, w.Database)
	queries := w.listReads(t)
	before := make([]string, len(queries))
	for i, query := range queries {
		if _, before[i] = w.post(t, "acme", query); strings.Contains(before[i], `"errors"`) {
			t.Errorf("%s:\n%s", query, before[i])
		}
	}
	w.copyTenant(t)
	w.changeCopies(t)
	for i, query := range queries {
		if _, after := w.post(t, "acme", query); after != before[i] {
			t.Errorf("the rows of globex change the response to %s:\n%s\n%s", query, before[i], after)
		}
	}
	t.Logf("%d queries", len(queries))
}

// listReads returns queries for all fields of each type, and for its orders and filters.
func (w *twins) listReads(t *testing.T) (queries []string) {
	t.Helper()
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	for _, of := range model.Types.All() {
		id := globalID(w.findRows(t, of, "TRUE")[0])
		selection := selectFields(schema, of.Name(), 2)
		queries = append(queries,
			fmt.Sprintf("{ %s(id: %q) { %s } }", lowerFirst(of.Name()), id, selection),
			fmt.Sprintf("{ node(id: %q) { id ... on %s { %s } } }", id, of.Name(), selection),
			fmt.Sprintf("{ %s(first: 5) { totalCount nodes { %s } } }", connectionField(of), selectFields(schema, of.Name(), 1)))
		queries = append(queries, listGroupings(schema, of, id)...)
	}
	item := globalID(w.findRows(t, model.Types.ByName("Item"), "TRUE")[0])
	return append(append(queries, listOrderQueries(t, w.testServer, item)...), listFilterQueries(t, w.testServer)...)
}

// listGroupings returns queries for the aggregates of a row, by each group.
func listGroupings(schema *ast.Schema, of relay.AnyType, id string) (queries []string) {
	for _, f := range schema.Types[of.Name()].Fields {
		by := f.Arguments.ForName("by")
		if by == nil || schema.Types[by.Type.Name()].Kind != ast.Enum {
			continue
		}
		for _, value := range schema.Types[by.Type.Name()].EnumValues {
			queries = append(queries, fmt.Sprintf("{ %s(id: %q) { %s(by: %s) { %s } } }",
				lowerFirst(of.Name()), id, f.Name, value.Name, selectFields(schema, f.Type.Name(), 1)))
		}
	}
	return queries
}

// changeCopies changes the values of globex's rows, so that they differ from those of acme, and removes links.
func (w *twins) changeCopies(t *testing.T) {
	t.Helper()
	for _, of := range model.Types.All() {
		for _, column := range of.Schema().DBNames {
			f := of.Schema().FieldsByDBName[column]
			switch kind := f.IndirectFieldType.Kind(); {
			case of.EnumValues(f.IndirectFieldType) != nil, f.IndirectFieldType == reflect.TypeFor[relay.ID](), column == "tenant_id":
			case kind >= reflect.Int && kind <= reflect.Float64, f.IndirectFieldType == reflect.TypeFor[relay.Decimal]():
				w.exec(t, fmt.Sprintf("UPDATE IGNORE %s SET `%s` = `%[2]s` + 7 WHERE tenant_id = 2", of.Schema().Table, column))
			case kind == reflect.String:
				w.exec(t, fmt.Sprintf("UPDATE IGNORE %s SET `%s` = CONCAT('~', SUBSTRING(`%[2]s`, 2)) WHERE tenant_id = 2",
					of.Schema().Table, column))
			}
		}
		for _, r := range of.Relations() {
			if r.Link != nil && model.Types.ByName(reflect.TypeOf(r.Link).Elem().Name()) == nil {
				w.exec(t, fmt.Sprintf("DELETE FROM %s WHERE tenant_id = 2 ORDER BY %s LIMIT 10", findLinkTable(r), r.Column))
			}
		}
	}
}
