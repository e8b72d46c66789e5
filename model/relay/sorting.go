package relay

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/schema"

	"rowhouse/tenancy"
)

// sorting is the list of sort keys of an order. It is empty for the order by id alone.
type sorting struct {
	keys []*sortKey
	// name is the beginning of cursors.
	name string
}

// relatedRow is a row to which a row refers, joined for an order.
type relatedRow struct {
	table, alias string
	reference    string // the column of the row
}

// newSorting returns the order by sort keys.
func newSorting(keys ...*sortKey) *sorting {
	s := &sorting{}
	var paths []string
	for _, k := range keys {
		s.keys, paths = append(s.keys, k), append(paths, k.path)
		if k.unique {
			break // later keys have no effect
		}
	}
	s.name = strings.Join(paths, ",")
	return s
}

// newKey returns the sort key of a field in OrderBy. It panics for an unknown field.
func (t *Type[T]) newKey(field string) *sortKey {
	name, related, ok := strings.Cut(field, ".")
	if !ok {
		return newSortKey(t.columnByField(name))
	}
	for _, r := range t.filter.relations {
		if r.name == name && !r.many {
			k := newSortKey(r.target.columnByField(related))
			k.path = name + "." + k.path
			k.unique, k.nullable = false, k.nullable || t.columnOf(r.column).Nullable
			k.related = &relatedRow{table: r.target.schema.Table, alias: "sort_" + columnName(name), reference: r.column}
			return k
		}
	}
	panic(fmt.Sprintf("relay: the type %s has no reference %s for an order: see NewBelongsTo", t.name, name))
}

// isUnique reports whether the keys determine the row.
func (s *sorting) isUnique() bool { return len(s.keys) > 0 && s.keys[len(s.keys)-1].unique }

// hasRelated reports whether a key is a column of a related row.
func (s *sorting) hasRelated() bool {
	for _, k := range s.keys {
		if k.related != nil {
			return true
		}
	}
	return false
}

// sortsLocally reports whether compareRows can order rows.
func (s *sorting) sortsLocally() bool {
	for _, k := range s.keys {
		if k.compare == nil {
			return false
		}
	}
	return true
}

// joinRelated returns the JOINs of the rows to which those of a table or alias refer, and the columns of the keys
// in them. A reference determines one row, by the primary key, inside the tenant of the row.
func (s *sorting) joinRelated(table string) (joins, columns []string) {
	joined := map[string]bool{}
	for i, k := range s.keys {
		if k.related == nil {
			continue
		}
		columns = append(columns, fmt.Sprintf("`%s`.`%s` AS `%s`", k.related.alias, k.column, keyAlias(i)))
		if !joined[k.related.alias] {
			joined[k.related.alias] = true
			joins = append(joins, "LEFT JOIN "+joinOn(k.related.table, k.related.alias, table, k.related.reference))
		}
	}
	return joins, columns
}

// joinOn returns the end of a JOIN of a table by its id, to which a column of another table refers.
func joinOn(table, alias, from, reference string) string {
	return "`" + table + "` AS `" + alias + "` ON `" + alias + "`.`tenant_id` = `" + from + "`.`tenant_id` AND `" +
		alias + "`.`id` = `" + from + "`.`" + reference + "`"
}

// keyAlias is the name of the result's column with the key at an index.
func keyAlias(i int) string { return fmt.Sprintf("sort_key_%d", i) }

// sortedRow is a row of R with the values of its sort keys in related rows.
type sortedRow[R any] struct {
	row *R
	// related has the values at the indexes of the keys, or is nil.
	related []any
}

// joinedRow is a sortedRow with the row to which it links, a pointer, or nil.
type joinedRow[R any] struct {
	sortedRow[R]
	linked any
}

// rowsOf returns the rows of R without those joined to them.
func rowsOf[R any](read []joinedRow[R]) []*R {
	rows := make([]*R, len(read))
	for i, r := range read {
		rows[i] = r.row
	}
	return rows
}

// reading is the reading of rows of R.
type reading[R any] struct {
	schema  *schema.Schema
	sorting *sorting
	// linked is the type of the rows of the alias linkedAlias, or nil.
	linked *schema.Schema
	// atMost bounds the number of rows.
	atMost int
	joins  []*rowJoin
}

// read runs a statement and returns its rows.
func (r reading[R]) read(ctx context.Context, db *tenancy.DB, s shape[R], args []any) (found []joinedRow[R], err error) {
	rows, err := db.Query(ctx, s, args)
	if err != nil && s.hint != "" && db.ForgetIndexes(err) {
		s.hint = ""
		rows, err = db.Query(ctx, s, args)
	}
	if err != nil {
		return nil, err
	}
	var free []R
	own, keys := &scanned{columns: scanColumnsOf(r.schema)}, r.sorting.scanKeys()
	parts := keys
	var linked *scanned
	if r.linked != nil {
		linked = &scanned{columns: scanColumnsOf(r.linked), prefix: linkedAlias + "__"}
		parts = append(parts, linked)
	}
	for _, j := range r.joins {
		parts = append(parts, &j.scanned)
	}
	var row joinedRow[R]
	err = scanRows(ctx, rows, append(parts, own), func() {
		if len(free) == 0 {
			free = make([]R, max(1, min(r.atMost-len(found), 2*len(found)+8)))
		}
		row.row, free = &free[0], free[1:]
		own.row = reflect.ValueOf(row.row).Elem()
		if linked != nil {
			p := reflect.New(r.linked.ModelType)
			row.linked, linked.row = p.Interface(), p.Elem()
		}
		for _, j := range r.joins {
			j.row.SetZero()
		}
	}, func() {
		row.related = r.sorting.relatedValues(keys)
		found = append(found, row)
		for _, j := range r.joins {
			j.keep()
		}
	})
	if err != nil {
		return nil, err
	}
	return found, r.callHooks(ctx, db, found)
}

// callHooks calls GORM's hook AfterFind of all rows that have one.
func (r reading[R]) callHooks(ctx context.Context, db *tenancy.DB, found []joinedRow[R]) error {
	if !r.schema.AfterFind && (r.linked == nil || !r.linked.AfterFind) {
		return nil
	}
	for _, row := range found {
		if err := cmp.Or(callAfterFind(db.For(ctx), row.row), callAfterFind(db.For(ctx), row.linked)); err != nil {
			return err
		}
	}
	return nil
}

// callAfterFind calls GORM's hook of a row, if it has one.
func callAfterFind(session *gorm.DB, row any) error {
	if hook, ok := row.(callbacks.AfterFindInterface); ok {
		return hook.AfterFind(session)
	}
	return nil
}

// scanKeys returns a destination for each key in a related row, at the index of the key, or nil if there are none.
func (s *sorting) scanKeys() []*scanned {
	if !s.hasRelated() {
		return nil
	}
	all := make([]*scanned, len(s.keys))
	for i, k := range s.keys {
		all[i] = &scanned{}
		if k.related != nil {
			t := reflect.PointerTo(k.goType)
			all[i].columns = map[string]*scanColumn{keyAlias(i): {set: newSetter(t)}}
			all[i].row = reflect.New(t).Elem()
		}
	}
	return all
}

// relatedValues returns the keys in related rows.
func (s *sorting) relatedValues(keys []*scanned) []any {
	if keys == nil {
		return nil
	}
	values := make([]any, len(s.keys))
	for i, k := range s.keys {
		if k.related != nil {
			values[i] = k.valueOf(keys[i].row)
		}
	}
	return values
}

// linkedAlias is the alias of the table of linked rows.
const linkedAlias = "linked"
