package relay_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

// fillManyShelves stores 40 shelves of both tenants with books and tags: most with few, and some with many.
func fillManyShelves(t *testing.T, d *tenancytest.Database) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same in each run
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		var allTags []*Tag
		for i := range 30 {
			allTags = append(allTags, must[*Tag](t)(tags.Create(ctx, d.DB, &Tag{Name: fmt.Sprint("tag ", i%7)})))
		}
		for i := range 40 {
			s := must[*Shelf](t)(shelves.Create(ctx, d.DB, &Shelf{Code: fmt.Sprint("C", i), Wood: "OAK", Height: "LOW"}))
			n := r.IntN(4)
			if i%13 == 5 {
				n = 150
			}
			var rows []*Book
			for range n {
				rows = append(rows, &Book{Row: relay.Row[Book]{ID: relay.NewID()}, ShelfID: s.ID, Title: string("aAäbB"[r.IntN(2)])})
			}
			if n > 0 {
				if err := d.DB.For(ctx).Create(rows).Error; err != nil {
					t.Fatal(err)
				}
			}
			for _, tag := range allTags[:min(n, len(allTags))] {
				if err := d.DB.For(ctx).Create(&ShelfTag{ShelfID: s.ID, TagID: tag.ID}).Error; err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// TestPagesOfManyParentsEqualThoseOfEach reads pages of 40 shelves together and one by one: books in orders of the server
// and of the program, and tags by links. A shelf with very many books does not make the others wrong, or the
// statements long.
func TestPagesOfManyParentsEqualThoseOfEach(t *testing.T) {
	d := library.New(t)
	fillManyShelves(t, d)
	all := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{First: new(100)}, nil, nil))
	third := func(page *relay.Connection[Book]) *string { return &page.Edges()[2].Cursor }
	many := func(by Order) *relay.Connection[Book] {
		return must[*relay.Connection[Book]](t)(shelfBooks.Page(d.Acme, d.DB, all.Nodes[39-5], relay.PageArgs{}, nil, by))
	}
	for _, test := range []struct {
		name string
		args relay.PageArgs
		by   Order
	}{
		{name: "first", args: relay.PageArgs{First: new(2)}, by: "CREATED_AT_DESC"},
		{name: "last", args: relay.PageArgs{Last: new(2)}, by: "CREATED_AT_DESC"},
		{name: "first by strings", args: relay.PageArgs{First: new(3)}, by: "TITLE_ASC"},
		{name: "last by strings", args: relay.PageArgs{Last: new(3)}, by: "TITLE_ASC"},
		{name: "after", args: relay.PageArgs{First: new(3), After: third(many("TITLE_ASC"))}, by: "TITLE_ASC"},
		{name: "no rows", args: relay.PageArgs{First: new(0)}, by: "TITLE_ASC"},
		{name: "all", args: relay.PageArgs{First: new(100)}, by: "CREATED_AT_DESC"},
	} {
		t.Run(test.name, func(t *testing.T) {
			together := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{First: new(100)}, nil, nil))
			d.Reset()
			for i, s := range together.Nodes {
				got := must[*relay.Connection[Book]](t)(shelfBooks.Page(d.Acme, d.DB, s, test.args, nil, test.by))
				if ran := d.Ran(); len(ran) > 2 || strings.Contains(strings.Join(ran, ""), strings.Repeat("UNION", 17)) {
					t.Fatalf("%d statements: %.500s", len(ran), ran)
				}
				alone := must[*Shelf](t)(shelves.Find(d.Acme, d.DB, s.ID))
				want := must[*relay.Connection[Book]](t)(shelfBooks.Page(d.Acme, d.DB, alone, test.args, nil, test.by))
				if idsOf(got.Nodes) != idsOf(want.Nodes) || !reflect.DeepEqual(got.PageInfo(), want.PageInfo()) {
					t.Errorf("shelf %d has %s %+v, want %s %+v", i, idsOf(got.Nodes), got.PageInfo(), idsOf(want.Nodes), want.PageInfo())
				}
				d.Reset()
			}
		})
	}
	for _, by := range []Order{"NAME_ASC", "NAME_DESC", "CREATED_AT_DESC"} {
		together := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{First: new(100)}, nil, nil))
		for i, s := range together.Nodes {
			args := relay.PageArgs{First: new(2)}
			got := must[*relay.Connection[Tag]](t)(shelfTags.Page(d.Acme, d.DB, s, args, nil, by))
			alone := must[*Shelf](t)(shelves.Find(d.Acme, d.DB, s.ID))
			want := must[*relay.Connection[Tag]](t)(shelfTags.Page(d.Acme, d.DB, alone, args, nil, by))
			if idsOf(got.Nodes) != idsOf(want.Nodes) || !reflect.DeepEqual(got.PageInfo(), want.PageInfo()) {
				t.Errorf("by %s, shelf %d has the tags %s, want %s", by, i, idsOf(got.Nodes), idsOf(want.Nodes))
			}
		}
	}
}

// TestSelectionsReadTheirColumns checks the columns of the statements, and that the other values are absent.
func TestSelectionsReadTheirColumns(t *testing.T) {
	d := library.New(t)
	shelf := must[*Shelf](t)(shelves.Create(d.Acme, d.DB, &Shelf{Code: "A", Name: "red", Wood: "OAK", Height: "LOW", Width: 7}))
	book := must[*Book](t)(books.Create(d.Acme, d.DB, &Book{ShelfID: shelf.ID, Title: "red"}))
	for _, test := range []struct {
		name   string
		fields []string
		want   string
	}{
		{name: "a column of an index, and a short one without", fields: []string{"title"}, want: "SELECT `id`, `title`, `created_at` FROM"},
		{name: "a column without an index", fields: []string{"createdAt"}, want: "SELECT `id`, `created_at` FROM"},
		{name: "a reference", fields: []string{"createdAt", "shelf"}, want: "SELECT `id`, `created_at`, `shelf_id` FROM"},
		{name: "a field twice", fields: []string{"createdAt", "createdAt"}, want: "SELECT `id`, `created_at` FROM"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d.Reset()
			found := must[*Book](t)(books.ByID(d.Acme, d.DB, book.GlobalID(), books.NewSelection(test.fields)))
			if ran := d.Ran(); len(ran) != 1 || !strings.HasPrefix(ran[0], test.want) {
				t.Errorf("%v, want %s", ran, test.want)
			}
			if isRead := slices.Contains(test.fields, "title"); (found.Title != "") != isRead {
				t.Errorf("the title is %q", found.Title)
			}
			if _, err := books.ByID(d.Globex, d.DB, book.GlobalID(), books.NewSelection(test.fields)); err == nil {
				t.Error("another tenant reads the row")
			}
		})
	}
	if volumes.NewSelection([]string{"code"}) != nil {
		t.Error("a type with AfterFind has a selection")
	}
}

// idsOf returns the ids of rows.
func idsOf[T any](rows []*T) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%s ", any(r).(relay.Node).GlobalID())
	}
	return b.String()
}
