package relay_test

import (
	"context"
	"strings"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

// loadReferred returns the name of a row's reference, loaded by a Selection.
func loadReferred(
	ctx context.Context, t *testing.T, d *tenancytest.Database, of relay.AnyType, row any, name string, s *relay.Selection,
) any {
	t.Helper()
	for _, r := range of.Relations() {
		if r.Name == name {
			return must[any](t)(r.Load.LoadOne(ctx, d.DB, row, s))
		}
	}
	t.Fatalf("%s has no relation %s", of.Name(), name)
	return nil
}

// TestPagesReadReferencesInTheirStatement reads magazines with their rivals, one of which is deleted, and their shelves,
// and then the parents of these shelves.
func TestPagesReadReferencesInTheirStatement(t *testing.T) {
	d := library.New(t)
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		wall := newShelf(ctx, t, d, "W")
		shelf := must[*Shelf](t)(shelves.Create(ctx, d.DB, &Shelf{Code: "A", Name: "low", Wood: "OAK", Height: "LOW", ParentID: &wall.ID}))
		rival := must[*Magazine](t)(magazines.Create(ctx, d.DB, &Magazine{Issn: issn(1), Title: "title", Topic: "OAK"}))
		for i := 2; i <= 4; i++ {
			must[*Magazine](t)(magazines.Create(ctx, d.DB, &Magazine{
				Issn: issn(i), Title: "title" + issn(i), Topic: "OAK", ShelfID: &shelf.ID, RivalID: &rival.ID,
			}))
		}
		must[*Magazine](t)(magazines.Create(ctx, d.DB, &Magazine{Issn: issn(5), Title: "alone", Topic: "OAK"}))
		must[*Magazine](t)(magazines.Delete(ctx, d.DB, rival.GlobalID()))
	}
	newSelection := func() (of, rival, shelf *relay.Selection) {
		of = magazines.NewSelection([]string{"pages", "rival", "shelf"})
		rival, shelf = magazines.NewSelection([]string{"title"}), shelves.NewSelection([]string{"name", "parent"})
		return of, rival, shelf
	}
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		of, ofRival, ofShelf := newSelection()
		apart, _, _ := newSelection()
		of.SelectRelation("rival", ofRival)
		of.SelectRelation("shelf", ofShelf)
		for name, args := range map[string]relay.PageArgs{
			"the beginning": {First: new(3), Selection: of}, "the end": {Last: new(3), Selection: of}, "all": {Selection: of},
		} {
			d.Reset()
			page := must[*relay.Connection[Magazine]](t)(magazines.Page(ctx, d.DB, args, nil, nil))
			args.Selection = apart
			loadedApart := must[*relay.Connection[Magazine]](t)(magazines.Page(ctx, d.DB, args, nil, nil))
			if page.Len() != loadedApart.Len() || page.PageInfo().HasNextPage != loadedApart.PageInfo().HasNextPage {
				t.Errorf("%s: %d rows, want %d", name, page.Len(), loadedApart.Len())
			}
			d.Reset()
			var parents []*Shelf
			for i, m := range page.Nodes {
				rival, _ := loadReferred(ctx, t, d, magazines, m, "rival", ofRival).(*Magazine)
				shelf, _ := loadReferred(ctx, t, d, magazines, m, "shelf", ofShelf).(*Shelf)
				other := loadedApart.Nodes[i]
				if (rival == nil) != (other.RivalID == nil) || rival != nil && (rival.ID != *other.RivalID || rival.Title != "title") {
					t.Errorf("%s: the rival of %v is %+v", name, m.ID, rival)
				}
				if (shelf == nil) != (other.ShelfID == nil) || shelf != nil && (shelf.ID != *other.ShelfID || shelf.Name != "low") {
					t.Errorf("%s: the shelf of %v is %+v", name, m.ID, shelf)
				}
				if shelf != nil {
					parents = append(parents, must[*Shelf](t)(shelfParent.Load(ctx, d.DB, shelf)))
				}
			}
			if ran := d.Ran(); len(ran) != 1 || len(parents) == 0 || parents[0].Code != "W" ||
				parents[0].TenantID != page.Nodes[0].TenantID && page.Nodes[0].TenantID != 0 {
				t.Errorf("%s: %q", name, ran)
			}
		}
	}
}

// TestReferencesAreNotJoined reads pages whose plan a join could change, or repeat long columns in each row.
func TestReferencesAreNotJoined(t *testing.T) {
	d := library.New(t)
	m := must[*Magazine](t)(magazines.Create(d.Acme, d.DB, &Magazine{Issn: issn(1), Title: "title", Topic: "OAK"}))
	must[*Magazine](t)(magazines.Create(d.Acme, d.DB, &Magazine{Issn: issn(2), Title: "b", Topic: "OAK", RivalID: &m.ID}))
	newSelection := func(fields ...string) *relay.Selection {
		of := magazines.NewSelection([]string{"title", "rival"})
		of.SelectRelation("rival", magazines.NewSelection(fields))
		return of
	}
	for name, read := range map[string]func() (*relay.Connection[Magazine], error){
		"no selection of the other rows": func() (*relay.Connection[Magazine], error) {
			return magazines.Page(d.Acme, d.DB, relay.PageArgs{Selection: magazines.NewSelection([]string{"title", "rival"})}, nil, nil)
		},
		"a filter of other rows": func() (*relay.Connection[Magazine], error) {
			where := &MagazineFilter{Shelf: set(&ShelfFilter{})}
			return magazines.Page(d.Acme, d.DB, relay.PageArgs{Selection: newSelection("title")}, where, nil)
		},
		"swapped NULLs": func() (*relay.Connection[Magazine], error) {
			return magazines.Page(d.Acme, d.DB, relay.PageArgs{Selection: newSelection("title")}, nil, Order("PAGES_ASC_NULLS_LAST"))
		},
	} {
		d.Reset()
		must[*relay.Connection[Magazine]](t)(read())
		if ran := d.Ran(); len(ran) != 1 || strings.Contains(ran[0], "JOIN") {
			t.Errorf("%s: %q", name, ran)
		}
	}
}
