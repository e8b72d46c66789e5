package relay_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// newNestedInput returns a magazine with two issues, two articles in each, and an imprint.
func newNestedInput(code string) *CreateMagazineInput {
	in := newMagazineInput(code)
	in.Imprint = set(&CreateMagazineImprintInput{"press"})
	articles := func() []*CreateIssueArticleInput { return []*CreateIssueArticleInput{{"one"}, {"two"}} }
	in.Issues = set([]*CreateMagazineIssueInput{{Number: 1, Articles: set(articles())}, {Number: 2, Articles: set(articles())}})
	return in
}

// TestNestedRowsAreCreatedByOneStatementPerType creates one magazine, and several, with nested rows.
func TestNestedRowsAreCreatedByOneStatementPerType(t *testing.T) {
	d := library.New(t)
	for i, ctx := range []context.Context{d.Acme, d.Globex} {
		d.Reset()
		m := must[*Magazine](t)(magazines.CreateFrom(ctx, d.DB, newNestedInput(issn(1))))
		countStatements(t, d, 4) // magazine, imprint, issues, articles
		all := must[[]*Magazine](t)(magazines.CreateManyFrom(ctx, d.DB, &CreateMagazinesInput{[]*CreateMagazineInput{
			newNestedInput(issn(2)), newMagazineInput(issn(3)), newNestedInput(issn(4)),
		}}))
		countStatements(t, d, 4)
		for _, m := range append(all, m) {
			page := must[*relay.Connection[Issue]](t)(magazineIssues.Page(ctx, d.DB, m, relay.PageArgs{}, nil, Order("NUMBER_ASC")))
			want := 2
			if m.Issn == issn(3) {
				want = 0
			}
			if len(page.Nodes) != want {
				t.Fatalf("%s has %d issues", m.Issn, len(page.Nodes))
			}
			for n, issue := range page.Nodes {
				found := must[*relay.Connection[Article]](t)(issueArticles.Page(ctx, d.DB, issue, relay.PageArgs{}, nil, nil))
				if issue.Number != n+1 || len(found.Nodes) != 2 {
					t.Errorf("issue %d is %+v with %d articles", n, issue, len(found.Nodes))
				}
			}
		}
		for table, want := range map[string]int{"magazines": 4, "imprints": 3, "issues": 6, "articles": 12} {
			if n := d.Count(t, table, "tenant_id = ?", i+1); n != want {
				t.Errorf("%d %s, want %d", n, table, want)
			}
		}
	}
}

func TestNullAndEmptyNestedRowsCreateNothing(t *testing.T) {
	d := library.New(t)
	in := newMagazineInput(issn(1))
	in.Issues, in.Imprint = set([]*CreateMagazineIssueInput(nil)), set((*CreateMagazineImprintInput)(nil))
	in.Rivals = set([]*CreateMagazineRivalsInput{})
	d.Reset()
	must[*Magazine](t)(magazines.CreateFrom(d.Acme, d.DB, in))
	countStatements(t, d, 1)
}

// TestErrorsOfNestedRowsHaveTheirPaths changes rows of a valid input.
func TestErrorsOfNestedRowsHaveTheirPaths(t *testing.T) {
	d := library.New(t)
	theirs := newReader(d.Globex, t, d, newShelf(d.Globex, t, d, "A"), "A-1")
	for _, test := range []struct {
		name   string
		change func(in *CreateMagazineInput, issues []*CreateMagazineIssueInput)
		want   string
	}{
		{
			name: "invalid values at each depth",
			change: func(in *CreateMagazineInput, issues []*CreateMagazineIssueInput) {
				in.Title, issues[1].Number, issues[0].Articles.Value()[1].Title = "", 0, "\n"
				in.Imprint = set(&CreateMagazineImprintInput{strings.Repeat("x", 21)})
			},
			want: "title must have 1 to 20 characters, not all blank; " +
				"issues[0].articles[1].title must have 1 to 20 characters, not all blank; " +
				"issues[0].articles[1].title must not hold control characters such as line breaks; issues[1].number must be at least 1; " +
				"imprint.by must have 1 to 20 characters, not all blank",
		},
		{
			name:   "equal values of two new rows",
			change: func(_ *CreateMagazineInput, issues []*CreateMagazineIssueInput) { issues[1].Number = 1 },
			want:   "issues[1]: another issue has this magazine and number",
		},
		{
			name: "reference to a row of another tenant",
			change: func(_ *CreateMagazineInput, issues []*CreateMagazineIssueInput) {
				issues[1].ReaderID = given(theirs.GlobalID())
			},
			want: "issues[1]: there is no Reader with this id",
		},
		{
			name: "too many rows",
			change: func(_ *CreateMagazineInput, issues []*CreateMagazineIssueInput) {
				issues[1].Articles = set(slices.Repeat([]*CreateIssueArticleInput{{"x"}}, 96))
			},
			want: "issues[1].articles[95] exceeds the limit of 100 new rows per mutation",
		},
		{
			name: "too many rows of a type that is nested in itself",
			change: func(in *CreateMagazineInput, _ []*CreateMagazineIssueInput) {
				deep := &CreateMagazineRivalsInput{Issn: issn(2), Title: "x"}
				for range 120 {
					deep = &CreateMagazineRivalsInput{Issn: issn(2), Title: "x", Rivals: set([]*CreateMagazineRivalsInput{deep})}
				}
				in.Rivals = set([]*CreateMagazineRivalsInput{deep})
			},
			want: "rivals[0]" + strings.Repeat(".rivals[0]", 92) + " exceeds the limit of 100 new rows per mutation",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := newNestedInput(issn(1))
			test.change(in, in.Issues.Value())
			if _, err := magazines.CreateFrom(d.Acme, d.DB, in); fmt.Sprint(err) != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	if n := d.Count(t, "magazines", ""); n != 0 {
		t.Errorf("%d magazines are stored", n)
	}
	must[*Magazine](t)(magazines.CreateFrom(d.Acme, d.DB, newNestedInput(issn(1))))
}

// TestRowsNestedInTheirOwnTypeReferToEachOther creates a chain of magazines.
func TestRowsNestedInTheirOwnTypeReferToEachOther(t *testing.T) {
	d := library.New(t)
	in := newMagazineInput(issn(1))
	in.Rivals = set([]*CreateMagazineRivalsInput{
		{Issn: issn(2), Title: "b", Rivals: set([]*CreateMagazineRivalsInput{{Issn: issn(3), Title: "c"}})},
	})
	d.Reset()
	top := must[*Magazine](t)(magazines.CreateFrom(d.Acme, d.DB, in))
	countStatements(t, d, 3)
	for _, code := range []string{issn(2), issn(3)} {
		page := must[*relay.Connection[Magazine]](t)(magazineRivals.Page(d.Acme, d.DB, top, relay.PageArgs{}, nil, nil))
		if len(page.Nodes) != 1 || page.Nodes[0].Issn != code || page.Nodes[0].Topic != "OAK" || page.Nodes[0].Version != 1 {
			t.Fatalf("the rivals of %s are %+v", top.Issn, page.Nodes)
		}
		top = page.Nodes[0]
	}
}

// TestErrorOfANestedHookRollsBack fails in the hook of the second issue. No event is published.
func TestErrorOfANestedHookRollsBack(t *testing.T) {
	d := library.New(t)
	failure := errors.New("failure")
	ctx := context.WithValue(d.Acme, issueHooks{}, relay.RowHook[Issue](func(ctx context.Context, db *tenancy.DB, i *Issue) error {
		if m := must[*Magazine](t)(issueMagazine.Load(ctx, db, i)); m.Issn != issn(1) {
			t.Errorf("the magazine is %+v", m)
		}
		if i.Number == 2 {
			return failure
		}
		return nil
	}))
	events := must[<-chan *string](t)(relay.Follow(d.Acme, d.DB, magazineChanges, describe[Magazine]))
	if _, err := magazines.CreateFrom(ctx, d.DB, newNestedInput(issn(1))); !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	for _, table := range []string{"magazines", "imprints", "issues", "articles"} {
		if n := d.Count(t, table, ""); n != 0 {
			t.Errorf("%d %s are stored", n, table)
		}
	}
	last := newMagazine(d.Acme, t, d, issn(2))
	requireEvents(t, events, fmt.Sprintf("CREATED %s true", last.GlobalID()))
}
