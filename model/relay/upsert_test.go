package relay_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

func upsertOf(by MagazineUniqueKey, code, title string) *UpsertMagazineInput {
	return &UpsertMagazineInput{By: by, Issn: code, Title: title}
}

// upserted fails unless an upsert reports whether its row is new, and returns the row.
func upserted[T any](t *testing.T, created bool) func(*T, bool, error) *T {
	return func(r *T, isNew bool, err error) *T {
		t.Helper()
		if err != nil || isNew != created {
			t.Fatalf("got %+v, %t, %v, want %t", r, isNew, err, created)
		}
		return r
	}
}

// TestUpsertCreatesOrUpdatesTheRowOfAKey uses both unique keys of magazines, in two tenants.
func TestUpsertCreatesOrUpdatesTheRowOfAKey(t *testing.T) {
	d := library.New(t)
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		events := must[<-chan *string](t)(relay.Follow(ctx, d.DB, magazineChanges, describe[Magazine]))
		in := upsertOf("ISSN", issn(1), "Élan")
		in.Pages = given(7)
		d.Reset()
		m := upserted[Magazine](t, true)(magazines.UpsertFrom(ctx, d.DB, in))
		requireEvents(t, events, fmt.Sprintf("CREATED %s true", m.GlobalID()))
		if m.Topic != "OAK" || *m.Pages != 7 || m.Version != 1 {
			t.Errorf("created %+v", m)
		}
		in = upsertOf("ISSN", issn(1), "Élan 2")
		in.Topic = given(Wood("ASH"))
		m = upserted[Magazine](t, false)(magazines.UpsertFrom(ctx, d.DB, in))
		requireEvents(t, events, fmt.Sprintf("UPDATED %s true", m.GlobalID()))
		if m.Topic != "ASH" || *m.Pages != 7 || m.Title != "Élan 2" || m.Version != 2 {
			t.Errorf("updated %+v", m)
		}
		in = upsertOf("TITLE", issn(2), "E\u0301LAN 2") // the immutable ISSN stays
		m = upserted[Magazine](t, false)(magazines.UpsertFrom(ctx, d.DB, in))
		if stored := must[*Magazine](t)(magazines.Find(ctx, d.DB, m.ID)); stored.Issn != issn(1) || stored.Title != "ÉLAN 2" ||
			stored.Topic != "ASH" || *stored.Pages != 7 || stored.Version != 3 {
			t.Errorf("stored %+v", stored)
		}
		in.Pages = null(0)
		upserted[Magazine](t, false)(magazines.UpsertFrom(ctx, d.DB, in))
		d.Reset()
		m = upserted[Magazine](t, false)(magazines.UpsertFrom(ctx, d.DB, in)) // nothing changes
		if m.Pages != nil || m.Version != 4 {
			t.Errorf("unchanged %+v", m)
		}
	}
	if n := d.Count(t, "magazines", "version = 4"); n != 2 {
		t.Errorf("%d rows are stored, want 2", n)
	}
}

// TestUpsertByAReferenceNeedsARowOfTheTenant uses the key of a magazine and a number.
func TestUpsertByAReferenceNeedsARowOfTheTenant(t *testing.T) {
	d := library.New(t)
	m, theirs := newMagazine(d.Acme, t, d, issn(1)), newMagazine(d.Globex, t, d, issn(1))
	must[*Issue](t)(issues.CreateFrom(d.Globex, d.DB, issueOf(theirs, 1)))
	in := &UpsertIssueInput{By: "MAGAZINE_NUMBER", MagazineID: m.GlobalID(), Number: 1}
	first := upserted[Issue](t, true)(issues.UpsertFrom(d.Acme, d.DB, in))
	second := upserted[Issue](t, false)(issues.UpsertFrom(d.Acme, d.DB, in))
	if first.ID != second.ID {
		t.Errorf("the upserts have different rows")
	}
	in.MagazineID = theirs.GlobalID()
	_, _, err := issues.UpsertFrom(d.Acme, d.DB, in)
	requireNotFound(t, err, "Magazine")
	if n := d.Count(t, "issues", ""); n != 2 {
		t.Errorf("%d issues are stored", n)
	}
}

// TestUpsertsAreChecked passes invalid values for a new and for an existing row.
func TestUpsertsAreChecked(t *testing.T) {
	d := library.New(t)
	shelf, theirs := newShelf(d.Acme, t, d, "A"), newShelf(d.Globex, t, d, "A")
	newReader(d.Acme, t, d, shelf, "A-1")
	newReader(d.Acme, t, d, shelf, "A-2")
	newReader(d.Globex, t, d, theirs, "A-3")
	for _, test := range []struct {
		name  string
		input UpsertReaderInput
		want  string
	}{
		{
			name:  "invalid key and another field",
			input: UpsertReaderInput{By: "CARD", Card: "é", Name: "x", Email: "x@acme.example"},
			want:  "name must have at least 2 characters; card must be a letter, - and digits",
		},
		{
			name:  "new row",
			input: UpsertReaderInput{By: "CARD", Card: "A-9", Name: "x", Email: "x"},
			want:  "name must have at least 2 characters; email must be an e-mail address of at most 254 characters",
		},
		{
			name:  "existing row, with the error of the hook",
			input: UpsertReaderInput{By: "CARD", Card: "A-1", Name: "x", Email: "x@acme.example"},
			want:  "name must have at least 2 characters; name must not get shorter",
		},
		{
			name:  "key of another row",
			input: UpsertReaderInput{By: "CARD", Card: "A-1", Name: "Ada", Email: "A-2@acme.example"},
			want:  "another reader has this email",
		},
		{
			name:  "key of another row for a new one",
			input: UpsertReaderInput{By: "CARD", Card: "A-9", Name: "Ada", Email: "A-2@acme.example"},
			want:  "another reader has this email",
		},
		{
			name:  "reference to a row of another tenant",
			input: UpsertReaderInput{By: "CARD", Card: "A-3", Name: "Ada", Email: "x@acme.example", HomeID: theirs.GlobalID()},
			want:  "there is no Shelf with this id",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.input.HomeID == "" {
				test.input.HomeID = shelf.GlobalID()
			}
			if _, _, err := readers.UpsertFrom(d.Acme, d.DB, &test.input); fmt.Sprint(err) != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	if n := d.Count(t, "readers", "version = 1"); n != 3 {
		t.Errorf("%d readers are unchanged", n)
	}
	defer func() {
		if got := fmt.Sprint(recover()); got != "relay: the type Magazine has no unique key PAGES" {
			t.Errorf("got %q", got)
		}
	}()
	_, _, _ = magazines.UpsertFrom(d.Acme, d.DB, upsertOf("PAGES", issn(1), "x"))
}

// TestErrorOfAHookRollsBackAnUpsert fails in the hooks of new and existing rows.
func TestErrorOfAHookRollsBackAnUpsert(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	newReader(d.Acme, t, d, shelf, "A-1")
	failure := errors.New("failure")
	fail := func(context.Context, *tenancy.DB, *Reader) error { return failure }
	failUpdate := func(context.Context, *tenancy.DB, *Reader, *Reader) error { return failure }
	for _, card := range []string{"A-1", "A-2"} {
		for _, hooks := range []relay.Hooks[Reader]{
			{BeforeCreate: fail, BeforeUpdate: failUpdate}, {AfterCreate: fail, AfterUpdate: failUpdate},
		} {
			in := &UpsertReaderInput{By: "CARD", Card: card, Name: "Grace", Email: card + "@acme.example", HomeID: shelf.GlobalID()}
			if _, _, err := readers.UpsertFrom(withHooks(d.Acme, hooks), d.DB, in); !errors.Is(err, failure) {
				t.Errorf("got %v", err)
			}
		}
	}
	if n := d.Count(t, "readers", "name = 'Ada' AND version = 1"); n != 1 || d.Count(t, "readers", "") != 1 {
		t.Error("readers have changed")
	}
}

// TestConcurrentUpsertsOfAKeyHaveOneRow runs upserts of one new key in two tenants. A hook of each creation
// counts in the database: an upsert that loses the race rolls its creation back.
func TestConcurrentUpsertsOfAKeyHaveOneRow(t *testing.T) {
	d := library.New(t)
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		shelf := newShelf(ctx, t, d, "A")
		count := func(ctx context.Context, db *tenancy.DB, _ *Reader) error {
			_, err := books.Create(ctx, db, &Book{ShelfID: shelf.ID, Title: "of a hook"})
			return err
		}
		ctx = withHooks(ctx, relay.Hooks[Reader]{BeforeCreate: count})
		var created atomic.Int32
		var wait sync.WaitGroup
		for i := range 8 {
			wait.Go(func() {
				in := &UpsertReaderInput{
					By: "EMAIL", Card: "A-1", Name: fmt.Sprint("Ada ", i), Email: "ada@acme.example", HomeID: shelf.GlobalID(),
				}
				_, isNew, err := readers.UpsertFrom(ctx, d.DB, in)
				if err != nil {
					t.Error(err)
				}
				if isNew {
					created.Add(1)
				}
			})
		}
		wait.Wait()
		if created.Load() != 1 {
			t.Errorf("%d upserts have created the row", created.Load())
		}
	}
	if d.Count(t, "readers", "version = 8") != 2 || d.Count(t, "books", "") != 2 {
		t.Errorf("%d readers and %d books are stored", d.Count(t, "readers", "version = 8"), d.Count(t, "books", ""))
	}
}
