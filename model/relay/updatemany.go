package relay

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// UpdateManyFrom stores the fields that an input has in the rows that match the filter in its field where. It
// changes all of them or none, and returns them in the order of their ids. It fails if more than 100 rows
// match, before it changes a row. The filter is strict, as that of DeleteMany. Otherwise UpdateManyFrom equals
// UpdateFrom for each row. Rows of a type without BeforeUpdate are stored by one statement, or by several if
// Validate changes some rows.
func (t *Type[T]) UpdateManyFrom(ctx context.Context, db *tenancy.DB, input any) ([]*T, error) {
	var v Validation
	in := reflect.ValueOf(input).Elem()
	plan := t.planOf(in.Type())
	values := reflect.ValueOf(new(T)).Elem()
	has := plan.readInto(&v, in, values)
	where := in.Field(plan.where).Interface() // it panics for an input without a filter
	var invalid *InvalidError
	if _, err := t.queryMatches(ctx, db, where, onlyChecked); errors.As(err, &invalid) {
		v.errors = append(v.errors, invalid.Errors...)
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	var rows []*T
	err := db.Tx(ctx, func(ctx context.Context) (err error) {
		if rows, err = t.lockMatches(ctx, db, where); err != nil {
			return err
		}
		return t.changeRows(ctx, db, rows, has, values)
	})
	if err != nil {
		return nil, err
	}
	t.newBatch(rows...)
	return rows, nil
}

// lockMatches returns the rows that match a filter of a mutation, locked in the order of their ids. It reads
// the ids first, so that it waits for no rows but these. They come in any order: to sort them, servers would read
// all rows that match. Then it checks the filter again, in one statement, because another transaction may have changed a row.
func (t *Type[T]) lockMatches(ctx context.Context, db *tenancy.DB, where any) ([]*T, error) {
	query, err := t.queryMatches(ctx, db, where, forAll)
	if err != nil {
		return nil, err
	}
	var ids []ID
	if err := query.Limit(maxWritten+1).Pluck("id", &ids).Error; err != nil {
		return nil, err
	}
	rows := []*T{}
	switch {
	case len(ids) > maxWritten:
		var v Validation
		v.Add(fmt.Sprintf("matches more than %d rows: change them in several mutations", maxWritten), "where")
		return nil, v.Err()
	case len(ids) == 0:
		return rows, nil
	}
	if query, err = t.queryMatches(ctx, db, where, inOneStatement); err != nil {
		return nil, err
	}
	if err := locking(query).Where("id IN ?", ids).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	t.newBatch(rows...)
	return rows, nil
}

// queryMatches returns a query for the rows that match a filter of a mutation, or nil for onlyChecked. It fails like
// readCondition.
func (t *Type[T]) queryMatches(ctx context.Context, db *tenancy.DB, where any, f following) (*gorm.DB, error) {
	apply := t.filterOf(where)
	c, err := readCondition[T](ctx, db, func(c *conditions) {
		c.isStrict = true
		if apply(c); len(c.sql) == 0 && c.Err() == nil { // without a filter
			c.rejectField(noCondition)
		}
	}, f)
	if err != nil || c.sql == "" { // onlyChecked has no condition
		return nil, err
	}
	return db.For(ctx).Model(new(T)).Where(c.sql, c.args...), nil
}

// changeRows sets columns of locked rows to their values in the row values, and stores the changes.
func (t *Type[T]) changeRows(ctx context.Context, db *tenancy.DB, rows []*T, has []*column, values reflect.Value) error {
	before := make([]*T, len(rows))
	for i, r := range rows {
		before[i] = new(*r)
		t.baseRow(before[i]).batch = nil
		t.detach(before[i])
		row := reflect.ValueOf(r).Elem()
		for _, c := range has {
			c.of(row).Set(c.of(values))
		}
		t.detach(r) // the rows have values of their own
		if t.hooks.Validate != nil {
			var v Validation
			t.hooks.Validate(&v, before[i], r)
			if err := v.Err(); err != nil {
				return err
			}
		}
	}
	if t.hooks.BeforeUpdate == nil && len(rows) > 1 {
		return t.storeTogether(ctx, db, before, rows)
	}
	return t.storeEachChange(ctx, db, before, rows)
}

// storeEachChange stores the changes of rows one by one.
func (t *Type[T]) storeEachChange(ctx context.Context, db *tenancy.DB, before, rows []*T) error {
	for i, r := range rows {
		if err := t.storeChanges(ctx, db, before[i], r, ChangeUpdated); err != nil {
			return err
		}
	}
	return nil
}
