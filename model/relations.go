package model

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

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
		err = &NotFoundError{Type: noun}
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
	// with, if there is one, names the association of R that read needs.
	with string
	// read returns the parent's id and the row of U.
	read func(*R) (parent ID, child *U)
}

// many loads a page of a to-many relation for all rows of a cohort, and returns the
// page of one of them. The filter is one of R's rows.
func many[T, U, R any, PT row[T], PU row[U]](
	ctx context.Context, db *tenancy.DB, parent PT, c *cohort[T], p Page, where filter, o order[U], m toMany[U, R],
) (*Connection[U], error) {
	type ( // others for each T and U
		pageBy struct {
			relation, filter string
			window[U]
		}
		countOf struct{ relation, filter string }
	)
	w, err := windowOf(p, o)
	if err != nil {
		return nil, err
	}
	filter := filterKey(where)
	var pages map[ID]part[U, PU]
	if !p.CountOnly {
		pages, err = together(c, pageBy{m.name, filter, w}, func(rows []*T) (map[ID]part[U, PU], error) {
			query, err := narrow[R](ctx, db, db.For(ctx).Model(new(R)), where)
			if err != nil {
				return nil, err
			}
			return pagesOf[U, R, PU](query, m, w, idsOf[T, PT](rows))
		})
	}
	if err != nil {
		return nil, err
	}
	return connection(pages[parent.id()], w, func(ctx context.Context) (int, error) {
		counts, err := together(c, countOf{m.name, filter}, func(rows []*T) (map[ID]int, error) {
			query, err := narrow[R](ctx, db, db.For(ctx).Model(new(R)), where)
			if err != nil {
				return nil, err
			}
			if m.with != "" && hidesRows(schemaOf[U]()) {
				query = query.Where("EXISTS (?)", db.For(ctx).Model(new(U)).Select("1").
					Where(schemaOf[U]().Table+".`id` = "+schemaOf[R]().Table+".`"+m.child+"`"))
			}
			return countBy(query, m.parent, idsOf[T, PT](rows))
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

// pagesOf reads the pages of many parents, whose rows are one batch. The arms of a UNION come in no
// order, so it sorts each page, or lets the server sort all rows by a string.
func pagesOf[U, R any, P row[U]](query *gorm.DB, m toMany[U, R], w window[U], parents []ID) (map[ID]part[U, P], error) {
	if m.with != "" {
		query = query.InnerJoins(m.with)
	}
	var rows []*R
	order := ""
	if !w.sortable() {
		order = m.unionOrder(w)
	}
	if err := tenancy.UnionAllByKey(w.newQueries(query, m.child), m.parent, parents, order, &rows); err != nil {
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
		if w.sortable() {
			sortRows(w, children)
		}
		pages[parent] = cut(children, w)
		shown = append(shown, pages[parent].rows...)
	}
	gather(shown)
	return pages, nil
}

// unionOrder returns the window's order by a string, with the columns of a UNION's result. GORM
// prefixes the columns of an association with its name.
func (m toMany[U, R]) unionOrder(w window[U]) string {
	column := w.column
	if m.with != "" {
		column = "`" + m.with + "__" + strings.Trim(column, "`") + "`"
	}
	return column + w.direction() + ", `" + m.child + "`" + w.direction()
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
