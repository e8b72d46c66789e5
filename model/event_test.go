package model_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

// listener collects the events of a project's items.
type listener struct {
	events   <-chan *model.ItemEvent
	complete atomic.Bool
}

func listen(ctx context.Context, t *testing.T, d *dbtest.Database, project relay.GlobalID) *listener {
	t.Helper()
	var l listener
	events, err := model.ItemEvents(ctx, d.DB, project, func() { l.complete.Store(true) })
	if err != nil {
		t.Fatal(err)
	}
	l.events = events
	return &l
}

// next returns the next event, or nil when the events have ended.
func (l *listener) next(t *testing.T) *model.ItemEvent {
	t.Helper()
	select {
	case e := <-l.events:
		return e
	case <-time.After(time.Minute):
		t.Fatal("there is no event")
		return nil
	}
}

// referral is a type of rows whose deletion changes items, with a function to refer to one.
type referral struct {
	name   string
	create func(context.Context, *dbtest.Database, int) (relay.GlobalID, error)
	refer  func(context.Context, *dbtest.Database, relay.GlobalID, relay.GlobalID) error
	remove func(context.Context, *dbtest.Database, relay.GlobalID) error
	left   string // of items that refer to a deleted row
	in     string
}

// referrals are those of members. Further types add theirs in files of their own.
var referrals = []referral{
	{
		name: "member",
		create: func(ctx context.Context, d *dbtest.Database, n int) (relay.GlobalID, error) {
			m, err := model.CreateMember(
				ctx,
				d.DB,
				model.CreateMemberInput{Name: "Ada", Email: fmt.Sprintf("a%d@example.com", n), Role: model.MemberRoleMember},
			)
			if err != nil {
				return "", err
			}
			return m.GlobalID(), nil
		},
		refer: func(ctx context.Context, d *dbtest.Database, item, member relay.GlobalID) error {
			_, err := model.UpdateItem(ctx, d.DB, model.UpdateItemInput{ID: item, AssigneeID: some(member)})
			return err
		},
		remove: func(ctx context.Context, d *dbtest.Database, id relay.GlobalID) error {
			_, err := model.DeleteMember(ctx, d.DB, id)
			return err
		},
		in: "items", left: "assignee_id IS NOT NULL",
	},
}

// TestCascadePublishesOneEventPerProject deletes a row with 100 referring items, and one with 101,
// while no subscriber reads. The first has an event for each item; the second ends the
// subscriptions to the items' projects. Other subscriptions get no event.
func TestCascadePublishesOneEventPerProject(t *testing.T) {
	for _, r := range referrals {
		t.Run(r.name, func(t *testing.T) {
			d := dbtest.New(t)
			const most = 100
			var projects []*model.Project
			var items []relay.GlobalID
			row, err := r.create(d.Acme, d, 1)
			if err == nil {
				err = d.Tx(d.Acme, func(ctx context.Context) error {
					for _, key := range []string{"MANY", "ONE", "NONE"} {
						p, err := model.CreateProject(ctx, d.DB, model.CreateProjectInput{Key: key, Name: key})
						if err != nil {
							return err
						}
						projects = append(projects, p)
					}
					for range most {
						item := createItem(ctx, t, d, projects[0])
						items = append(items, item.GlobalID())
						if err := r.refer(ctx, d, item.GlobalID(), row); err != nil {
							return err
						}
					}
					return nil
				})
			}
			if err != nil {
				t.Fatal(err)
			}
			many := listen(d.Acme, t, d, projects[0].GlobalID())
			one := listen(d.Acme, t, d, projects[1].GlobalID())
			none := listen(d.Acme, t, d, projects[2].GlobalID())
			other := createProject(d.Globex, t, d)
			theirs := listen(d.Globex, t, d, other.GlobalID())
			if err := r.remove(d.Acme, d, row); err != nil {
				t.Fatal(err)
			}
			for i, id := range items {
				if e := many.next(t); e == nil || e.Change != relay.ChangeUpdated || e.ItemID != id || e.Item == nil {
					t.Fatalf("event %d is %+v", i, e)
				}
			}

			row, err = r.create(d.Acme, d, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range append(items, createItem(d.Acme, t, d, projects[1]).GlobalID()) {
				if err := r.refer(d.Acme, d, item, row); err != nil {
					t.Fatal(err)
				}
				if item == items[most/2] { // before the subscriber is a slow consumer
					for range most/2 + 1 {
						many.next(t)
					}
				}
			}
			for range most/2 - 1 {
				many.next(t)
			}
			for _, change := range []relay.Change{relay.ChangeCreated, relay.ChangeUpdated} {
				if e := one.next(t); e == nil || e.Change != change {
					t.Fatalf("%+v, want %s", e, change)
				}
			}
			if err := r.remove(d.Acme, d, row); err != nil {
				t.Fatal(err)
			}
			for name, l := range map[string]*listener{"many": many, "one": one} {
				if e := l.next(t); e != nil || l.complete.Load() {
					t.Errorf("%s: %+v, complete: %v", name, e, l.complete.Load())
				}
			}
			createItem(d.Acme, t, d, projects[2])
			createItem(d.Globex, t, d, other)
			for name, l := range map[string]*listener{"none": none, "theirs": theirs} {
				if e := l.next(t); e == nil || e.Change != relay.ChangeCreated {
					t.Errorf("%s: %+v", name, e)
				}
			}
		})
	}
}

// TestDeletionPublishesConcurrentReferences makes items refer to a row during its deletion. Each
// item with the reference has an event for it and one for the deletion; the others have none.
func TestDeletionPublishesConcurrentReferences(t *testing.T) {
	for _, r := range referrals {
		t.Run(r.name, func(t *testing.T) {
			d := dbtest.New(t)
			project := createProject(d.Acme, t, d)
			items := make([]*model.Item, 12)
			for i := range items {
				items[i] = createItem(d.Acme, t, d, project)
			}
			l := listen(d.Acme, t, d, project.GlobalID())
			for round := range 8 {
				row, err := r.create(d.Acme, d, round)
				if err != nil {
					t.Fatal(err)
				}
				var wait sync.WaitGroup
				var referred sync.Map
				for i, item := range items {
					wait.Go(func() {
						err := r.refer(d.Acme, d, item.GlobalID(), row)
						var missing *relay.NotFoundError
						switch {
						case err == nil:
							referred.Store(item.GlobalID(), true)
						case !errors.As(err, &missing):
							t.Error(err)
						}
					})
					if i == round {
						wait.Go(func() {
							if err := r.remove(d.Acme, d, row); err != nil {
								t.Error(err)
							}
						})
					}
				}
				wait.Wait()
				last := createItem(d.Acme, t, d, project)
				heard := map[relay.GlobalID]int{}
				for e := l.next(t); e != nil && e.ItemID != last.GlobalID(); e = l.next(t) {
					heard[e.ItemID]++
				}
				for _, item := range items {
					want := 0
					if _, did := referred.Load(item.GlobalID()); did {
						want = 2
					}
					if got := heard[item.GlobalID()]; got != want {
						t.Errorf("round %d, item %d: %d events, want %d", round, item.Number, got, want)
					}
				}
			}
			if n := d.Count(t, r.in, r.left); n != 0 {
				t.Errorf("%d references to deleted rows", n)
			}
		})
	}
}
