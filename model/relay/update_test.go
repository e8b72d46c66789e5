package relay_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"gorm.io/gorm"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

func TestUpdateStoresTheFieldsOfItsInput(t *testing.T) {
	d := library.New(t)
	shelf, other := newShelf(d.Acme, t, d, "A"), newShelf(d.Acme, t, d, "B")
	book := newBook(d.Acme, t, d, shelf, "x")
	reader := newReader(d.Acme, t, d, shelf, "A-1")
	theirs := newReader(d.Globex, t, d, newShelf(d.Globex, t, d, "A"), "A-1")
	updated := must[*Reader](t)(readers.UpdateFrom(d.Acme, d.DB, &UpdateReaderInput{
		ID: reader.GlobalID(), Name: given("Grace"), Email: given("G@acme.example"), Motto: given("m"), Age: given(7),
		HomeID: given(other.GlobalID()), FavouriteID: given(book.GlobalID()),
	}))
	for _, r := range []*Reader{updated, findReader(t, d, reader.ID)} {
		if r.Name != "Grace" || string(r.EmailKey) != string(relay.UniqueKey("g@acme.example")) || *r.Motto != "m" || *r.Age != 7 ||
			r.HomeID != other.ID || *r.FavouriteID != book.ID || r.Card != "A-1" || r.Version != 2 {
			t.Errorf("got %+v", r)
		}
	}
	updated = must[*Reader](t)(readers.UpdateFrom(d.Acme, d.DB, &UpdateReaderInput{
		ID: reader.GlobalID(), Motto: null(""), Age: null(0), FavouriteID: null(relay.GlobalID("")),
	}))
	for _, r := range []*Reader{updated, findReader(t, d, reader.ID)} {
		if r.Name != "Grace" || r.Motto != nil || r.Age != nil || r.FavouriteID != nil || r.HomeID != other.ID || r.Version != 3 {
			t.Errorf("got %+v", r)
		}
	}
	if r := must[*Reader](t)(readers.Find(d.Globex, d.DB, theirs.ID)); r.Version != 1 || r.Name != "Ada" {
		t.Errorf("the row of another tenant is %+v", r)
	}
}

// TestUpdatesAreChecked passes invalid updates of a row.
func TestUpdatesAreChecked(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	reader := newReader(d.Acme, t, d, shelf, "A-1")
	theirs := newReader(d.Globex, t, d, newShelf(d.Globex, t, d, "A"), "A-1")
	for _, test := range []struct {
		name  string
		input UpdateReaderInput
		want  string
	}{
		{
			name:  "malformed id",
			input: UpdateReaderInput{ID: "x", Name: given("y")},
			want:  "id is not an id of this API; name must have at least 2 characters",
		},
		{
			name:  "id of another type",
			input: UpdateReaderInput{ID: shelf.GlobalID()},
			want:  "id is no Reader id",
		},
		{
			name:  "row of another tenant",
			input: UpdateReaderInput{ID: theirs.GlobalID(), Name: given("Grace")},
			want:  "there is no Reader with this id",
		},
		{
			name:  "invalid value for a row of another tenant",
			input: UpdateReaderInput{ID: theirs.GlobalID(), Name: given("x")},
			want:  "there is no Reader with this id",
		},
		{
			name: "null in required columns",
			input: UpdateReaderInput{
				ID: reader.GlobalID(), Name: null(""), Score: null(0.0), Height: null(Height("")), HomeID: null(relay.GlobalID("")),
			},
			want: "name must not be null; leave it out to keep it as it is; score must not be null; leave it out to keep it as it is; " +
				"height must not be null; leave it out to keep it as it is; homeId must not be null; leave it out to keep it as it is",
		},
		{
			name:  "fields and the hook, which compares the row",
			input: UpdateReaderInput{ID: reader.GlobalID(), Name: given("x"), Age: given(500), HomeID: given(reader.GlobalID())},
			want: "name must have at least 2 characters; age must be 6 to 120; homeId is no Shelf id; " +
				"name must not get shorter",
		},
		{
			name:  "hook with a value of the row",
			input: UpdateReaderInput{ID: reader.GlobalID(), Motto: given("Ada's")},
			want:  "motto must not have the name",
		},
		{
			name:  "version",
			input: UpdateReaderInput{ID: reader.GlobalID(), ExpectedVersion: given(2)},
			want:  "the reader is at version 1, not 2: read it again",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := readers.UpdateFrom(d.Acme, d.DB, &test.input); fmt.Sprint(err) != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	if n := d.Count(t, "readers", "version = 1 AND name = 'Ada'"); n != 2 {
		t.Errorf("%d readers are unchanged, want 2", n)
	}
}

// TestVersionCountsChanges updates a row with equal and other values, and concurrently.
func TestVersionCountsChanges(t *testing.T) {
	d := library.New(t)
	reader := newReader(d.Acme, t, d, newShelf(d.Acme, t, d, "A"), "A-1")
	d.Reset()
	same := UpdateReaderInput{ID: reader.GlobalID(), Name: given("Ada"), Score: given(0.5), Motto: null(""), ExpectedVersion: given(1)}
	if r := must[*Reader](t)(readers.UpdateFrom(d.Acme, d.DB, &same)); r.Version != 1 {
		t.Errorf("equal values lead to version %d", r.Version)
	}
	countStatements(t, d, 1)
	var won, lost atomic.Int32
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			in := UpdateReaderInput{ID: reader.GlobalID(), Name: given(fmt.Sprint("Ada ", i)), ExpectedVersion: given(1)}
			var conflict *relay.ConflictError
			switch _, err := readers.UpdateFrom(d.Acme, d.DB, &in); {
			case err == nil:
				won.Add(1)
			case errors.As(err, &conflict):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if r := findReader(t, d, reader.ID); won.Load() != 1 || lost.Load() != 5 || r.Version != 2 {
		t.Errorf("%d updates won and %d lost; the version is %d", won.Load(), lost.Load(), r.Version)
	}
}

// TestGoCodeChangesRowsInPlace changes values of a row, one behind a pointer too.
func TestGoCodeChangesRowsInPlace(t *testing.T) {
	d := library.New(t)
	in := newReaderInput(newShelf(d.Acme, t, d, "A"), "A-1")
	in.Motto = given("x")
	reader := must[*Reader](t)(readers.CreateFrom(d.Acme, d.DB, in))
	must[*Reader](t)(readers.Update(d.Acme, d.DB, reader.ID, func(r *Reader) error {
		r.Visits, *r.Motto = 4, "y"
		return nil
	}))
	if r := findReader(t, d, reader.ID); r.Visits != 4 || *r.Motto != "y" || r.Version != 2 {
		t.Errorf("got %+v", r)
	}
	for want, edit := range map[string]func(*Reader){
		"an update changes Reader.card, which is immutable":    func(r *Reader) { r.Card = "B-1" },
		"an update of the type Reader changes the id of a row": func(r *Reader) { r.ID = relay.NewID() },
	} {
		_, err := readers.Update(d.Acme, d.DB, reader.ID, func(r *Reader) error {
			edit(r)
			return nil
		})
		if fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if n := d.Count(t, "readers", "card = 'A-1' AND version = 2"); n != 1 {
		t.Error("an invalid update is stored")
	}
}

// withHooks returns a context in which mutations call the hooks.
func withHooks(ctx context.Context, hooks relay.Hooks[Reader]) context.Context {
	return context.WithValue(ctx, readerHooks{}, hooks)
}

// TestHooksRunInTheTransaction changes the row in each Before hook, and stores a book in each After hook.
func TestHooksRunInTheTransaction(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	var calls []string
	after := func(name string) relay.RowHook[Reader] {
		return func(ctx context.Context, db *tenancy.DB, r *Reader) error {
			calls = append(calls, name)
			_, err := books.Create(ctx, db, &Book{ShelfID: r.HomeID, Title: name + " " + r.Name})
			return err
		}
	}
	ctx := withHooks(d.Acme, relay.Hooks[Reader]{
		BeforeCreate: func(ctx context.Context, db *tenancy.DB, r *Reader) error {
			home, err := readerHome.Load(ctx, db, r)
			r.Name, r.Email, r.Motto = r.Name+" of "+home.Code, "new@acme.example", new("set")
			return err
		},
		AfterCreate: after("created"),
		BeforeUpdate: func(ctx context.Context, db *tenancy.DB, old, r *Reader) error {
			home, err := readerHome.Load(ctx, db, old)
			*r.Motto = old.Name + " at " + home.Code
			r.Visits++
			return err
		},
		AfterUpdate: func(ctx context.Context, db *tenancy.DB, old, r *Reader) error {
			if old.Version+1 != r.Version || *old.Motto == *r.Motto {
				t.Errorf("old is %+v and new %+v", old, r)
			}
			return after("updated")(ctx, db, r)
		},
		BeforeDelete: after("to delete"),
		AfterDelete:  after("deleted"),
	})
	reader := newReader(ctx, t, d, shelf, "A-1")
	if r := findReader(t, d, reader.ID); r.Name != "Ada of A" || *r.Motto != "set" || reader.Name != r.Name ||
		string(r.EmailKey) != string(relay.UniqueKey("new@acme.example")) {
		t.Errorf("created %+v", r)
	}
	updated := must[*Reader](t)(readers.UpdateFrom(ctx, d.DB, &UpdateReaderInput{ID: reader.GlobalID()}))
	if r := findReader(t, d, reader.ID); *r.Motto != "Ada of A at A" || r.Visits != 1 || r.Version != 2 || *updated.Motto != *r.Motto {
		t.Errorf("updated %+v", r)
	}
	must[*Reader](t)(readers.Delete(ctx, d.DB, reader.GlobalID()))
	if want := "[created updated to delete deleted]"; fmt.Sprint(calls) != want || d.Count(t, "books", "title LIKE '%Ada of A'") != 4 {
		t.Errorf("the calls are %v, want %s", calls, want)
	}
}

// TestErrorOfAHookRollsBack fails in each hook, after a hook has stored a book.
func TestErrorOfAHookRollsBack(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	reader := newReader(d.Acme, t, d, shelf, "A-1")
	failure := errors.New("failure")
	fail := func(ctx context.Context, db *tenancy.DB, _ *Reader) error {
		must[*Book](t)(books.Create(ctx, db, &Book{ShelfID: shelf.ID, Title: "of a hook"}))
		return failure
	}
	failUpdate := func(ctx context.Context, db *tenancy.DB, _, r *Reader) error { return fail(ctx, db, r) }
	ctx, cancel := context.WithCancel(d.Acme)
	defer cancel()
	events := must[<-chan *string](t)(relay.Follow(ctx, d.DB, readerChanges, describe[Reader]))
	for name, hooks := range map[string]relay.Hooks[Reader]{
		"BeforeCreate": {BeforeCreate: fail},
		"AfterCreate":  {AfterCreate: fail},
		"BeforeUpdate": {BeforeUpdate: failUpdate},
		"AfterUpdate":  {AfterUpdate: failUpdate},
		"BeforeDelete": {BeforeDelete: fail},
		"AfterDelete":  {AfterDelete: fail},
	} {
		if err := mutateReader(withHooks(d.Acme, hooks), d, shelf, reader, name); !errors.Is(err, failure) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d.Count(t, "books", "") != 0 || d.Count(t, "readers", "name = 'Ada'") != 1 {
		t.Error("changes are stored")
	}
	last := newReader(d.Acme, t, d, shelf, "A-9")
	requireEvents(t, events, fmt.Sprintf("CREATED %s true", last.GlobalID())) // the first event
}

// mutateReader runs the mutation of a hook.
func mutateReader(ctx context.Context, d *tenancytest.Database, shelf *Shelf, reader *Reader, hook string) (err error) {
	switch hook {
	case "BeforeCreate", "AfterCreate":
		_, err = readers.CreateFrom(ctx, d.DB, newReaderInput(shelf, "A-2"))
	case "BeforeUpdate", "AfterUpdate":
		_, err = readers.UpdateFrom(ctx, d.DB, &UpdateReaderInput{ID: reader.GlobalID(), Name: given("Grace")})
	default:
		_, err = readers.Delete(ctx, d.DB, reader.GlobalID())
	}
	return err
}

// TestRetriedTransactionBeginsWithTheSameRow creates two readers whose hooks lock two shelves in
// opposite orders, so that the database ends one transaction as a deadlock.
func TestRetriedTransactionBeginsWithTheSameRow(t *testing.T) {
	d := library.New(t)
	shelf, other := newShelf(d.Acme, t, d, "A"), newShelf(d.Acme, t, d, "B")
	var barrier, wait sync.WaitGroup
	barrier.Add(2)
	var calls atomic.Int32
	for i, order := range [][2]*Shelf{{shelf, other}, {other, shelf}} {
		var arrive sync.Once
		ctx := withHooks(d.Acme, relay.Hooks[Reader]{BeforeCreate: func(ctx context.Context, db *tenancy.DB, r *Reader) error {
			calls.Add(1)
			r.Name += "x"
			*r.Motto += "x"
			for _, s := range order {
				if err := db.For(ctx).Model(s).Update("width", gorm.Expr("width + 1")).Error; err != nil {
					return err
				}
				arrive.Do(func() {
					barrier.Done()
					barrier.Wait()
				})
			}
			return nil
		}})
		wait.Go(func() {
			in := newReaderInput(shelf, fmt.Sprint("A-", i))
			in.Motto = given("m")
			if _, err := readers.CreateFrom(ctx, d.DB, in); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := d.Count(t, "readers", "name = 'Adax' AND motto = 'mx'"); n != 2 || calls.Load() < 3 {
		t.Errorf("%d rows have one change, after %d calls", n, calls.Load())
	}
}
