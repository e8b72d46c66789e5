package relay_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

// fillShelves stores shelves of both tenants with few different values, many of them NULL.
func fillShelves(t *testing.T, d *tenancytest.Database) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same in each run
	for i := range 24 {
		for _, ctx := range []context.Context{d.Acme, d.Globex} {
			s := &Shelf{
				Code: fmt.Sprint("C", (i*7)%24), Name: string("aAäbB"[r.IntN(2)]),
				Wood: allWood[r.IntN(3)], Height: allHeight[r.IntN(3)], Width: r.IntN(3),
			}
			if r.IntN(2) == 0 {
				s.EmptyAt = new(time.Date(2026, 1, 1+r.IntN(2), 0, 0, 0, 1000, time.UTC))
			}
			if r.IntN(2) == 0 {
				s.Remark = new(string("xy"[r.IntN(2)]))
			}
			must[*Shelf](t)(shelves.Create(ctx, d.DB, s))
		}
	}
}

// sqlOrder returns an order of shelves as SQL.
func sqlOrder(order Order) string {
	name, nullsLast := strings.CutSuffix(string(order), "_NULLS_LAST")
	name, nullsFirst := strings.CutSuffix(name, "_NULLS_FIRST")
	at := strings.LastIndex(name, "_")
	column, direction := strings.ToLower(name[:at]), name[at:]
	direction = strings.Replace(direction, "_", " ", 1)
	by := column
	switch {
	case column == "created_at":
		by = "id"
	case column == "wood":
		by = "FIELD(wood, 'OAK', 'BEECH', 'ASH')"
	case nullsLast:
		by = "empty_at IS NULL, empty_at"
	case nullsFirst:
		by = "empty_at IS NOT NULL, empty_at"
	}
	return by + direction + ", id" + direction
}

// TestOrdersPageInBothDirections reads all shelves in pages, and compares them with the database's
// order.
func TestOrdersPageInBothDirections(t *testing.T) {
	d := library.New(t)
	fillShelves(t, d)
	for _, order := range shelfOrders {
		want := readCodes(t, d, "SELECT code FROM shelves WHERE tenant_id = 1 ORDER BY "+sqlOrder(order))
		if got := readForwards(t, d, order); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", order, got, want)
		}
		if got := readBackwards(t, d, order); !slices.Equal(got, want) {
			t.Errorf("%s backwards: %v, want %v", order, got, want)
		}
	}
}

// readCodes returns the strings of a query over an unguarded connection.
func readCodes(t *testing.T, d *tenancytest.Database, query string) (codes []string) {
	t.Helper()
	rows, err := d.SQL.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return codes
}

func readForwards(t *testing.T, d *tenancytest.Database, order Order) (codes []string) {
	t.Helper()
	for args := (relay.PageArgs{First: new(5)}); ; {
		page := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, args, &ShelfFilter{}, order))
		for _, e := range page.Edges() {
			codes = append(codes, e.Node.Code)
		}
		info := page.PageInfo()
		if info.HasPreviousPage != (args.After != nil) {
			t.Errorf("%s: a page after %v says %+v", order, args.After, info)
		}
		if args.After = info.EndCursor; !info.HasNextPage {
			return codes
		}
	}
}

func readBackwards(t *testing.T, d *tenancytest.Database, order Order) (codes []string) {
	t.Helper()
	for args := (relay.PageArgs{Last: new(5)}); ; {
		page := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, args, nil, &order))
		var some []string
		for _, s := range page.Nodes {
			some = append(some, s.Code)
		}
		codes = append(some, codes...)
		info := page.PageInfo()
		if info.HasNextPage != (args.Before != nil) {
			t.Errorf("%s: a page before %v says %+v", order, args.Before, info)
		}
		if args.Before = info.StartCursor; !info.HasPreviousPage {
			return codes
		}
	}
}

// TestRelationsPageInEachOrder reads the children of two shelves in each order.
func TestRelationsPageInEachOrder(t *testing.T) {
	d := library.New(t)
	fillShelves(t, d)
	parents := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{First: new(2)}, nil, Order("CODE_ASC")))
	_, err := d.SQL.ExecContext(t.Context(), "UPDATE shelves SET parent_id = ? WHERE tenant_id = 1", parents.Nodes[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, order := range shelfOrders {
		all := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{}, nil, order))
		some := must[*relay.Connection[Shelf]](t)(shelfChildren.Page(d.Acme, d.DB, parents.Nodes[0], relay.PageArgs{}, nil, order))
		none := must[*relay.Connection[Shelf]](t)(shelfChildren.Page(d.Acme, d.DB, parents.Nodes[1], relay.PageArgs{}, nil, order))
		if !slices.EqualFunc(all.Nodes, some.Nodes, func(a, b *Shelf) bool { return a.ID == b.ID }) || len(none.Nodes) > 0 {
			t.Errorf("%s: the children are %d and %d", order, len(some.Nodes), len(none.Nodes))
		}
		last := must[*relay.Connection[Shelf]](
			t,
		)(
			shelfChildren.Page(d.Acme, d.DB, parents.Nodes[0], relay.PageArgs{Last: new(3)}, nil, order),
		)
		before := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{Last: new(3)}, nil, order))
		if !slices.EqualFunc(last.Nodes, before.Nodes, func(a, b *Shelf) bool { return a.ID == b.ID }) {
			t.Errorf("%s: the last children differ", order)
		}
	}
}

func TestCursorsBelongToTheirOrder(t *testing.T) {
	d := library.New(t)
	fillShelves(t, d)
	for _, from := range shelfOrders {
		page := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{First: new(1)}, nil, from))
		cursor := page.PageInfo().EndCursor
		for _, to := range shelfOrders {
			_, err := shelves.Page(d.Acme, d.DB, relay.PageArgs{After: cursor}, nil, to)
			rejected := err != nil && strings.Contains(err.Error(), "after is not a cursor of this connection in this order")
			if rejected != (from != to) {
				t.Errorf("%s, with a cursor of %s: %v", to, from, err)
			}
		}
	}
}

func TestPageArgumentsAreChecked(t *testing.T) {
	d := library.New(t)
	newShelf(d.Acme, t, d, "A")
	for _, test := range []struct {
		args relay.PageArgs
		want string
	}{
		{args: relay.PageArgs{First: new(101)}, want: "first must be 0 to 100"},
		{args: relay.PageArgs{Last: new(-1)}, want: "last must be 0 to 100"},
		{args: relay.PageArgs{First: new(1), Last: new(1)}, want: "last must not stand together with first"},
		{args: relay.PageArgs{Before: new("x")}, want: "before is not a cursor of this connection in this order"},
		{args: relay.PageArgs{Nulls: []relay.Path{{"where", "or", 1, "name", "eq"}}}, want: "where.or[1].name.eq must not be null"},
		{args: relay.PageArgs{First: new(0), After: new("")}, want: "<nil>"},
		{args: relay.PageArgs{CountOnly: true}, want: "<nil>"},
	} {
		page, err := shelves.Page(d.Acme, d.DB, test.args, nil, nil)
		if got := fmt.Sprint(err); !strings.HasPrefix(got, test.want) {
			t.Errorf("%+v: %s, want %s", test.args, got, test.want)
		}
		if err == nil {
			if n := must[int](t)(page.TotalCount(d.Acme)); n != 1 || len(page.Nodes) > 0 || page.PageInfo().StartCursor != nil {
				t.Errorf("%+v: a count of %d and %v", test.args, n, page.Nodes)
			}
		}
	}
	parent := newShelf(d.Acme, t, d, "B")
	if _, err := shelfChildren.Page(d.Acme, d.DB, parent, relay.PageArgs{First: new(101)}, nil, nil); err == nil {
		t.Error("a relation does not check its arguments")
	}
}
