package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// queries makes random ones.
type queries struct {
	*rand.Rand
	// fields of a type are followed by the type that they lead to, if any.
	fields    map[string][][2]string
	fragments []string
}

func (q *queries) selection(on string, depth int) string {
	var text strings.Builder
	own := 1 + q.IntN(3)
	if depth > 0 && q.IntN(4) == 0 {
		own = 0 // all of it in the fragment
	}
	for i := range own {
		field := q.fields[on][0]
		if i > 0 {
			field = q.fields[on][q.IntN(len(q.fields[on]))]
		}
		switch {
		case field[1] == "":
			text.WriteString(" " + field[0])
		case depth > 0:
			text.WriteString(" " + field[0] + " " + q.selection(field[1], depth-1))
		default:
			text.WriteString(" __typename")
		}
	}
	if on == "Node" {
		to := []string{"Item", "Comment", "Project"}[q.IntN(3)]
		text.WriteString(" ... on " + to + " " + q.selection(to, max(0, depth-1)))
	}
	if own == 0 || depth > 0 && q.IntN(3) > 0 {
		directive := []string{
			"", "@defer", "@defer(if: $yes)", "@defer(if: $no)", "@include(if: $no)", "@skip(if: $no) @defer",
			fmt.Sprintf("@defer(label: %q)", "l"+strconv.Itoa(q.IntN(5))),
		}[q.IntN(7)]
		inner := q.selection(on, depth-1)
		if q.IntN(2) == 0 {
			text.WriteString(" ... " + directive + " " + inner)
		} else {
			name := fmt.Sprintf("f%d", len(q.fragments))
			q.fragments = append(q.fragments, " fragment "+name+" on "+on+" "+inner)
			text.WriteString(" ..." + name + " " + directive)
		}
	}
	return "{" + text.String() + " }"
}

// TestPartsMakeTheWhole compares random queries with @defer, merged, with their answers in
// one piece.
func TestPartsMakeTheWhole(t *testing.T) {
	s := newTestServer(t)
	item := string(fill(s.Acme, t, s, "acme"))
	var of struct {
		Item struct {
			Project  struct{ ID string }
			Comments struct{ Nodes []struct{ ID string } }
		}
	}
	s.query(t, "acme", fmt.Sprintf(`{ item(id: %q) { project { id } comments(first: 1) { nodes { id } } } }`, item), &of)
	q := queries{Rand: rand.New(rand.NewPCG(1, 2)), fields: map[string][][2]string{
		"Query": {
			{"tenant", "Tenant"},
			{"items(first: 2)", "ItemConnection"},
			{"labels(first: 2)", "LabelConnection"},
			{fmt.Sprintf("node(id: %q)", item), "Node"},
			{fmt.Sprintf("nodes(ids: [%q, %q, %q])", of.Item.Comments.Nodes[0].ID, item, of.Item.Project.ID), "Node"},
		},
		"Tenant":            {{"slug"}, {"name"}},
		"ItemConnection":    {{"totalCount"}, {"nodes", "Item"}, {"edges", "ItemEdge"}, {"pageInfo", "PageInfo"}},
		"ItemEdge":          {{"cursor"}, {"node", "Item"}},
		"PageInfo":          {{"hasNextPage"}, {"endCursor"}},
		"LabelConnection":   {{"nodes", "Label"}, {"totalCount"}},
		"Label":             {{"name"}, {"color"}},
		"CommentConnection": {{"nodes", "Comment"}, {"totalCount"}},
		"Item":              {{"key"}, {"description"}, {"project", "Project"}, {"assignee", "Member"}, {"labels(first: 1)", "LabelConnection"}, {"comments(first: 2)", "CommentConnection"}, {"x: key"}, {"y: assignee", "Member"}},
		"Project":           {{"key"}, {"name"}, {"itemCounts(by: STATUS)", "ItemCount"}, {"items(first: 2)", "ItemConnection"}, {"x: name"}},
		"ItemCount":         {{"status"}, {"count"}},
		"Member":            {{"name"}, {"role"}},
		"Comment":           {{"body"}, {"author", "Member"}, {"item", "Item"}, {"x: body"}, {"y: author", "Member"}},
		"Node":              {{"id"}, {"__typename"}},
	}}
	inParts := 0
	for range 400 {
		q.fragments = nil
		query := "query($yes: Boolean! = true, $no: Boolean! = false) { ... @include(if: $yes) { __typename } ... @skip(if: $no) { __typename }" +
			strings.TrimPrefix(q.selection("Query", 5), "{") + strings.Join(q.fragments, "")
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		_, answer := s.ask(t, "acme", string(body))
		var whole answerIn
		if err := json.Unmarshal([]byte(answer), &whole); err != nil || whole.Errors != nil {
			t.Fatalf("%s\n%s", query, answer)
		}
		parts := s.inPartsOr(t, "acme", string(body))
		merged := parts[0].Data
		for _, part := range parts[1:] {
			for _, later := range part.Incremental {
				merged = merge(merged, later.Path, later.Data)
			}
		}
		if !reflect.DeepEqual(merged, whole.Data) {
			got, _ := json.Marshal(merged)
			want, _ := json.Marshal(whole.Data)
			t.Fatalf("%s\nmerged %s\nwhole  %s", query, got, want)
		}
		inParts += len(parts) - 1
	}
	if inParts < 100 {
		t.Errorf("only %d queries deferred anything", inParts)
	}
}
