package relay

import (
	"context"
	"reflect"
	"slices"

	"rowhouse/tenancy"
)

// CreateFrom stores a new row with the values of an input: a pointer to a struct. Its fields have
// the names of the type's fields in their json tags. CreateFrom checks all rules of the fields and of
// Hooks.Validate before it fails with an *InvalidError. Each of set then adds values that the input
// does not have. CreateFrom panics for a struct that does not fit. Otherwise it equals Create.
func (t *Type[T]) CreateFrom(ctx context.Context, db *tenancy.DB, input any, set ...func(*T)) (*T, error) {
	var v Validation
	r := new(T)
	row := reflect.ValueOf(r).Elem()
	has := t.planOf(input).readInto(&v, reflect.ValueOf(input).Elem(), row)
	for _, c := range t.columns {
		if c.Default != "" && !slices.Contains(has, c) {
			c.value.store(c.value.parse(c.Default), c.of(row))
		}
	}
	for _, add := range set {
		add(r)
	}
	if t.hooks.Validate != nil {
		t.hooks.Validate(&v, nil, r)
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	return t.Create(ctx, db, r)
}

// Create stores a new row, and gives it an id if it has none. It calls the hooks except Validate.
// It fails with a *ConflictError if another row has a value that must be unique, and with a
// *NotFoundError if the row refers to a missing one.
func (t *Type[T]) Create(ctx context.Context, db *tenancy.DB, r *T) (*T, error) {
	if base := t.baseRow(r); base.ID == (ID{}) {
		base.ID = NewID()
	}
	if t.version != nil {
		t.versionOf(r).SetInt(1)
	}
	var given *T
	if t.hooks.BeforeCreate != nil {
		given = new(*r)
	}
	// A single statement can lose a race too, and Tx retries it.
	err := db.Tx(ctx, func(ctx context.Context) error {
		if given != nil { // each try begins with the same row
			*r = *given
			t.detach(r)
		}
		if err := t.hooks.BeforeCreate.call(ctx, db, r); err != nil {
			return err
		}
		t.setUniqueKeys(r)
		t.setEmptyLists(r)
		t.Publish(ctx, db, ChangeCreated, r)
		if err := db.For(ctx).Create(r).Error; err != nil {
			return t.explainFailure(ctx, db, err, r, nil)
		}
		return t.hooks.AfterCreate.call(ctx, db, r)
	})
	if err != nil {
		return nil, err
	}
	t.newBatch(r)
	return r, nil
}

// versionOf returns the field of a row's version.
func (t *Type[T]) versionOf(r *T) reflect.Value { return t.version.of(reflect.ValueOf(r).Elem()) }

// detach copies the values to which a row points, so that changes of them do not reach another copy of
// the row.
func (t *Type[T]) detach(r *T) {
	row := reflect.ValueOf(r).Elem()
	for _, c := range t.columns {
		if c.Nullable || c.List {
			c.value.detach(c.of(row))
		}
	}
}

// setUniqueKeys computes the columns of UniqueKeys.
func (t *Type[T]) setUniqueKeys(r *T) {
	row := reflect.ValueOf(r).Elem()
	for _, c := range t.columns {
		if c.keyIndex != nil {
			row.FieldByIndex(c.keyIndex).Set(reflect.ValueOf(c.uniqueKey(row)))
		}
	}
}

// setEmptyLists replaces the lists that are nil, which is NULL for the database, in columns without NULL.
func (t *Type[T]) setEmptyLists(r *T) {
	row := reflect.ValueOf(r).Elem()
	for _, c := range t.columns {
		if of := c.of(row); c.List && !c.Nullable && of.IsNil() {
			of.Set(reflect.MakeSlice(of.Type(), 0, 0))
		}
	}
}

// uniqueKey returns the UniqueKey of a row's string, or nil for NULL.
func (c *column) uniqueKey(row reflect.Value) []byte {
	v := c.of(row)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	return UniqueKey(v.String())
}
