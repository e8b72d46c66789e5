package relay

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// ToMany is a relation from each row of T to many rows of U. R is the model with the ids of both:
// U itself, or a link.
type ToMany[T, U, R any] struct {
	from          *Type[T]
	to            *Type[U]
	name          string
	parent, child string // the columns of R for the ids of T and U
	linked        bool   // R is not U
	// ids returns pointers to both ids of a link. It is nil if R is U.
	ids func(*R) (parent, child *ID)
	// read returns the id of T and the row of U, given the row to which R links.
	read func(r *R, linked any) (ID, *U)
}

// NewHasMany returns the inverse of a relation: the rows of T of each row of U. A field of
// U's filter with the relation's name follows it. The field's type is a struct with fields Some and
// None of the type of T's filter.
func NewHasMany[T, U any](name string, inverse *BelongsTo[T, U]) *ToMany[U, T, T] {
	m := &ToMany[U, T, T]{
		from: inverse.to, to: inverse.from, name: name, parent: inverse.column, child: "id",
		read: func(r *T, _ any) (ID, *T) { return *inverse.reference.readID(r), r },
	}
	m.from.nested[name] = newChildRows(inverse)
	m.registerRelation(nil, func(c *conditions, some bool, filter reflect.Value, path ...any) {
		inner := c.newRelated(m.to.schema, m.to.filter.bindTo(filter), path...)
		c.whereRelated(some, new(T), m.parent, "id", inner)
	})
	return m
}

// NewManyToMany returns the relation by a table of links, whose model R has a column for each id. One
// statement reads links with the rows of U. Filters follow the relation as they follow NewHasMany. The other
// direction is a relation with the columns in the opposite order, also from a type to itself. R can be a type
// of the API: its own mutations change and publish the links, so AddLink and RemoveLink panic.
func NewManyToMany[R, T, U any](from *Type[T], to *Type[U], name, parent, child string) *ToMany[T, U, R] {
	parentID, childID := newReference[R](parent), newReference[R](child)
	m := &ToMany[T, U, R]{
		from: from, to: to, name: name, parent: parent, child: child, linked: true,
		ids:  func(r *R) (parent, child *ID) { return parentID.readID(r), childID.readID(r) },
		read: func(r *R, linked any) (ID, *U) { return *parentID.readID(r), linked.(*U) },
	}
	if !m.hasLinkType() {
		to.referrers = append(to.referrers, referrer{release: m.publishParents})
	}
	m.registerRelation(new(R), func(c *conditions, some bool, filter reflect.Value, path ...any) {
		inner := c.newRelated(schemaOf[R](), m.linkFilter(filter, false), path...)
		c.whereRelated(some, new(R), parent, "id", inner)
	})
	return m
}

func (m *ToMany[T, U, R]) registerRelation(link any, whereSome func(c *conditions, some bool, filter reflect.Value, path ...any)) {
	r := &relation{name: m.name, many: true, target: m.to.filter, column: m.parent, whereSome: whereSome}
	r.load.LoadPage = func(ctx context.Context, db *tenancy.DB, row any, args PageArgs, where any, by fmt.Stringer) (AnyConnection, error) {
		page, err := m.Page(ctx, db, row.(*T), args, where, by)
		if err != nil {
			return nil, err
		}
		return page, nil
	}
	if link != nil {
		r.link, r.targetColumn = link, m.child
	}
	m.from.filter.relations = append(m.from.filter.relations, r)
}

// linkFilter returns a function that adds the conditions of a filter of U to a query for links, even of softly
// deleted rows if hasDeleted is true.
func (m *ToMany[T, U, R]) linkFilter(filter reflect.Value, hasDeleted bool) func(*conditions) {
	return func(c *conditions) {
		if filter.IsValid() && !filter.IsNil() {
			c.whereReference(hasDeleted, new(U), m.to.filter, m.child, filter)
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
			of       *Selection
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
	if m.linked {
		apply = m.linkFilter(reflect.ValueOf(where), args.IncludeDeleted)
	}
	var pages map[ID]pageRows[U]
	if !args.CountOnly {
		of := args.Selection
		pages, err = loadBatch(batch, pagesKey{m, key, args.IncludeDeleted, of, w}, func(rows []*T) (map[ID]pageRows[U], error) {
			query, err := m.newQuery(ctx, db, apply, args, forPage)
			if err != nil {
				return nil, err
			}
			return m.readPages(query, w, m.from.IDs(rows), of)
		})
	}
	if err != nil {
		return nil, err
	}
	return m.to.newConnection(pages[id], w, func(ctx context.Context) (int, error) {
		counts, err := loadBatch(batch, countsKey{m, key, args.IncludeDeleted}, func(rows []*T) (map[ID]int, error) {
			query, err := m.newQuery(ctx, db, apply, args, forAll)
			if err != nil {
				return nil, err
			}
			return m.readCounts(query, m.from.IDs(rows))
		})
		return counts[id], err
	}), nil
}

// newQuery returns a query for rows of R with the conditions of apply. It fails like newFiltered. Links to
// softly deleted rows are hidden, and deleted links always are.
func (m *ToMany[T, U, R]) newQuery(
	ctx context.Context, db *tenancy.DB, apply func(*conditions), args PageArgs, follow following,
) (*gorm.DB, error) {
	if !m.linked {
		return newPageQuery[R](ctx, db, apply, args, follow)
	}
	query, err := newFiltered[R](ctx, db, apply, follow)
	if err == nil && hidesRows(m.to.schema) && !args.IncludeDeleted {
		query = query.Where("EXISTS (?)", db.For(ctx).Model(new(U)).Select("1").
			Where("`"+m.to.schema.Table+"`.`id` = `"+schemaOf[R]().Table+"`.`"+m.child+"`"))
	}
	return query, err
}

// readPages reads the pages of many parents, whose rows are one batch.
func (m *ToMany[T, U, R]) readPages(query *gorm.DB, w window, parents []ID, of *Selection) (map[ID]pageRows[U], error) {
	query, names := m.joinRows(query, w, of)
	var rows []joinedRow[R]
	if len(parents) > maxArms && w.sortsLocally() && !w.hasRelated() {
		var err error
		if rows, parents, err = m.readTogether(query, w, names, parents); err != nil {
			return nil, err
		}
	}
	if len(parents) > 0 {
		others, err := m.readArms(query, w, names, parents)
		if err != nil {
			return nil, err
		}
		rows = append(rows, others...)
	}
	return m.newPages(rows, w), nil
}

// maxArms is the greatest number of parents whose pages a UNION reads. A server parses and plans each of its arms.
const maxArms = 16

// readTogether reads the rows of many parents in one range of an index, for newPages to sort: most have few more than a page.
// It stops after some rows, and returns the parents whose rows it has not read, so that one with very many
// costs little.
func (m *ToMany[T, U, R]) readTogether(query *gorm.DB, w window, names tableNames, parents []ID) (
	rows []joinedRow[R], others []ID, err error,
) {
	column, direction := "`"+schemaOf[R]().Table+"`.`"+m.parent+"`", w.sqlDirection()
	most := 2 * (w.limit + 1) * len(parents)
	query = w.limitToPositions(query.Session(&gorm.Session{}), names).
		Where(column+" IN ?", parents).Order(column + direction).Order(names.id + direction).Limit(most)
	rows, err = m.readSorted(query, w, func(dest any) error { return query.Find(dest).Error })
	if err != nil || len(rows) < most {
		return rows, nil, err
	}
	last := m.parentOf(rows[most-1])
	complete := slices.IndexFunc(rows, func(r joinedRow[R]) bool { return m.parentOf(r) == last })
	others = slices.DeleteFunc(slices.Clone(parents), func(p ID) bool {
		order := compareIDs(p, last)
		return order < 0 && direction == "" || order > 0 && direction != ""
	})
	return rows[:complete], others, nil
}

// readArms reads the pages of parents in one statement with an arm for each. The arms of a UNION come in
// no order, so newPages sorts each page, or the server sorts all rows by a string.
func (m *ToMany[T, U, R]) readArms(query *gorm.DB, w window, names tableNames, parents []ID) ([]joinedRow[R], error) {
	order := ""
	if !w.sortsLocally() {
		order = w.resultOrder(names)
	}
	return m.readSorted(query, w, func(dest any) error {
		return tenancy.UnionAllByKey(w.newQueries(query, names), m.parent, parents, order, dest)
	})
}

func (m *ToMany[T, U, R]) readSorted(query *gorm.DB, w window, run func(dest any) error) ([]joinedRow[R], error) {
	var linked reflect.Type
	if m.linked {
		linked = reflect.TypeFor[U]()
	}
	return readSorted[R](query, w.sorting, linked, run)
}

func (m *ToMany[T, U, R]) parentOf(r joinedRow[R]) ID {
	parent, _ := m.read(r.row, r.linked)
	return parent
}

// newPages returns the pages of rows by their parents.
func (m *ToMany[T, U, R]) newPages(rows []joinedRow[R], w window) map[ID]pageRows[U] {
	found := map[ID][]sortedRow[U]{}
	for _, r := range rows {
		parent, child := m.read(r.row, r.linked)
		found[parent] = append(found[parent], sortedRow[U]{child, r.related})
	}
	pages := make(map[ID]pageRows[U], len(found))
	var shown []*U
	for parent, children := range found {
		if w.sortsLocally() {
			m.to.sortRows(w, children)
		}
		pages[parent] = newPageRows(children, w)
		shown = append(shown, pages[parent].nodes()...)
	}
	m.to.newBatch(shown...)
	return pages
}

// joinRows joins the rows of U to links, and the rows to which they refer, if the order needs them. It
// returns the names of the columns.
func (m *ToMany[T, U, R]) joinRows(query *gorm.DB, w window, of *Selection) (*gorm.DB, tableNames) {
	if !m.linked {
		names := m.to.namesOf(w)
		query, related := w.joinRelated(query, names.table)
		return of.selectFrom(query, names.table, append(w.ownKeys(), m.parent), related...), names
	}
	table := schemaOf[R]().Table
	names := tableNames{table: linkedAlias, id: "`" + table + "`.`" + m.child + "`", result: linkedAlias + "__"}
	query = query.Joins("INNER JOIN " + joinOn(m.to.schema.Table, linkedAlias, table, m.child))
	columns := []string{"`" + table + "`.*"}
	if of != nil {
		columns = []string{"`" + table + "`.`" + m.parent + "`", "`" + table + "`.`" + m.child + "`"}
	}
	for _, name := range m.to.schema.DBNames {
		if of.has(name) || slices.Contains(w.ownKeys(), name) {
			columns = append(columns, fmt.Sprintf("`%s`.`%s` AS `%[1]s__%[2]s`", linkedAlias, name))
		}
	}
	query, related := w.joinRelated(query, names.table)
	return query.Select(append(columns, related...)), names
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
