package relay_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

// countStatements fails unless the database has run n statements since the last Reset.
func countStatements(t *testing.T, d *tenancytest.Database, n int) {
	t.Helper()
	if ran := d.Ran(); len(ran) != n {
		t.Errorf("%d statements, want %d:\n%s", len(ran), n, strings.Join(ran, "\n"))
	}
	d.Reset()
}

func TestOneStatementLoadsARelationOfABatch(t *testing.T) {
	d := library.New(t)
	for i := range 3 {
		shelf := newShelf(d.Acme, t, d, fmt.Sprint(i))
		newShelf(d.Globex, t, d, fmt.Sprint(i))
		for n := range i + 1 {
			newBook(d.Acme, t, d, shelf, fmt.Sprint("book ", i, n))
		}
	}
	d.Reset()
	all := must[*relay.Connection[Book]](t)(books.Page(d.Acme, d.DB, relay.PageArgs{}, nil, Order("TITLE_ASC")))
	var wait sync.WaitGroup
	for _, b := range all.Nodes {
		wait.Go(func() {
			shelf, err := bookShelf.Load(d.Acme, d.DB, b)
			if err != nil || "book "+shelf.Code != b.Title[:6] {
				t.Errorf("%s is on %v, %v", b.Title, shelf, err)
			}
			page, err := shelfBooks.Page(d.Acme, d.DB, shelf, relay.PageArgs{First: new(2)}, nil, Order("TITLE_ASC"))
			if err != nil || len(page.Nodes) != min(2, int(shelf.Code[0]-'0')+1) {
				t.Errorf("shelf %s: %v, %v", shelf.Code, page, err)
				return
			}
			if n, err := page.TotalCount(d.Acme); err != nil || n != int(shelf.Code[0]-'0')+1 || page.PageInfo().HasNextPage != (n > 2) {
				t.Errorf("shelf %s has %d books, %v", shelf.Code, n, err)
			}
			if back, err := bookShelf.Load(d.Acme, d.DB, page.Nodes[0]); err != nil || back.ID != shelf.ID {
				t.Errorf("the first book of shelf %s is on %v, %v", shelf.Code, back, err)
			}
		})
	}
	wait.Wait()
	countStatements(t, d, 5) // books, their shelves, the shelves' books and counts, and these books' shelves
}

func TestReferencesCanBeNullAndToTheSameType(t *testing.T) {
	d := library.New(t)
	top := newShelf(d.Acme, t, d, "TOP")
	under := &Shelf{Code: "UNDER", Name: "UNDER", Wood: "ASH", Height: "TALL", ParentID: &top.ID}
	must[*Shelf](t)(shelves.Create(d.Acme, d.DB, under))
	if parent := must[*Shelf](t)(shelfParent.Load(d.Acme, d.DB, under)); parent.Code != "TOP" ||
		shelfParent.GlobalID(under) != top.GlobalID() {
		t.Errorf("the parent is %+v", parent)
	}
	if parent := must[*Shelf](t)(shelfParent.Load(d.Acme, d.DB, top)); parent != nil {
		t.Errorf("the parent is %+v", parent)
	}
	children := must[*relay.Connection[Shelf]](t)(shelfChildren.Page(d.Acme, d.DB, top, relay.PageArgs{}, nil, nil))
	if len(children.Nodes) != 1 || children.Nodes[0].Code != "UNDER" {
		t.Errorf("the children are %v", children.Nodes)
	}
	stale := must[*Shelf](t)(shelves.Find(d.Acme, d.DB, under.ID))
	must[*Shelf](t)(shelves.Update(d.Acme, d.DB, under.ID, func(s *Shelf) error {
		s.ParentID = nil
		return nil
	}))
	must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, top.GlobalID()))
	if parent := must[*Shelf](t)(shelfParent.Load(d.Acme, d.DB, stale)); parent != nil {
		t.Errorf("the deleted parent is %+v", parent)
	}
}

// TestInverseOfAUniqueReferenceIsOneRow loads and filters by the readers that others have as sponsors.
func TestInverseOfAUniqueReferenceIsOneRow(t *testing.T) {
	d := library.New(t)
	home := newShelf(d.Acme, t, d, "A")
	ada, alan := newReader(d.Acme, t, d, home, "A-1"), newReader(d.Acme, t, d, home, "A-2")
	in := newReaderInput(home, "A-3")
	in.SponsorID = given(ada.GlobalID())
	grace := must[*Reader](t)(readers.CreateFrom(d.Acme, d.DB, in))
	d.Reset()
	found := must[map[relay.ID]*Reader](t)(readers.ByIDs(d.Acme, d.DB, []relay.ID{ada.ID, alan.ID}))
	protege := must[*Reader](t)(readerProtege.Load(d.Acme, d.DB, found[ada.ID]))
	if none := must[*Reader](t)(readerProtege.Load(d.Acme, d.DB, found[alan.ID])); protege.ID != grace.ID || none != nil {
		t.Errorf("the proteges are %v and %v", protege, none)
	}
	countStatements(t, d, 2) // readers and proteges
	where := &ReaderFilter{Protege: given(ReaderFilter{Card: equals("A-3")})}
	page := must[*relay.Connection[Reader]](t)(readers.Page(d.Acme, d.DB, relay.PageArgs{}, where, nil))
	if len(page.Nodes) != 1 || page.Nodes[0].ID != ada.ID {
		t.Errorf("the sponsors are %v", page.Nodes)
	}
	must[*Reader](t)(readers.Delete(d.Acme, d.DB, ada.GlobalID()))
	if r := findReader(t, d, grace.ID); r.SponsorID != nil || r.Version != 2 {
		t.Errorf("the protege is %+v", r)
	}
}

func TestRequiredRowThatWasDeletedMeanwhileIsNotFound(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	book := newBook(d.Acme, t, d, shelf, "x")
	must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID()))
	_, err := bookShelf.Load(d.Acme, d.DB, book)
	requireNotFound(t, err, "Shelf")
}

// TestManyToManyLeavesOutSoftlyDeletedRows compares pages and counts of shelves' tags, of which
// every other one is deleted.
func TestManyToManyLeavesOutSoftlyDeletedRows(t *testing.T) {
	d := library.New(t)
	for i := range 3 {
		shelf := newShelf(d.Acme, t, d, fmt.Sprint(i))
		for n := range 2 * i {
			tag := must[*Tag](t)(tags.Create(d.Acme, d.DB, &Tag{Name: fmt.Sprint("tag ", 9-n)}))
			theirs := must[*Tag](t)(tags.Create(d.Globex, d.DB, &Tag{Row: relay.Row[Tag]{ID: tag.ID}, Name: "of globex"}))
			link := &ShelfTag{ShelfID: shelf.ID, TagID: tag.ID}
			if err := d.For(d.Acme).Create(link).Error; err != nil {
				t.Fatal(err)
			}
			if n%2 == 1 {
				must[*Tag](t)(tags.Delete(d.Acme, d.DB, tag.GlobalID()))
			}
			if theirs.ID != tag.ID {
				t.Fatal("Create replaces an id")
			}
		}
	}
	d.Reset()
	all := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{}, nil, Order("CODE_ASC")))
	for i, want := range [][]string{{}, {"tag 9"}, {"tag 7", "tag 9"}} {
		page := must[*relay.Connection[Tag]](t)(shelfTags.Page(d.Acme, d.DB, all.Nodes[i], relay.PageArgs{}, nil, Order("NAME_ASC")))
		names := []string{}
		for _, tag := range page.Nodes {
			names = append(names, tag.Name)
		}
		if n := must[int](t)(page.TotalCount(d.Acme)); !slices.Equal(names, want) || n != len(want) {
			t.Errorf("shelf %d: %v and a count of %d, want %v", i, names, n, want)
		}
	}
	countStatements(t, d, 3) // shelves, their tags and counts
}

func TestPagesOfRelationsHaveFilters(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	newBook(d.Acme, t, d, shelf, "one")
	newBook(d.Acme, t, d, shelf, "two")
	tag := must[*Tag](t)(tags.Create(d.Acme, d.DB, &Tag{Name: "red"}))
	if err := d.For(d.Acme).Create(&ShelfTag{ShelfID: shelf.ID, TagID: tag.ID}).Error; err != nil {
		t.Fatal(err)
	}
	page := must[*relay.Connection[Book]](t)(shelfBooks.Page(d.Acme, d.DB, shelf, relay.PageArgs{}, &BookFilter{Title: equals("two")}, nil))
	if n := must[int](t)(page.TotalCount(d.Acme)); n != 1 || page.Nodes[0].Title != "two" {
		t.Errorf("%d books, %v", n, page.Nodes)
	}
	for name, want := range map[string]int{"red": 1, "blue": 0} {
		page := must[*relay.Connection[Tag]](t)(shelfTags.Page(d.Acme, d.DB, shelf, relay.PageArgs{}, &TagFilter{Name: equals(name)}, nil))
		if n := must[int](t)(page.TotalCount(d.Acme)); n != want || len(page.Nodes) != want {
			t.Errorf("%s: %d tags, %v", name, n, page.Nodes)
		}
	}
	page50 := &BookFilter{Title: equals("two"), Shelf: set(&ShelfFilter{Or: set(slices.Repeat([]*ShelfFilter{{Code: equals("A")}}, 23))})}
	if page := must[*relay.Connection[Book]](t)(shelfBooks.Page(d.Acme, d.DB, shelf, relay.PageArgs{}, page50, nil)); len(page.Nodes) != 1 {
		t.Errorf("50 conditions find %v", page.Nodes)
	}
	if page := must[*relay.Connection[Shelf]](t)(tagShelves.Page(d.Acme, d.DB, tag, relay.PageArgs{}, nil, nil)); len(page.Nodes) != 1 {
		t.Errorf("the tag is on %v", page.Nodes)
	}
	long := &BookFilter{ID: inIDs(make([]relay.GlobalID, 101))}
	if _, err := shelfBooks.Page(d.Acme, d.DB, shelf, relay.PageArgs{}, long, nil); err == nil {
		t.Error("a long list passes")
	}
	countOnly := must[*relay.Connection[Book]](t)(shelfBooks.Page(d.Acme, d.DB, shelf, relay.PageArgs{CountOnly: true}, long, nil))
	if _, err := countOnly.TotalCount(d.Acme); err == nil {
		t.Error("a long list passes in a count")
	}
}

func TestPanicInABatchReachesEachCaller(t *testing.T) {
	type row struct{ relay.Batch[row] }
	rows := []*row{{}, {}}
	relay.NewBatch(rows)
	func() {
		defer func() { _ = recover() }()
		_, _ = relay.LoadBatch(rows[0], "key", func([]*row) (int, error) { panic("x") })
	}()
	if _, err := relay.LoadBatch(rows[1], "key", func([]*row) (int, error) { return 1, nil }); err == nil {
		t.Error("a second caller gets no error")
	}
	if n, err := relay.LoadBatch(rows[1], "other", func(all []*row) (int, error) { return len(all), nil }); n != 2 || err != nil {
		t.Error(n, err)
	}
}
