package relay_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// titled returns a filter for the titles that begin with a prefix.
func titled(prefix string) *MagazineFilter {
	return &MagazineFilter{Title: set(&relay.StringFilter{StartsWith: set(&prefix)})}
}

// TestRowsOfAFilterAreUpdatedByOneStatement updates two of three magazines. One has the value already.
func TestRowsOfAFilterAreUpdatedByOneStatement(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	for _, ctx := range []context.Context{d.Globex, d.Acme} {
		in := newMagazinesInput(4)
		in.Magazines[1].Pages, in.Magazines[3].Title = given(7), "other"
		must[[]*Magazine](t)(magazines.CreateManyFrom(ctx, d.DB, in))
	}
	events := must[<-chan *string](t)(relay.Follow(d.Acme, d.DB, magazineChanges, describe[Magazine]))
	d.Reset()
	all := must[[]*Magazine](t)(magazines.UpdateManyFrom(d.Acme, d.DB, &UpdateMagazinesInput{Where: titled("title"), Pages: given(7)}))
	if ran := d.Ran(); len(ran) < 3 || len(ran) > 4 { // ids, locked rows, the update; the event reads the rows
		t.Errorf("it ran %q", ran)
	}
	for i, m := range all {
		stored := must[*Magazine](t)(magazines.Find(d.Acme, d.DB, m.ID))
		want := 2
		if i == 1 {
			want = 1
		}
		if m.Issn != issn(i) || *m.Pages != 7 || *stored.Pages != 7 || m.Version != want || stored.Version != want {
			t.Errorf("row %d is %+v, stored %+v", i, m, stored)
		}
		if i != 1 {
			requireEvents(t, events, fmt.Sprintf("UPDATED %s true", m.GlobalID()))
		}
	}
	all = must[[]*Magazine](t)(magazines.UpdateManyFrom(d.Acme, d.DB, &UpdateMagazinesInput{
		Where: titled("title"), Topic: given(Wood("ASH")), Pages: null(0), ShelfID: given(shelf.GlobalID()),
	}))
	if len(all) != 3 || d.Count(t, "magazines", "tenant_id = 1 AND pages IS NULL AND topic = 'ASH' AND shelf_id IS NOT NULL") != 3 {
		t.Errorf("the update stored %d rows", len(all))
	}
	if n := d.Count(t, "magazines", "tenant_id = 2 AND version = 1 AND topic = 'OAK'"); n != 4 {
		t.Errorf("%d rows of the other tenant are unchanged", n)
	}
}

// TestMoreThanHundredMatchesChangeNothing has 101 rows, and then 100.
func TestMoreThanHundredMatchesChangeNothing(t *testing.T) {
	d := library.New(t)
	must[[]*Magazine](t)(magazines.CreateManyFrom(d.Acme, d.DB, newMagazinesInput(100)))
	last := newMagazine(d.Acme, t, d, issn(100))
	newMagazine(d.Globex, t, d, issn(100))
	const want = "where matches more than 100 rows: change them in several mutations"
	_, err := magazines.UpdateManyFrom(d.Acme, d.DB, &UpdateMagazinesInput{Where: everyMagazine(), Pages: given(1)})
	_, deleteErr := magazines.DeleteMany(d.Acme, d.DB, everyMagazine())
	if fmt.Sprint(err) != want || fmt.Sprint(deleteErr) != want {
		t.Errorf("got %v and %v", err, deleteErr)
	}
	if n := d.Count(t, "magazines", "version = 1 AND deleted_at IS NULL"); n != 102 {
		t.Errorf("%d rows are unchanged", n)
	}
	must[*Magazine](t)(magazines.Delete(d.Acme, d.DB, last.GlobalID()))
	events := must[<-chan *string](t)(relay.Follow(d.Acme, d.DB, magazineChanges, describe[Magazine]))
	all := must[[]*Magazine](t)(magazines.UpdateManyFrom(d.Acme, d.DB, &UpdateMagazinesInput{Where: everyMagazine(), Pages: given(1)}))
	for _, m := range all {
		requireEvents(t, events, fmt.Sprintf("UPDATED %s true", m.GlobalID()))
	}
	deleted := must[[]*Magazine](t)(magazines.DeleteMany(d.Acme, d.DB, everyMagazine()))
	for _, m := range deleted {
		requireEvents(t, events, fmt.Sprintf("DELETED %s false", m.GlobalID()))
	}
	if len(all) != 100 || len(deleted) != 100 || d.Count(t, "magazines", "tenant_id = 2 AND pages IS NULL AND deleted_at IS NULL") != 1 {
		t.Errorf("%d rows are updated and %d deleted", len(all), len(deleted))
	}
}

// TestUpdateOfSeveralRowsIsChecked passes values that fail for one of the rows.
func TestUpdateOfSeveralRowsIsChecked(t *testing.T) {
	d := library.New(t)
	shelf, theirs := newShelf(d.Acme, t, d, "A"), newShelf(d.Globex, t, d, "A")
	must[[]*Magazine](t)(magazines.CreateManyFrom(d.Acme, d.DB, newMagazinesInput(2)))
	newReader(d.Acme, t, d, shelf, "A-1")
	newReader(d.Acme, t, d, shelf, "A-2")
	for want, in := range map[string]UpdateMagazinesInput{
		"title must not be null; leave it out to keep it as it is; pages must be at least 1": {Title: null(""), Pages: given(0)},
		"there is no Shelf with this id":   {ShelfID: given(theirs.GlobalID())},
		"another magazine has this title":  {Title: given("equal")},
		"shelfId is not an id of this API": {ShelfID: given(relay.GlobalID("x"))},
		"shelfId is no Shelf id":           {ShelfID: given(magazines.GlobalID(relay.NewID()))},
	} {
		in.Where = everyMagazine()
		if _, err := magazines.UpdateManyFrom(d.Acme, d.DB, &in); fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for want, in := range map[string]UpdateReadersInput{
		"name must have at least 2 characters":  {Name: given("x")},
		"name must not get shorter":             {Name: given("Al")},
		"another reader has this nick and home": {Nick: given("one")},
	} {
		in.Where = cards("A-")
		if _, err := readers.UpdateManyFrom(d.Acme, d.DB, &in); fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if d.Count(t, "magazines", "version = 1") != 2 || d.Count(t, "readers", "version = 1") != 2 {
		t.Error("rows have changed")
	}
}

// TestHooksOfSeveralUpdatesRunForEachRow changes readers in a hook, and fails in another.
func TestHooksOfSeveralUpdatesRunForEachRow(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	for i := range 3 {
		newReader(d.Acme, t, d, shelf, fmt.Sprint("A-", i))
	}
	newReader(d.Globex, t, d, newShelf(d.Globex, t, d, "A"), "A-1")
	update := func(ctx context.Context, name string) ([]*Reader, error) {
		return readers.UpdateManyFrom(ctx, d.DB, &UpdateReadersInput{Where: cards("A-"), Name: given(name)})
	}
	visit := func(_ context.Context, _ *tenancy.DB, old, r *Reader) error {
		if old.Name != "Ada" || r.Name != "Grace" {
			t.Errorf("the hook has %s and %s", old.Name, r.Name)
		}
		r.Visits = int(r.Card[2] - '0')
		return nil
	}
	for i, r := range must[[]*Reader](t)(update(withHooks(d.Acme, relay.Hooks[Reader]{BeforeUpdate: visit}), "Grace")) {
		if stored := findReader(t, d, r.ID); stored.Visits != i || stored.Name != "Grace" || stored.Version != 2 || r.Version != 2 {
			t.Errorf("reader %d is %+v", i, stored)
		}
	}
	failure := errors.New("failure")
	fail := func(_ context.Context, _ *tenancy.DB, _, r *Reader) error {
		if r.Card == "A-1" {
			return failure
		}
		return nil
	}
	for _, hooks := range []relay.Hooks[Reader]{{BeforeUpdate: fail}, {AfterUpdate: fail}} {
		if _, err := update(withHooks(d.Acme, hooks), "Grace Hopper"); !errors.Is(err, failure) {
			t.Errorf("got %v", err)
		}
	}
	if n := d.Count(t, "readers", "name = 'Grace' AND version = 2 AND tenant_id = 1"); n != 3 {
		t.Errorf("%d readers are unchanged", n)
	}
}

// TestChangesOfValidateAreStoredInTheirRows changes some of four magazines in Validate. Rows with equal values are
// updates and deletes of filters that overlap. The locks have one order, so that no update fails.
func TestConcurrentUpdatesOfSeveralRowsAreCounted(t *testing.T) {
	d := library.New(t)
	must[[]*Magazine](t)(magazines.CreateManyFrom(d.Acme, d.DB, newMagazinesInput(20)))
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			where := everyMagazine()
			if i%2 == 1 {
				where.Or = set([]*MagazineFilter{titled("title 001"), titled("title 000")})
			}
			if _, err := magazines.UpdateManyFrom(d.Acme, d.DB, &UpdateMagazinesInput{Where: where, Pages: given(i + 1)}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := d.Count(t, "magazines", "version = 9"); n != 20 {
		t.Errorf("%d rows have each change", n)
	}
}

// waitForLock waits until a query with FOR UPDATE runs, for a minute.
func waitForLock(t *testing.T, d *tenancytest.Database) {
	t.Helper()
	locks := func(p tenancytest.Process) bool { return strings.Contains(p.Statement, "FOR UPDATE") }
	end := time.Now().Add(time.Minute)
	for !slices.ContainsFunc(d.Processes(t), locks) {
		if time.Now().After(end) {
			t.Fatal("no query waits for a lock")
		}
		time.Sleep(time.Millisecond)
	}
}

// TestRowThatStopsMatchingIsNotChanged renames a magazine after an update has read its id, and waits for its lock.
func TestRowThatStopsMatchingIsNotChanged(t *testing.T) {
	d := library.New(t)
	m := newMagazine(d.Acme, t, d, issn(1))
	renamed, updated := make(chan struct{}), make(chan []*Magazine)
	go func() {
		<-renamed
		all, err := magazines.UpdateManyFrom(d.Acme, d.DB, &UpdateMagazinesInput{Where: titled("title"), Pages: given(10)})
		if err != nil {
			t.Error(err)
		}
		updated <- all
	}()
	err := d.Tx(d.Acme, func(ctx context.Context) error {
		err := d.For(ctx).Model(&Magazine{}).Where("id = ?", m.ID).Update("title", "renamed").Error
		close(renamed)
		waitForLock(t, d) //nolint:contextcheck // another connection reads the process list
		return err
	})
	if all := <-updated; err != nil || len(all) != 0 {
		t.Errorf("it updated %v, %v", all, err)
	}
	if n := d.Count(t, "magazines", "pages IS NULL AND version = 1"); n != 1 {
		t.Error("the row has changed")
	}
}
