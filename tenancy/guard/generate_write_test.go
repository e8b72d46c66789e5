package guard_test

import (
	"fmt"
	"slices"
	"strings"
)

// write is an INSERT, REPLACE, UPDATE or DELETE.
func (g *generator) write() string {
	switch g.IntN(10) {
	case 0, 1:
		return g.upsert(g.insert())
	case 2, 3:
		return g.upsert(g.insertSelect())
	case 4, 5, 6:
		return g.update()
	}
	return g.delete()
}

// verb is an INSERT INTO, or what stands for it. It replaces where the guard lets it.
func (g *generator) verb() string {
	table := g.table()
	if g.odd && g.chance(5) {
		table = "rates"
	}
	verb := g.pick("INSERT INTO ", "INSERT INTO ", "INSERT ", "INSERT IGNORE INTO ", "INSERT LOW_PRIORITY INTO ", "INSERT HIGH_PRIORITY IGNORE ", "REPLACE INTO ", "REPLACE LOW_PRIORITY INTO ")
	if strings.HasPrefix(verb, "REPLACE") && table == "codes" && !g.odd {
		verb = "INSERT "
	}
	return verb + table + " "
}

// inserted are the columns of an INSERT, and its values by column.
func (g *generator) inserted(values map[string]string) (names, list []string) {
	names = slices.Clone(columns)
	g.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names {
		list = append(list, values[name])
	}
	return names, list
}

// newTenant is the value of tenant_id in a new row.
func (g *generator) newTenant() string {
	if g.wrong > 0 && g.chance(50) {
		g.wrong, g.trapped = g.wrong-1, true
		return g.pick(g.value(2), "1 + 1", "tenant_id", "(SELECT 2)", "NULL", "'2'", "-1", "DEFAULT", "1 = 1", "2 | 1")
	}
	return g.value(1)
}

func (g *generator) insert() string {
	row := func() map[string]string {
		values := map[string]string{"tenant_id": g.newTenant(), "id": g.value(g.IntN(6) + anyOf(g, []int{0, 0, 10, 100, 2000})), "ref": g.pick("NULL", g.value(1)), "n": g.own("n"), "txt": g.own("txt")}
		if kind := g.pick("n", "txt"); g.chance(30) {
			values[kind] = g.scalar(nil, kind, 1)
		}
		return values
	}
	names, list := g.inserted(row())
	if g.chance(20) {
		for i, name := range names {
			list[i] = name + " = " + list[i]
		}
		return g.verb() + "SET " + strings.Join(list, ", ")
	}
	rows := []string{"(" + strings.Join(list, ", ") + ")"}
	for range g.IntN(3) {
		values, more := row(), []string{}
		for _, name := range names {
			more = append(more, values[name])
		}
		rows = append(rows, "("+strings.Join(more, ", ")+")")
	}
	word := " "
	if g.odd && g.chance(25) { // MySQL has this
		word = " ROW"
	}
	return g.verb() + "(" + strings.Join(names, ", ") + ") VALUES" + word + strings.Join(rows, ","+word)
}

// upsert is what INSERT does instead, sometimes.
func (g *generator) upsert(insert string) string {
	if !g.chance(25) || !strings.HasPrefix(insert, "INSERT") || !g.odd && strings.Contains(insert, " codes ") {
		return insert
	}
	set := []string{"n = VALUES(n)", "n = " + g.own("n"), "txt = VALUES(txt), ref = NULL", "txt = " + g.scalar(nil, "txt", 1)}
	return insert + " ON DUPLICATE KEY UPDATE " + g.pick(set...)
}

// tables is the FROM of a write, and one of the tables in it, if there is one.
func (g *generator) tables(s *scope, depth int) (from string, target *relation) {
	from, all := g.from(s, 1+g.IntN(3), depth)
	if !g.odd || g.chance(90) {
		all = slices.DeleteFunc(slices.Clone(all), func(r *relation) bool { return r.table == "" })
	}
	if len(all) > 0 {
		target = anyOf(g, all)
	}
	return from, target
}

// insertSelect takes each row of one table once.
func (g *generator) insertSelect() string {
	s := &scope{}
	from, r := g.tables(s, 2)
	if r == nil {
		return g.insert()
	}
	tenant := g.newTenant()
	if o := anyOf(g, s.relations); g.chance(50) && slices.Contains(o.columns, "tenant_id") {
		tenant = g.column(o, "tenant_id")
	}
	names, list := g.inserted(map[string]string{
		"tenant_id": tenant, "id": g.column(r, "id") + " + " + g.value(g.IntN(2)*5000),
		"ref": "NULL", "n": g.pick(g.column(r, "n"), g.own("n")), "txt": g.pick(g.column(r, "txt"), g.own("txt")),
	})
	return g.verb() + "(" + strings.Join(names, ", ") + ") SELECT DISTINCT " + strings.Join(list, ", ") + " FROM " + from + g.where(s, 2)
}

// update sets values that come of the row itself, or of no row in particular.
func (g *generator) update() string {
	s := &scope{}
	if g.chance(50) {
		r := &relation{alias: g.table(), columns: columns}
		r.table, s.relations = r.alias, []*relation{r}
		return g.ordered("UPDATE " + g.pick("", "", "IGNORE ", "LOW_PRIORITY ") + r.table + g.set(s, r, 2) + g.where(s, 2))
	}
	from, r := g.tables(s, 2)
	if r == nil {
		return g.delete()
	}
	return "UPDATE " + from + g.set(&scope{relations: []*relation{r}}, r, 1) + g.where(s, 2)
}

func (g *generator) set(s *scope, r *relation, depth int) string {
	set := []string{g.column(r, "n") + " = " + g.expression(s, "n", depth)}
	if g.chance(30) {
		set = append(set, g.column(r, "txt")+" = "+g.expression(s, "txt", depth))
	}
	if g.chance(10) {
		set = append(set, g.column(r, "ref")+" = NULL")
	}
	if g.wrong > 0 && g.chance(5) {
		g.wrong, g.trapped = g.wrong-1, true
		set = append(set, g.column(r, "tenant_id")+" = 1")
	}
	return " SET " + strings.Join(set, ", ")
}

// ordered orders a write at times. The guard refuses it where a subquery reads the table.
func (g *generator) ordered(write string) string {
	if g.chance(50) || strings.Contains(write, "SELECT") && !g.odd {
		return write
	}
	return write + " ORDER BY " + g.pick("tenant_id, id", "id DESC", "n, id") + g.pick(" LIMIT 2", "", " LIMIT 1")
}

func (g *generator) delete() string {
	s := &scope{}
	if g.chance(40) {
		r := &relation{alias: g.table(), columns: columns}
		r.table, s.relations = r.alias, []*relation{r}
		return g.ordered("DELETE " + g.pick("", "", "QUICK ", "LOW_PRIORITY QUICK IGNORE ") + "FROM " + r.table + g.where(s, 2))
	}
	from, r := g.tables(s, 2)
	if r == nil {
		return g.update()
	}
	return fmt.Sprintf(g.pick("DELETE %s FROM %s", "DELETE FROM %s USING %s", "DELETE QUICK %s FROM %s"), r.alias, from) + g.where(s, 2)
}
