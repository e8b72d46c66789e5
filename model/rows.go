package model

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/tenancy"
)

// row is a pointer to a noun's row.
type row[T any] interface {
	*T
	Node
	join(*cohort[T])
	id() ID
}

// byID reads the row that a client names.
func byID[T any, P row[T]](ctx context.Context, db *tenancy.DB, noun string, g GlobalID) (*T, error) {
	return named[T, P](ctx, db, "id", noun, g)
}

// named reads the row that a client names in a field.
func named[T any, P row[T]](ctx context.Context, db *tenancy.DB, field, noun string, g GlobalID) (*T, error) {
	var r rules
	id := r.id(field, g, noun)
	if err := r.err(); err != nil {
		return nil, err
	}
	return find[T, P](ctx, db, noun, id)
}

// find reads the row with this id, ready to be asked for its relations.
func find[T any, P row[T]](ctx context.Context, db *tenancy.DB, noun string, id ID) (*T, error) {
	return take[T, P](db.For(ctx), noun, id)
}

// lock reads the row with this id and keeps others from changing it until the
// transaction ends.
func lock[T any, P row[T]](ctx context.Context, db *tenancy.DB, noun string, id ID) (*T, error) {
	return take[T, P](db.For(ctx).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}), noun, id)
}

func take[T any, P row[T]](query *gorm.DB, noun string, id ID) (*T, error) {
	var found T
	err := query.Where("id = ?", id).Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, &NotFoundError{Type: noun}
	}
	if err != nil {
		return nil, err
	}
	return alone[T, P](&found), nil
}

// requireRow fails with *NotFoundError unless a row has this id.
func requireRow[T any, P row[T]](ctx context.Context, db *tenancy.DB, noun string, id ID) error {
	_, err := find[T, P](ctx, db, noun, id)
	return err
}

// alone makes a row that was read or made by itself ready to be asked for its
// relations.
func alone[T any, P row[T]](r *T) *T {
	gather([]P{r})
	return r
}

// findAll reads the rows with these ids, in one statement, as one cohort.
func findAll[T any, P row[T]](ctx context.Context, db *tenancy.DB, ids []ID) (map[ID]*T, error) {
	found := make(map[ID]*T, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var rows []P
	if err := db.For(ctx).Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, err
	}
	gather(rows)
	for _, r := range rows {
		found[r.id()] = r
	}
	return found, nil
}

// page reads a page of those rows of a noun that a filter wants.
func page[T any, P row[T]](ctx context.Context, db *tenancy.DB, p Page, where filter, o order[T]) (*Connection[T], error) {
	w, err := windowOf(p, o)
	if err != nil {
		return nil, err
	}
	all := func(ctx context.Context) (*gorm.DB, error) {
		return narrow[T](ctx, db, db.For(ctx).Model(new(T)), where)
	}
	query, err := all(ctx)
	if err != nil {
		return nil, err
	}
	var rows []P
	if !p.CountOnly {
		rows, err = readWindow[T, P](query, w)
	}
	if err != nil {
		return nil, err
	}
	shown := cut(rows, w)
	gather(shown.rows)
	return connection(shown, w, func(ctx context.Context) (int, error) {
		var n int64
		query, err := all(ctx)
		if err == nil {
			err = query.Count(&n).Error
		}
		return int(n), err
	}), nil
}

// readWindow reads a window's rows, in its order.
func readWindow[T any, P row[T]](query *gorm.DB, w window[T]) ([]P, error) {
	rows := make([]P, 0, w.limit+1)
	queries := w.newQueries(query, "id")
	if len(queries) == 1 {
		return rows, queries[0].Find(&rows).Error
	}
	err := tenancy.UnionAll(queries, &rows)
	sortRows(w, rows)
	return rows, err
}

// create stores a new row.
func create[T any, P row[T]](ctx context.Context, db *tenancy.DB, r *T) (*T, error) {
	// A statement can lose a race as well as a transaction can, and Tx runs it again.
	err := db.Tx(ctx, func(ctx context.Context) error {
		publish(ctx, db, ChangeCreated, P(r))
		return db.For(ctx).Create(r).Error
	})
	if err != nil {
		return nil, err
	}
	return alone[T, P](r), nil
}

// change reads a row, lets edit change it, and stores the columns that edit says it
// changed; none, and nothing is stored.
func change[T any, P row[T]](ctx context.Context, db *tenancy.DB, noun string, id ID, edit func(*T, changes) error) (*T, error) {
	var r *T
	err := db.Tx(ctx, func(ctx context.Context) (err error) {
		if r, err = lock[T, P](ctx, db, noun, id); err != nil {
			return err
		}
		columns := changes{}
		if err := edit(r, columns); err != nil || len(columns) == 0 {
			return err
		}
		publish(ctx, db, ChangeUpdated, P(r))
		return db.For(ctx).Model(r).Updates(map[string]any(columns)).Error
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// remove deletes a row and all rows that belong to it, and returns the deleted row. before, if not
// nil, changes rows that refer to it; the lock prevents new references.
func remove[T any, P row[T]](ctx context.Context, db *tenancy.DB, noun string, g GlobalID, before func(context.Context, ID) error) (gone *T, err error) {
	var r rules
	id := r.id("id", g, noun)
	if err := r.err(); err != nil {
		return nil, err
	}
	err = db.Tx(ctx, func(ctx context.Context) error {
		if gone, err = lock[T, P](ctx, db, noun, id); err != nil {
			return err
		}
		if before != nil {
			if err := before(ctx, id); err != nil {
				return err
			}
		}
		publish(ctx, db, ChangeDeleted, P(gone))
		publishEnd(ctx, db, id)
		return db.For(ctx).Where("id = ?", id).Delete(new(T)).Error
	})
	return gone, err
}

// changes are columns with their new values.
type changes map[string]any

// set gives a field its new value and notes the column, when there is a new value
// and it differs.
func set[V comparable](c changes, column string, field *V, value *V) {
	if value != nil && *field != *value {
		*field = *value
		c[column] = *value
	}
}

// setNullable is set for a field that may be null.
func setNullable[V comparable](c changes, column string, field **V, value *V) {
	same := *field == value || *field != nil && value != nil && **field == *value
	if !same {
		*field = value
		c[column] = value
	}
}
