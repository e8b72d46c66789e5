package relay

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"unicode"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// explainFailure turns the database's error about a duplicate into a *ConflictError that names the
// field, and that about a foreign key into a *NotFoundError for the missing row. changed are the columns
// of an update, or nil for a new row. It reads rows only to select one of several causes.
func (t *Type[T]) explainFailure(ctx context.Context, db *tenancy.DB, err error, r *T, changed map[string]any) error {
	switch {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return t.explainDuplicate(ctx, db, err, r, changed)
	case errors.Is(err, gorm.ErrForeignKeyViolated):
		return t.explainReference(ctx, db, err, r, changed)
	}
	return err
}

// uniqueKey is one or several columns with values that are unique together.
type uniqueKey []*column

// uniqueKeys returns the unique keys with a column of changed, or all if changed is nil.
func (t *Type[T]) uniqueKeys(changed map[string]any) (keys []uniqueKey) {
	add := func(key uniqueKey) {
		for _, c := range key {
			if _, ok := changed[c.Column]; ok || changed == nil {
				keys = append(keys, key)
				return
			}
		}
	}
	for _, c := range t.columns {
		if c.Unique {
			add(uniqueKey{c})
		}
	}
	for _, names := range t.options.unique {
		var key uniqueKey
		for _, name := range names {
			key = append(key, t.columnByField(name))
		}
		add(key)
	}
	return keys
}

// explainDuplicate finds the unique key of a duplicate by a query for the other row, if there are
// several keys, or if the other row can be deleted softly. The other row may be deleted for good by then: the
// error then names all keys.
func (t *Type[T]) explainDuplicate(ctx context.Context, db *tenancy.DB, err error, r *T, changed map[string]any) error {
	keys := t.uniqueKeys(changed)
	names := make([]string, len(keys))
	for i, key := range keys {
		if names[i] = key.fieldNames(); len(keys) == 1 && t.deletion == nil {
			break
		}
		other, err := t.findDuplicate(ctx, db, key, r)
		if err != nil {
			return err
		}
		if other != nil && t.isDeleted(other) {
			return t.deletedConflict(key)
		}
		if other != nil {
			names = names[i : i+1]
			break
		}
	}
	if len(names) == 0 {
		return err
	}
	return &ConflictError{Message: "another " + t.noun() + " has this " + strings.Join(names, ", or this ")}
}

// fieldNames returns the names of the key's fields: "project and number".
func (k uniqueKey) fieldNames() string {
	names := make([]string, len(k))
	for i, c := range k {
		names[i] = c.Name
		if c.Scalar == ScalarID {
			names[i] = strings.TrimSuffix(c.Name, "Id")
		}
	}
	return strings.Join(names, " and ")
}

// deletedConflict returns the error for a value of a softly deleted row.
func (t *Type[T]) deletedConflict(key uniqueKey) error {
	return &ConflictError{Message: "a deleted " + t.noun() + " has this " + key.fieldNames() + ": restore it"}
}

// findDuplicate returns another row with the values of r in a unique key, or nil.
func (t *Type[T]) findDuplicate(ctx context.Context, db *tenancy.DB, key uniqueKey, r *T) (*T, error) {
	var others []*T
	err := t.whereKey(withDeleted(db.For(ctx)), key, r).Where("id <> ?", t.rowID(r)).Limit(1).Find(&others).Error
	if err != nil || len(others) == 0 {
		return nil, err
	}
	return others[0], nil
}

// whereKey returns a query for rows with the values of r in a unique key.
func (t *Type[T]) whereKey(query *gorm.DB, key uniqueKey, r *T) *gorm.DB {
	row := reflect.ValueOf(r).Elem()
	for _, c := range key {
		if c.keyIndex != nil {
			query = query.Where("`"+c.KeyColumn()+"` = ?", c.uniqueKey(row))
		} else {
			query = query.Where("`"+c.Column+"` = "+argumentOf(c.schema), c.of(row).Interface())
		}
	}
	return query
}

// explainReference finds the missing row by queries, if a row has several references. A foreign key can also
// refuse another value of a field within which rows refer to each other.
func (t *Type[T]) explainReference(ctx context.Context, db *tenancy.DB, err error, r *T, changed map[string]any) error {
	isNew := func(string) bool { return true }
	if changed != nil {
		isNew = isKeyOf(changed)
		if err := t.checkReferrers(ctx, db, []*T{r}, isNew); err != nil {
			return err
		}
	}
	var references []parent[T]
	for _, p := range t.parents {
		if p.usesColumn(isNew) && p.readID(r) != nil {
			references = append(references, p)
		}
	}
	if len(references) == 1 && len(references[0].within) == 0 {
		return &NotFoundError{Type: references[0].to.Name()}
	}
	for _, p := range references {
		if err := p.require(ctx, db, *p.readID(r)); err != nil {
			return err
		}
		if len(p.within) > 0 {
			if err := p.check(ctx, db, []*T{r}, []Path{nil}); err != nil {
				return err
			}
		}
	}
	return err
}

// noun returns the name of the type in a sentence: "order line".
func (t *Type[T]) noun() string {
	var b strings.Builder
	for i, c := range t.name {
		if unicode.IsUpper(c) && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}
