package tablediff

import (
	"fmt"
	"slices"

	"vitess.io/vitess/go/vt/sqlparser"
)

// orderIndexes plans another order of indexes where a server would not check a foreign key. MySQL 9.7 with
// innodb_native_foreign_keys = OFF, its default, uses the first index that begins with the columns of the foreign key, and
// accepts each reference in a row with NULL in the next column of this index. An index that is dropped and added again under
// another name is the last one of its kind; under the same name, servers leave it at its place.
func (p *planner) orderIndexes() error {
	schema, err := readSchema(p.ctx, p.env, p.db)
	if err != nil {
		return err
	}
	for _, t := range p.wanted {
		moved := unsafeIndexes(schema[t.Name].full)
		if len(moved) == 0 {
			continue
		}
		used := map[string]bool{}
		for _, i := range schema[t.Name].full.TableSpec.Indexes {
			used[i.Info.Name.Lowered()] = true
		}
		var up, down []string
		for _, i := range moved {
			last := sqlparser.Clone(i)
			last.Info.Name = sqlparser.NewIdentifierCI(freeName(i.Info.Name.String(), used))
			up = append(up, "DROP KEY "+quote(i.Info.Name.String()), "ADD "+sqlparser.String(last))
			down = append(down, "DROP KEY "+quote(last.Info.Name.String()), "ADD "+sqlparser.String(i))
		}
		step := Step{
			Name: t.Name + "_order", Up: alterSQL(t.Name, up...), Down: alterSQL(t.Name, down...),
			Note: "MySQL checks a foreign key only if the index of its columns and a required one is before these.",
		}
		if err := p.apply(step); err != nil {
			return err
		}
	}
	return p.refuseUnsafe()
}

// refuseUnsafe refuses indexes that no order makes safe, such as a unique key beside an index that is not unique.
func (p *planner) refuseUnsafe() error {
	schema, err := readSchema(p.ctx, p.env, p.db)
	if err != nil {
		return err
	}
	for _, t := range p.wanted {
		for _, i := range unsafeIndexes(schema[t.Name].full) {
			p.refuse(t.Name, fmt.Sprintf("MySQL would not check a foreign key, whose columns begin the index %s, in rows with NULL in the "+
				"next column", quoteAll(indexColumns(i))),
				"write a migration by hand that drops the index, or adds a unique key of the foreign key's columns and id before it")
		}
	}
	return nil
}

// unsafeIndexes returns the indexes with a column that can be NULL after those of a foreign key, if they are before its
// first index without such a column.
func unsafeIndexes(create *sqlparser.CreateTable) (unsafe []*sqlparser.IndexDefinition) {
	for _, c := range create.TableSpec.Constraints {
		f, ok := c.Details.(*sqlparser.ForeignKeyDefinition)
		if !ok {
			continue
		}
		columns := columnNames(f.Source)
		for _, i := range create.TableSpec.Indexes {
			all := indexColumns(i)
			if len(all) < len(columns) || !slices.Equal(all[:len(columns)], columns) {
				continue
			}
			if len(all) == len(columns) || isRequired(findServerColumn(create, all[len(columns)])) {
				break
			}
			if !slices.Contains(unsafe, i) {
				unsafe = append(unsafe, i)
			}
		}
	}
	return unsafe
}
