package relay_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// cards returns a filter for the cards that begin with a prefix.
func cards(prefix string) *ReaderFilter {
	return &ReaderFilter{Card: set(&relay.StringFilter{StartsWith: set(&prefix)})}
}

// TestRowsOfAFilterAreDeletedByOneStatement deletes readers, one of which is the sponsor of another and one
// the sponsor of a reader that stays.
func TestRowsOfAFilterAreDeletedByOneStatement(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	theirs := newReader(d.Globex, t, d, newShelf(d.Globex, t, d, "A"), "A-1")
	first, second := newReader(d.Acme, t, d, shelf, "A-1"), newReader(d.Acme, t, d, shelf, "A-2")
	stays := newReader(d.Acme, t, d, shelf, "B-1")
	for r, sponsor := range map[*Reader]*Reader{first: second, stays: first} {
		must[*Reader](t)(readers.Update(d.Acme, d.DB, r.ID, func(r *Reader) error {
			r.SponsorID = &sponsor.ID
			return nil
		}))
	}
	d.Reset()
	deleted := must[[]*Reader](t)(readers.DeleteMany(d.Acme, d.DB, cards("A-")))
	// ids, locked rows, the readers with a sponsor, their update, the books of wishes, the deletion
	countStatements(t, d, 6)
	if len(deleted) != 2 || deleted[0].ID != first.ID || deleted[1].ID != second.ID {
		t.Errorf("deleted %v", deleted)
	}
	if r := findReader(t, d, stays.ID); r.SponsorID != nil || r.Version != 3 {
		t.Errorf("the other reader is %+v", r)
	}
	if r := must[*Reader](t)(readers.Find(d.Globex, d.DB, theirs.ID)); r.Version != 1 {
		t.Errorf("the reader of the other tenant is %+v", r)
	}
}

// TestOneRestrictedRowPreventsTheDeletionOfAll deletes readers, one of which has an issue.
func TestOneRestrictedRowPreventsTheDeletionOfAll(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	newReader(d.Acme, t, d, shelf, "A-1")
	second := newReader(d.Acme, t, d, shelf, "A-2")
	in := issueOf(newMagazine(d.Acme, t, d, issn(1)), 1)
	in.ReaderID = given(second.GlobalID())
	must[*Issue](t)(issues.CreateFrom(d.Acme, d.DB, in))
	_, err := readers.DeleteMany(d.Acme, d.DB, cards("A-"))
	var conflict *relay.ConflictError
	if fmt.Sprint(err) != "these rows can't be deleted: Issue.reader refers to a reader" || !errors.As(err, &conflict) {
		t.Errorf("got %v", err)
	}
	if n := d.Count(t, "readers", "version = 1"); n != 2 {
		t.Errorf("%d readers are left", n)
	}
}

// TestHooksOfSeveralDeletionsRunForEachRow fails in the hook of the second of three issues.
func TestHooksOfSeveralDeletionsRunForEachRow(t *testing.T) {
	d := library.New(t)
	m := newMagazine(d.Acme, t, d, issn(1))
	all := must[[]*Issue](t)(issues.CreateManyFrom(d.Acme, d.DB, &CreateIssuesInput{
		[]*CreateIssueInput{issueOf(m, 1), issueOf(m, 2), issueOf(m, 3)},
	}))
	failure := errors.New("failure")
	var numbers []int
	fails := true
	ctx := context.WithValue(d.Acme, issueHooks{}, relay.RowHook[Issue](func(_ context.Context, _ *tenancy.DB, i *Issue) error {
		if numbers = append(numbers, i.Number); i.Number == 2 && fails {
			return failure
		}
		return nil
	}))
	where := &IssueFilter{MagazineID: inIDs([]relay.GlobalID{m.GlobalID()})}
	events := must[<-chan *string](t)(relay.FollowBy(d.Acme, d.DB, issueChanges, "magazineId", m.GlobalID(), nil, describe[Issue]))
	if _, err := issues.DeleteMany(ctx, d.DB, where); !errors.Is(err, failure) || fmt.Sprint(numbers) != "[1 2]" {
		t.Errorf("got %v after %v", err, numbers)
	}
	if n := d.Count(t, "issues", ""); n != 3 {
		t.Errorf("%d issues are left", n)
	}
	fails, numbers = false, nil
	must[[]*Issue](t)(issues.DeleteMany(ctx, d.DB, where))
	if fmt.Sprint(numbers) != "[1 2 3]" || d.Count(t, "issues", "") != 0 {
		t.Errorf("the hooks have %v", numbers)
	}
	for _, i := range all {
		requireEvents(t, events, fmt.Sprintf("DELETED %s false", i.GlobalID()))
	}
}

// TestRowsThatReferToEachOtherAreDeletedTogether deletes shelves on shelves by relations with Restrict. Another
// shelf on them prevents it.
func TestRowsThatReferToEachOtherAreDeletedTogether(t *testing.T) {
	d := library.New(t)
	stand := func(ctx context.Context, code string, on *Shelf) *Shelf {
		return must[*Shelf](t)(shelves.Create(ctx, d.DB, &Shelf{Code: code, Wood: "OAK", Height: "LOW", ParentID: &on.ID}))
	}
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		middle := stand(ctx, "B", newShelf(ctx, t, d, "A"))
		stand(ctx, "C", middle)
		stand(ctx, "other", middle)
	}
	where := &ShelfFilter{Code: set(&relay.StringFilter{In: set([]string{"A", "B", "C"})})}
	if _, err := shelves.DeleteMany(d.Acme, d.DB, where); fmt.Sprint(err) != "these rows can't be deleted: Shelf.parent refers to a shelf" {
		t.Errorf("got %v", err)
	}
	if n := d.Count(t, "shelves", "tenant_id = 1 AND parent_id IS NOT NULL"); n != 3 {
		t.Errorf("%d references are left", n)
	}
	deleted := must[[]*Shelf](t)(shelves.DeleteMany(d.Acme, d.DB, &ShelfFilter{ID: isPresent()}))
	if len(deleted) != 4 || deleted[2].ParentID == nil || d.Count(t, "shelves", "tenant_id = 2 AND parent_id IS NOT NULL") != 3 {
		t.Errorf("deleted %v", deleted)
	}
}
