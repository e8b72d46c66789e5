package relay

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
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

// joinRelated joins the rows to which those of a table or alias refer, and returns the columns of the keys
// in them. A reference determines one row, by the primary key, inside the tenant of the row.
func (s *sorting) joinRelated(query *gorm.DB, table string) (*gorm.DB, []string) {
	var columns []string
	joined := map[string]bool{}
	for i, k := range s.keys {
		if k.related == nil {
			continue
		}
		columns = append(columns, fmt.Sprintf("`%s`.`%s` AS `%s`", k.related.alias, k.column, keyAlias(i)))
		if !joined[k.related.alias] {
			joined[k.related.alias] = true
			query = query.Joins("LEFT JOIN " + joinOn(k.related.table, k.related.alias, table, k.related.reference))
		}
	}
	return query, columns
}

// joinOn returns the end of a JOIN of a table by its id, to which a column of another table refers.
func joinOn(table, alias, from, reference string) string {
	return fmt.Sprintf("`%s` AS `%s` ON `%[2]s`.`tenant_id` = `%[3]s`.`tenant_id` AND `%[2]s`.`id` = `%[3]s`.`%[4]s`",
		table, alias, from, reference)
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

// readSorted reads the rows of a query, which run runs into a pointer to a slice. If linked is not nil, it is
// the type of the rows of the alias linkedAlias. GORM does not call AfterFind of rows in another struct.
func readSorted[R any](query *gorm.DB, s *sorting, linked reflect.Type, run func(dest any) error) ([]joinedRow[R], error) {
	if linked == nil && !s.hasRelated() {
		var found []*R
		err := run(&found)
		rows := make([]joinedRow[R], len(found))
		for i, r := range found {
			rows[i].row = r
		}
		return rows, err
	}
	found := reflect.New(reflect.SliceOf(reflect.PointerTo(joinedType[R](s, linked))))
	err := run(found.Interface())
	rows := make([]joinedRow[R], found.Elem().Len())
	for i := range rows {
		r, field := found.Elem().Index(i).Elem(), 1
		rows[i].row = r.Field(0).Addr().Interface().(*R)
		if linked != nil {
			rows[i].linked, field = r.Field(1).Addr().Interface(), 2
		}
		if s.hasRelated() {
			rows[i].related = s.relatedValues(r, field)
		}
		err = cmp.Or(err, callAfterFind(query, rows[i].row), callAfterFind(query, rows[i].linked))
	}
	return rows, err
}

// callAfterFind calls GORM's hook of a row, if it has one.
func callAfterFind(query *gorm.DB, row any) error {
	if hook, ok := row.(callbacks.AfterFindInterface); ok {
		return hook.AfterFind(query.Session(&gorm.Session{NewDB: true}))
	}
	return nil
}

// relatedValues returns the keys in related rows, which begin at a field of a joined row.
func (s *sorting) relatedValues(r reflect.Value, field int) []any {
	values := make([]any, len(s.keys))
	for i, k := range s.keys {
		if k.related != nil {
			values[i] = k.valueOf(r.Field(field))
			field++
		}
	}
	return values
}

// linkedAlias is the alias of the table of linked rows.
const linkedAlias = "linked"

// joinedType returns the struct of a row of R, the linked row, and the keys in related rows.
func joinedType[R any](s *sorting, linked reflect.Type) reflect.Type {
	fields := []reflect.StructField{{Name: "Row", Type: reflect.TypeFor[R](), Tag: `gorm:"embedded"`}}
	if linked != nil {
		tag := reflect.StructTag(`gorm:"embedded;embeddedPrefix:` + linkedAlias + `__"`)
		fields = append(fields, reflect.StructField{Name: "Linked", Type: linked, Tag: tag})
	}
	for i, k := range s.keys {
		if k.related != nil {
			tag := reflect.StructTag(`gorm:"column:` + keyAlias(i) + `"`)
			fields = append(fields, reflect.StructField{Name: fmt.Sprintf("Key%d", i), Type: reflect.PointerTo(k.goType), Tag: tag})
		}
	}
	return reflect.StructOf(fields)
}
