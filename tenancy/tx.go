package tenancy

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"
)

// tx is a running transaction: its session, whether a part of it failed, and the events
// that wait for its end.
type tx struct {
	db      *DB
	options sql.TxOptions
	session *gorm.DB
	failed  error
	events  []Event
}

type txKey struct{}

func txFrom(ctx context.Context, db *DB) *tx {
	if ctx == nil {
		return nil
	}
	if t, ok := ctx.Value(txKey{}).(*tx); ok && t.db == db {
		return t
	}
	return nil
}

// retries bounds the retries of a transaction after a write conflict.
const retries = 5

// Tx runs fn in a transaction of ctx's tenant and commits it when fn returns nil.
// Sessions that For makes from fn's context are part of it; a Tx inside fn joins
// it, and when that one fails, so does the whole. Tx retries after a write conflict
// (deadlock, lock wait, snapshot), so fn must not change anything but the database.
//
// For a report whose queries read one snapshot, pass
// &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}. The first query
// determines the snapshot. Tx fails when it would join a transaction with other options.
func (db *DB) Tx(ctx context.Context, fn func(context.Context) error, options ...*sql.TxOptions) error {
	wanted := sql.TxOptions{}
	if len(options) > 0 && options[0] != nil {
		wanted = *options[0]
	}
	if outer := txFrom(ctx, db); outer != nil {
		if wanted != (sql.TxOptions{}) && wanted != outer.options {
			return fmt.Errorf("%w: a Tx with %s can't join a transaction with %s", ErrScope, describeOptions(wanted), describeOptions(outer.options))
		}
		err := fn(ctx)
		if err != nil {
			outer.failed = err
		}
		return err
	}
	for try := 0; ; try++ {
		t := &tx{db: db, options: wanted}
		err := db.For(ctx).Transaction(func(session *gorm.DB) error {
			t.session = session
			if err := fn(context.WithValue(ctx, txKey{}, t)); err != nil {
				return err
			}
			return t.failed
		}, &wanted)
		if err == nil {
			for _, e := range t.events {
				db.bus.Publish(e)
			}
		}
		if !lostRace(err) || try == retries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(rand.N(10 * time.Millisecond << try)):
		}
	}
}

// describeOptions returns the options of a transaction for a message.
func describeOptions(o sql.TxOptions) string {
	access := "read-write"
	if o.ReadOnly {
		access = "read-only"
	}
	return fmt.Sprintf("isolation level %s, %s", o.Isolation, access)
}
