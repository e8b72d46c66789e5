package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/tenancy"
)

// ByID returns the row with a global id of a client, given in a field id. An id of another type is a
// validation error, and a missing row a *NotFoundError. Find and ByIDs are for ids of the database.
// of has the columns to read, or nil for all.
func (t *Type[T]) ByID(ctx context.Context, db *tenancy.DB, g GlobalID, of *Selection) (*T, error) {
	var v Validation
	id := v.ID("id", g, t)
	if err := v.Err(); err != nil {
		return nil, err
	}
	return t.takeRow(of.selectFrom(db.For(ctx), "", nil), id)
}

// byIDIn returns the row with a global id, given in a field.
func (t *Type[T]) byIDIn(ctx context.Context, db *tenancy.DB, field string, g GlobalID) (*T, error) {
	var v Validation
	id := v.ID(field, g, t)
	if err := v.Err(); err != nil {
		return nil, err
	}
	return t.Find(ctx, db, id)
}

// Find returns the row with an id of the database, such as a reference in another row. A missing row
// is a *NotFoundError.
func (t *Type[T]) Find(ctx context.Context, db *tenancy.DB, id ID) (*T, error) {
	return t.takeRow(db.For(ctx), id)
}

// lockRow returns the row with an id, and locks it until the transaction ends.
func (t *Type[T]) lockRow(ctx context.Context, db *tenancy.DB, id ID) (*T, error) {
	return t.takeRow(locking(db.For(ctx)), id)
}

// locking returns a session for queries that lock their rows.
func locking(session *gorm.DB) *gorm.DB {
	return session.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
}

func (t *Type[T]) takeRow(query *gorm.DB, id ID) (*T, error) {
	var found T
	err := query.Where("id = ?", id).Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, t.notFound()
	}
	if err != nil {
		return nil, err
	}
	t.newBatch(&found)
	return &found, nil
}

func (t *Type[T]) notFound() error { return &NotFoundError{Type: t.name} }

// ByIDs returns the rows with these ids of the database, which may repeat, in one statement, as one
// batch. Missing rows are left out.
func (t *Type[T]) ByIDs(ctx context.Context, db *tenancy.DB, ids []ID) (map[ID]*T, error) {
	return t.readByIDs(db.For(ctx), ids)
}

// referredRows returns the rows to which others refer, as ByIDs does, with those that are deleted softly.
func (t *Type[T]) referredRows(ctx context.Context, db *tenancy.DB, ids []ID, of *Selection) (map[ID]*T, error) {
	return t.readByIDs(of.selectFrom(withDeleted(db.For(ctx)), "", nil), ids)
}

func (t *Type[T]) readByIDs(session *gorm.DB, ids []ID) (map[ID]*T, error) {
	if len(ids) == 0 {
		return map[ID]*T{}, nil
	}
	distinct := slices.Clone(ids)
	slices.SortFunc(distinct, compareIDs)
	distinct = slices.Compact(distinct)
	var rows []*T
	if err := session.Where("id IN ?", distinct).Find(&rows).Error; err != nil {
		return nil, err
	}
	found := make(map[ID]*T, len(rows))
	t.newBatch(rows...)
	for _, r := range rows {
		found[t.rowID(r)] = r
	}
	return found, nil
}

// Page returns a page of the rows that match a filter: a pointer to the filter struct of NewType, or
// nil for all rows. by is a value of the API's enum, or nil for the newest first.
func (t *Type[T]) Page(ctx context.Context, db *tenancy.DB, args PageArgs, where any, by fmt.Stringer) (*Connection[T], error) {
	w, err := newWindow(args, t.orderOf(by))
	if err != nil {
		return nil, err
	}
	f := t.filterOf(where)
	query, err := newPageQuery[T](ctx, db, f, args, forPage)
	if err != nil {
		return nil, err
	}
	var rows []sortedRow[T]
	if !args.CountOnly {
		rows, err = t.readWindow(query, w, args.Selection)
	}
	if err != nil {
		return nil, err
	}
	shown := newPageRows(rows, w)
	t.newBatch(shown.nodes()...)
	return t.newConnection(shown, w, func(ctx context.Context) (int, error) {
		var n int64
		query, err := newPageQuery[T](ctx, db, f, args, forAll)
		if err == nil {
			err = query.Count(&n).Error
		}
		return int(n), err
	}), nil
}

// newPageQuery returns a query for rows of R with the conditions of apply. It fails like newFiltered.
func newPageQuery[R any](
	ctx context.Context, db *tenancy.DB, apply func(*conditions), args PageArgs, follow following,
) (*gorm.DB, error) {
	if args.CountOnly && follow == forPage {
		follow = inOneStatement // it checks the filter, and nothing is read
	}
	query, err := newFiltered[R](ctx, db, apply, follow)
	if err == nil && args.IncludeDeleted {
		query = withDeleted(query)
	}
	return query, err
}

// readWindow reads a window's rows, in its order.
func (t *Type[T]) readWindow(query *gorm.DB, w window, of *Selection) ([]sortedRow[T], error) {
	names := t.namesOf(w)
	query, related := w.joinRelated(query, t.schema.Table)
	query = of.selectFrom(query, names.table, w.ownKeys(), related...)
	queries := w.newQueries(query, names)
	order := ""
	if !w.sortsLocally() {
		order = w.resultOrder(names)
	}
	found, err := readSorted[T](query, w.sorting, nil, func(dest any) error {
		if len(queries) == 1 {
			return queries[0].Find(dest).Error
		}
		return tenancy.UnionAll(queries, order, dest)
	})
	rows := make([]sortedRow[T], len(found))
	for i, r := range found {
		rows[i] = r.sortedRow
	}
	if len(queries) > 1 && order == "" {
		t.sortRows(w, rows)
	}
	return rows, err
}
