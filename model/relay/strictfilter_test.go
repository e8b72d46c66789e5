package relay_test

import (
	"fmt"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

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
