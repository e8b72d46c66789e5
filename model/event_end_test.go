package model_test

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// TestSubscriptionDuringADeletionEnds subscribes to a project and to an item while the project is
// deleted: either fails with *NotFoundError, or completes.
func TestSubscriptionDuringADeletionEnds(t *testing.T) {
	d := dbtest.New(t)
	for round := range 40 {
		project, err := model.CreateProject(
			d.Acme,
			d.DB,
			model.CreateProjectInput{Key: "P" + string(rune('A'+round/20)) + string(rune('A'+round%20)), Name: "x"},
		)
		if err != nil {
			t.Fatal(err)
		}
		item := createItem(d.Acme, t, d, project)
		var wait sync.WaitGroup
		wait.Go(func() {
			if _, err := model.DeleteProject(d.Acme, d.DB, project.GlobalID()); err != nil {
				t.Error(err)
			}
		})
		for range 4 {
			wait.Go(func() {
				var complete atomic.Bool
				events, err := model.ItemEvents(d.Acme, d.DB, project.GlobalID(), func() { complete.Store(true) })
				ends(t, events, err, &complete)
			})
			wait.Go(func() {
				var complete atomic.Bool
				events, err := model.CommentEvents(d.Acme, d.DB, item.GlobalID(), func() { complete.Store(true) })
				ends(t, events, err, &complete)
			})
		}
		wait.Wait()
	}
	waiting := time.Now().Add(time.Minute)
	for n := -1; n != 0 && time.Now().Before(waiting); {
		var err error
		if n, err = d.Subscriptions(d.Acme); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := d.Subscriptions(d.Acme); n != 0 || err != nil {
		t.Errorf("%d subscriptions last, %v", n, err)
	}
}

// ends waits until a subscription has completed, or checks the error of its beginning.
func ends[E any](t *testing.T, events <-chan E, err error, complete *atomic.Bool) {
	var missing *relay.NotFoundError
	if err != nil {
		if !errors.As(err, &missing) {
			t.Error(err)
		}
		return
	}
	for {
		select {
		case _, open := <-events:
			if open {
				continue
			}
			if !complete.Load() {
				t.Error("the events ended, and the subscription did not complete")
			}
		case <-time.After(10 * time.Second):
			t.Error("the events do not end")
		}
		return
	}
}

// TestRolledBackDeletionEndsNoSubscription deletes a project, an item and the rows of referrals,
// and rolls back.
func TestRolledBackDeletionEndsNoSubscription(t *testing.T) {
	d := dbtest.New(t)
	project := createProject(d.Acme, t, d)
	item := createItem(d.Acme, t, d, project)
	for i, r := range referrals {
		row, err := r.create(d.Acme, d, i)
		if err == nil {
			err = r.refer(d.Acme, d, item.GlobalID(), row)
		}
		if err != nil {
			t.Fatal(err)
		}
		l := listen(d.Acme, t, d, project.GlobalID())
		failed := errors.New("failed")
		for _, remove := range []func(context.Context) error{
			func(ctx context.Context) error { return r.remove(ctx, d, row) },
			func(ctx context.Context) error { _, err := model.DeleteItem(ctx, d.DB, item.GlobalID()); return err },
			func(ctx context.Context) error {
				_, err := model.DeleteProject(ctx, d.DB, project.GlobalID())
				return err
			},
		} {
			err := d.Tx(d.Acme, func(ctx context.Context) error {
				if err := remove(ctx); err != nil {
					t.Error(err)
				}
				return failed
			})
			if !errors.Is(err, failed) {
				t.Error(err)
			}
		}
		if _, err := model.UpdateItem(d.Acme, d.DB, model.UpdateItemInput{ID: item.GlobalID(), Name: text(r.name)}); err != nil {
			t.Fatal(err)
		}
		if e := l.next(t); e == nil || e.Item == nil || e.Item.Name != r.name {
			t.Errorf("heard %+v", e)
		}
	}
}

// TestUnknownEventsEndASubscription publishes invalid events. The client of an ended subscription
// reads again; the process continues.
func TestUnknownEventsEndASubscription(t *testing.T) {
	d := dbtest.New(t)
	project, err := model.CreateProject(d.Acme, d.DB, model.CreateProjectInput{Key: "ABC", Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	id := string(project.ID[:])
	for _, test := range []struct {
		name, kind, key string
		events          int
	}{
		{"one id", "UPDATED", id, 1},
		{"two ids", "DELETED", id + id, 2},
		{"a shortened key", "UPDATED", id[:15], 0},
		{"a shortened list", "DELETED", id + id[:8], 0},
		{"a longer key", "CREATED", id + "\x00", 0},
		{"UTF-8 with replaced bytes", "UPDATED", strings.ToValidUTF8(id+"\xff", "\ufffd"), 0},
		{"more ids than a cascade names", "DELETED", strings.Repeat(id, 101), 0},
		{"a kind of a later release", "ARCHIVED", id, 0},
		{"no kind", "", id, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(d.Acme)
			defer cancel()
			l := listen(ctx, t, d, project.GlobalID())
			d.DB.Publish(ctx, tenancy.Event{Topic: "items of " + hex.EncodeToString(project.ID[:]), Kind: test.kind, Key: test.key})
			for range test.events {
				if e := l.next(t); e == nil || string(e.Change) != test.kind {
					t.Fatalf("%+v", e)
				}
			}
			if test.events == 0 && (l.next(t) != nil || l.complete.Load()) {
				t.Error("the subscription goes on, or is complete")
			}
		})
	}
}
