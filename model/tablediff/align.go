package tablediff

import (
	"fmt"
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// alignTable returns a copy of the target with the harmless differences as in source: the order of
// columns, the names of keys and foreign keys, and CHAR instead of VARCHAR. It has the kept objects of source.
func (p *planner) alignTable(table string) *sqlparser.CreateTable {
	source, target := p.source[table].planned, sqlparser.Clone(p.target[table].planned)
	p.copyKept(table, source, target)
	alignColumns(source.TableSpec, target.TableSpec)
	alignEnums(source, target, *findTable(p.wanted, table))
	alignIndexes(source.TableSpec, target.TableSpec)
	alignForeignKeys(source.TableSpec, target.TableSpec, p.foreignKeyNames())
	return target
}

func alignColumns(source, target *sqlparser.TableSpec) {
	position := func(c *sqlparser.ColumnDefinition) int {
		i := slices.IndexFunc(source.Columns, func(s *sqlparser.ColumnDefinition) bool { return s.Name.Equal(c.Name) })
		if i < 0 {
			return len(source.Columns)
		}
		return i
	}
	slices.SortStableFunc(target.Columns, func(a, b *sqlparser.ColumnDefinition) int { return position(a) - position(b) })
	for _, c := range target.Columns {
		if i := position(c); i < len(source.Columns) && isFixed(source.Columns[i], c) {
			c.Type.Type = source.Columns[i].Type.Type
		}
	}
}

// alignEnums keeps the longer columns of enums, which need not be narrower after their longest value is removed.
func alignEnums(source, target *sqlparser.CreateTable, wanted Table) {
	for _, c := range wanted.Columns {
		from, to := findServerColumn(source, c.Name), findServerColumn(target, c.Name)
		if c.Values == nil || from == nil || lowerType(from) != "varchar" || lowerType(to) != "varchar" ||
			from.Type.Charset.Name != to.Type.Charset.Name {
			continue
		}
		to.Type.Length = new(max(*from.Type.Length, *to.Type.Length))
	}
}

// isFixed reports whether the types are CHAR and VARCHAR of the same length.
func isFixed(source, target *sqlparser.ColumnDefinition) bool {
	return strings.EqualFold(source.Type.Type, "char") && strings.EqualFold(target.Type.Type, "varchar") &&
		source.Type.Length != nil && target.Type.Length != nil && *source.Type.Length == *target.Type.Length
}

func alignIndexes(source, target *sqlparser.TableSpec) {
	matched, free := map[string]bool{}, []*sqlparser.IndexDefinition{}
	for _, t := range target.Indexes {
		if t.Info.Type == sqlparser.IndexTypePrimary {
			continue
		}
		i := slices.IndexFunc(source.Indexes, func(s *sqlparser.IndexDefinition) bool {
			return !matched[s.Info.Name.Lowered()] && s.Info.IsUnique() == t.Info.IsUnique() &&
				slices.Equal(indexColumns(s), indexColumns(t))
		})
		if i < 0 {
			free = append(free, t)
			continue
		}
		t.Info.Name = source.Indexes[i].Info.Name
		matched[t.Info.Name.Lowered()] = true
	}
	used := map[string]bool{}
	for _, s := range source.Indexes {
		used[s.Info.Name.Lowered()] = true
	}
	for _, t := range free {
		t.Info.Name = sqlparser.NewIdentifierCI(freeName(t.Info.Name.String(), used))
	}
}

func alignForeignKeys(source, target *sqlparser.TableSpec, used map[string]bool) {
	for _, t := range target.Constraints {
		i := slices.IndexFunc(source.Constraints, func(s *sqlparser.ConstraintDefinition) bool {
			return sqlparser.CanonicalString(s.Details) == sqlparser.CanonicalString(t.Details)
		})
		if i >= 0 {
			t.Name = source.Constraints[i].Name
			continue
		}
		t.Name = sqlparser.NewIdentifierCI(freeName(t.Name.String(), used))
	}
}

// freeName returns name, or name with a number if it is used. It marks the result as used.
func freeName(name string, used map[string]bool) string {
	free := name
	for n := 2; used[strings.ToLower(free)]; n++ {
		free = shorten(fmt.Sprintf("%s_%d", name, n))
	}
	used[strings.ToLower(free)] = true
	return free
}

// foreignKeyNames returns the names of all current foreign keys, which are unique in a database.
func (p *planner) foreignKeyNames() map[string]bool {
	names := map[string]bool{}
	for _, t := range p.source {
		for _, c := range t.planned.TableSpec.Constraints {
			names[c.Name.Lowered()] = true
		}
	}
	return names
}

// indexColumns returns the names of an index's columns.
func indexColumns(i *sqlparser.IndexDefinition) (names []string) {
	for _, c := range i.Columns {
		names = append(names, c.Column.Lowered())
	}
	return names
}

// columnNames returns names in lower case.
func columnNames(columns sqlparser.Columns) (names []string) {
	for _, c := range columns {
		names = append(names, c.Lowered())
	}
	return names
}
