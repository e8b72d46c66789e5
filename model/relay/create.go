package relay

import (
	"context"
	"reflect"

	"rowhouse/tenancy"
)

// CreateFrom stores a new row with the values of an input: a pointer to a struct. Its fields have
// the names of the type's fields in their json tags. A field with the name of a NewHasMany or NewHasOne has
// the inputs of new rows that refer to this one. CreateFrom checks all rules of the fields and of
// Hooks.Validate before it fails with an *InvalidError. Each of set then adds values that the input
// does not have. CreateFrom panics for a struct that does not fit. Otherwise it equals Create.
func (t *Type[T]) CreateFrom(ctx context.Context, db *tenancy.DB, input any, set ...func(*T)) (*T, error) {
	rows := &newRows[T]{of: t}
	var c creation
	rows.readInput(&c, nil, reflect.ValueOf(input).Elem(), set...)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if err := rows.storeAll(ctx, db); err != nil {
		return nil, err
	}
	return rows.rows[0], nil
}

// Create stores a new row, and gives it an id if it has none. It calls the hooks except Validate.
// It fails with a *ConflictError if another row has a value that must be unique, and with a
// *NotFoundError if the row refers to a missing one.
func (t *Type[T]) Create(ctx context.Context, db *tenancy.DB, r *T) (*T, error) {
	rows := &newRows[T]{of: t}
	rows.add(r, nil)
	if err := rows.storeAll(ctx, db); err != nil {
		return nil, err
	}
	return r, nil
}

// CreateManyFrom stores new rows with the values of an input: a pointer to a struct with one field, a list
// of inputs of CreateFrom. It stores all rows or none. They have at most 100 rows together, with nested ones.
// An error has the path of its row in the input. Rows of a type without BeforeCreate are stored by one
// statement. Otherwise CreateManyFrom equals CreateFrom.
func (t *Type[T]) CreateManyFrom(ctx context.Context, db *tenancy.DB, input any) ([]*T, error) {
	list, name := listOf(input)
	rows := &newRows[T]{of: t, rows: []*T{}}
	var c creation
	for i, in := range list {
		rows.readInput(&c, Path{name, i}, in)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	if len(rows.rows) == 0 {
		return rows.rows, nil
	}
	return rows.rows, rows.storeAll(ctx, db)
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
