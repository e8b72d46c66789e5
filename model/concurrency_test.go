package model_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

// TestConcurrentItemsGetDifferentNumbers creates items concurrently in one project of each tenant,
// and expects each number from 1 once.
func TestConcurrentItemsGetDifferentNumbers(t *testing.T) {
	const workers, each = 8, 10
	d := dbtest.New(t)
	projects := map[context.Context]*model.Project{d.Acme: createProject(d.Acme, t, d), d.Globex: createProject(d.Globex, t, d)}
	var wait sync.WaitGroup
	for ctx, project := range projects {
		for range workers {
			wait.Go(func() {
				for range each {
					createItem(ctx, t, d, project)
				}
			})
		}
	}
	wait.Wait()
	for tenant := 1; tenant <= 2; tenant++ {
		var least, greatest, different int
		const query = "SELECT MIN(number), MAX(number), COUNT(DISTINCT number) FROM items WHERE tenant_id = ?"
		err := d.SQL.QueryRowContext(t.Context(), query, tenant).
			Scan(&least, &greatest, &different)
		if err != nil || least != 1 || greatest != workers*each || different != workers*each {
			t.Errorf("tenant %d: %d different numbers from %d to %d, %v", tenant, different, least, greatest, err)
		}
	}
}

// TestOnlyOneUpdateOfAVersionSucceeds changes one version of an item in eight goroutines.
func TestOnlyOneUpdateOfAVersionSucceeds(t *testing.T) {
	d := dbtest.New(t)
	item := createItem(d.Acme, t, d, createProject(d.Acme, t, d))
	var won, lost atomic.Int32
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			_, err := model.UpdateItem(d.Acme, d.DB, model.UpdateItemInput{
				ID: item.GlobalID(), Name: text(fmt.Sprint("by ", i)), ExpectedVersion: some(1),
			})
			var conflict *relay.ConflictError
			switch {
			case err == nil:
				won.Add(1)
			case errors.As(err, &conflict):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if won.Load() != 1 || lost.Load() != 7 {
		t.Errorf("%d won, %d lost", won.Load(), lost.Load())
	}
}

// TestDeletedMembersLoseItemsAssignedConcurrently races deletions of an assignee against new
// items for it. The loser gets an error, and no item keeps a deleted member.
func TestDeletedMembersLoseItemsAssignedConcurrently(t *testing.T) {
	d := dbtest.New(t)
	project := createProject(d.Acme, t, d)
	for i := range 5 {
		member, err := model.CreateMember(
			d.Acme,
			d.DB,
			model.CreateMemberInput{Name: "Ada", Email: fmt.Sprintf("a%d@acme.example", i), Role: model.MemberRoleMember},
		)
		if err != nil {
			t.Fatal(err)
		}
		id := member.GlobalID()
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				_, err := model.CreateItem(d.Acme, d.DB, model.CreateItemInput{
					ProjectID: project.GlobalID(), Name: "x", Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow,
					AssigneeID: some(id),
				})
				var missing *relay.NotFoundError
				if err != nil && !errors.As(err, &missing) {
					t.Error(err)
				}
			})
		}
		wait.Go(func() {
			if _, err := model.DeleteMember(d.Acme, d.DB, id); err != nil {
				t.Error(err)
			}
		})
		wait.Wait()
	}
	if n := d.Count(t, "items", "assignee_id IS NOT NULL"); n != 0 {
		t.Errorf("%d items have an assignee that is gone", n)
	}
}

// TestConcurrentDeletionsSucceedOrFindNothing deletes related members, items and projects
// concurrently. A lost race is retried, and a deleted row is not found.
func TestConcurrentDeletionsSucceedOrFindNothing(t *testing.T) {
	d := dbtest.New(t)
	for round := range 15 {
		project, err := model.CreateProject(d.Acme, d.DB, model.CreateProjectInput{Key: "P" + string(rune('A'+round)), Name: "x"})
		if err != nil {
			t.Fatal(err)
		}
		member, err := model.CreateMember(
			d.Acme,
			d.DB,
			model.CreateMemberInput{Name: "Ada", Email: fmt.Sprintf("a%d@acme.example", round), Role: model.MemberRoleMember},
		)
		if err != nil {
			t.Fatal(err)
		}
		deletions := []func() error{
			func() error { _, err := model.DeleteProject(d.Acme, d.DB, project.GlobalID()); return err },
			func() error { _, err := model.DeleteMember(d.Acme, d.DB, member.GlobalID()); return err },
		}
		for range 8 {
			item, err := model.CreateItem(d.Acme, d.DB, model.CreateItemInput{
				ProjectID: project.GlobalID(), Name: "x", Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow,
				AssigneeID: some(member.GlobalID()),
			})
			if err != nil {
				t.Fatal(err)
			}
			deletions = append(deletions, func() error { _, err := model.DeleteItem(d.Acme, d.DB, item.GlobalID()); return err })
		}
		var wait sync.WaitGroup
		for _, deletion := range deletions {
			wait.Go(func() {
				var missing *relay.NotFoundError
				if err := deletion(); err != nil && !errors.As(err, &missing) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
	}
	for _, table := range []string{"items", "projects", "members"} {
		if n := d.Count(t, table, ""); n != 0 {
			t.Errorf("%d rows stayed in %s", n, table)
		}
	}
}

func createProject(ctx context.Context, t *testing.T, d *dbtest.Database) *model.Project {
	t.Helper()
	p, err := model.CreateProject(ctx, d.DB, model.CreateProjectInput{Key: "WEB", Name: "Web"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func createItem(ctx context.Context, t *testing.T, d *dbtest.Database, p *model.Project) *model.Item {
	t.Helper()
	i, err := model.CreateItem(ctx, d.DB, model.CreateItemInput{
		ProjectID: p.GlobalID(), Name: "x", Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow,
	})
	if err != nil {
		t.Error(err)
	}
	return i
}

func some[T any](v T) graphql.Omittable[*T] { return graphql.OmittableOf(&v) }

func text(s string) graphql.Omittable[*string] { return some(s) }

// TestUpdatesLoseNoChangeOfOthers changes an item between the read and the UPDATE of another update, and inside a
// transaction, which rolls back.
func TestUpdatesLoseNoChangeOfOthers(t *testing.T) {
	d := dbtest.New(t)
	item := createItem(d.Acme, t, d, createProject(d.Acme, t, d))
	rename := func(ctx context.Context, name string, meanwhile func()) *model.Item {
		updated, err := model.Items.Update(ctx, d.DB, item.ID, func(i *model.Item) error {
			meanwhile()
			i.Name += name
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return updated
	}
	nothing := func() {}
	var once sync.Once
	updated := rename(d.Acme, " 2", func() { once.Do(func() { rename(d.Acme, " 1", nothing) }) })
	rollback := errors.New("rollback")
	err := d.Tx(d.Acme, func(ctx context.Context) error {
		rename(ctx, " 3", nothing)
		return rollback
	})
	stored, findErr := model.Items.Find(d.Acme, d.DB, item.ID)
	if !errors.Is(err, rollback) || findErr != nil ||
		stored.Name != item.Name+" 1 2" || updated.Name != stored.Name || stored.Version != 3 {
		t.Errorf("got %+v, stored %+v, %v, %v", updated, stored, err, findErr)
	}
}
