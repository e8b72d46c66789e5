package relay_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// newShelf stores a shelf with a code, for the tenant of ctx.
func newShelf(ctx context.Context, t *testing.T, d *tenancytest.Database, code string) *Shelf {
	t.Helper()
	return must[*Shelf](t)(shelves.Create(ctx, d.DB, &Shelf{
		Code: code, Name: "shelf " + code, Wood: "OAK", Height: "LOW",
	}))
}

// newBook stores a book on a shelf.
func newBook(ctx context.Context, t *testing.T, d *tenancytest.Database, shelf *Shelf, title string) *Book {
	t.Helper()
	return must[*Book](t)(books.Create(ctx, d.DB, &Book{ShelfID: shelf.ID, Title: title}))
}

// requireNotFound fails unless an error is a NotFoundError of a type.
func requireNotFound(t *testing.T, err error, typeName string) {
	t.Helper()
	var notFound *relay.NotFoundError
	if !errors.As(err, &notFound) || notFound.Type != typeName {
		t.Errorf("got %v, want that no %s was found", err, typeName)
	}
}

func TestRowsAreCreatedUpdatedAndDeleted(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	found := must[*Shelf](t)(shelves.ByID(d.Acme, d.DB, shelf.GlobalID(), nil))
	if found.Name != "shelf A" || found.Height != "LOW" || !found.CreatedAt().Equal(shelf.ID.Time()) {
		t.Errorf("found %+v", found)
	}
	updated := must[*Shelf](t)(shelves.Update(d.Acme, d.DB, shelf.ID, func(s *Shelf) error {
		s.Name, s.Remark = "new", new("full")
		return nil
	}))
	if again := must[*Shelf](t)(shelves.Find(d.Acme, d.DB, shelf.ID)); again.Name != "new" || *again.Remark != "full" ||
		updated.Name != "new" || *updated.Remark != "full" {
		t.Errorf("updated to %+v", again)
	}
	must[*Shelf](t)(shelves.Update(d.Acme, d.DB, shelf.ID, func(s *Shelf) error {
		s.Remark = new("empty")
		return nil
	}))
	if again := must[*Shelf](t)(shelves.Find(d.Acme, d.DB, shelf.ID)); *again.Remark != "empty" {
		t.Errorf("updated to %+v", again)
	}
	if deleted := must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID())); deleted.ID != shelf.ID {
		t.Errorf("deleted %+v", deleted)
	}
	_, err := shelves.ByID(d.Acme, d.DB, shelf.GlobalID(), nil)
	requireNotFound(t, err, "Shelf")
}

func TestUpdateWithoutNewValuesOnlyReads(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	events := must[<-chan *string](t)(relay.Follow(d.Acme, d.DB, shelfChanges, describe[Shelf]))
	d.Reset()
	must[*Shelf](t)(shelves.Update(d.Acme, d.DB, shelf.ID, func(s *Shelf) error {
		s.Name, s.Remark = strings.Clone(s.Name), nil
		return nil
	}))
	if ran := d.Ran(); len(ran) != 1 {
		t.Errorf("it ran %q", ran)
	}
	failure := errors.New("failure")
	_, err := shelves.Update(d.Acme, d.DB, shelf.ID, func(s *Shelf) error {
		s.Name = "other"
		return failure
	})
	if !errors.Is(err, failure) || d.Count(t, "shelves", "name = 'other'") != 0 {
		t.Errorf("an update that failed: %v", err)
	}
	must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID()))
	requireEvents(t, events, fmt.Sprintf("DELETED %s false", shelf.GlobalID())) // and no update
}

func TestRowsOfAnotherTenantAreNotFound(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Globex, t, d, "A")
	_, err := shelves.ByID(d.Acme, d.DB, shelf.GlobalID(), nil)
	requireNotFound(t, err, "Shelf")
	_, err = shelves.Update(d.Acme, d.DB, shelf.ID, func(*Shelf) error { return nil })
	requireNotFound(t, err, "Shelf")
	_, err = shelves.Delete(d.Acme, d.DB, shelf.GlobalID())
	requireNotFound(t, err, "Shelf")
	if found := must[map[relay.ID]*Shelf](t)(shelves.ByIDs(d.Acme, d.DB, []relay.ID{shelf.ID})); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	_, err = books.Create(d.Acme, d.DB, &Book{ShelfID: shelf.ID, Title: "x"})
	requireNotFound(t, err, "Shelf")
	if n := d.Count(t, "shelves", ""); n != 1 {
		t.Errorf("%d shelves are left", n)
	}
}

func TestRepeatedIDsAreReadOnce(t *testing.T) {
	d := library.New(t)
	a, b := newShelf(d.Acme, t, d, "A"), newShelf(d.Acme, t, d, "B")
	ids := []relay.ID{b.ID, a.ID, b.ID, relay.NewID()}
	given := slices.Clone(ids)
	d.Reset()
	found := must[map[relay.ID]*Shelf](t)(shelves.ByIDs(d.Acme, d.DB, ids))
	if ran := d.Ran(); len(ran) != 1 || strings.Count(ran[0], "?") != 1+4 { // the tenant and three ids, the last one twice
		t.Errorf("it ran %q", ran)
	}
	if len(found) != 2 || found[a.ID].Code != "A" || found[b.ID].Code != "B" {
		t.Errorf("found %v", found)
	}
	if found := must[map[relay.ID]*Shelf](t)(shelves.ByIDs(d.Acme, d.DB, nil)); len(found) > 0 || len(d.Ran()) != 1 {
		t.Errorf("without ids, it found %v by %q", found, d.Ran())
	}
	if !slices.Equal(ids, given) {
		t.Errorf("the caller's ids are %v, want %v", ids, given)
	}
}

func TestInvalidGlobalIDsAreValidationErrors(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	upper := relay.GlobalID(base64.RawURLEncoding.EncodeToString([]byte("Shelf:" + strings.ToUpper(uuid.UUID(shelf.ID).String()))))
	for _, test := range []struct {
		id   relay.GlobalID
		want string
	}{
		{books.GlobalID(shelf.ID), "id is no Shelf id"},
		{"!", "id is not an id of this API"},
		{"U2hlbGY", "id is not an id of this API"},
		{"U2hlbGY6eA", "id is not an id of this API"},
		{"Qm9vaw", "id is not an id of this API"},
		{upper, "id is not an id of this API"},
		{shelf.GlobalID() + "=", "id is not an id of this API"},
	} {
		_, err := shelves.ByID(d.Acme, d.DB, test.id, nil)
		_, deleteErr := shelves.Delete(d.Acme, d.DB, test.id)
		if fmt.Sprint(err) != test.want || fmt.Sprint(deleteErr) != test.want {
			t.Errorf("%s: %v, %v, want %s", test.id, err, deleteErr, test.want)
		}
	}
}

func TestDuplicatesAreConflicts(t *testing.T) {
	d := library.New(t)
	newShelf(d.Acme, t, d, "A")
	newShelf(d.Globex, t, d, "A")
	_, err := shelves.Create(d.Acme, d.DB, &Shelf{Code: "A", Wood: "OAK", Height: "LOW"})
	var conflict *relay.ConflictError
	if !errors.As(err, &conflict) || conflict.Message != "another shelf has this code" ||
		conflict.Code() != "CONFLICT" || conflict.Public() != err.Error() {
		t.Errorf("got %v", err)
	}
}

func TestFunctionsFailWithoutATenant(t *testing.T) {
	d := library.New(t)
	book := newBook(d.Acme, t, d, newShelf(d.Acme, t, d, "A"), "x")
	ctx := context.Background()
	for name, err := range map[string]error{
		"Load":      second(bookShelf.Load(ctx, d.DB, book)),
		"Find":      second(shelves.Find(ctx, d.DB, relay.NewID())),
		"ByIDs":     second(shelves.ByIDs(ctx, d.DB, []relay.ID{relay.NewID()})),
		"Page":      second(shelves.Page(ctx, d.DB, relay.PageArgs{}, nil, nil)),
		"Create":    second(shelves.Create(ctx, d.DB, &Shelf{})),
		"Update":    second(shelves.Update(ctx, d.DB, relay.NewID(), nil)),
		"NodesByID": second(types.NodesByID(ctx, d.DB, nil)),
		"Follow":    second(relay.Follow(ctx, d.DB, shelfChanges, func(relay.RowChange[Shelf]) *Shelf { return nil })),
	} {
		if !errors.Is(err, tenancy.ErrNone) {
			t.Errorf("%s without a tenant: %v", name, err)
		}
	}
}

// TestFailedStatementsAreErrors cancels the context of each function that runs statements.
func TestFailedStatementsAreErrors(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	book := newBook(d.Acme, t, d, shelf, "x")
	tag := must[*Tag](t)(tags.Create(d.Acme, d.DB, &Tag{Name: "red"}))
	page := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{}, nil, nil))
	ofShelf := must[*relay.Connection[Book]](t)(shelfBooks.Page(d.Acme, d.DB, shelf, relay.PageArgs{}, nil, nil))
	ctx, cancel := context.WithCancel(d.Acme)
	cancel()
	keep := func(*Shelf) error { return nil }
	for name, err := range map[string]error{
		"Find":            second(shelves.Find(ctx, d.DB, shelf.ID)),
		"ByIDs":           second(shelves.ByIDs(ctx, d.DB, []relay.ID{shelf.ID})),
		"Page":            second(shelves.Page(ctx, d.DB, relay.PageArgs{}, nil, nil)),
		"Page with NULLs": second(shelves.Page(ctx, d.DB, relay.PageArgs{}, nil, Order("EMPTY_AT_ASC_NULLS_LAST"))),
		"TotalCount":      second(page.TotalCount(ctx)),
		"Create":          second(shelves.Create(ctx, d.DB, &Shelf{Code: "B", Wood: "OAK", Height: "LOW"})),
		"Update":          second(shelves.Update(ctx, d.DB, shelf.ID, keep)),
		"Delete":          second(shelves.Delete(ctx, d.DB, shelf.GlobalID())),
		"Load":            second(bookShelf.Load(ctx, d.DB, book)),
		"ToMany.Page":     second(shelfTags.Page(ctx, d.DB, shelf, relay.PageArgs{}, nil, nil)),
		"its TotalCount":  second(ofShelf.TotalCount(ctx)),
		"NodeByID":        second(types.NodeByID(ctx, d.DB, tag.GlobalID())),
		"NodesByID":       second(types.NodesByID(ctx, d.DB, []relay.GlobalID{tag.GlobalID()})),
		"PublishWhere":    bookChanges.PublishWhere(ctx, d.DB, "title = ?", "x"),
		"FollowBy":        second(relay.FollowBy(ctx, d.DB, bookChanges, "shelfId", shelf.GlobalID(), nil, describe[Book])),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s of a cancelled context: %v", name, err)
		}
	}
	if n := d.Count(t, "shelves", ""); n != 1 {
		t.Errorf("there are %d shelves", n)
	}
}

func second[T any](_ T, err error) error { return err }
