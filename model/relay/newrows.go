package relay

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// maxWritten bounds the rows that a mutation creates, updates or deletes, without those of a cascade.
const maxWritten = 100

// creation has the validation errors and the number of all new rows of a mutation.
type creation struct {
	Validation
	rows int
}

// newRows are the new rows of one type in one field of an input, or in the same field of several inputs.
type newRows[T any] struct {
	of    *Type[T]
	rows  []*T
	given []*T   // copies of rows, for a transaction that runs again; nil without hooks
	paths []Path // of rows, in the input
	// nested are rows that refer to these. An element is nil if no input has rows in this field.
	nested []nestedRows
	// parent is the column of the reference to the rows in which these are nested, or "".
	parent string
}

// nestedRows are the newRows of any type that refer to other new rows.
type nestedRows interface {
	// readNested reads the input of a row that refers to the row with the id parent.
	readNested(c *creation, path Path, input reflect.Value, parent ID)
	store(ctx context.Context, db *tenancy.DB) error
	finish()
}

// add adds a row, and gives it an id if it has none.
func (n *newRows[T]) add(r *T, path Path) {
	if base := n.of.baseRow(r); base.ID == (ID{}) {
		base.ID = NewID()
	}
	if n.of.version != nil {
		n.of.versionOf(r).SetInt(1)
	}
	n.rows, n.paths = append(n.rows, r), append(n.paths, path)
}

// readInput adds a row with the values of an input, and its nested rows. It ignores rows beyond maxWritten,
// after an error for the first of them.
func (n *newRows[T]) readInput(c *creation, path Path, input reflect.Value, set ...func(*T)) {
	if c.rows++; c.rows > maxWritten {
		if c.rows == maxWritten+1 {
			c.Add(fmt.Sprintf("exceeds the limit of %d new rows per mutation", maxWritten), path...)
		}
		return
	}
	r, v, plan := new(T), Validation{path: path}, n.of.planOf(input.Type())
	row := reflect.ValueOf(r).Elem()
	has := plan.readInto(&v, input, row)
	n.of.setDefaults(row, has)
	n.add(r, path)
	for _, s := range set {
		s(r)
	}
	if n.of.hooks.Validate != nil {
		n.of.hooks.Validate(&v, nil, r)
	}
	c.errors = append(c.errors, v.errors...)
	n.readNestedRows(c, plan, path, input, n.of.rowID(r))
}

// readNestedRows reads the fields of an input with rows that refer to the input's row.
func (n *newRows[T]) readNestedRows(c *creation, plan *inputPlan, path Path, input reflect.Value, id ID) {
	for i, f := range plan.nested {
		rows, isList := nestedInputs(input.Field(f.index))
		for at, in := range rows {
			if n.nested == nil {
				n.nested = make([]nestedRows, len(plan.nested))
			}
			if n.nested[i] == nil {
				n.nested[i] = f.newRows()
			}
			to := append(slices.Clip(path), f.name)
			if isList {
				to = append(to, at)
			}
			n.nested[i].readNested(c, to, in, id)
		}
	}
}

// childRows are newRows that refer to other new rows.
type childRows[T any] struct {
	newRows[T]
	reference[T]
}

// newChildRows returns a function that makes empty childRows.
func newChildRows[T, U any](relation *BelongsTo[T, U]) func() nestedRows {
	return func() nestedRows {
		return &childRows[T]{newRows[T]{of: relation.from, parent: relation.column}, relation.reference}
	}
}

func (n *childRows[T]) readNested(c *creation, path Path, input reflect.Value, parent ID) {
	n.readInput(c, path, input, func(r *T) { n.setID(r, parent) })
}

// setDefaults sets the defaults of the columns that an input does not have.
func (t *Type[T]) setDefaults(row reflect.Value, has []*column) {
	for _, c := range t.columns {
		if c.Default != "" && !slices.Contains(has, c) {
			c.value.store(c.value.parse(c.Default), c.of(row))
		}
	}
}

// storeAll stores the rows and their nested rows. A row without hooks is one INSERT, which needs no transaction.
// With a hook, the round trips of BEGIN and COMMIT make its statements and the INSERT atomic: the number of an item
// comes from a counter, and an INSERT that fails must not leave a gap.
func (n *newRows[T]) storeAll(ctx context.Context, db *tenancy.DB) error {
	hasHooks := n.of.hooks.BeforeCreate != nil || n.of.hooks.AfterCreate != nil || n.of.writesMore()
	oneWrite := !hasHooks && len(n.rows) == 1 && n.nested == nil // can lose a race too, and is retried
	if err := runAtomic(ctx, db, oneWrite, func(ctx context.Context) error { return n.store(ctx, db) }); err != nil {
		return err
	}
	n.finish()
	return nil
}

// store stores the rows with their hooks, and then their nested rows.
func (n *newRows[T]) store(ctx context.Context, db *tenancy.DB) error {
	n.reset()
	if err := n.storeRows(ctx, db); err != nil {
		return err
	}
	for _, nested := range n.nested {
		if nested == nil {
			continue
		}
		if err := nested.store(ctx, db); err != nil {
			return err
		}
	}
	return nil
}

// reset undoes the changes of hooks in an earlier try of the transaction.
func (n *newRows[T]) reset() {
	if n.of.hooks.BeforeCreate == nil && n.of.hooks.AfterCreate == nil {
		return
	}
	if n.given == nil {
		for _, r := range n.rows {
			n.given = append(n.given, new(*r))
		}
	}
	for i, r := range n.rows {
		*r = *n.given[i]
		n.of.detach(r)
	}
}

// finish makes the stored rows one batch.
func (n *newRows[T]) finish() {
	n.of.newBatch(n.rows...)
	for _, nested := range n.nested {
		if nested != nil {
			nested.finish()
		}
	}
}

// storeRows stores the rows by one statement, if no hook runs before each row. To find the row that fails,
// it stores them one by one.
func (n *newRows[T]) storeRows(ctx context.Context, db *tenancy.DB) error {
	if n.of.hooks.BeforeCreate != nil || len(n.rows) == 1 {
		return n.storeEach(ctx, db)
	}
	for _, r := range n.rows {
		n.of.setUniqueKeys(r)
		n.of.setEmptyLists(r)
	}
	if err := n.of.requireReferences(ctx, db, n.rows, n.paths, n.isNewReference); err != nil {
		return err
	}
	switch err := db.For(ctx).Create(n.rows).Error; {
	case isKeyError(err):
		return n.storeEach(ctx, db)
	case err != nil:
		return err
	}
	for i, r := range n.rows {
		if err := n.of.hooks.AfterCreate.call(ctx, db, r); err != nil {
			return addPath(err, n.paths[i])
		}
	}
	n.of.publishRowChanges(ctx, db, ChangeCreated, n.rows)
	return nil
}

// isKeyError reports whether a unique key or a foreign key does not permit a change.
func isKeyError(err error) bool {
	return errors.Is(err, gorm.ErrDuplicatedKey) || errors.Is(err, gorm.ErrForeignKeyViolated)
}

// storeEach stores the rows one by one.
func (n *newRows[T]) storeEach(ctx context.Context, db *tenancy.DB) error {
	for i, r := range n.rows {
		if err := n.insertRow(ctx, db, r); err != nil {
			return addPath(err, n.paths[i])
		}
	}
	return nil
}

// isNewReference reports whether a column refers to rows of other mutations.
func (n *newRows[T]) isNewReference(column string) bool { return column != n.parent }

// insertRow stores a new row with its hooks.
func (n *newRows[T]) insertRow(ctx context.Context, db *tenancy.DB, r *T) error {
	t := n.of
	if err := t.hooks.BeforeCreate.call(ctx, db, r); err != nil {
		return err
	}
	t.setUniqueKeys(r)
	t.setEmptyLists(r)
	if err := t.requireReferences(ctx, db, []*T{r}, []Path{nil}, n.isNewReference); err != nil {
		return err
	}
	t.Publish(ctx, db, ChangeCreated, r)
	if err := db.For(ctx).Create(r).Error; err != nil {
		return t.explainFailure(ctx, db, err, r, nil)
	}
	return t.hooks.AfterCreate.call(ctx, db, r)
}
