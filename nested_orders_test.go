package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rowhouse/model"
)

// TestNestedListsHaveTheirOrder reads the first and last rows of each has-many relation of several
// parents, in each order, and compares them with the order of the database.
func TestNestedListsHaveTheirOrder(t *testing.T) {
	s, _ := newShuffledServer(t)
	type parent struct {
		ID          string
		First, Last struct{ Nodes []struct{ ID string } }
	}
	for _, list := range findParentLists() {
		for _, order := range list.orders {
			var found map[string]struct{ Nodes []parent }
			s.Reset()
			s.query(t, "acme", fmt.Sprintf("{ %s { nodes { id first: %s(first: 4, orderBy: %s) { nodes { id } } "+
				"last: %[2]s(last: 4, orderBy: %[3]s) { nodes { id } } } } }", list.parents, list.name, order), &found)
			if n := len(s.Ran()); n != 3 {
				t.Errorf("%s %s: %d statements, want one for each relation", list.name, order, n)
			}
			for _, parents := range found {
				if len(parents.Nodes) != 3 {
					t.Fatalf("%d parents", len(parents.Nodes))
				}
				for _, p := range parents.Nodes {
					want := s.readIDs(t, "SELECT id FROM "+list.rows+formatID(p.ID)+") ORDER BY "+formatOrder(list.rows, order))
					n := min(4, len(want))
					if first := decodeIDs(p.First.Nodes); n < 2 || !slices.Equal(first, want[:n]) {
						t.Errorf("%s %s: first:\n%v, want\n%v", list.name, order, first, want[:n])
					}
					if last := decodeIDs(p.Last.Nodes); !slices.Equal(last, want[len(want)-n:]) {
						t.Errorf("%s %s: last:\n%v, want\n%v", list.name, order, last, want[len(want)-n:])
					}
				}
			}
		}
	}
}

// parentList is a connection of each of several parents.
type parentList struct {
	parents, name, target string
	rows                  string // as findRelatedRows
	orders                []string
}

// findParentLists returns the connections of all types.
func findParentLists() (lists []parentList) {
	for _, t := range model.Types.All() {
		for _, r := range t.Relations() {
			if r.Many && !r.One {
				parents := connectionField(t) + "(first: 3)"
				lists = append(lists, parentList{parents, r.Name, r.Target, findRelatedRows(r), model.Types.ByName(r.Target).Orders()})
			}
		}
	}
	return lists
}

// decodeIDs returns the ids of nodes in hexadecimal digits.
func decodeIDs(nodes []struct{ ID string }) (ids []string) {
	for _, n := range nodes {
		ids = append(ids, strings.Trim(formatID(n.ID), "x'"))
	}
	return ids
}
