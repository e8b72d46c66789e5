package relay_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// issn returns a different ISSN for each number.
func issn(n int) string { return fmt.Sprintf("%04d-0000", n) }

// newMagazinesInput returns an input with n magazines.
func newMagazinesInput(n int) *CreateMagazinesInput {
	in := &CreateMagazinesInput{}
	for i := range n {
		in.Magazines = append(in.Magazines, newMagazineInput(issn(i)))
	}
	return in
}

func TestSeveralRowsAreCreatedByOneStatement(t *testing.T) {
	d := library.New(t)
	for _, ctx := range []context.Context{d.Acme, d.Globex} { // two tenants have equal keys
		in := newMagazinesInput(100)
		in.Magazines[7].Topic, in.Magazines[7].Pages = given(Wood("ASH")), given(9)
		events := must[<-chan *string](t)(relay.Follow(ctx, d.DB, magazineChanges, describe[Magazine]))
		d.Reset()
		all := must[[]*Magazine](t)(magazines.CreateManyFrom(ctx, d.DB, in))
		if ran := d.Ran(); len(ran) == 0 || !strings.HasPrefix(ran[0], "INSERT") || strings.Contains(strings.Join(ran[1:], ""), "INSERT") {
			t.Errorf("it ran %d statements", len(ran))
		}
		for i, m := range all {
			requireEvents(t, events, fmt.Sprintf("CREATED %s true", m.GlobalID()))
			stored := must[*Magazine](t)(magazines.Find(ctx, d.DB, m.ID))
			if stored.Issn != issn(i) || stored.Version != 1 || (stored.Topic == "ASH") != (i == 7) || (stored.Pages != nil) != (i == 7) ||
				string(stored.TitleKey) != string(relay.UniqueKey("TITLE "+issn(i))) {
				t.Errorf("row %d is %+v", i, stored)
			}
		}
	}
	if n := d.Count(t, "magazines", ""); n != 200 {
		t.Errorf("%d rows are stored", n)
	}
}

func TestEmptyListCreatesNothing(t *testing.T) {
	d := library.New(t)
	d.Reset()
	all, err := magazines.CreateManyFrom(d.Acme, d.DB, &CreateMagazinesInput{})
	if err != nil || all == nil || len(all) != 0 {
		t.Errorf("got %v, %v", all, err)
	}
	countStatements(t, d, 0)
}

// TestErrorsOfSeveralRowsHaveTheirPaths changes rows of a valid input.
func TestErrorsOfSeveralRowsHaveTheirPaths(t *testing.T) {
	d := library.New(t)
	newMagazine(d.Acme, t, d, issn(50))
	newMagazine(d.Globex, t, d, issn(1))
	theirs := newShelf(d.Globex, t, d, "A")
	for _, test := range []struct {
		name   string
		n      int
		change func(all []*CreateMagazineInput)
		want   string
	}{
		{
			name: "invalid values in several rows",
			n:    3,
			change: func(all []*CreateMagazineInput) {
				all[0].Issn, all[2].Title, all[2].Pages = "x", "", given(0)
				all[2].ShelfID = given(relay.GlobalID("x"))
			},
			want: "magazines[0].issn must be an ISSN; magazines[2].title must have 1 to 20 characters, not all blank; " +
				"magazines[2].pages must be at least 1; magazines[2].shelfId is not an id of this API",
		},
		{
			name:   "too many rows",
			n:      102,
			change: func([]*CreateMagazineInput) {},
			want:   "magazines[100] exceeds the limit of 100 new rows per mutation",
		},
		{
			name:   "value of a stored row",
			n:      3,
			change: func(all []*CreateMagazineInput) { all[1].Issn = issn(50) },
			want:   "magazines[1]: another magazine has this issn",
		},
		{
			name:   "value of another new row",
			n:      3,
			change: func(all []*CreateMagazineInput) { all[2].Title = "TITLE " + issn(0) },
			want:   "magazines[2]: another magazine has this title",
		},
		{
			name:   "reference to a row of another tenant",
			n:      3,
			change: func(all []*CreateMagazineInput) { all[1].ShelfID = given(theirs.GlobalID()) },
			want:   "magazines[1]: there is no Shelf with this id",
		},
		{
			name:   "reference to an unknown row of a type with soft deletion",
			n:      3,
			change: func(all []*CreateMagazineInput) { all[2].RivalID = given(magazines.GlobalID(relay.NewID())) },
			want:   "magazines[2]: there is no Magazine with this id",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := newMagazinesInput(test.n)
			test.change(in.Magazines)
			if _, err := magazines.CreateManyFrom(d.Acme, d.DB, in); fmt.Sprint(err) != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	if n := d.Count(t, "magazines", ""); n != 2 {
		t.Errorf("%d rows are stored, want 2", n)
	}
	must[[]*Magazine](t)(magazines.CreateManyFrom(d.Acme, d.DB, newMagazinesInput(3)))
}

// TestHooksOfSeveralRowsRunInOrder creates readers, whose hook reads the rows before.
func TestHooksOfSeveralRowsRunInOrder(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	newReader(d.Globex, t, d, newShelf(d.Globex, t, d, "A"), "A-1")
	in := &CreateReadersInput{}
	for i := range 3 {
		in.Readers = append(in.Readers, newReaderInput(shelf, fmt.Sprint("A-", i)))
	}
	count := func(ctx context.Context, db *tenancy.DB, r *Reader) error {
		var n int64
		err := db.For(ctx).Model(&Reader{}).Count(&n).Error
		r.Visits = int(n)
		return err
	}
	all := must[[]*Reader](t)(readers.CreateManyFrom(withHooks(d.Acme, relay.Hooks[Reader]{BeforeCreate: count}), d.DB, in))
	for i, r := range all {
		if stored := findReader(t, d, r.ID); stored.Visits != i || r.Visits != i {
			t.Errorf("reader %d has %d visits, stored %d", i, r.Visits, stored.Visits)
		}
	}
	requireRollback(t, d, &CreateReadersInput{[]*CreateReaderInput{
		newReaderInput(shelf, "A-7"), newReaderInput(shelf, "A-8"), newReaderInput(shelf, "A-9"),
	}})
}

// requireRollback fails in the hooks of the second reader, and expects that no reader is stored.
func requireRollback(t *testing.T, d *tenancytest.Database, in *CreateReadersInput) {
	t.Helper()
	before := d.Count(t, "readers", "")
	failure := errors.New("failure")
	for name, err := range map[string]error{
		"failure":  failure,
		"conflict": &relay.ConflictError{Message: "no more readers"},
		"invalid":  &relay.InvalidError{Errors: []relay.FieldError{{Path: relay.Path{"card"}, Message: "must be blue"}}},
	} {
		fail := func(_ context.Context, _ *tenancy.DB, r *Reader) error {
			if r.Card == in.Readers[1].Card {
				return err
			}
			return nil
		}
		want := map[string]string{
			"failure": "failure", "conflict": "readers[1]: no more readers", "invalid": "readers[1].card must be blue",
		}[name]
		for _, hooks := range []relay.Hooks[Reader]{{BeforeCreate: fail}, {AfterCreate: fail}} {
			if _, got := readers.CreateManyFrom(withHooks(d.Acme, hooks), d.DB, in); fmt.Sprint(got) != want {
				t.Errorf("got %v, want %s", got, want)
			}
		}
	}
	if n := d.Count(t, "readers", ""); n != before {
		t.Errorf("%d readers are stored, want %d", n, before)
	}
}

// TestValidateHookOfSeveralRowsHasPaths rejects the motto of the second reader.
func TestValidateHookOfSeveralRowsHasPaths(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	in := &CreateReadersInput{[]*CreateReaderInput{newReaderInput(shelf, "A-0"), newReaderInput(shelf, "A-1")}}
	in.Readers[1].Motto, in.Readers[1].Name = given("By Ada"), "A"
	_, err := readers.CreateManyFrom(d.Acme, d.DB, in)
	const want = "readers[1].name must have at least 2 characters; readers[1].motto must not have the name"
	if fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestConcurrentCreationsOfSeveralRowsStoreAllOrNone creates rows with the same values in opposite orders, which
// lock each other.
func TestConcurrentCreationsOfSeveralRowsStoreAllOrNone(t *testing.T) {
	d := library.New(t)
	for round := range 5 {
		var stored, conflicts atomic.Int32
		var wait sync.WaitGroup
		for i := range 4 {
			wait.Go(func() {
				in := &CreateMagazinesInput{}
				for n := range 10 {
					in.Magazines = append(in.Magazines, newMagazineInput(issn(10*round+n)))
				}
				if i%2 == 1 {
					slices.Reverse(in.Magazines)
				}
				_, err := magazines.CreateManyFrom(d.Acme, d.DB, in)
				var conflict *relay.ConflictError
				switch {
				case err == nil:
					stored.Add(1)
				case errors.As(err, &conflict):
					conflicts.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if stored.Load() != 1 || conflicts.Load() != 3 || d.Count(t, "magazines", "") != 10*(round+1) {
			t.Errorf("%d are stored, %d are in conflict", stored.Load(), conflicts.Load())
		}
	}
}
