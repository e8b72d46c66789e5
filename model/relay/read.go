package relay

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	return t.take(ctx, db, shape[T]{columns: of.list("", nil, nil)}, id)
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
	return t.take(ctx, db, shape[T]{}, id)
}

// lockRow returns the row with an id, and locks it until the transaction ends.
func (t *Type[T]) lockRow(ctx context.Context, db *tenancy.DB, id ID) (*T, error) {
	return t.take(ctx, db, shape[T]{locks: true}, id)
}

// locking returns a session for queries that lock their rows.
func locking(session *gorm.DB) *gorm.DB {
	return session.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
}

// take reads the row with an id by a shape.
func (t *Type[T]) take(ctx context.Context, db *tenancy.DB, s shape[T], id ID) (*T, error) {
	s.where, s.limit = "id = ?", 1
	rows, err := t.newReading(1).read(ctx, db, s, []any{id})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, t.notFound()
	}
	t.newBatch(rows[0].row)
	return rows[0].row, nil
}

// newReading returns a reading of at most some rows.
func (t *Type[T]) newReading(atMost int) reading[T] {
	return reading[T]{schema: t.schema, sorting: &sorting{}, atMost: atMost}
}

func (t *Type[T]) notFound() error { return &NotFoundError{Type: t.name} }

// ByIDs returns the rows with these ids of the database, which may repeat, in one statement, as one
// batch. Missing rows are left out.
func (t *Type[T]) ByIDs(ctx context.Context, db *tenancy.DB, ids []ID) (map[ID]*T, error) {
	return t.readByIDs(ctx, db, shape[T]{}, ids)
}

// referredRows returns the rows to which others refer, as ByIDs does, with those that are deleted softly.
func (t *Type[T]) referredRows(ctx context.Context, db *tenancy.DB, ids []ID, of *Selection) (map[ID]*T, error) {
	return t.readByIDs(ctx, db, shape[T]{columns: of.list("", nil, nil), hasDeleted: true}, ids)
}

func (t *Type[T]) readByIDs(ctx context.Context, db *tenancy.DB, s shape[T], ids []ID) (map[ID]*T, error) {
	if len(ids) == 0 {
		return map[ID]*T{}, nil
	}
	distinct := distinctIDs(ids)
	c := whereIDs("id", distinct)
	s.where = c.sql
	read, err := t.newReading(len(distinct)).read(ctx, db, s, c.args)
	if err != nil {
		return nil, err
	}
	rows := rowsOf(read)
	found := make(map[ID]*T, len(rows))
	t.newBatch(rows...)
	for _, r := range rows {
		found[t.rowID(r)] = r
	}
	return found, nil
}

// distinctIDs returns ids without duplicates, in their order.
func distinctIDs(ids []ID) []ID {
	distinct := slices.Clone(ids)
	slices.SortFunc(distinct, compareIDs)
	return slices.Compact(distinct)
}

// Page returns a page of the rows that match a filter: a pointer to the filter struct of NewType, or
// nil for all rows. by is a value of the API's enum, or nil for the newest first.
func (t *Type[T]) Page(ctx context.Context, db *tenancy.DB, args PageArgs, where any, by fmt.Stringer) (*Connection[T], error) {
	w, err := newWindow(args, t.orderOf(by))
	if err != nil {
		return nil, err
	}
	f, follow := t.filterOf(where), forPage
	if args.CountOnly {
		follow = onlyChecked
	}
	c, err := readCondition[T](ctx, db, f, follow)
	if err != nil {
		return nil, err
	}
	var page pageRows[T]
	if !args.CountOnly {
		page, err = t.readWindow(ctx, db, c, w, args)
	}
	if err != nil {
		return nil, err
	}
	return t.newConnection(page, w, func(ctx context.Context) (int, error) {
		c, err := readCondition[T](ctx, db, f, forAll)
		if err != nil {
			return 0, err
		}
		return readNumber(ctx, db, shape[T]{columns: "count(*)", where: c.sql, hasDeleted: args.IncludeDeleted}, c.args)
	}), nil
}

// readWindow reads a window's rows as one batch. If the statement fails with the rows of references, it reads those of the
// page alone: the table of a reference can fail, and then the relation has the error.
func (t *Type[T]) readWindow(ctx context.Context, db *tenancy.DB, c condition, w window, args PageArgs) (pageRows[T], error) {
	joins := t.newJoins(args.Selection, w, c)
	page, err := t.readJoined(ctx, db, c, w, args, joins)
	if err != nil && len(joins) > 0 && ctx.Err() == nil {
		return t.readJoined(ctx, db, c, w, args, nil)
	}
	return page, err
}

// readJoined reads a window's rows and those of references. It reads one row more, to find out whether there is another page.
func (t *Type[T]) readJoined(
	ctx context.Context, db *tenancy.DB, c condition, w window, args PageArgs, joins []*join[T],
) (pageRows[T], error) {
	names := t.namesOf(w.hasRelated() || len(joins) > 0)
	sqlJoins, columns := w.joinRelated(t.schema.Table)
	r := reading[T]{schema: t.schema, sorting: w.sorting, atMost: w.limit + 1}
	for _, j := range joins {
		sqlJoins, columns, r.joins = append(sqlJoins, j.sql), append(columns, j.list...), append(r.joins, j.rowJoin)
	}
	c = w.limitToPositions(c, names)
	s := shape[T]{
		columns: args.Selection.list(names.table, w.ownKeys(), columns), joins: strings.Join(sqlJoins, " "), where: c.sql,
		arms: w.arms(names), limit: w.limit + 1, hasDeleted: args.IncludeDeleted,
	}
	if w.nullsSwapped && !w.sortsLocally() {
		s.unionOrder = w.resultOrder(names)
	}
	if !w.hasRelated() { // otherwise the optimizer may begin with the related rows
		s = s.withHint(db, t.schema.Table)
	}
	found, err := r.read(ctx, db, s, c.args)
	if err != nil {
		return pageRows[T]{}, err
	}
	rows := make([]sortedRow[T], len(found))
	for i, r := range found {
		rows[i] = r.sortedRow
	}
	if w.nullsSwapped && s.unionOrder == "" {
		t.sortRows(w, rows)
	}
	page := newPageRows(rows, w)
	batch := t.newBatch(page.nodes()...)
	for _, j := range joins {
		j.addTo(batch)
	}
	return page, nil
}
