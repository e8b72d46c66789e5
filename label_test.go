package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rowhouse/model"
	"rowhouse/model/relay"
)

// The cases of labels in the tests of all types.
func init() {
	fillers = append(fillers, fillLabels)
	withoutIndex = append(withoutIndex, "ORDER BY `color`")
	furtherQueries = append(furtherQueries, listLabelQueries)
	liveRows = append(liveRows, createLiveLabels)
	liveCases = append(liveCases, labelCases...)
}

// fillLabels creates three labels, and adds two to each item.
func fillLabels(ctx context.Context, s *testServer, name string, items []relay.GlobalID) error {
	var labels []relay.GlobalID
	for i := range 3 {
		l, err := model.CreateLabel(ctx, s.DB, model.CreateLabelInput{Name: fmt.Sprint(name, i), Color: "#123456"})
		if err != nil {
			return err
		}
		labels = append(labels, l.GlobalID())
	}
	for i, item := range items {
		for _, label := range slices.Concat(labels[:i%3], labels[i%3+1:]) {
			if _, err := model.AddItemLabel(ctx, s.DB, model.AddItemLabelInput{ItemID: item, LabelID: label}); err != nil {
				return err
			}
		}
	}
	return nil
}

// labelPages are the labels of a project's items.
const labelPages = `{ projects(first: 10) { nodes { key items(first: 10) { nodes { key labels { nodes { name color } } } } } } }`

// TestSQLOfLabelsMatchesGoldenFile compares the statements of pages with labels with
// testdata/label_statements.sql.
func TestSQLOfLabelsMatchesGoldenFile(t *testing.T) {
	s := newTestServer(t)
	item := string(fillTenant(s.Acme, t, s, "acme"))
	label, _ := findLabel(t, s, item)
	checkStatements(t, s, "testdata/label_statements.sql", []frontPage{
		{name: "pages in pages", query: labelPages},
		{name: "totals in a page", query: `{ items { nodes { labels { totalCount } } } }`},
		{name: "edges", query: `{ items { edges { node { labels { edges { node { name } } } } } } }`},
		{
			name:  "remove",
			query: fmt.Sprintf(`mutation { removeItemLabel(input: {itemId: %q, labelId: %q}) { item { key } } }`, item, label),
		},
		{
			name:  "add",
			query: fmt.Sprintf(`mutation { addItemLabel(input: {itemId: %q, labelId: %q}) { item { key } } }`, item, label),
		},
		{name: "delete", query: fmt.Sprintf(`mutation { deleteLabel(input: {id: %q}) { deletedId } }`, label)},
	})
}

// findLabel returns the id of a label of an item, and its cursor.
func findLabel(t *testing.T, s *testServer, item string) (id, cursor string) {
	t.Helper()
	var found struct {
		Item struct {
			Labels struct {
				Nodes    []struct{ ID string }
				PageInfo struct{ StartCursor string }
			}
		}
	}
	s.query(t, "acme", fmt.Sprintf(`{ item(id: %q) { labels { nodes { id } pageInfo { startCursor } } } }`, item), &found)
	return found.Item.Labels.Nodes[0].ID, found.Item.Labels.PageInfo.StartCursor
}

// listLabelQueries returns the queries and mutations of a front end.
func listLabelQueries(t *testing.T, s *testServer, item string) []string {
	t.Helper()
	label, cursor := findLabel(t, s, item)
	return strings.Split(strings.NewReplacer(
		"$item", strconv.Quote(item), "$label", strconv.Quote(label), "$cursor", strconv.Quote(cursor),
	).Replace(labelPages+`

{ items(last: 10) { totalCount nodes { comments { totalCount nodes { body } } labels(last: 1) { totalCount nodes { name } } } } }

{ item(id: $item) { comments(first: 1) { nodes { body } } labels(last: 1, before: $cursor) { nodes { name } } } }

{ nodes(ids: [$item, $label]) { id } }

mutation { removeItemLabel(input: {itemId: $item, labelId: $label}) { item { key } } }

mutation { deleteLabel(input: {id: $label}) { deletedId } }`), "\n\n")
}

// createLiveLabels creates bug, a label of one and six, and idea, which has no items.
func createLiveLabels(ctx context.Context, t *testing.T, s *testServer, letters string, ids map[string]string) {
	t.Helper()
	for _, name := range []string{"bug", "idea"} {
		l, err := model.CreateLabel(ctx, s.DB, model.CreateLabelInput{Name: name + letters, Color: "#123456"})
		if err != nil {
			t.Fatal(err)
		}
		ids[name] = string(l.GlobalID())
	}
	for _, item := range []string{"one", "six"} {
		in := model.AddItemLabelInput{ItemID: relay.GlobalID(ids[item]), LabelID: relay.GlobalID(ids["bug"])}
		if _, err := model.AddItemLabel(ctx, s.DB, in); err != nil {
			t.Fatal(err)
		}
	}
}

var labelCases = []liveCase{
	{
		name:     "addItemLabel",
		mutation: `addItemLabel(input: {itemId: "{two}", labelId: "{bug}"}) { item { id } }`,
		events:   liveEvents{"items of web": {"UPDATED two"}},
	},
	{
		name:     "addItemLabel with a label of the item",
		mutation: `addItemLabel(input: {itemId: "{one}", labelId: "{bug}"}) { item { id } }`,
	},
	{
		name:     "addItemLabel with a label of the other tenant",
		mutation: `addItemLabel(input: {itemId: "{one}", labelId: "{their bug}"}) { item { id } }`,
	},
	{
		name:     "removeItemLabel",
		mutation: `removeItemLabel(input: {itemId: "{six}", labelId: "{bug}"}) { item { id } }`,
		events:   liveEvents{"items of app": {"UPDATED six"}},
	},
	{
		name:     "removeItemLabel with another label of the tenant",
		mutation: `removeItemLabel(input: {itemId: "{two}", labelId: "{bug}"}) { item { id } }`,
	},
	{
		name:     "removeItemLabel with a label of the other tenant",
		mutation: `removeItemLabel(input: {itemId: "{two}", labelId: "{their bug}"}) { item { id } }`,
	},
	{
		name:     "createLabel",
		mutation: `createLabel(input: {name: "x", color: "#123456"}) { label { id } }`,
	},
	{
		name:     "updateLabel with a new name, which items show",
		mutation: `updateLabel(input: {id: "{bug}", name: "fault"}) { label { id } }`,
	},
	{
		name:     "deleteLabel of a label of two items",
		mutation: `deleteLabel(input: {id: "{bug}"}) { deletedId }`,
		events: liveEvents{
			"items of web": {"UPDATED one"},
			"items of app": {"UPDATED six"},
		},
	},
	{
		name:     "deleteLabel of a label without items",
		mutation: `deleteLabel(input: {id: "{idea}"}) { deletedId }`,
	},
	{
		name:     "deleteLabel of the other tenant",
		mutation: `deleteLabel(input: {id: "{their bug}"}) { deletedId }`,
	},
}
