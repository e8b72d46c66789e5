package relay

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gorm.io/gorm/schema"

	"rowhouse/tenancy"
)

// ToMany is a relation from each row of T to many rows of U. R is the model with the ids of both:
// U itself, or a link.
type ToMany[T, U, R any] struct {
	from          *Type[T]
	to            *Type[U]
	name          string
	parent, child string         // the columns of R for the ids of T and U
	linked        bool           // R is not U
	links         *schema.Schema // of R
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
		from: inverse.to, to: inverse.from, name: name, parent: inverse.column, child: "id", links: schemaOf[T](),
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
		from: from, to: to, name: name, parent: parent, child: child, linked: true, links: schemaOf[R](),
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
			c, err := m.newCondition(ctx, db, apply, args, forPage)
			if err != nil {
				return nil, err
			}
			return m.newQuery(c, w, args).readPages(ctx, db, m.from.IDs(rows))
		})
	}
	if err != nil {
		return nil, err
	}
	return m.to.newConnection(pages[id], w, func(ctx context.Context) (int, error) {
		counts, err := loadBatch(batch, countsKey{m, key, args.IncludeDeleted}, func(rows []*T) (map[ID]int, error) {
			c, err := m.newCondition(ctx, db, apply, args, forAll)
			if err != nil {
				return nil, err
			}
			return m.readCounts(ctx, db, c, m.from.IDs(rows), m.hasDeleted(args))
		})
		return counts[id], err
	}), nil
}

// newCondition returns the condition of apply for rows of R. It fails like readCondition. Links to softly deleted rows
// are hidden, and deleted links always are.
func (m *ToMany[T, U, R]) newCondition(
	ctx context.Context, db *tenancy.DB, apply func(*conditions), args PageArgs, f following,
) (condition, error) {
	c, err := readCondition[R](ctx, db, apply, f)
	if err != nil || !m.linked || !hidesRows(m.to.schema) || args.IncludeDeleted {
		return c, err
	}
	visible, err := newCondition("EXISTS (?)", []any{db.For(ctx).Model(new(U)).Select("1").
		Where("`" + m.to.schema.Table + "`.`id` = `" + m.links.Table + "`.`" + m.child + "`")})
	return c.and(visible.sql, visible.args...), err
}

// hasDeleted reports whether pages have softly deleted rows of R.
func (m *ToMany[T, U, R]) hasDeleted(args PageArgs) bool { return !m.linked && args.IncludeDeleted }

// pagesQuery reads pages of many parents.
type pagesQuery[T, U, R any] struct {
	*ToMany[T, U, R]
	window
	condition
	names tableNames
	shape shape[R]
}

// newQuery returns the query of a window of the rows of each parent, with a condition.
func (m *ToMany[T, U, R]) newQuery(c condition, w window, args PageArgs) pagesQuery[T, U, R] {
	q := pagesQuery[T, U, R]{ToMany: m, window: w}
	var joins []string
	q.names, joins, q.shape.columns = m.joinRows(w, args.Selection)
	q.condition = w.limitToPositions(c, q.names)
	q.shape.joins, q.shape.where, q.shape.hasDeleted = strings.Join(joins, " "), q.condition.sql, m.hasDeleted(args)
	return q
}

// readPages reads the pages of many parents, whose rows are one batch. Parents can repeat: a batch of linked rows has one
// for each link.
func (q pagesQuery[T, U, R]) readPages(ctx context.Context, db *tenancy.DB, parents []ID) (map[ID]pageRows[U], error) {
	var rows []joinedRow[R]
	parents = distinctIDs(parents)
	if len(parents) > maxArms && q.sortsLocally() && !q.hasRelated() {
		var err error
		if rows, parents, err = q.readTogether(ctx, db, parents); err != nil {
			return nil, err
		}
	}
	for some := range slices.Chunk(parents, maxUnion) {
		others, err := q.readArms(ctx, db, some)
		if err != nil {
			return nil, err
		}
		rows = append(rows, others...)
	}
	return q.newPages(rows, q.window), nil
}

const (
	// maxArms is the greatest number of parents whose pages a UNION reads, if the program can sort them. A server parses
	// and plans each of its arms.
	maxArms = 16
	// maxUnion bounds the arms of a UNION.
	maxUnion = 500
)

// readTogether reads the rows of many parents in one range of an index, for newPages to sort: most have few more than a page.
// It stops after some rows, and returns the parents whose rows it has not read, so that one with very many
// costs little.
func (q pagesQuery[T, U, R]) readTogether(ctx context.Context, db *tenancy.DB, parents []ID) (
	rows []joinedRow[R], others []ID, err error,
) {
	column, direction := "`"+q.links.Table+"`.`"+q.parent+"`", q.sqlDirection()
	most := 2 * (q.limit + 1) * len(parents)
	ids := whereIDs(column, parents)
	c := q.condition.and(ids.sql, ids.args...)
	s := q.shape
	s.where, s.limit, s.arms[0].orderBy = c.sql, most, column+direction+","+q.names.id+direction
	rows, err = q.newReading(most).read(ctx, db, q.withHint(db, s), c.args)
	if err != nil || len(rows) < most {
		return rows, nil, err
	}
	last := q.parentOf(rows[most-1])
	complete := slices.IndexFunc(rows, func(r joinedRow[R]) bool { return q.parentOf(r) == last })
	others = slices.DeleteFunc(slices.Clone(parents), func(p ID) bool {
		order := compareIDs(p, last)
		return order < 0 && direction == "" || order > 0 && direction != ""
	})
	return rows[:complete], others, nil
}

// readArms reads the pages of parents in one statement with an arm for each. The arms of a UNION come in
// no order, so newPages sorts each page, or the server sorts all rows by a string.
func (q pagesQuery[T, U, R]) readArms(ctx context.Context, db *tenancy.DB, parents []ID) ([]joinedRow[R], error) {
	s := q.shape
	s.arms, s.limit, s.keyColumn, s.keys = q.arms(q.names), q.limit+1, q.parent, len(parents)
	if !q.sortsLocally() {
		s.unionOrder = q.resultOrder(q.names)
	}
	args := slices.Clone(q.args)
	for _, p := range parents {
		args = append(args, p)
	}
	return q.newReading((q.limit+1)*len(parents)).read(ctx, db, q.withHint(db, s), args)
}

// withHint returns the shape with an index hint if it reads only the table of U.
func (q pagesQuery[T, U, R]) withHint(db *tenancy.DB, s shape[R]) shape[R] {
	if q.linked || q.hasRelated() {
		return s
	}
	return s.withHint(db, q.links.Table)
}

// newReading returns a reading of at most some rows.
func (q pagesQuery[T, U, R]) newReading(atMost int) reading[R] {
	r := reading[R]{schema: q.links, sorting: q.sorting, atMost: atMost}
	if q.linked {
		r.linked = q.to.schema
	}
	return r
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
// returns the names of the columns, the JOINs and the list of columns.
func (m *ToMany[T, U, R]) joinRows(w window, of *Selection) (names tableNames, joins []string, list string) {
	if !m.linked {
		names := m.to.namesOf(w.hasRelated())
		joins, related := w.joinRelated(names.table)
		return names, joins, of.list(names.table, append(w.ownKeys(), m.parent), related)
	}
	table := m.links.Table
	names = tableNames{table: linkedAlias, id: "`" + table + "`.`" + m.child + "`", result: linkedAlias + "__"}
	columns := []string{"`" + table + "`.*"}
	if !of.readsAll() {
		columns = []string{"`" + table + "`.`" + m.parent + "`", "`" + table + "`.`" + m.child + "`"}
	}
	for _, name := range m.to.schema.DBNames {
		if of.has(name) || slices.Contains(w.ownKeys(), name) {
			columns = append(columns, fmt.Sprintf("`%s`.`%s` AS `%[1]s__%[2]s`", linkedAlias, name))
		}
	}
	joins, related := w.joinRelated(names.table)
	joins = append([]string{"INNER JOIN " + joinOn(m.to.schema.Table, linkedAlias, table, m.child)}, joins...)
	return names, joins, strings.Join(append(columns, related...), ", ")
}

// readCounts counts the rows of many parents.
func (m *ToMany[T, U, R]) readCounts(
	ctx context.Context, db *tenancy.DB, c condition, parents []ID, hasDeleted bool,
) (map[ID]int, error) {
	ids := whereIDs(m.parent, parents)
	c = c.and(ids.sql, ids.args...)
	rows, err := db.Query(ctx, shape[R]{
		columns: m.parent + " AS parent, COUNT(*) AS n", where: c.sql, groupBy: m.parent, hasDeleted: hasDeleted,
	}, c.args)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	byParent := map[ID]int{}
	for rows.Next() {
		var parent ID
		var n int
		if err := rows.Scan(&parent, &n); err != nil {
			return nil, err
		}
		byParent[parent] = n
	}
	return byParent, rows.Err()
}
