package tablediff

import (
	"fmt"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

const renameReason = "a program of the release before does not find the new name"

// checkRenames refuses earlier names that are not free: a plan would take the rows of one table for those of another.
func (p *planner) checkRenames() {
	tables := map[string]bool{}
	for _, t := range p.wanted {
		from := t.RenamedFrom
		switch {
		case from == "":
		case findTable(p.wanted, from) != nil:
			p.refuse(t.Name, "its type has @renamedFrom, and another type has the table "+from,
				"give the types other names first, and these names in a second change")
		case tables[from]:
			p.refuse(t.Name, "its type has @renamedFrom, and another type has the same earlier name "+from, "remove one of them")
		}
		tables[from] = true
		p.checkRenamedColumns(t)
	}
}

func (p *planner) checkRenamedColumns(t Table) {
	columns := map[string]bool{}
	for _, c := range t.Columns {
		from, object := c.RenamedFrom, t.Name+"."+c.Name
		switch {
		case from == "":
		case t.findColumn(from) != nil:
			p.refuse(object, "its field has @renamedFrom, and another field has the column "+from,
				"give the fields other names first, and these names in a second change")
		case columns[from]:
			p.refuse(object, "its field has @renamedFrom, and another field has the same earlier name "+from, "remove one of them")
		}
		columns[from] = true
	}
}

// rename renames the tables and columns with an earlier name, in the current database too.
func (p *planner) rename() (err error) {
	if p.source, err = readSchema(p.ctx, p.env, p.db); err != nil {
		return err
	}
	for _, t := range p.wanted {
		if !p.isRename(t.Name, t.RenamedFrom) {
			continue
		}
		step := Step{
			Name: "rename_" + t.RenamedFrom, Contract: renameReason,
			Up:   alterSQL(t.RenamedFrom, "RENAME TO "+quote(t.Name)),
			Down: alterSQL(t.Name, "RENAME TO "+quote(t.RenamedFrom)),
		}
		if err := p.apply(step); err != nil {
			return err
		}
	}
	if p.source, err = readSchema(p.ctx, p.env, p.db); err != nil {
		return err
	}
	for _, t := range p.wanted {
		if err := p.renameColumns(t); err != nil {
			return err
		}
	}
	return nil
}

// isRename reports whether a table has its earlier name.
func (p *planner) isRename(name, from string) bool {
	if from == "" {
		return false
	}
	_, hasOld := p.source[from]
	_, hasNew := p.source[name]
	return hasOld && !hasNew
}

// renameColumns renames the columns of a table in one statement. MySQL renames no column to which a
// default refers, so such defaults are dropped before.
func (p *planner) renameColumns(t Table) error {
	source, ok := p.source[t.Name]
	if !ok {
		return nil
	}
	var up, down, dropped, restored []string
	for _, c := range t.Columns {
		if c.RenamedFrom == "" || findServerColumn(source.full, c.RenamedFrom) == nil ||
			findServerColumn(source.full, c.Name) != nil {
			continue
		}
		for _, other := range source.full.TableSpec.Columns {
			if refersTo(other.Type.Options.Default, c.RenamedFrom) {
				dropped = append(dropped, fmt.Sprintf("ALTER COLUMN %s DROP DEFAULT", quote(other.Name.String())))
				restored = append(restored, fmt.Sprintf("ALTER COLUMN %s SET DEFAULT (%s)", quote(other.Name.String()),
					sqlparser.String(other.Type.Options.Default)))
			}
		}
		up = append(up, fmt.Sprintf("RENAME COLUMN %s TO %s", quote(c.RenamedFrom), quote(c.Name)))
		down = append(down, fmt.Sprintf("RENAME COLUMN %s TO %s", quote(c.Name), quote(c.RenamedFrom)))
	}
	if len(dropped) > 0 {
		step := Step{
			Name: t.Name + "_defaults", Contract: renameReason,
			Up: alterSQL(t.Name, dropped...), Down: alterSQL(t.Name, restored...),
		}
		if err := p.apply(step); err != nil {
			return err
		}
	}
	if len(up) == 0 {
		return nil
	}
	return p.apply(Step{Name: t.Name + "_rename", Up: alterSQL(t.Name, up...), Down: alterSQL(t.Name, down...), Contract: renameReason})
}

// refersTo reports whether an expression has a column.
func refersTo(e sqlparser.Expr, column string) (refers bool) {
	if e == nil {
		return false
	}
	_ = sqlparser.Walk(func(node sqlparser.SQLNode) (bool, error) {
		if c, ok := node.(*sqlparser.ColName); ok && strings.EqualFold(c.Name.String(), column) {
			refers = true
		}
		return true, nil
	}, e)
	return refers
}
