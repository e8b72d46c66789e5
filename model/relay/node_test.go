package relay_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"rowhouse/model/relay"
)

func TestNodesOfAllTypesAreFound(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	book := newBook(d.Acme, t, d, shelf, "x")
	theirs := newShelf(d.Globex, t, d, "A")
	tenant := must[*relay.Tenant](t)(relay.CurrentTenant(d.Acme))
	other := must[*relay.Tenant](t)(relay.CurrentTenant(d.Globex))
	ids := []relay.GlobalID{book.GlobalID(), theirs.GlobalID(), shelf.GlobalID(), tenant.GlobalID(), book.GlobalID(), other.GlobalID()}
	d.Reset()
	nodes := must[[]relay.Node](t)(types.NodesByID(d.Acme, d.DB, ids))
	countStatements(t, d, 2)
	for i, found := range []bool{true, false, true, true, true, false} {
		if (nodes[i] != nil) != found || found && nodes[i].GlobalID() != ids[i] {
			t.Errorf("node %d is %v", i, nodes[i])
		}
	}
	if node := must[relay.Node](t)(types.NodeByID(d.Acme, d.DB, book.GlobalID())); node.(*Book).Title != "x" {
		t.Errorf("found %+v", node)
	}
	page := must[[]relay.Node](t)(types.ByName("Book").NodePage(d.Acme, d.DB, relay.PageArgs{}, nil, nil))
	if len(page) != 1 || page[0].GlobalID() != book.GlobalID() {
		t.Errorf("the page of books is %v", page)
	}
	if _, err := types.ByName("Book").NodePage(d.Acme, d.DB, relay.PageArgs{First: new(-1)}, nil, nil); err == nil {
		t.Error("NodePage does not check its arguments")
	}
	_, err := types.NodeByID(d.Acme, d.DB, theirs.GlobalID())
	requireNotFound(t, err, "object")
}

func TestIDsOfNodesAreChecked(t *testing.T) {
	d := library.New(t)
	good := shelves.GlobalID(relay.NewID())
	unknown := relay.NewGlobalID("Unknown", relay.NewID())
	for _, test := range []struct {
		ids  []relay.GlobalID
		want string
	}{
		{ids: slices.Repeat([]relay.GlobalID{good}, 100), want: "<nil>"},
		{ids: slices.Repeat([]relay.GlobalID{good}, 101), want: "ids must be at most 100"},
		{ids: []relay.GlobalID{good, "!", unknown}, want: "ids[1] is not an id of this API; ids[2] is not an id of this API"},
		{ids: []relay.GlobalID{"U2hlbGY6eA"}, want: "ids[0] is not an id of this API"},
	} {
		if _, err := types.NodesByID(d.Acme, d.DB, test.ids); fmt.Sprint(err) != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
	var invalid *relay.InvalidError
	if _, err := types.NodeByID(d.Acme, d.DB, unknown); !errors.As(err, &invalid) || invalid.Public() != "id is not an id of this API" {
		t.Error(err)
	}
}
