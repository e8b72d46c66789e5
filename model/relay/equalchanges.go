package relay

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// equalChanges are changes of rows that have equal values in the changed columns.
type equalChanges[T any] struct {
	before, rows []*T
	columns      map[string]any // the new values of the columns that one of the rows changes
}

// storeTogether stores changes of rows, those with equal values by one statement.
func (t *Type[T]) storeTogether(ctx context.Context, db *tenancy.DB, before, rows []*T) error {
	groups, err := t.groupChanges(ctx, before, rows)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := t.storeEqualChanges(ctx, db, g); err != nil {
			return err
		}
	}
	return nil
}

// groupChanges groups the rows that have changes by their values. There is one group unless Validate gives rows
// different values.
func (t *Type[T]) groupChanges(ctx context.Context, before, rows []*T) (groups []*equalChanges[T], err error) {
	for i, r := range rows {
		columns, err := t.changedColumns(ctx, before[i], r)
		if err != nil {
			return nil, err
		}
		if len(columns) == 0 {
			continue
		}
		at := slices.IndexFunc(groups, func(g *equalChanges[T]) bool { return t.fitsGroup(g, r, columns) })
		if at < 0 {
			at, groups = len(groups), append(groups, &equalChanges[T]{columns: map[string]any{}})
		}
		g := groups[at]
		g.before, g.rows = append(g.before, before[i]), append(g.rows, r)
		maps.Copy(g.columns, columns)
	}
	return groups, nil
}

// fitsGroup reports whether a row with changed columns has the same values as all rows of a group, in the columns
// that one of them changes.
func (t *Type[T]) fitsGroup(g *equalChanges[T], r *T, changed map[string]any) bool {
	row := reflect.ValueOf(r).Elem()
	for _, c := range t.columns {
		if c == t.version || !isKeyOf(changed)(c.Column) && !isKeyOf(g.columns)(c.Column) {
			continue
		}
		differs := func(other *T) bool { return !c.value.areEqual(c.of(reflect.ValueOf(other).Elem()), c.of(row)) }
		if slices.ContainsFunc(g.rows, differs) {
			return false
		}
	}
	return true
}

// storeEqualChanges stores equal changes by one statement. To explain an error, it stores them one by one.
func (t *Type[T]) storeEqualChanges(ctx context.Context, db *tenancy.DB, g *equalChanges[T]) error {
	if t.version != nil {
		g.columns["version"] = gorm.Expr("version + 1")
	}
	if err := t.requireReferences(ctx, db, g.rows, make([]Path, len(g.rows)), isKeyOf(g.columns)); err != nil {
		return err
	}
	if err := t.checkReferrers(ctx, db, g.rows, isKeyOf(g.columns)); err != nil {
		return err
	}
	switch err := db.For(ctx).Model(&g.rows).Updates(g.columns).Error; {
	case isKeyError(err):
		return t.storeEachChange(ctx, db, g.before, g.rows)
	case err != nil:
		return err
	}
	t.publishRowChanges(ctx, db, ChangeUpdated, g.rows)
	for i, r := range g.rows {
		if hook := t.hooks.AfterUpdate; hook != nil {
			t.baseRow(r).batch = nil
			if err := hook(ctx, db, g.before[i], r); err != nil {
				return err
			}
		}
	}
	return nil
}
