package relay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

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

// everyMagazine returns the filter for all magazines.
func everyMagazine() *MagazineFilter { return &MagazineFilter{ID: isPresent()} }

// isPresent returns the filter for the ids of all rows.
func isPresent() graphql.Omittable[*relay.IDFilter] {
	return set(&relay.IDFilter{IsNull: given(false)})
}

// TestFiltersOfMutationsAreStrict passes filters that would match all rows by mistake, and ids of others.
func TestFiltersOfMutationsAreStrict(t *testing.T) {
	d := library.New(t)
	must[[]*Magazine](t)(magazines.CreateManyFrom(d.Acme, d.DB, newMagazinesInput(2)))
	theirs, deleted := newMagazine(d.Globex, t, d, issn(9)), newMagazine(d.Acme, t, d, issn(8))
	must[*Magazine](t)(magazines.Delete(d.Acme, d.DB, deleted.GlobalID()))
	const noCondition = "must have a condition; check that its variable is set, or match all rows by {id: {isNull: false}}"
	none := relay.StringFilter{}
	nothing := relay.StringFilter{Eq: set((*string)(nil)), StartsWith: given("t")}
	for _, test := range []struct {
		name  string
		where *MagazineFilter
		want  string
	}{
		{
			name:  "empty filter",
			where: &MagazineFilter{},
			want:  "where " + noCondition,
		},
		{
			name:  "no filter",
			where: nil,
			want:  "where " + noCondition,
		},
		{
			name:  "empty filter in and, beside a condition",
			where: &MagazineFilter{And: set([]*MagazineFilter{titled("t"), {}})},
			want:  "where.and[1] " + noCondition,
		},
		{
			name:  "empty filter in or",
			where: &MagazineFilter{Title: set(&relay.StringFilter{StartsWith: given("t")}), Or: set([]*MagazineFilter{{}})},
			want:  "where.or[0] " + noCondition,
		},
		{
			name:  "empty filter in not",
			where: &MagazineFilter{Not: set(&MagazineFilter{})},
			want:  "where.not " + noCondition,
		},
		{
			name:  "empty filter of a reference",
			where: &MagazineFilter{Shelf: set(&ShelfFilter{})},
			want:  "where.shelf " + noCondition,
		},
		{
			name:  "empty filter of a relation to many rows",
			where: &MagazineFilter{Issues: set(&IssueListFilter{Some: set(&IssueFilter{})})},
			want:  "where.issues.some " + noCondition,
		},
		{
			name:  "empty filter of links",
			where: &MagazineFilter{Shelf: set(&ShelfFilter{Tags: set(&TagListFilter{None: set(&TagFilter{})})})},
			want:  "where.shelf.tags.none " + noCondition,
		},
		{
			name:  "comparison without an operator",
			where: &MagazineFilter{Title: given(none)},
			want:  "where.title must have an operator such as eq; check that its variable is set",
		},
		{
			name:  "comparison of a time without an operator",
			where: &MagazineFilter{DeletedAt: set(&relay.DateTimeFilter{})},
			want:  "where.deletedAt must have an operator such as lt; check that its variable is set",
		},
		{
			name:  "comparison with null",
			where: &MagazineFilter{Or: set([]*MagazineFilter{{Title: given(nothing)}})},
			want:  "where.or[0].title.eq must not be null; leave it out",
		},
		{
			name:  "null for a comparison",
			where: &MagazineFilter{Shelf: set(&ShelfFilter{Name: null(none)})},
			want:  "where.shelf.name must not be null; leave it out",
		},
		{
			name:  "null for and",
			where: &MagazineFilter{And: set([]*MagazineFilter(nil)), ID: isPresent()},
			want:  "where.and must not be null; leave it out",
		},
		{
			name:  "null for a relation",
			where: &MagazineFilter{Issues: set(&IssueListFilter{Some: null(IssueFilter{})})},
			want:  "where.issues.some must not be null; leave it out",
		},
		{
			name:  "relation without a filter",
			where: &MagazineFilter{Issues: set(&IssueListFilter{})},
			want:  "where.issues must have some or none; check that its variable is set",
		},
		{
			name:  "no filters in and",
			where: &MagazineFilter{And: set([]*MagazineFilter{})},
			want:  "where.and must have at least one filter",
		},
		{
			name:  "no alternative",
			where: &MagazineFilter{Not: set(&MagazineFilter{Or: set([]*MagazineFilter{})})},
			want:  "where.not.or must have at least one filter",
		},
		{
			name:  "malformed id",
			where: &MagazineFilter{ID: inIDs([]relay.GlobalID{"x"})},
			want:  "where.id.in[0] is not an id of this API",
		},
		{
			name:  "no id",
			where: &MagazineFilter{ID: inIDs([]relay.GlobalID{})},
		},
		{
			name:  "id of another tenant",
			where: &MagazineFilter{ID: inIDs([]relay.GlobalID{theirs.GlobalID()})},
		},
		{
			name:  "deleted row",
			where: &MagazineFilter{ID: inIDs([]relay.GlobalID{deleted.GlobalID()})},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.want != "" {
				in := &UpdateMagazinesInput{Where: test.where, Pages: given(0)}
				if _, err := magazines.UpdateManyFrom(d.Acme, d.DB, in); fmt.Sprint(err) != "pages must be at least 1; "+test.want {
					t.Errorf("got  %v with an invalid value", err)
				}
			}
			updated, updateErr := magazines.UpdateManyFrom(d.Acme, d.DB, &UpdateMagazinesInput{Where: test.where, Pages: given(1)})
			deleted, err := magazines.DeleteMany(d.Acme, d.DB, test.where)
			if test.want == "" {
				if updated == nil || deleted == nil || len(updated)+len(deleted) > 0 || updateErr != nil || err != nil {
					t.Errorf("got %v, %v, %v, %v", updated, deleted, updateErr, err)
				}
				return
			}
			if fmt.Sprint(updateErr) != test.want || fmt.Sprint(err) != test.want {
				t.Errorf("got  %v, %v\nwant %s", updateErr, err, test.want)
			}
		})
	}
	if n := d.Count(t, "magazines", "version = 1 AND deleted_at IS NULL"); n != 3 {
		t.Errorf("%d rows are unchanged, want 3", n)
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
// stored by one statement.
func TestChangesOfValidateAreStoredInTheirRows(t *testing.T) {
	for _, test := range []struct {
		name       string
		validate   func(m *Magazine)
		pages      string
		titles     string
		statements int // beside the ids and the locked rows
	}{
		{
			name:       "no row",
			validate:   func(*Magazine) {},
			pages:      "7 7 7 7",
			titles:     "title 0000-0000,title 0001-0000,title 0002-0000,title 0003-0000",
			statements: 1,
		},
		{
			name:       "the value of the input in each row",
			validate:   func(m *Magazine) { *m.Pages += int(m.Issn[3] - '0') },
			pages:      "7 8 9 10",
			titles:     "title 0000-0000,title 0001-0000,title 0002-0000,title 0003-0000",
			statements: 4,
		},
		{
			name: "the value of the input in the last row",
			validate: func(m *Magazine) {
				if m.Issn == issn(3) {
					*m.Pages = 5
				}
			},
			pages:      "7 7 7 5",
			titles:     "title 0000-0000,title 0001-0000,title 0002-0000,title 0003-0000",
			statements: 2,
		},
		{
			name: "another value of the first row",
			validate: func(m *Magazine) {
				if m.Issn == issn(0) {
					m.Title = "Validated"
				}
			},
			pages:      "7 7 7 7",
			titles:     "Validated,title 0001-0000,title 0002-0000,title 0003-0000",
			statements: 2,
		},
		{
			name: "the value of another row",
			validate: func(m *Magazine) {
				if m.Issn != issn(0) {
					m.Topic = "ASH"
				}
			},
			pages:      "7 7 7 7",
			titles:     "title 0000-0000,title 0001-0000,title 0002-0000,title 0003-0000",
			statements: 2,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := library.New(t)
			newMagazine(d.Globex, t, d, issn(9))
			in := newMagazinesInput(4)
			in.Magazines[1].Topic = given(Wood("BEECH"))
			must[[]*Magazine](t)(magazines.CreateManyFrom(d.Acme, d.DB, in))
			magazines.SetHooks(relay.Hooks[Magazine]{Validate: func(_ *relay.Validation, old, m *Magazine) {
				if test.validate(m); old == nil || old.Pages != nil || old.Title != "title "+m.Issn {
					t.Errorf("the former row is %+v", old)
				}
			}})
			defer magazines.SetHooks(relay.Hooks[Magazine]{})
			d.Reset()
			change := &UpdateMagazinesInput{Where: everyMagazine(), Pages: given(7)}
			all := must[[]*Magazine](t)(magazines.UpdateManyFrom(d.Acme, d.DB, change))
			countStatements(t, d, 2+test.statements)
			var pages, titles []string
			for _, m := range all {
				stored := must[*Magazine](t)(magazines.Find(d.Acme, d.DB, m.ID))
				pages, titles = append(pages, fmt.Sprint(*stored.Pages)), append(titles, stored.Title)
				if stored.Version != 2 || m.Version != 2 || m.Title != stored.Title || m.Topic != stored.Topic ||
					!bytes.Equal(stored.TitleKey, relay.UniqueKey(stored.Title)) {
					t.Errorf("got %+v, stored %+v", m, stored)
				}
			}
			if got := strings.Join(pages, " "); got != test.pages {
				t.Errorf("pages are %s, want %s", got, test.pages)
			}
			if got := strings.Join(titles, ","); got != test.titles {
				t.Errorf("titles are %s, want %s", got, test.titles)
			}
			if test.name == "the value of another row" && d.Count(t, "magazines", "topic = 'ASH'") != 3 {
				t.Error("the topics are wrong")
			}
		})
	}
}

// TestChangesOfValidateAreStored increments a number in Validate, of which the input has no value, and then one.
func TestChangesOfValidateAreStored(t *testing.T) {
	d := library.New(t)
	in := newMagazineInput(issn(1))
	in.Pages = given(5)
	m := must[*Magazine](t)(magazines.CreateFrom(d.Acme, d.DB, in))
	former := 5
	magazines.SetHooks(relay.Hooks[Magazine]{Validate: func(_ *relay.Validation, old, m *Magazine) {
		if *m.Pages++; *old.Pages != former {
			t.Errorf("the former number is %d, want %d", *old.Pages, former)
		}
	}})
	defer magazines.SetHooks(relay.Hooks[Magazine]{})
	pages := 20
	for _, test := range []struct {
		name string
		do   func() error
		want int
	}{
		{
			name: "update of another field",
			do: func() error {
				return second(magazines.UpdateFrom(d.Acme, d.DB, &UpdateMagazineInput{ID: m.GlobalID(), Title: given("x")}))
			},
			want: 6,
		},
		{
			name: "update of the field",
			do: func() error {
				in := &UpdateMagazineInput{ID: m.GlobalID(), Pages: graphql.OmittableOf(&pages)}
				return second(magazines.UpdateFrom(d.Acme, d.DB, in))
			},
			want: 21,
		},
		{
			name: "upsert",
			do: func() error {
				_, _, err := magazines.UpsertFrom(d.Acme, d.DB, upsertOf("ISSN", issn(1), "y"))
				return err
			},
			want: 22,
		},
	} {
		if err := test.do(); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		former = *must[*Magazine](t)(magazines.Find(d.Acme, d.DB, m.ID)).Pages
		if former != test.want || pages != 20 {
			t.Errorf("%s: %d pages, want %d; the input has %d", test.name, former, test.want, pages)
		}
	}
}

// TestConcurrentUpdatesOfSeveralRowsAreCounted increments the pages of all magazines from several goroutines by
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
