package relay_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

// TestChangesOfTooManyParentsEndAllSubscriptions publishes a change of the books of 1,001 shelves. The follower of
// another shelf subscribes again, and that of another tenant does not.
func TestChangesOfTooManyParentsEndAllSubscriptions(t *testing.T) {
	d := library.New(t)
	var stands []*Shelf
	var volumes []*Book
	for i := range 1001 {
		s := &Shelf{Row: relay.Row[Shelf]{ID: relay.NewID()}, Code: fmt.Sprint(i), Wood: "OAK", Height: "LOW"}
		stands = append(stands, s)
		volumes = append(volumes, &Book{Row: relay.Row[Book]{ID: relay.NewID()}, ShelfID: s.ID, Title: "x"})
	}
	if err := errors.Join(d.For(d.Acme).CreateInBatches(stands, 500).Error, d.For(d.Acme).CreateInBatches(volumes, 500).Error); err != nil {
		t.Fatal(err)
	}
	theirs := newShelf(d.Globex, t, d, "A")
	events, complete := follower(d.Acme, t, d, newShelf(d.Acme, t, d, "A"))
	others, _ := follower(d.Globex, t, d, theirs)
	d.Reset()
	if err := bookChanges.PublishWhere(d.Acme, d.DB, "title = ?", "x"); err != nil {
		t.Fatal(err)
	}
	countStatements(t, d, 2)
	requireEvents(t, events, "")
	if complete.Load() {
		t.Error("complete was called")
	}
	requireEvents(t, others, fmt.Sprintf("CREATED %s true", newBook(d.Globex, t, d, theirs, "y").GlobalID()))
}

// fillReaders stores n readers with a favourite.
func fillReaders(ctx context.Context, t *testing.T, d *tenancytest.Database, home, n int, favourite func(int) relay.ID) {
	t.Helper()
	shelf := newShelf(ctx, t, d, fmt.Sprint("H", home))
	all := make([]*Reader, n)
	for i := range all {
		id := favourite(i)
		all[i] = &Reader{
			Row: relay.Row[Reader]{ID: relay.NewID()}, Name: "Ada", Email: fmt.Sprint(i), EmailKey: relay.UniqueKey(fmt.Sprint(i)),
			Card: fmt.Sprint(i), Height: "LOW", HomeID: shelf.ID, FavouriteID: &id, Version: 1,
		}
	}
	if err := d.For(ctx).CreateInBatches(all, 500).Error; err != nil {
		t.Fatal(err)
	}
}

// TestManyReferencesAreClearedInBatches deletes a book to which 2,500 readers refer, and shelves with books to
// which 10,500 refer.
func TestManyReferencesAreClearedInBatches(t *testing.T) {
	for _, test := range []struct {
		name    string
		readers int
		cascade bool
		updates int
		reads   int // of the ids of readers
	}{
		{
			name:    "references to one row",
			readers: 2500,
			updates: 3,
		},
		{
			name:    "as many references as a batch has",
			readers: 1000,
			updates: 2,
		},
		{
			name:    "references to rows of a cascade",
			readers: 10500,
			cascade: true,
			updates: 11,
			reads:   2,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := library.New(t)
			shelf := newShelf(d.Acme, t, d, "A")
			first, second := newBook(d.Acme, t, d, shelf, "x"), newBook(d.Acme, t, d, shelf, "y")
			fillReaders(d.Acme, t, d, 1, test.readers, func(i int) relay.ID {
				if test.cascade && i%2 == 1 {
					return second.ID
				}
				return first.ID
			})
			theirs := newBook(d.Globex, t, d, newShelf(d.Globex, t, d, "A"), "x")
			fillReaders(d.Globex, t, d, 1, 2, func(int) relay.ID { return theirs.ID })
			events := must[<-chan *string](t)(relay.Follow(d.Acme, d.DB, readerChanges, describe[Reader]))
			d.Reset()
			if test.cascade {
				must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID()))
			} else {
				must[*Book](t)(books.Delete(d.Acme, d.DB, first.GlobalID()))
			}
			requireEvents(t, events, "") // one event for all readers
			updates, reads := 0, 0
			for _, sql := range d.Ran() {
				switch {
				case strings.HasPrefix(sql, "UPDATE `readers`"):
					updates++
				case strings.HasPrefix(sql, "SELECT `id` FROM `readers`") && strings.Contains(sql, "favourite_id IN (SELECT"):
					reads++
				}
			}
			if updates != test.updates || test.cascade && reads != test.reads+1 { // and one for the event
				t.Errorf("%d updates and %d reads: %s", updates, reads, strings.Join(d.Ran(), "\n"))
			}
			if n := d.Count(t, "readers", "tenant_id = 1 AND favourite_id IS NULL AND version = 2"); n != test.readers {
				t.Errorf("%d references are cleared", n)
			}
			if n := d.Count(t, "readers", "tenant_id = 2 AND favourite_id IS NOT NULL AND version = 1"); n != 2 {
				t.Errorf("%d references of the other tenant are left", n)
			}
		})
	}
}
