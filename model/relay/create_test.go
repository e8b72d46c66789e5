package relay_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

func TestNewRowHasTheValuesOfItsInputAndDefaults(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	book := newBook(d.Acme, t, d, shelf, "x")
	in := newReaderInput(shelf, "A-1")
	bare := must[*Reader](t)(readers.CreateFrom(d.Acme, d.DB, in))
	born := time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC)
	in = newReaderInput(shelf, "A-2")
	in.Email, in.Motto, in.Nick, in.Age = "E\u0301@acme.example", given("a\nb"), new("nick"), given(36)
	in.Score, in.Height, in.BornAt, in.FavouriteID = given(-1.5), given(Height("TALL")), given(born), given(book.GlobalID())
	full := must[*Reader](t)(readers.CreateFrom(d.Acme, d.DB, in, func(r *Reader) { r.Visits = 3 }))
	for _, r := range []*Reader{bare, findReader(t, d, bare.ID)} {
		if r.Name != "Ada" || r.Card != "A-1" || r.Score != 0.5 || r.Height != "MEDIUM" || !r.Active || r.HomeID != shelf.ID ||
			r.Version != 1 || r.Motto != nil || r.Nick != nil || r.Age != nil || r.BornAt != nil || r.FavouriteID != nil {
			t.Errorf("got %+v", r)
		}
	}
	for _, r := range []*Reader{full, findReader(t, d, full.ID)} {
		if r.Email != "\u00c9@acme.example" || string(r.EmailKey) != string(relay.UniqueKey("é@ACME.example")) || *r.Motto != "a\nb" ||
			*r.Nick != "nick" || *r.Age != 36 || r.Score != -1.5 || r.Height != "TALL" || !r.BornAt.Equal(born) ||
			*r.FavouriteID != book.ID || r.Visits != 3 {
			t.Errorf("got %+v", r)
		}
	}
	if shelf := must[*Shelf](t)(readerHome.Load(d.Acme, d.DB, full)); shelf.Code != "A" {
		t.Errorf("the home is %+v", shelf)
	}
	if favourite := must[*Book](t)(readerFavourite.Load(d.Acme, d.DB, full)); favourite.Title != "x" {
		t.Errorf("the favourite is %+v", favourite)
	}
}

// TestInputsAreChecked changes one or several values of a valid input.
func TestInputsAreChecked(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	for _, test := range []struct {
		name   string
		change func(*CreateReaderInput)
		want   string
	}{
		{
			name:   "blank line",
			change: func(in *CreateReaderInput) { in.Name = " \u200b" },
			want:   "name must have 1 to 20 characters, not all blank",
		},
		{
			name:   "short line",
			change: func(in *CreateReaderInput) { in.Name = "e\u0301" },
			want:   "name must have at least 2 characters",
		},
		{
			name:   "long line",
			change: func(in *CreateReaderInput) { in.Name = strings.Repeat("é", 21) },
			want:   "name must have 1 to 20 characters, not all blank",
		},
		{
			name:   "line break in a line",
			change: func(in *CreateReaderInput) { in.Name = "a\nb" },
			want:   "name must not hold control characters such as line breaks",
		},
		{
			name:   "blank nullable line",
			change: func(in *CreateReaderInput) { in.Nick = new("") },
			want:   "nick must have 1 to 10 characters, not all blank",
		},
		{
			name:   "other character set",
			change: func(in *CreateReaderInput) { in.Nick = new("né") },
			want:   "nick must have ASCII characters only",
		},
		{
			name:   "long text",
			change: func(in *CreateReaderInput) { in.Motto = given(strings.Repeat("x", 31)) },
			want:   "motto must have at most 30 characters",
		},
		{
			name:   "control character in a text",
			change: func(in *CreateReaderInput) { in.Motto = given("a\x00b") },
			want:   "motto must not hold control characters other than line breaks and tabs",
		},
		{
			name:   "e-mail address",
			change: func(in *CreateReaderInput) { in.Email = "Ada <a@acme.example>" },
			want:   "email must be an e-mail address of at most 254 characters",
		},
		{
			name:   "pattern of a part",
			change: func(in *CreateReaderInput) { in.Card = "xA-1" },
			want:   "card must be a letter, - and digits",
		},
		{
			name:   "long string of a pattern",
			change: func(in *CreateReaderInput) { in.Card = "A-1234567" },
			want:   "card must have at most 8 characters",
		},
		{
			name:   "integer below its bounds",
			change: func(in *CreateReaderInput) { in.Age = given(5) },
			want:   "age must be 6 to 120",
		},
		{
			name:   "integer above its bounds",
			change: func(in *CreateReaderInput) { in.Age = given(121) },
			want:   "age must be 6 to 120",
		},
		{
			name:   "float below its bound",
			change: func(in *CreateReaderInput) { in.Score = given(-1.51) },
			want:   "score must be at least -1.5",
		},
		{
			name:   "null in a required column",
			change: func(in *CreateReaderInput) { in.Height = null(Height("")) },
			want:   "height must not be null; leave it out to keep it as it is",
		},
		{
			name:   "hook",
			change: func(in *CreateReaderInput) { in.Motto = given("By Ada") },
			want:   "motto must not have the name",
		},
		{
			name: "several fields and the hook",
			change: func(in *CreateReaderInput) {
				in.Name, in.Email, in.Card, in.Motto = "\n", "x", "y", given("\n\x00")
				in.HomeID, in.FavouriteID = "z", given(relay.GlobalID("z"))
			},
			want: "name must have 1 to 20 characters, not all blank; name must not hold control characters such as line breaks; " +
				"email must be an e-mail address of at most 254 characters; " +
				"card must be a letter, - and digits; " +
				"motto must not hold control characters other than line breaks and tabs; homeId is not an id of this API; " +
				"favouriteId is not an id of this API; motto must not have the name",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := newReaderInput(shelf, "A-1")
			test.change(in)
			_, err := readers.CreateFrom(d.Acme, d.DB, in)
			var invalid *relay.InvalidError
			if fmt.Sprint(err) != test.want || !errors.As(err, &invalid) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	if n := d.Count(t, "readers", ""); n != 0 {
		t.Errorf("%d readers are stored", n)
	}
	newReader(d.Acme, t, d, shelf, "A-1234") // the unchanged input is valid
}

// TestReferencesMustExistInTheTenant passes ids in each reference of new and of changed rows.
func TestReferencesMustExistInTheTenant(t *testing.T) {
	d := library.New(t)
	shelf, theirs := newShelf(d.Acme, t, d, "A"), newShelf(d.Globex, t, d, "A")
	book, theirBook := newBook(d.Acme, t, d, shelf, "x"), newBook(d.Globex, t, d, theirs, "x")
	reader := newReader(d.Acme, t, d, shelf, "A-1")
	for _, test := range []struct {
		name            string
		home, favourite relay.GlobalID
		want            string
	}{
		{
			name: "type of another reference",
			home: book.GlobalID(), favourite: shelf.GlobalID(),
			want: "homeId is no Shelf id; favouriteId is no Book id",
		},
		{
			name: "row of another tenant",
			home: theirs.GlobalID(),
			want: "there is no Shelf with this id",
		},
		{
			name: "unknown row",
			home: shelves.GlobalID(relay.NewID()),
			want: "there is no Shelf with this id",
		},
		{
			name: "second reference to a row of another tenant",
			home: shelf.GlobalID(), favourite: theirBook.GlobalID(),
			want: "there is no Book with this id",
		},
		{
			name: "both references to unknown rows",
			home: shelves.GlobalID(relay.NewID()), favourite: books.GlobalID(relay.NewID()),
			want: "there is no Shelf with this id",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := newReaderInput(shelf, "A-2")
			in.HomeID = test.home
			update := &UpdateReaderInput{ID: reader.GlobalID(), HomeID: given(test.home)}
			if test.favourite != "" {
				in.FavouriteID, update.FavouriteID = given(test.favourite), given(test.favourite)
			}
			_, err := readers.CreateFrom(d.Acme, d.DB, in)
			_, updateErr := readers.UpdateFrom(d.Acme, d.DB, update)
			if fmt.Sprint(err) != test.want || fmt.Sprint(updateErr) != test.want {
				t.Errorf("got %v and %v, want %s", err, updateErr, test.want)
			}
		})
	}
	if n := d.Count(t, "readers", "version = 1"); n != 1 {
		t.Errorf("%d readers are stored", n)
	}
}

// TestConflictNamesTheField creates and updates a row with values of another one.
func TestConflictNamesTheField(t *testing.T) {
	d := library.New(t)
	shelf, theirs := newShelf(d.Acme, t, d, "A"), newShelf(d.Globex, t, d, "A")
	in := newReaderInput(shelf, "A-1")
	in.Email, in.Nick = "José@acme.example", new("one")
	first := must[*Reader](t)(readers.CreateFrom(d.Acme, d.DB, in))
	other := newReader(d.Acme, t, d, shelf, "A-2")
	must[*Reader](t)(readers.Update(d.Acme, d.DB, first.ID, func(r *Reader) error {
		r.SponsorID = &other.ID
		return nil
	}))
	for i, test := range []struct {
		change func(*CreateReaderInput)
		update UpdateReaderInput
		want   string
	}{
		{
			change: func(in *CreateReaderInput) { in.Email = "JOSE\u0301@ACME.example" },
			update: UpdateReaderInput{Email: given("JOSE\u0301@ACME.example")},
			want:   "another reader has this email",
		},
		{
			change: func(in *CreateReaderInput) { in.Card = "A-1" },
			want:   "another reader has this card",
		},
		{
			change: func(in *CreateReaderInput) { in.Nick = new("one") },
			update: UpdateReaderInput{Nick: given("one"), HomeID: given(shelf.GlobalID())},
			want:   "another reader has this nick and home",
		},
		{
			change: func(in *CreateReaderInput) { in.SponsorID = given(other.GlobalID()) },
			want:   "another reader has this sponsor",
		},
		{
			update: UpdateReaderInput{Nick: given("one"), Email: given("new@acme.example")},
			want:   "another reader has this nick and home",
		},
	} {
		var conflict *relay.ConflictError
		if test.change != nil {
			in := newReaderInput(shelf, fmt.Sprint("A-", 3+i))
			test.change(in)
			if _, err := readers.CreateFrom(d.Acme, d.DB, in); fmt.Sprint(err) != test.want || !errors.As(err, &conflict) {
				t.Errorf("create: got %v, want %s", err, test.want)
			}
			in.HomeID, in.SponsorID = theirs.GlobalID(), graphql.Omittable[*relay.GlobalID]{}
			must[*Reader](t)(readers.CreateFrom(d.Globex, d.DB, in))
		}
		if test.update.ID = other.GlobalID(); test.update.Email.IsSet() || test.update.Nick.IsSet() {
			if _, err := readers.UpdateFrom(d.Acme, d.DB, &test.update); fmt.Sprint(err) != test.want || !errors.As(err, &conflict) {
				t.Errorf("update: got %v, want %s", err, test.want)
			}
		}
	}
	if n := d.Count(t, "readers", "tenant_id = 1 AND version < 3"); n != 2 {
		t.Errorf("%d readers are unchanged, want 2", n)
	}
}

func TestOneOfConcurrentDuplicatesIsStored(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	var stored, conflicts atomic.Int32
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			in := newReaderInput(shelf, fmt.Sprint("A-", i))
			in.Email = "ada@acme.example"
			switch _, err := readers.CreateFrom(d.Acme, d.DB, in); fmt.Sprint(err) {
			case "<nil>":
				stored.Add(1)
			case "another reader has this email":
				conflicts.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if stored.Load() != 1 || conflicts.Load() != 7 {
		t.Errorf("%d are stored, %d are in conflict", stored.Load(), conflicts.Load())
	}
}
