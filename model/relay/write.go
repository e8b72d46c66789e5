package relay

import (
	"context"
	"errors"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// Create stores a new row, and gives it an id if it has none.
func (t *Type[T]) Create(ctx context.Context, db *tenancy.DB, r *T) (*T, error) {
	if base := t.baseRow(r); base.ID == (ID{}) {
		base.ID = NewID()
	}
	// A single statement can lose a race too, and Tx retries it.
	err := db.Tx(ctx, func(ctx context.Context) error {
		t.Publish(ctx, db, ChangeCreated, r)
		return db.For(ctx).Create(r).Error
	})
	if err != nil {
		return nil, err
	}
	t.newBatch(r)
	return r, nil
}

// Update locks a row and stores the columns set by edit. It stores nothing if edit sets none, or
// fails.
func (t *Type[T]) Update(ctx context.Context, db *tenancy.DB, id ID, edit func(*T, Columns) error) (*T, error) {
	var r *T
	err := db.Tx(ctx, func(ctx context.Context) (err error) {
		if r, err = t.lockRow(ctx, db, id); err != nil {
			return err
		}
		columns := Columns{}
		if err := edit(r, columns); err != nil || len(columns) == 0 {
			return err
		}
		t.Publish(ctx, db, ChangeUpdated, r)
		return db.For(ctx).Model(r).Updates(map[string]any(columns)).Error
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Delete deletes the row with a global id, given in a field id, and returns it. Rows
// of which it is the parent follow by ON DELETE CASCADE. before, if not nil, clears optional
// references to it; a lock prevents new references.
func (t *Type[T]) Delete(ctx context.Context, db *tenancy.DB, g GlobalID, before func(context.Context, *T) error) (deleted *T, err error) {
	var v Validation
	id := v.ID("id", g, t)
	if err := v.Err(); err != nil {
		return nil, err
	}
	err = db.Tx(ctx, func(ctx context.Context) error {
		if deleted, err = t.lockRow(ctx, db, id); err != nil {
			return err
		}
		if before != nil {
			if err := before(ctx, deleted); err != nil {
				return err
			}
		}
		t.Publish(ctx, db, ChangeDeleted, deleted)
		publishEnd(ctx, db, id)
		return db.For(ctx).Where("id = ?", id).Delete(new(T)).Error
	})
	return deleted, err
}

// Columns are new values of columns, by the columns' names.
type Columns map[string]any

// Set sets a field and its column to a value, if the value is not nil and differs.
func Set[V comparable](c Columns, column string, field *V, value *V) {
	if value != nil && *field != *value {
		*field = *value
		c[column] = *value
	}
}

// SetNullable sets a field and its column to a value, or to NULL, if the input has a value and it
// differs.
func SetNullable[V comparable](c Columns, column string, field **V, in graphql.Omittable[*V]) {
	value, ok := in.ValueOK()
	same := *field == value || *field != nil && value != nil && **field == *value
	if ok && !same {
		*field = value
		c[column] = value
	}
}

// SetUnique is Set for a string with a UniqueKey in another column, with the suffix _key.
func SetUnique(c Columns, column string, field *string, key *[]byte, value *string) {
	Set(c, column, field, value)
	if _, changed := c[column]; changed {
		*key = UniqueKey(*field)
		c[column+"_key"] = *key
	}
}

// ConflictOnDuplicate turns the error of a duplicate key into a *ConflictError with a message.
func ConflictOnDuplicate(err error, format string, args ...any) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return &ConflictError{Message: fmt.Sprintf(format, args...)}
	}
	return err
}

// NotFoundOnForeignKey turns the error of a foreign key into a *NotFoundError for a type.
func NotFoundOnForeignKey(err error, of Named) error {
	if errors.Is(err, gorm.ErrForeignKeyViolated) {
		return &NotFoundError{Type: of.Name()}
	}
	return err
}
