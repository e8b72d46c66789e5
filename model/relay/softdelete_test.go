package relay_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

// newDeleted stores a magazine with an issue, deletes the magazine, and returns both.
func newDeleted(ctx context.Context, t *testing.T, d *tenancytest.Database, code string) (*Magazine, *Issue) {
	t.Helper()
	m := newMagazine(ctx, t, d, code)
	issue := must[*Issue](t)(issues.CreateFrom(ctx, d.DB, issueOf(m, 1)))
	must[*Magazine](t)(magazines.Delete(ctx, d.DB, m.GlobalID()))
	return m, issue
}

func TestDeletedRowsAreHidden(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	m, issue := newDeleted(d.Acme, t, d, issn(1))
	rival := newMagazine(d.Acme, t, d, issn(2))
	theirs := newMagazine(d.Globex, t, d, issn(1))
	for name, err := range map[string]error{
		"ByID":            second(magazines.ByID(d.Acme, d.DB, m.GlobalID(), nil)),
		"Find":            second(magazines.Find(d.Acme, d.DB, m.ID)),
		"a second Delete": second(magazines.Delete(d.Acme, d.DB, m.GlobalID())),
		"UpdateFrom":      second(magazines.UpdateFrom(d.Acme, d.DB, &UpdateMagazineInput{ID: m.GlobalID(), Pages: given(1)})),
		"a new reference": second(issues.CreateFrom(d.Acme, d.DB, issueOf(m, 2))),
		"a changed reference": second(magazines.UpdateFrom(d.Acme, d.DB, &UpdateMagazineInput{
			ID: rival.GlobalID(), RivalID: given(m.GlobalID()),
		})),
		"FollowBy": second(relay.FollowBy(d.Acme, d.DB, issueChanges, "magazineId", m.GlobalID(), nil, describe[Issue])),
	} {
		t.Log(name)
		requireNotFound(t, err, "Magazine")
	}
	_, err := types.NodeByID(d.Acme, d.DB, m.GlobalID())
	requireNotFound(t, err, "object")
	_, err = issues.CreateManyFrom(d.Acme, d.DB, &CreateIssuesInput{[]*CreateIssueInput{issueOf(rival, 1), issueOf(m, 2)}})
	if fmt.Sprint(err) != "issues[1]: there is no Magazine with this id" {
		t.Error(err)
	}
	updated := must[[]*Magazine](t)(magazines.UpdateManyFrom(d.Acme, d.DB, &UpdateMagazinesInput{
		Where: titled(m.Title), ShelfID: given(shelf.GlobalID()),
	}))
	deleted := must[[]*Magazine](t)(magazines.DeleteMany(d.Acme, d.DB, titled(m.Title)))
	if found := must[map[relay.ID]*Magazine](t)(magazines.ByIDs(d.Acme, d.DB, []relay.ID{m.ID, rival.ID})); len(found) != 1 ||
		len(updated) != 0 || len(deleted) != 0 {
		t.Errorf("found %v, updated %v, deleted %v", found, updated, deleted)
	}
	if must[*Issue](t)(issues.Find(d.Acme, d.DB, issue.ID)); d.Count(t, "magazines", "deleted_at IS NULL") != 2 {
		t.Error("other rows are deleted")
	}
	must[*Magazine](t)(magazines.Find(d.Globex, d.DB, theirs.ID))
}

// TestReferencesReadDeletedRows loads a deleted magazine by its issue, and filters issues by it.
func TestReferencesReadDeletedRows(t *testing.T) {
	d := library.New(t)
	m, issue := newDeleted(d.Acme, t, d, issn(1))
	theirs, _ := newDeleted(d.Globex, t, d, issn(1))
	found := must[*Magazine](t)(issueMagazine.Load(d.Acme, d.DB, issue))
	if at := found.DeletionTime(); found.ID != m.ID || at == nil || at.Before(m.ID.Time()) {
		t.Errorf("found %+v", found)
	}
	ofTitle := &IssueFilter{Magazine: set(titled("title"))}
	page := must[*relay.Connection[Issue]](t)(issues.Page(d.Acme, d.DB, relay.PageArgs{}, ofTitle, nil))
	if len(page.Nodes) != 1 {
		t.Errorf("%d issues are found", len(page.Nodes))
	}
	must[*Issue](t)(issues.Delete(d.Acme, d.DB, issue.GlobalID()))
	_, err := magazines.Restore(d.Acme, d.DB, theirs.GlobalID())
	requireNotFound(t, err, "Magazine")
}

// TestConnectionsIncludeDeletedRowsOnRequest reads pages and counts of a type, of a relation and of links.
func TestConnectionsIncludeDeletedRowsOnRequest(t *testing.T) {
	d := library.New(t)
	shelf, other := newShelf(d.Acme, t, d, "A"), newShelf(d.Acme, t, d, "B")
	in := newMagazinesInput(4)
	for _, m := range in.Magazines {
		m.ShelfID, m.Pages = given(shelf.GlobalID()), given(1)
	}
	all := must[[]*Magazine](t)(magazines.CreateManyFrom(d.Acme, d.DB, in))
	newDeleted(d.Globex, t, d, issn(1))
	tag := must[*Tag](t)(tags.Create(d.Acme, d.DB, &Tag{Name: "red"}))
	if err := d.For(d.Acme).Create(&ShelfTag{ShelfID: shelf.ID, TagID: tag.ID}).Error; err != nil {
		t.Fatal(err)
	}
	must[*Tag](t)(tags.Delete(d.Acme, d.DB, tag.GlobalID()))
	must[*Magazine](t)(magazines.Delete(d.Acme, d.DB, all[1].GlobalID()))
	must[*Magazine](t)(magazines.Delete(d.Acme, d.DB, all[2].GlobalID()))
	batch := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{}, nil, Order("CODE_ASC"))).Nodes
	for includes, want := range map[bool]int{false: 2, true: 4} {
		args := relay.PageArgs{IncludeDeleted: includes}
		for _, order := range []Order{"ISSN_ASC", "TITLE_ASC", "PAGES_ASC_NULLS_LAST"} {
			page := must[*relay.Connection[Magazine]](t)(magazines.Page(d.Acme, d.DB, args, nil, order))
			of := must[*relay.Connection[Magazine]](t)(shelfMagazines.Page(d.Acme, d.DB, batch[0], args, titled("title"), order))
			if len(page.Nodes) != want || len(of.Nodes) != want || must[int](t)(page.TotalCount(d.Acme)) != want ||
				must[int](t)(of.TotalCount(d.Acme)) != want {
				t.Errorf("%s, %t: %d and %d rows, want %d", order, includes, len(page.Nodes), len(of.Nodes), want)
			}
		}
		linked := must[*relay.Connection[Tag]](t)(shelfTags.Page(d.Acme, d.DB, batch[0], args, nil, nil))
		if n := must[int](t)(linked.TotalCount(d.Acme)); n != want/4 || len(linked.Nodes) != want/4 {
			t.Errorf("%t: %d tags, %d counted", includes, len(linked.Nodes), n)
		}
	}
	deletion := &MagazineFilter{DeletedAt: set(&relay.DateTimeFilter{IsNull: given(false)})}
	page := must[*relay.Connection[Magazine]](t)(magazines.Page(d.Acme, d.DB, relay.PageArgs{IncludeDeleted: true}, deletion, nil))
	if len(page.Nodes) != 2 || page.Nodes[0].DeletionTime() == nil || all[0].DeletionTime() != nil || other.ID != batch[1].ID {
		t.Errorf("%d rows are deleted", len(page.Nodes))
	}
}

// TestRestoredRowIsAsBefore deletes and restores a magazine, and a tag of a shelf.
func TestRestoredRowIsAsBefore(t *testing.T) {
	d := library.New(t)
	m, issue := newDeleted(d.Acme, t, d, issn(1))
	newDeleted(d.Globex, t, d, issn(1))
	events := must[<-chan *string](t)(relay.Follow(d.Acme, d.DB, magazineChanges, describe[Magazine]))
	restored := must[*Magazine](t)(magazines.Restore(d.Acme, d.DB, m.GlobalID()))
	requireEvents(t, events, fmt.Sprintf("CREATED %s true", m.GlobalID()))
	for _, r := range []*Magazine{restored, must[*Magazine](t)(magazines.Find(d.Acme, d.DB, m.ID))} {
		if r.DeletionTime() != nil || r.Title != m.Title || r.Version != 2 {
			t.Errorf("got %+v", r)
		}
	}
	d.Reset()
	if again := must[*Magazine](t)(magazines.Restore(d.Acme, d.DB, m.GlobalID())); again.Version != 2 {
		t.Errorf("got %+v", again)
	}
	countStatements(t, d, 1)
	page := must[*relay.Connection[Issue]](t)(magazineIssues.Page(d.Acme, d.DB, restored, relay.PageArgs{}, nil, nil))
	if len(page.Nodes) != 1 || page.Nodes[0].ID != issue.ID {
		t.Errorf("the issues are %v", page.Nodes)
	}
	for id, want := range map[relay.GlobalID]string{
		"x":                               "id is not an id of this API",
		issue.GlobalID():                  "id is no Magazine id",
		magazines.GlobalID(relay.NewID()): "there is no Magazine with this id",
	} {
		if _, err := magazines.Restore(d.Acme, d.DB, id); fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if n := d.Count(t, "magazines", "tenant_id = 2 AND deleted_at IS NOT NULL"); n != 1 {
		t.Error("the row of the other tenant is restored")
	}
	shelf := newShelf(d.Acme, t, d, "A")
	tag := must[*Tag](t)(tags.Create(d.Acme, d.DB, &Tag{Name: "red"}))
	if err := d.For(d.Acme).Create(&ShelfTag{ShelfID: shelf.ID, TagID: tag.ID}).Error; err != nil {
		t.Fatal(err)
	}
	shelfEvents := must[<-chan *string](t)(relay.Follow(d.Acme, d.DB, shelfChanges, describe[Shelf]))
	must[*Tag](t)(tags.Delete(d.Acme, d.DB, tag.GlobalID()))
	requireEvents(t, shelfEvents, fmt.Sprintf("UPDATED %s true", shelf.GlobalID()))
	must[*Tag](t)(tags.Restore(d.Acme, d.DB, tag.GlobalID()))
	requireEvents(t, shelfEvents, fmt.Sprintf("UPDATED %s true", shelf.GlobalID()))
}

// TestHooksOfAnUpdateRunForARestoredRow refuses the restoration of a tag, and then renames it.
func TestHooksOfAnUpdateRunForARestoredRow(t *testing.T) {
	d := library.New(t)
	tag := must[*Tag](t)(tags.Create(d.Acme, d.DB, &Tag{Name: "red"}))
	must[*Tag](t)(tags.Delete(d.Acme, d.DB, tag.GlobalID()))
	failure := errors.New("failure")
	restore := func(hook tagHook) error {
		return second(tags.Restore(context.WithValue(d.Acme, tagHooks{}, hook), d.DB, tag.GlobalID()))
	}
	refuse := func(old, tag *Tag) error {
		if !old.DeletedAt.Valid || tag.DeletedAt.Valid {
			t.Errorf("the hook has %+v and %+v", old, tag)
		}
		return failure
	}
	if err := restore(refuse); !errors.Is(err, failure) || d.Count(t, "tags", "deleted_at IS NULL") != 0 {
		t.Errorf("got %v", err)
	}
	rename := func(_, tag *Tag) error {
		tag.Name = "blue"
		return nil
	}
	if err := restore(rename); err != nil || d.Count(t, "tags", "name = 'blue' AND deleted_at IS NULL") != 1 {
		t.Errorf("got %v", err)
	}
}

// TestValuesOfADeletedRowStayTaken creates, updates and upserts rows with the values of a deleted one.
func TestValuesOfADeletedRowStayTaken(t *testing.T) {
	d := library.New(t)
	m, _ := newDeleted(d.Acme, t, d, issn(1))
	other := newMagazine(d.Acme, t, d, issn(2))
	newMagazine(d.Globex, t, d, issn(3))
	same := &CreateMagazineInput{Issn: issn(3), Title: m.Title}
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"create": {
			err:  second(magazines.CreateFrom(d.Acme, d.DB, newMagazineInput(issn(1)))),
			want: "a deleted magazine has this issn: restore it",
		},
		"create with the title": {
			err:  second(magazines.CreateFrom(d.Acme, d.DB, same)),
			want: "a deleted magazine has this title: restore it",
		},
		"create several": {
			err: second(magazines.CreateManyFrom(d.Acme, d.DB,
				&CreateMagazinesInput{[]*CreateMagazineInput{newMagazineInput(issn(4)), same}})),
			want: "magazines[1]: a deleted magazine has this title: restore it",
		},
		"update": {
			err: second(magazines.UpdateFrom(d.Acme, d.DB, &UpdateMagazineInput{
				ID: other.GlobalID(), Title: given(m.Title),
			})),
			want: "a deleted magazine has this title: restore it",
		},
	} {
		var conflict *relay.ConflictError
		if fmt.Sprint(test.err) != test.want || !errors.As(test.err, &conflict) {
			t.Errorf("%s: got %v, want %s", name, test.err, test.want)
		}
	}
	for by, want := range map[MagazineUniqueKey]string{
		"ISSN":  "a deleted magazine has this issn: restore it",
		"TITLE": "a deleted magazine has this issn: restore it", // the title is new
	} {
		if _, _, err := magazines.UpsertFrom(d.Acme, d.DB, upsertOf(by, issn(1), "new")); fmt.Sprint(err) != want {
			t.Errorf("%s: got %v, want %s", by, err, want)
		}
	}
	upserted[Magazine](t, true)(magazines.UpsertFrom(d.Globex, d.DB, upsertOf("ISSN", issn(1), "new")))
	if n := d.Count(t, "magazines", "tenant_id = 1 AND version = 1"); n != 2 {
		t.Errorf("%d rows are unchanged", n)
	}
}

// TestDeletedRowsLoseReferencesToo deletes rows to which deleted magazines refer.
func TestDeletedRowsLoseReferencesToo(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	in := newMagazineInput(issn(1))
	in.ShelfID = given(shelf.GlobalID())
	m := must[*Magazine](t)(magazines.CreateFrom(d.Acme, d.DB, in))
	must[*Magazine](t)(magazines.Delete(d.Acme, d.DB, m.GlobalID()))
	must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID()))
	if r := must[*Magazine](t)(magazines.Restore(d.Acme, d.DB, m.GlobalID())); r.ShelfID != nil || r.Version != 3 {
		t.Errorf("got %+v", r)
	}
}

// TestCascadeIncludesDeletedRows deletes an issue with a deleted article, which is the best of an imprint.
func TestCascadeIncludesDeletedRows(t *testing.T) {
	d := library.New(t)
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		m := newMagazine(ctx, t, d, issn(1))
		issue := must[*Issue](t)(issues.CreateFrom(ctx, d.DB, issueOf(m, 1)))
		article := must[*Article](t)(articles.Create(ctx, d.DB, &Article{IssueID: issue.ID, Title: "x"}))
		imprint := must[*Imprint](t)(imprints.Create(ctx, d.DB, &Imprint{MagazineID: m.ID, BestID: &article.ID, By: "press"}))
		must[*Article](t)(articles.Delete(ctx, d.DB, article.GlobalID()))
		if found := must[*Imprint](t)(imprints.Find(ctx, d.DB, imprint.ID)); found.BestID == nil {
			t.Error("the soft deletion clears a reference")
		}
		if ctx == d.Globex {
			break
		}
		must[*Issue](t)(issues.Delete(ctx, d.DB, issue.GlobalID()))
		if found := must[*Imprint](t)(imprints.Find(ctx, d.DB, imprint.ID)); found.BestID != nil {
			t.Error("the imprint refers to a missing article")
		}
	}
	if d.Count(t, "articles", "") != 1 || d.Count(t, "imprints", "best_id IS NOT NULL AND tenant_id = 2") != 1 {
		t.Error("rows of the other tenant have changed")
	}
}

// TestDeletedRowsRestrictDeletions deletes a reader to which a deleted article refers.
func TestDeletedRowsRestrictDeletions(t *testing.T) {
	d := library.New(t)
	critic := newReader(d.Acme, t, d, newShelf(d.Acme, t, d, "A"), "A-1")
	issue := must[*Issue](t)(issues.CreateFrom(d.Acme, d.DB, issueOf(newMagazine(d.Acme, t, d, issn(1)), 1)))
	article := must[*Article](t)(articles.Create(d.Acme, d.DB, &Article{IssueID: issue.ID, CriticID: &critic.ID, Title: "x"}))
	must[*Article](t)(articles.Delete(d.Acme, d.DB, article.GlobalID()))
	_, err := readers.Delete(d.Acme, d.DB, critic.GlobalID())
	if fmt.Sprint(err) != "the reader can't be deleted: Article.critic refers to it" {
		t.Errorf("got %v", err)
	}
}

// TestDeletedRowsArePurgedByGo deletes a row for good, with the rows that refer to it.
func TestDeletedRowsArePurgedByGo(t *testing.T) {
	d := library.New(t)
	m, _ := newDeleted(d.Acme, t, d, issn(1))
	newDeleted(d.Globex, t, d, issn(1))
	kept := newMagazine(d.Acme, t, d, issn(2))
	if err := d.For(d.Acme).Unscoped().Where("deleted_at IS NOT NULL").Delete(&Magazine{}).Error; err != nil {
		t.Fatal(err)
	}
	_, err := magazines.Restore(d.Acme, d.DB, m.GlobalID())
	requireNotFound(t, err, "Magazine")
	must[*Magazine](t)(magazines.Find(d.Acme, d.DB, kept.ID))
	if d.Count(t, "magazines", "tenant_id = 2") != 1 || d.Count(t, "issues", "") != 1 {
		t.Error("rows of the other tenant are deleted")
	}
}

// TestChildrenOfADeletedRowStay follows the articles of an issue whose magazine is deleted.
func TestChildrenOfADeletedRowStay(t *testing.T) {
	d := library.New(t)
	m := newMagazine(d.Acme, t, d, issn(1))
	issue := must[*Issue](t)(issues.CreateFrom(d.Acme, d.DB, issueOf(m, 1)))
	follow := func() <-chan *string {
		return must[<-chan *string](t)(
			relay.FollowBy(d.Acme, d.DB, articleChanges, "issueId", issue.GlobalID(), func() {}, describe[Article]))
	}
	before := follow()
	must[*Magazine](t)(magazines.Delete(d.Acme, d.DB, m.GlobalID()))
	after := follow()
	page := must[*relay.Connection[Issue]](t)(issues.Page(d.Acme, d.DB, relay.PageArgs{}, nil, nil))
	if len(page.Nodes) != 1 || page.Nodes[0].MagazineID != m.ID {
		t.Errorf("the issues are %v", page.Nodes)
	}
	article := must[*Article](t)(articles.Create(d.Acme, d.DB, &Article{IssueID: issue.ID, Title: "x"}))
	requireEvents(t, before, fmt.Sprintf("CREATED %s true", article.GlobalID()))
	requireEvents(t, after, fmt.Sprintf("CREATED %s true", article.GlobalID()))
	must[*Issue](t)(issues.Update(d.Acme, d.DB, issue.ID, func(i *Issue) error {
		i.Number = 9
		return nil
	}))
	must[*Issue](t)(issues.Delete(d.Acme, d.DB, issue.GlobalID()))
	if n := d.Count(t, "articles", ""); n != 0 {
		t.Errorf("%d articles are left", n)
	}
	requireEvents(t, before, "")
	requireEvents(t, after, "")
}

// TestConcurrentDeletionsAndRestoresAreCounted deletes a row from several goroutines, and then restores it.
func TestConcurrentDeletionsAndRestoresAreCounted(t *testing.T) {
	d := library.New(t)
	m := newMagazine(d.Acme, t, d, issn(1))
	var deleted atomic.Int32
	run := func(f func()) {
		var wait sync.WaitGroup
		for range 6 {
			wait.Go(f)
		}
		wait.Wait()
	}
	run(func() {
		_, err := magazines.Delete(d.Acme, d.DB, m.GlobalID())
		var notFound *relay.NotFoundError
		if err == nil {
			deleted.Add(1)
		} else if !errors.As(err, &notFound) {
			t.Error(err)
		}
	})
	run(func() {
		if r, err := magazines.Restore(d.Acme, d.DB, m.GlobalID()); err != nil || r.Version != 2 {
			t.Error(r, err)
		}
	})
	if deleted.Load() != 1 || d.Count(t, "magazines", "version = 2 AND deleted_at IS NULL") != 1 {
		t.Errorf("%d deletions", deleted.Load())
	}
	failure := errors.New("failure")
	err := d.Tx(d.Acme, func(ctx context.Context) error {
		must[*Magazine](t)(magazines.Delete(ctx, d.DB, m.GlobalID()))
		return failure
	})
	if must[*Magazine](t)(magazines.Find(d.Acme, d.DB, m.ID)); !errors.Is(err, failure) {
		t.Error(err)
	}
}
