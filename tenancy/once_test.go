package tenancy_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// TestOnceStoresOneStatementAndThenPublishes fails after the event, then succeeds.
func TestOnceStoresOneStatementAndThenPublishes(t *testing.T) {
	d := newNotes(t)
	events, err := d.Subscribe(d.Acme, "notes")
	if err != nil {
		t.Fatal(err)
	}
	failure := errors.New("failure")
	for _, want := range []error{failure, nil} {
		err := d.Once(d.Acme, func(ctx context.Context) error {
			d.Publish(ctx, tenancy.Event{Topic: "notes", Key: map[bool]string{true: "failed", false: "stored"}[want != nil]})
			if want != nil {
				return want
			}
			return create(ctx, d, 1)
		})
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	select {
	case e := <-events:
		if e.Key != "stored" {
			t.Errorf("the first event is %+v", e)
		}
	case <-time.After(10 * time.Second):
		t.Error("no event was published")
	}
}

// TestOnceRefusesWhatNeedsATransaction runs a second statement that writes, a transaction, and Once. The first statement
// remains.
func TestOnceRefusesWhatNeedsATransaction(t *testing.T) {
	d := newNotes(t)
	for name, second := range map[string]func(context.Context) error{
		"statement":   func(ctx context.Context) error { return create(ctx, d, 2) },
		"transaction": func(ctx context.Context) error { return d.Tx(ctx, func(context.Context) error { return nil }) },
		"once":        func(ctx context.Context) error { return d.Once(ctx, func(context.Context) error { return nil }) },
	} {
		err := d.Once(d.Globex, func(ctx context.Context) error {
			_ = create(ctx, d, 1)
			return second(ctx)
		})
		if !errors.Is(err, tenancy.ErrScope) || !strings.Contains(err.Error(), "use Tx") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	var n int64
	if err := d.For(d.Globex).Model(&note{}).Count(&n).Error; err != nil || n != 1 {
		t.Errorf("%d notes, want the first, %v", n, err)
	}
}

// TestOnceJoinsATransaction rolls back a transaction after Once.
func TestOnceJoinsATransaction(t *testing.T) {
	d := newNotes(t)
	failure := errors.New("failure")
	err := d.Tx(d.Acme, func(ctx context.Context) error {
		if !d.InTx(ctx) || d.InTx(d.Acme) { //nolint:contextcheck // outside of the transaction
			t.Error("InTx is wrong")
		}
		for id := range 2 {
			if err := d.Once(ctx, func(ctx context.Context) error { return create(ctx, d, id) }); err != nil {
				t.Error(err)
			}
		}
		return failure
	})
	var n int64
	if countErr := d.For(d.Acme).Model(&note{}).Count(&n).Error; !errors.Is(err, failure) || countErr != nil || n != 0 {
		t.Errorf("%d notes after %v, %v", n, err, countErr)
	}
}
