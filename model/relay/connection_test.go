package relay_test

import (
	"context"
	"encoding/base64"
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
				s.Stain = new(allWood[r.IntN(3)])
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
	switch column {
	case "created_at":
		by = "id"
	case "wood", "stain":
		by = "FIELD(" + column + ", 'OAK', 'BEECH', 'ASH')"
	}
	if nullsLast || nullsFirst {
		by = column + map[bool]string{true: " IS NULL, ", false: " IS NOT NULL, "}[nullsLast] + by
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
	args := relay.PageArgs{First: new(5)}
	for range 10 {
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
	t.Fatalf("%s has no last page", order)
	return nil
}

func readBackwards(t *testing.T, d *tenancytest.Database, order Order) (codes []string) {
	t.Helper()
	args := relay.PageArgs{Last: new(5)}
	for range 10 {
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
	t.Fatalf("%s backwards has no first page", order)
	return nil
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
		d.Reset()
		some := must[*relay.Connection[Shelf]](t)(shelfChildren.Page(d.Acme, d.DB, parents.Nodes[0], relay.PageArgs{}, nil, order))
		byServer := strings.HasPrefix(string(order), "NAME_") || strings.HasPrefix(string(order), "REMARK_") // by a collation
		ran := d.Ran()[0]
		if strings.Contains(ran[strings.LastIndex(ran, "LIMIT ?)"):], "ORDER BY") != byServer {
			t.Errorf("%s: the server sorts the rows of all shelves together: %t, want %t: %s", order, !byServer, byServer, ran)
		}
		none := must[*relay.Connection[Shelf]](t)(shelfChildren.Page(d.Acme, d.DB, parents.Nodes[1], relay.PageArgs{}, nil, order))
		if !slices.EqualFunc(all.Nodes, some.Nodes, func(a, b *Shelf) bool { return a.ID == b.ID }) || len(none.Nodes) > 0 {
			t.Errorf("%s: the children are %d and %d", order, len(some.Nodes), len(none.Nodes))
		}
		lastThree := relay.PageArgs{Last: new(3)}
		last := must[*relay.Connection[Shelf]](t)(shelfChildren.Page(d.Acme, d.DB, parents.Nodes[0], lastThree, nil, order))
		before := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, lastThree, nil, order))
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

// TestForgedCursorsAreRejected writes cursors by hand. Cursors of earlier releases remain valid.
func TestForgedCursorsAreRejected(t *testing.T) {
	d := library.New(t)
	const id = "0123456789abcdef"
	for _, test := range []struct {
		order, cursor string
		valid         bool
	}{
		{order: "CREATED_AT_DESC", cursor: "id:" + id, valid: true},
		{order: "CREATED_AT_DESC", cursor: "id:" + id + "x"},
		{order: "CREATED_AT_DESC", cursor: "id:012"},
		{order: "CREATED_AT_DESC", cursor: id},
		{order: "CREATED_AT_DESC", cursor: "id:" + string(make([]byte, 16))},
		{order: "CREATED_AT_ASC", cursor: "id asc:" + id, valid: true},
		{order: "WIDTH_ASC", cursor: "width asc:" + id + "7", valid: true},
		{order: "WIDTH_ASC", cursor: "width asc:" + id + `"7"`},
		{order: "WIDTH_ASC", cursor: "width asc:" + id},
		{order: "CODE_DESC", cursor: "`code`:" + id + `"x"`, valid: true},
		{order: "CODE_DESC", cursor: "`code`:" + id + `"é"`},
		{order: "NAME_DESC", cursor: "`name`:" + id + `"é"`, valid: true},
		{order: "NAME_DESC", cursor: "`name`:" + id + `7`},
		{order: "EMPTY_AT_DESC", cursor: "empty_at:" + id + `null`, valid: true},
		{order: "EMPTY_AT_DESC_NULLS_FIRST", cursor: "empty_at nulls:" + id + `"9999-12-31T23:59:59.9999999Z"`, valid: true},
		{order: "EMPTY_AT_DESC", cursor: "empty_at:" + id + `"0999-01-01T00:00:00Z"`},
	} {
		cursor := base64.RawURLEncoding.EncodeToString([]byte(test.cursor))
		for field, args := range map[string]relay.PageArgs{"after": {After: &cursor}, "before": {Before: &cursor}} {
			want := "<nil>"
			if !test.valid {
				want = field + " is not a cursor of this connection in this order"
			}
			if _, err := shelves.Page(d.Acme, d.DB, args, nil, Order(test.order)); fmt.Sprint(err) != want {
				t.Errorf("%s %q: %v, want %s", test.order, test.cursor, err, want)
			}
		}
	}
}

// TestPagesNeedNoSort reads a page in a unique order, which does without the id, and pages beside a
// shelf whose column is NULL, from either end. The rows with NULL are in the order of the index on
// the id, so the statement must not sort them by the column.
func TestPagesNeedNoSort(t *testing.T) {
	d := library.New(t)
	for _, code := range []string{"A", "B", "C"} {
		newShelf(d.Acme, t, d, code)
	}
	d.Reset()
	must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{}, nil, Order("CODE_ASC")))
	if ran := d.Ran(); !strings.Contains(ran[0], "ORDER BY `code` LIMIT") {
		t.Errorf("by code: %q", ran)
	}
	for order, sorted := range map[Order]int{
		"EMPTY_AT_ASC": 0, "EMPTY_AT_DESC": 0, "EMPTY_AT_ASC_NULLS_LAST": 1, "EMPTY_AT_DESC_NULLS_FIRST": 1,
	} {
		all := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{}, nil, order)).Edges()
		args := relay.PageArgs{After: &all[0].Cursor}
		if strings.HasPrefix(string(order), "EMPTY_AT_ASC") {
			args = relay.PageArgs{Before: &all[2].Cursor, Last: new(2)}
		}
		d.Reset()
		page := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, args, nil, order))
		if ran := d.Ran(); len(page.Nodes) != 2 || strings.Count(strings.Join(ran, ""), "ORDER BY `empty_at`") != sorted {
			t.Errorf("%s: %d shelves by %q", order, len(page.Nodes), ran)
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
		{args: relay.PageArgs{First: new(1), Last: new(1)}, want: "last can't be combined with first"},
		{args: relay.PageArgs{Before: new("x")}, want: "before is not a cursor of this connection in this order"},
		{args: relay.PageArgs{First: new(100), CountOnly: true}, want: "<nil>"},
		{args: relay.PageArgs{Nulls: []relay.Path{{"where", "or", 1, "name", "eq"}}}, want: "where.or[1].name.eq must not be null"},
		{args: relay.PageArgs{First: new(0), After: new("")}, want: "<nil>"},
		{args: relay.PageArgs{CountOnly: true}, want: "<nil>"},
	} {
		page, err := shelves.Page(d.Acme, d.DB, test.args, nil, (*Order)(nil))
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
