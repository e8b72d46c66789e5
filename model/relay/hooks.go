package relay

import (
	"context"

	"gorm.io/gorm/schema"

	"rowhouse/tenancy"
)

// Hooks are an application's rules for the rows of a type. Each can be nil. They run in the
// transaction of the mutation: db.For(ctx) is a session of the tenant in it, and an error rolls back
// all changes and events. After a write conflict, the transaction and its hooks run again.
type Hooks[T any] struct {
	// Validate adds errors to those of the fields' rules. old is nil for a new row. Fields that broke a
	// rule have the invalid value; invalid references have the zero ID. Changes of the row are stored.
	Validate func(v *Validation, old, row *T)
	// Changes of the row by BeforeCreate and BeforeUpdate are stored, too.
	BeforeCreate, AfterCreate RowHook[T]
	// AfterUpdate runs only if a column has changed.
	BeforeUpdate, AfterUpdate func(ctx context.Context, db *tenancy.DB, old, row *T) error
	// The row is locked. Rows that are deleted by ON DELETE CASCADE have no hooks called.
	BeforeDelete, AfterDelete RowHook[T]
}

// RowHook is a hook for one row.
type RowHook[T any] func(ctx context.Context, db *tenancy.DB, row *T) error

// call calls the hook, unless it is nil.
func (h RowHook[T]) call(ctx context.Context, db *tenancy.DB, row *T) error {
	if h == nil {
		return nil
	}
	return h(ctx, db, row)
}

// SetHooks sets the hooks of a type, before its first row is stored. Call it in a function init:
// hooks use types, which Go must initialise first.
func (t *Type[T]) SetHooks(hooks Hooks[T]) { t.hooks = hooks }

// writesMore reports whether GORM can run further statements when it writes a row: for hooks of the model or associations.
func (t *Type[T]) writesMore() bool {
	return hasModelHooks(t.schema) || len(t.schema.Relationships.Relations) > 0
}

// hasModelHooks reports whether a model has GORM hooks for writes.
func hasModelHooks(s *schema.Schema) bool {
	return s.BeforeSave || s.BeforeCreate || s.BeforeUpdate || s.BeforeDelete || s.AfterSave || s.AfterCreate ||
		s.AfterUpdate || s.AfterDelete
}

// runAtomic runs fn in a transaction. oneWrite means that fn has at most one statement that writes, and needs none.
func runAtomic(ctx context.Context, db *tenancy.DB, oneWrite bool, fn func(context.Context) error) error {
	if oneWrite {
		return db.Once(ctx, fn)
	}
	return db.Tx(ctx, fn)
}
