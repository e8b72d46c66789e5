package tablediff

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// TenantColumn is the discriminator column. It leads every key of a table.
const TenantColumn = "tenant_id"

// Table is the definition of a table of tenants.
type Table struct {
	Name        string
	RenamedFrom string   // the earlier name, or ""
	Columns     []Column // TenantColumn first
	PrimaryKey  []string // names of columns
	Indexes     []Index
	ForeignKeys []ForeignKey
}

// Column is the definition of a column.
type Column struct {
	Name        string
	RenamedFrom string // the earlier name, or ""
	// Field is the field of the API, such as Item.dueAt, for messages. It is empty for columns without one.
	Field string
	// Type is the type in SQL, such as VARCHAR(200).
	Type string
	// ASCII columns have the character set ascii and are compared byte by byte.
	ASCII    bool
	Nullable bool
	// Default is the default in SQL, a literal or an expression in parentheses, or "". Existing rows get it
	// when the column is added. Plan does not compare defaults, since the program sets all columns.
	Default string
	// Values are the values of an enum, or nil for other columns.
	Values []EnumValue
}

// Index is the definition of an index or unique key.
type Index struct {
	Name    string
	Columns []string
	Unique  bool
}

// ForeignKey is the definition of a foreign key.
type ForeignKey struct {
	Name       string
	Columns    []string
	Table      string // the referenced table
	References []string
	Cascade    bool // ON DELETE CASCADE; otherwise, a referenced row can't be deleted
}

// findColumn returns the column with a name, or nil.
func (t Table) findColumn(name string) *Column {
	if i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name }); i >= 0 {
		return &t.Columns[i]
	}
	return nil
}

// findTable returns the table with a name, or nil.
func findTable(tables []Table, name string) *Table {
	if i := slices.IndexFunc(tables, func(t Table) bool { return t.Name == name }); i >= 0 {
		return &tables[i]
	}
	return nil
}

// checkNames fails for names of the table and its columns that are too long for a server.
func (t Table) checkNames() error {
	var all []error
	if len(t.Name) > maxName {
		all = append(all, fmt.Errorf("the table %s has a name of %d characters, more than %d: shorten it by @table(name:)",
			t.Name, len(t.Name), maxName))
	}
	for _, c := range t.Columns {
		if len(c.Name) > maxName {
			all = append(all, fmt.Errorf("%s: the column %s has a name of %d characters, more than %d: shorten it by @column(name:)",
				c.describe(t.Name), c.Name, len(c.Name), maxName))
		}
	}
	return errors.Join(all...)
}

// describe returns the column for messages: its field if it has one.
func (c Column) describe(table string) string {
	if c.Field != "" {
		return c.Field
	}
	return table + "." + c.Name
}

// Name returns the name of an index, unique key or foreign key: the table and the columns without tenant_id
// and a trailing id, and without the endings _id and _at. It has at most 64 characters, MySQL's limit.
func Name(table string, columns ...string) string {
	name := table
	for i, c := range columns {
		if c == TenantColumn || c == "id" && i == len(columns)-1 && i > 0 {
			continue
		}
		name += "_" + strings.TrimSuffix(strings.TrimSuffix(c, "_id"), "_at")
	}
	return shorten(name)
}
