package tablediff

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// maxName is the greatest length of names in MySQL and MariaDB.
const maxName = 64

// tableOptions end each CREATE TABLE.
const tableOptions = "ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"

// shorten replaces the end of a long name by a hash of the whole.
func shorten(name string) string {
	if len(name) <= maxName {
		return name
	}
	hash := fmt.Sprintf("_%.4x", sha256.Sum256([]byte(name)))
	return name[:maxName-len(hash)] + hash
}

// reserved are words reserved by MySQL or MariaDB and not by the parser.
var reserved = []string{
	"conversion", "except", "intersect", "library", "manual", "offset", "parallel", "qualify", "rank", "returning", "rownum",
	"tablesample", "vector",
}

// unreserved are frequent names of columns that the parser quotes, because they are keywords, although no
// server reserves them.
var unreserved = []string{
	"code", "comment", "data", "date", "day", "end", "name", "position", "start", "status", "text", "time", "type", "value", "year",
}

// quote returns a name for SQL, in backquotes if it is a keyword.
func quote(name string) string {
	switch {
	case slices.Contains(reserved, name):
		return "`" + name + "`"
	case slices.Contains(unreserved, name):
		return name
	}
	return sqlparser.String(sqlparser.NewIdentifierCI(name))
}

// quoteAll returns names as a list in parentheses.
func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quote(n)
	}
	return "(" + strings.Join(quoted, ", ") + ")"
}

// CreateSQL returns the CREATE TABLE statement, for people to read: columns are aligned.
func (t Table) CreateSQL() string { return t.createWithout(nil) }

// createWithout is CreateSQL without some foreign keys.
func (t Table) createWithout(later []ForeignKey) string {
	nameWidth, typeWidth := 0, 0
	for _, c := range t.Columns {
		nameWidth, typeWidth = max(nameWidth, len(quote(c.Name))), max(typeWidth, len(c.Type))
	}
	var lines []string
	for _, c := range t.Columns {
		lines = append(lines, fmt.Sprintf("%-*s %-*s %s", nameWidth, quote(c.Name), typeWidth, c.Type, c.attributes()))
	}
	lines = append(lines, "PRIMARY KEY "+quoteAll(t.PrimaryKey))
	for _, i := range t.Indexes {
		lines = append(lines, i.sql())
	}
	for _, f := range t.ForeignKeys {
		if !slices.ContainsFunc(later, func(l ForeignKey) bool { return l.Name == f.Name }) {
			lines = append(lines, f.sql())
		}
	}
	return "CREATE TABLE " + quote(t.Name) + " (\n  " + strings.Join(lines, ",\n  ") + "\n) " + tableOptions
}

// attributes returns the definition of the column after its type.
func (c Column) attributes() string {
	var b strings.Builder
	if c.ASCII {
		b.WriteString("CHARACTER SET ascii COLLATE ascii_bin ")
	}
	if !c.Nullable {
		b.WriteString("NOT ")
	}
	b.WriteString("NULL")
	if c.Default != "" {
		b.WriteString(" DEFAULT " + c.Default)
	}
	return b.String()
}

// sql returns the definition of the column.
func (c Column) sql() string { return quote(c.Name) + " " + c.Type + " " + c.attributes() }

// sql returns the definition of the index.
func (i Index) sql() string {
	unique := ""
	if i.Unique {
		unique = "UNIQUE "
	}
	return unique + "KEY " + quote(i.Name) + " " + quoteAll(i.Columns)
}

// sql returns the definition of the foreign key.
func (f ForeignKey) sql() string {
	onDelete := ""
	if f.Cascade {
		onDelete = " ON DELETE CASCADE"
	}
	return "CONSTRAINT " + quote(f.Name) + " FOREIGN KEY " + quoteAll(f.Columns) +
		" REFERENCES " + quote(f.Table) + " " + quoteAll(f.References) + onDelete
}

// alterSQL returns an ALTER TABLE statement with several clauses, each on a line of its own.
func alterSQL(table string, clauses ...string) string {
	separator := "\n  "
	if len(clauses) == 1 {
		separator = " "
	}
	return "ALTER TABLE " + quote(table) + separator + strings.Join(clauses, ",\n  ")
}
