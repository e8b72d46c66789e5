package tablediff

import "slices"

// planCreates plans new tables, referenced ones first. A foreign key in a cycle of new tables follows as
// a statement of its own.
func (p *planner) planCreates() {
	var waiting []Table
	for _, t := range p.wanted {
		if _, exists := p.source[t.Name]; !exists {
			waiting = append(waiting, t)
		}
	}
	for len(waiting) > 0 {
		next := slices.IndexFunc(waiting, func(t Table) bool { return len(openReferences(t, waiting)) == 0 })
		if next < 0 { // only cycles are left
			next = 0
		}
		t := waiting[next]
		later := openReferences(t, waiting)
		p.creates = append(p.creates, Step{Name: "create_" + t.Name, Up: t.createWithout(later), Down: "DROP TABLE " + quote(t.Name)})
		for _, f := range later {
			c := p.change(t.Name, addForeignKeys)
			c.up = append(c.up, "ADD "+f.sql())
			c.down = append(c.down, "DROP FOREIGN KEY "+quote(f.Name))
		}
		waiting = slices.Delete(waiting, next, next+1)
	}
}

// openReferences returns the foreign keys of t to the waiting tables, itself excepted.
func openReferences(t Table, waiting []Table) (open []ForeignKey) {
	for _, f := range t.ForeignKeys {
		if f.Table != t.Name && findTable(waiting, f.Table) != nil {
			open = append(open, f)
		}
	}
	return open
}
