package relay

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"rowhouse/tenancy"
)

// ToMany is a relation from each row of T to many rows of U. R is the model with the ids of both:
// U itself, or a link.
type ToMany[T, U, R any] struct {
	from          *Type[T]
	to            *Type[U]
	name          string
	parent, child string // the columns of R for the ids of T and U
	link          string // the association from R to U, or empty if R is U
	// ids returns pointers to both ids of a link. It is nil if R is U.
	ids func(*R) (parent, child *ID)
	// read returns the id of T and the row of U.
	read func(*R) (ID, *U)
}

// NewHasMany returns the inverse of a relation: the rows of T of each row of U. A field of
// U's filter with the relation's name follows it. The field's type is a struct with fields Some and
// None of the type of T's filter.
func NewHasMany[T, U any](name string, inverse *BelongsTo[T, U]) *ToMany[U, T, T] {
	m := &ToMany[U, T, T]{
		from: inverse.to, to: inverse.from, name: name, parent: inverse.column, child: "id",
		read: func(r *T) (ID, *T) { return *inverse.reference.readID(r), r },
	}
	m.from.nested[name] = newChildRows(inverse)
	m.registerRelation(nil, func(c *conditions, some bool, filter reflect.Value, path ...any) {
		inner := c.newRelated(m.to.schema, m.to.filter.bindTo(filter), path...)
		c.whereExists(some, new(T), inner.quoteColumn(m.parent)+" = "+c.quoteColumn("id"), inner)
	})
	return m
}

// NewManyToMany returns the relation by a table of links, whose model R is no type of the API. R
// has a column for each id and an association to U by the second: one statement reads links
// with the rows of U. Filters follow the relation as they follow NewHasMany.
func NewManyToMany[R, T, U any](from *Type[T], to *Type[U], name, parent, child string) *ToMany[T, U, R] {
	parentID, childID, association := newReference[R](parent), newReference[R](child), associationOf(schemaOf[R](), child)
	index := association.Field.StructField.Index
	m := &ToMany[T, U, R]{
		from: from, to: to, name: name, parent: parent, child: child, link: association.Name,
		ids: func(r *R) (parent, child *ID) { return parentID.readID(r), childID.readID(r) },
		read: func(r *R) (ID, *U) {
			return *parentID.readID(r), *reflect.ValueOf(r).Elem().FieldByIndex(index).Addr().Interface().(**U)
		},
	}
	to.referrers = append(to.referrers, referrer{release: m.publishParents})
	m.registerRelation(new(R), func(c *conditions, some bool, filter reflect.Value, path ...any) {
		inner := c.newRelated(schemaOf[R](), m.linkFilter(filter), path...)
		c.whereExists(some, new(R), inner.quoteColumn(parent)+" = "+c.quoteColumn("id"), inner)
	})
	return m
}

// associationOf returns the association of a model by a column. It panics if there is none.
func associationOf(s *schema.Schema, column string) *schema.Relationship {
	for _, r := range s.Relationships.BelongsTo {
		for _, ref := range r.References {
			if ref.ForeignKey.DBName == column {
				return r
			}
		}
	}
	panic(fmt.Sprintf("relay: the link %s has no association by the column %s", s.Name, column))
}

func (m *ToMany[T, U, R]) registerRelation(link any, whereSome func(c *conditions, some bool, filter reflect.Value, path ...any)) {
	r := &relation{name: m.name, many: true, target: m.to.filter, column: m.parent, whereSome: whereSome}
	if link != nil {
		r.link, r.targetColumn = link, m.child
	}
	m.from.filter.relations = append(m.from.filter.relations, r)
}

// linkFilter returns a function that adds the conditions of a filter of U to a query for links.
func (m *ToMany[T, U, R]) linkFilter(filter reflect.Value) func(*conditions) {
	return func(c *conditions) {
		if filter.IsValid() && !filter.IsNil() {
			c.whereReference(false, new(U), m.to.filter, m.child, filter)
		}
	}
}

// Page returns a page of parent's rows, like Type.Page. It reads
// the pages of parent's whole batch.
func (m *ToMany[T, U, R]) Page(
	ctx context.Context, db *tenancy.DB, parent *T, args PageArgs, where any, by fmt.Stringer,
) (*Connection[U], error) {
	type (
		pagesKey struct {
			relation *ToMany[T, U, R]
			filter   string
			deleted  bool
			window
		}
		countsKey struct {
			relation *ToMany[T, U, R]
			filter   string
			deleted  bool
		}
	)
	w, err := newWindow(args, m.to.orderOf(by))
	if err != nil {
		return nil, err
	}
	id, batch, key := m.from.rowID(parent), m.from.batchOf(parent), filterKey(where)
	apply := m.to.filterOf(where)
	if m.link != "" {
		apply = m.linkFilter(reflect.ValueOf(where))
	}
	var pages map[ID]pageRows[U]
	if !args.CountOnly {
		pages, err = loadBatch(batch, pagesKey{m, key, args.IncludeDeleted, w}, func(rows []*T) (map[ID]pageRows[U], error) {
			query, err := newPageQuery[R](ctx, db, apply, args)
			if err != nil {
				return nil, err
			}
			return m.readPages(query, w, m.from.IDs(rows))
		})
	}
	if err != nil {
		return nil, err
	}
	return m.to.newConnection(pages[id], w, func(ctx context.Context) (int, error) {
		counts, err := loadBatch(batch, countsKey{m, key, args.IncludeDeleted}, func(rows []*T) (map[ID]int, error) {
			query, err := newPageQuery[R](ctx, db, apply, args)
			if err != nil {
				return nil, err
			}
			if !args.IncludeDeleted {
				query = m.leaveOutDeleted(ctx, db, query)
			}
			return m.readCounts(query, m.from.IDs(rows))
		})
		return counts[id], err
	}), nil
}

// readPages reads the pages of many parents, whose rows are one batch. The arms of a UNION come in
// no order, so it sorts each page, or lets the server sort all rows by a string.
func (m *ToMany[T, U, R]) readPages(query *gorm.DB, w window, parents []ID) (map[ID]pageRows[U], error) {
	if m.link != "" {
		query = query.InnerJoins(m.link)
	}
	var rows []*R
	order := ""
	if !w.sortsLocally() {
		order = m.unionOrder(w)
	}
	if err := tenancy.UnionAllByKey(w.newQueries(query, m.child), m.parent, parents, order, &rows); err != nil {
		return nil, err
	}
	found := map[ID][]*U{}
	for _, r := range rows {
		parent, child := m.read(r)
		found[parent] = append(found[parent], child)
	}
	pages := make(map[ID]pageRows[U], len(found))
	var shown []*U
	for parent, children := range found {
		if w.sortsLocally() {
			m.to.sortRows(w, children)
		}
		pages[parent] = newPageRows(children, w)
		shown = append(shown, pages[parent].rows...)
	}
	m.to.newBatch(shown...)
	return pages, nil
}

// unionOrder returns the window's order by a string, with the columns of a UNION's result. GORM
// prefixes the columns of an association with its name.
func (m *ToMany[T, U, R]) unionOrder(w window) string {
	column := w.expression
	if m.link != "" {
		column = "`" + m.link + "__" + strings.Trim(column, "`") + "`"
	}
	return w.resultOrder(column, "`"+m.child+"`")
}

// leaveOutDeleted adds the condition to a query for links that the row of U is not deleted softly. GORM has
// it for rows of U themselves.
func (m *ToMany[T, U, R]) leaveOutDeleted(ctx context.Context, db *tenancy.DB, query *gorm.DB) *gorm.DB {
	if m.link != "" && hidesRows(m.to.schema) {
		query = query.Where("EXISTS (?)", db.For(ctx).Model(new(U)).Select("1").
			Where(m.to.schema.Table+".`id` = "+schemaOf[R]().Table+".`"+m.child+"`"))
	}
	return query
}

// readCounts counts the rows of many parents.
func (m *ToMany[T, U, R]) readCounts(query *gorm.DB, parents []ID) (map[ID]int, error) {
	var counts []struct {
		Parent ID
		N      int
	}
	err := query.Select(m.parent+" AS parent, COUNT(*) AS n").Where(m.parent+" IN ?", parents).Group(m.parent).Scan(&counts).Error
	byParent := make(map[ID]int, len(counts))
	for _, c := range counts {
		byParent[c.Parent] = c.N
	}
	return byParent, err
}
