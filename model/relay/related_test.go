package relay_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"rowhouse/model/relay"
)

// TestFiltersFindRowsByFewAndByManyRelatedRows compares filters of a reference and of a list, each with its negation.
// The ids of few related rows are a condition; many are a subquery. The other tenant has the same rows.
func TestFiltersFindRowsByFewAndByManyRelatedRows(t *testing.T) {
	d := library.New(t)
	for i := range 104 { // more than the ids that are read
		for _, ctx := range []context.Context{d.Acme, d.Globex} {
			shelf := newShelf(ctx, t, d, fmt.Sprint("S", i))
			if i < 102 {
				newBook(ctx, t, d, shelf, map[bool]string{true: "few", false: "many"}[i < 1])
			}
		}
	}
	shelf := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{First: new(1)}, nil, nil)).Nodes[0]
	newBook(d.Acme, t, d, shelf, "few")
	some := func(title string) *ShelfFilter {
		return &ShelfFilter{Books: set(&BookListFilter{Some: set(&BookFilter{Title: equals(title)})})}
	}
	none := func(title string) *ShelfFilter {
		return &ShelfFilter{Books: set(&BookListFilter{None: set(&BookFilter{Title: equals(title)})})}
	}
	anyName := set(&relay.StringFilter{StartsWith: set(new("shelf "))})
	inAnyShelf := set(&BookFilter{Shelf: set(&ShelfFilter{Name: anyName})})
	for _, test := range []struct {
		name        string
		where       *ShelfFilter
		want        int
		page, count string // parts of their statements
	}{
		{"some of no rows", some("x"), 0, "(1 = 0)", "(1 = 0)"},
		{"none of no rows", none("x"), 104, "(TRUE)", "(TRUE)"},
		{"some of few rows", some("few"), 2, "`id` IN (?,?)", "`id` IN (?,?)"},
		{"none of few rows", none("few"), 102, "`id` NOT IN (?,?)", "`id` NOT IN (?,?)"},
		{"some of many rows", some("many"), 101, "CASE WHEN EXISTS (", "(EXISTS ("},
		{"none of many rows", none("many"), 3, "CASE WHEN NOT EXISTS (", "(NOT EXISTS ("},
		{"not of many rows", &ShelfFilter{Not: set(some("many"))}, 3, "IS NOT TRUE", "IS NOT TRUE"},
		{"or", &ShelfFilter{Or: set([]*ShelfFilter{some("few"), none("many")})}, 3, " OR ", " OR "},
		{
			"of related rows", &ShelfFilter{Books: set(&BookListFilter{Some: set(&BookFilter{Shelf: set(some("few"))})})}, 2,
			"`id` IN (?,?)", "`id` IN (?,?)",
		},
		{
			"of many related rows", &ShelfFilter{Books: set(&BookListFilter{Some: inAnyShelf})}, 103,
			"CASE WHEN EXISTS (", "(EXISTS (",
		},
	} {
		d.Reset()
		page := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{First: new(100)}, test.where, nil))
		ran := d.Ran()
		if sql := ran[len(ran)-1]; len(page.Nodes) != min(100, test.want) || !strings.Contains(sql, test.page) {
			t.Errorf("%s: %d shelves by %s", test.name, len(page.Nodes), sql)
		}
		n := must[int](t)(page.TotalCount(d.Acme))
		ran = d.Ran()
		if sql := ran[len(ran)-1]; n != test.want || !strings.Contains(sql, test.count) {
			t.Errorf("%s: %d is the count by %s", test.name, n, sql)
		}
	}
}

// TestInvalidFiltersReadNoRelatedRows runs a filter whose last field is invalid.
func TestInvalidFiltersReadNoRelatedRows(t *testing.T) {
	d := library.New(t)
	d.Reset()
	where := &ShelfFilter{Books: set(&BookListFilter{Some: set(&BookFilter{Title: equals("x"), ShelfID: inIDs([]relay.GlobalID{"x"})})})}
	_, err := shelves.Page(d.Acme, d.DB, relay.PageArgs{}, where, nil)
	if err == nil || len(d.Ran()) != 0 {
		t.Errorf("got %v after %q", err, d.Ran())
	}
}

// TestErrorsOfRelatedRowsAreReturned cancels the query for the related rows: a filter without it would match other rows.
func TestErrorsOfRelatedRowsAreReturned(t *testing.T) {
	d := library.New(t)
	newShelf(d.Acme, t, d, "A")
	ctx, cancel := context.WithCancel(d.Acme)
	cancel()
	where := &ShelfFilter{Books: set(&BookListFilter{None: set(&BookFilter{Title: equals("x")})})}
	for _, err := range []error{
		second(shelves.Page(ctx, d.DB, relay.PageArgs{}, where, nil)), second(shelves.DeleteMany(ctx, d.DB, where)),
	} {
		if err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
			t.Errorf("got %v", err)
		}
	}
}
