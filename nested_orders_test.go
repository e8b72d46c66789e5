package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rowhouse/model"
)

// TestListsOfManyParentsHaveTheirOrder reads the first and the last rows of each project's items,
// and of each item's labels, in each order, and compares them with the database's order.
func TestListsOfManyParentsHaveTheirOrder(t *testing.T) {
	s, _ := shuffled(t)
	type parent struct {
		ID       string
		From, To struct{ Nodes []struct{ ID string } }
	}
	for _, list := range manyRelations() {
		for _, order := range list.orders {
			var found map[string]struct{ Nodes []parent }
			s.Reset()
			s.query(t, "acme", fmt.Sprintf(`{ %s { nodes { id from: %s(first: 4, orderBy: %s) { nodes { id } }
				to: %[2]s(last: 4, orderBy: %[3]s) { nodes { id } } } } }`, list.parents, list.name, order), &found)
			if n := len(s.Ran()); n != 3 {
				t.Errorf("%s %s: %d statements, want one for each relation", list.name, order, n)
			}
			for _, parents := range found {
				if len(parents.Nodes) != 3 {
					t.Fatalf("%d parents", len(parents.Nodes))
				}
				for _, p := range parents.Nodes {
					want := s.ids(t, "SELECT id FROM "+list.rows+binary(p.ID)+") ORDER BY "+orderBy(list.rows, order))
					n := min(4, len(want))
					if from := idsOf(p.From.Nodes); n < 2 || !slices.Equal(from, want[:n]) {
						t.Errorf("%s %s: first:\n%v, want\n%v", list.name, order, from, want[:n])
					}
					if to := idsOf(p.To.Nodes); !slices.Equal(to, want[len(want)-n:]) {
						t.Errorf("%s %s: last:\n%v, want\n%v", list.name, order, to, want[len(want)-n:])
					}
				}
			}
		}
	}
}

// parentList is a connection of each of several parents.
type parentList struct {
	parents, name, target string
	rows                  string // as relatedRows
	orders                []string
}

// manyRelations returns the relations of all types to many rows.
func manyRelations() (lists []parentList) {
	for _, t := range model.Types.All() {
		for _, r := range t.Relations() {
			if r.Many {
				parents := columnField(t.Schema().Table) + "(first: 3)"
				lists = append(lists, parentList{parents, r.Name, r.Target, relatedRows(r), model.Types.ByName(r.Target).Orders()})
			}
		}
	}
	return lists
}

// idsOf returns the ids of nodes in hexadecimal digits.
func idsOf(nodes []struct{ ID string }) (ids []string) {
	for _, n := range nodes {
		ids = append(ids, strings.Trim(binary(n.ID), "x'"))
	}
	return ids
}
