package tablediff

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"gorm.io/gorm/schema"

	"rowhouse/model/relay"
)

// naming computes the names of tables and columns, as GORM does.
var naming = schema.NamingStrategy{IdentifierMaxLength: maxName}

// Tables returns the tables of types, those of links too. unindexed names columns, as table.column, to
// leave out the indexes for orders by them in the list of the tenant. The error joins all fields without a
// possible column or index.
//
// The indexes: each reference has one, and each order by columns of the list, both in the list of
// the tenant and in each list of a parent. An enum that is stored by name has one in lists of a parent
// only, for filters and groups, since its order is not the one of the names. A unique column has none
// besides its unique key, which orders the list of the tenant; lists of a parent by it are sorted.
func Tables(types *relay.Types, unindexed ...string) ([]Table, error) {
	d := &deriver{types: types, unindexed: unindexed}
	for _, t := range types.All() {
		d.addType(t)
	}
	for _, t := range types.All() {
		for _, r := range t.Relations() {
			if r.Link != nil {
				d.addLink(t, r)
			}
		}
	}
	for _, table := range d.tables {
		d.errors = append(d.errors, table.checkNames())
	}
	return d.tables, errors.Join(d.errors...)
}

// deriver is the state of one call of Tables.
type deriver struct {
	types     *relay.Types
	unindexed []string
	tables    []Table
	errors    []error
}

func (d *deriver) addType(t relay.AnyType) {
	table := Table{
		Name:       t.Schema().Table,
		Columns:    []Column{{Name: TenantColumn, Type: "INT UNSIGNED"}, {Name: "id", Type: "BINARY(16)"}},
		PrimaryKey: []string{TenantColumn, "id"},
	}
	if from := t.RenamedFrom(); from != "" {
		table.RenamedFrom = naming.TableName(from)
	}
	for _, f := range t.Fields() {
		d.addField(&table, t, f)
	}
	d.addReferences(&table, t)
	d.addOrders(&table, t)
	for _, fields := range t.Indexes() {
		table.addIndex(false, append(columnsOf(t, fields), "id")...)
	}
	for _, i := range table.Indexes {
		if err := table.checkIndex(i); err != nil {
			d.errors = append(d.errors, err)
		}
	}
	d.tables = append(d.tables, table)
}

// addField adds the column of a field, and its unique key.
func (d *deriver) addField(table *Table, t relay.AnyType, f relay.Field) {
	c, err := newColumn(t, f)
	if err != nil {
		d.errors = append(d.errors, fmt.Errorf("%s.%s: %w", t.Name(), f.Name, err))
		return
	}
	table.Columns = append(table.Columns, c)
	key := c
	if f.KeyColumn() != "" {
		key = Column{Name: f.KeyColumn(), Type: "BINARY(32)", Nullable: f.Nullable}
		if !f.Nullable { // relay.UniqueKey, as closely as SQL can
			key.Default = "(UNHEX(SHA2(LOWER(" + quote(c.Name) + "), 256)))"
		}
		if c.RenamedFrom != "" {
			key.RenamedFrom = c.RenamedFrom + "_key"
		}
		table.Columns = append(table.Columns, key)
	}
	if f.Unique {
		table.addIndex(true, key.Name)
	}
}

// addLink adds the table of a relation with links, unless a type has the table.
func (d *deriver) addLink(t relay.AnyType, r relay.Relation) {
	s, err := schema.Parse(r.Link, &sync.Map{}, naming)
	if err != nil {
		d.errors = append(d.errors, fmt.Errorf("%s.%s: %w", t.Name(), r.Name, err))
		return
	}
	if findTable(d.tables, s.Table) != nil {
		return
	}
	target := d.types.ByName(r.Target)
	table := Table{
		Name:       s.Table,
		Columns:    []Column{{Name: TenantColumn, Type: "INT UNSIGNED"}},
		PrimaryKey: []string{TenantColumn, r.Column, r.TargetColumn},
		Indexes: []Index{{
			Name: Name(s.Table, r.TargetColumn), Columns: []string{TenantColumn, r.TargetColumn, r.Column},
		}},
	}
	for _, end := range []struct {
		of     relay.AnyType
		column string
	}{{t, r.Column}, {target, r.TargetColumn}} {
		c := Column{Name: end.column, Type: "BINARY(16)"}
		if from := end.of.RenamedFrom(); from != "" {
			name, earlier := naming.ColumnName("", end.of.Name()), naming.ColumnName("", from)
			if c.Name == name+"_id" {
				c.RenamedFrom = earlier + "_id"
			}
			if rest, ok := strings.CutPrefix(s.Table, name+"_"); ok {
				table.RenamedFrom = earlier + "_" + rest
			}
		}
		table.Columns = append(table.Columns, c)
		table.ForeignKeys = append(table.ForeignKeys, ForeignKey{
			Name: Name(s.Table, end.column), Columns: []string{TenantColumn, end.column}, Table: end.of.Schema().Table,
			References: []string{TenantColumn, "id"}, Cascade: true,
		})
	}
	d.tables = append(d.tables, table)
}

// columnsOf returns the columns of fields or relations of a type.
func columnsOf(t relay.AnyType, names []string) []string {
	columns := make([]string, len(names))
	for i, name := range names {
		if f := fieldOf(t, name); f != nil {
			columns[i] = f.Column
		}
	}
	return columns
}

// fieldOf returns the field with a name, or of a relation, or nil.
func fieldOf(t relay.AnyType, name string) *relay.Field {
	for _, f := range t.Fields() {
		if f.Name == name || f.Scalar == relay.ScalarID && f.Name == name+"Id" {
			return &f
		}
	}
	return nil
}

// isDeletedAt reports whether a field is the time at which a row was deleted softly.
func isDeletedAt(t relay.AnyType, f relay.Field) bool {
	field := t.Schema().FieldsByDBName[f.Column]
	_, hides := reflect.New(field.IndirectFieldType).Interface().(schema.DeleteClausesInterface)
	return hides
}
