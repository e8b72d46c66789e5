package model

import (
	"bytes"
	"context"
	"errors"
	"slices"

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
	var r rules
	id := r.id("id", g, noun)
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
		return nil, &NotFoundError{noun}
	}
	if err != nil {
		return nil, err
	}
	return alone[T, P](&found), nil
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

// page reads a page of all rows of a noun.
func page[T any, P row[T]](ctx context.Context, db *tenancy.DB, p Page) (*Connection[T], error) {
	w, err := p.window()
	if err != nil {
		return nil, err
	}
	rows := make([]P, 0, w.limit+1)
	if !p.CountOnly {
		err = w.of(db.For(ctx), "id").Find(&rows).Error
	}
	if err != nil {
		return nil, err
	}
	shown := cut(rows, w)
	gather(shown.rows)
	return connection(shown, w, func(ctx context.Context) (int, error) {
		var n int64
		err := db.For(ctx).Model(new(T)).Count(&n).Error
		return int(n), err
	}), nil
}

// create stores a new row.
func create[T any, P row[T]](ctx context.Context, db *tenancy.DB, r *T) (*T, error) {
	// A statement can lose a race as well as a transaction can, and Tx runs it again.
	err := db.Tx(ctx, func(ctx context.Context) error { return db.For(ctx).Create(r).Error })
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
		return db.For(ctx).Model(r).Updates(map[string]any(columns)).Error
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// remove deletes the row with this id, and all that belongs to it.
func remove[T any](ctx context.Context, db *tenancy.DB, noun string, g GlobalID) (GlobalID, error) {
	var r rules
	id := r.id("id", g, noun)
	if err := r.err(); err != nil {
		return "", err
	}
	return g, db.Tx(ctx, func(ctx context.Context) error {
		deleted := db.For(ctx).Where("id = ?", id).Delete(new(T))
		if deleted.Error == nil && deleted.RowsAffected == 0 {
			return &NotFoundError{noun}
		}
		return deleted.Error
	})
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

// one loads a to-one relation for all rows of a cohort. Its name is its own among
// those from T to U.
func one[T, U any, P row[U]](ctx context.Context, db *tenancy.DB, c *cohort[T], relation string, ref func(*T) *ID) (map[ID]*U, error) {
	type oneBy struct{ relation string } // another for each T and U
	return together(c, oneBy{relation}, func(rows []*T) (map[ID]*U, error) {
		ids := make([]ID, 0, len(rows))
		for _, r := range rows {
			if id := ref(r); id != nil {
				ids = append(ids, *id)
			}
		}
		slices.SortFunc(ids, func(a, b ID) int { return bytes.Compare(a[:], b[:]) })
		return findAll[U, P](ctx, db, slices.Compact(ids))
	})
}

// optional returns the row that a reference of r names, or nil when it names none.
func optional[T, U any, P row[U]](ctx context.Context, db *tenancy.DB, r *T, c *cohort[T], relation string, ref func(*T) *ID) (*U, error) {
	id := ref(r)
	if id == nil {
		return nil, nil //nolint:nilnil // a reference that names nobody is no failure
	}
	found, err := one[T, U, P](ctx, db, c, relation, ref)
	return found[*id], err
}

// required turns a row that has gone since its child was read into an error.
func required[T any](r *T, err error, noun string) (*T, error) {
	if err == nil && r == nil {
		err = &NotFoundError{noun}
	}
	return r, err
}

// toMany is a relation from a parent to many rows of U, in the table of R: U's own, or
// one that links the two.
type toMany[U, R any] struct {
	// name is the relation's own among those from the parent's noun to U.
	name string
	// parent and child are R's columns for the ids of the two.
	parent, child string
	// narrow, if there is one, leaves some rows out, of pages and of totals.
	narrow func(*gorm.DB) *gorm.DB
	// with, if there is one, names the association of R that read needs.
	with string
	// read returns the parent's id and the row of U.
	read func(*R) (parent ID, child *U)
}

// query returns the query for all rows of the relation.
func (m toMany[U, R]) query(ctx context.Context, db *tenancy.DB) *gorm.DB {
	query := db.For(ctx).Model(new(R))
	if m.narrow != nil {
		query = m.narrow(query)
	}
	return query
}

// many loads a page of a to-many relation for all rows of a cohort, and returns the
// page of one of them.
func many[T, U, R any, PT row[T], PU row[U]](
	ctx context.Context, db *tenancy.DB, parent PT, c *cohort[T], p Page, m toMany[U, R],
) (*Connection[U], error) {
	type ( // others for each T and U
		pageBy struct {
			relation string
			window
		}
		countOf struct{ relation string }
	)
	w, err := p.window()
	if err != nil {
		return nil, err
	}
	var pages map[ID]part[U, PU]
	if !p.CountOnly {
		pages, err = together(c, pageBy{m.name, w}, func(rows []*T) (map[ID]part[U, PU], error) {
			return pagesOf[U, R, PU](m.query(ctx, db), m, w, idsOf[T, PT](rows))
		})
	}
	if err != nil {
		return nil, err
	}
	return connection(pages[parent.id()], w, func(ctx context.Context) (int, error) {
		counts, err := together(c, countOf{m.name}, func(rows []*T) (map[ID]int, error) {
			return countBy(m.query(ctx, db), m.parent, idsOf[T, PT](rows))
		})
		return counts[parent.id()], err
	}), nil
}

func idsOf[T any, P row[T]](rows []*T) []ID {
	ids := make([]ID, len(rows))
	for i, r := range rows {
		ids[i] = P(r).id()
	}
	return ids
}

// pagesOf reads the pages of many parents, whose rows are one cohort. It sorts each as
// the window has it, since a UNION promises no order.
func pagesOf[U, R any, P row[U]](query *gorm.DB, m toMany[U, R], w window, parents []ID) (map[ID]part[U, P], error) {
	if m.with != "" {
		query = query.InnerJoins(m.with)
	}
	var rows []*R
	if err := tenancy.Each(w.of(query, m.child), m.parent, parents, &rows); err != nil {
		return nil, err
	}
	found := map[ID][]P{}
	for _, r := range rows {
		parent, child := m.read(r)
		found[parent] = append(found[parent], child)
	}
	pages := make(map[ID]part[U, P], len(found))
	var shown []P
	for parent, children := range found {
		slices.SortFunc(children, func(x, y P) int {
			a, b := x.id(), y.id()
			if w.fromOldest {
				return bytes.Compare(a[:], b[:])
			}
			return bytes.Compare(b[:], a[:])
		})
		pages[parent] = cut(children, w)
		shown = append(shown, pages[parent].rows...)
	}
	gather(shown)
	return pages, nil
}

// countBy counts a query's rows by the parent that a column names.
func countBy(query *gorm.DB, column string, parents []ID) (map[ID]int, error) {
	var counts []struct {
		Parent ID
		N      int
	}
	err := query.Select(column+" AS parent, COUNT(*) AS n").Where(column+" IN ?", parents).Group(column).Scan(&counts).Error
	byParent := make(map[ID]int, len(counts))
	for _, c := range counts {
		byParent[c.Parent] = c.N
	}
	return byParent, err
}
