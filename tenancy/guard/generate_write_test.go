package guard_test

import (
	"fmt"
	"slices"
	"strings"
)

// writeStatement returns an INSERT, REPLACE, UPDATE or DELETE.
func (g *generator) writeStatement() string {
	switch g.IntN(10) {
	case 0, 1:
		return g.addUpsert(g.writeInsert())
	case 2, 3:
		return g.addUpsert(g.writeInsertSelect())
	case 4, 5, 6:
		return g.writeUpdate()
	}
	return g.writeDelete()
}

// writeVerb returns INSERT INTO or REPLACE INTO with a table. The guard must accept it unless the
// statement is exotic.
func (g *generator) writeVerb() string {
	table := g.pickTable()
	if g.exotic && g.hitChance(5) {
		table = "rates"
	}
	verb := g.pickOne("INSERT INTO ", "INSERT INTO ", "INSERT ", "INSERT IGNORE INTO ", "INSERT LOW_PRIORITY INTO ",
		"INSERT HIGH_PRIORITY IGNORE ", "REPLACE INTO ", "REPLACE LOW_PRIORITY INTO ")
	if strings.HasPrefix(verb, "REPLACE") && table == "codes" && !g.exotic {
		verb = "INSERT "
	}
	return verb + table + " "
}

// shuffleColumns returns the columns of an INSERT and their values, in random order.
func (g *generator) shuffleColumns(values map[string]string) (names, list []string) {
	names = slices.Clone(columns)
	g.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names {
		list = append(list, values[name])
	}
	return names, list
}

// writeNewTenant returns the tenant_id of a new row.
func (g *generator) writeNewTenant() string {
	if g.traps > 0 && g.hitChance(50) {
		g.traps, g.hasTrap = g.traps-1, true
		return g.pickOne(g.writeValue(2), "1 + 1", "tenant_id", "(SELECT 2)", "NULL", "'2'", "-1", "DEFAULT", "1 = 1", "2 | 1")
	}
	return g.writeValue(1)
}

// writeInsert returns an INSERT or REPLACE with VALUES or SET.
func (g *generator) writeInsert() string {
	row := func() map[string]string {
		values := map[string]string{
			"tenant_id": g.writeNewTenant(),
			"id":        g.writeValue(g.IntN(6) + pickFrom(g, []int{0, 0, 10, 100, 2000})),
			"ref":       g.pickOne("NULL", g.writeValue(1)),
			"n":         g.ownValue("n"),
			"txt":       g.ownValue("txt"),
		}
		if kind := g.pickOne("n", "txt"); g.hitChance(30) {
			values[kind] = g.writeScalar(nil, kind, 1)
		}
		return values
	}
	names, list := g.shuffleColumns(row())
	if g.hitChance(20) {
		for i, name := range names {
			list[i] = name + " = " + list[i]
		}
		return g.writeVerb() + "SET " + strings.Join(list, ", ")
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
	if g.exotic && g.hitChance(25) { // MySQL only
		word = " ROW"
	}
	return g.writeVerb() + "(" + strings.Join(names, ", ") + ") VALUES" + word + strings.Join(rows, ","+word)
}

// addUpsert adds ON DUPLICATE KEY UPDATE to an INSERT, at times.
func (g *generator) addUpsert(insert string) string {
	if !g.hitChance(25) || !strings.HasPrefix(insert, "INSERT") || !g.exotic && strings.Contains(insert, " codes ") {
		return insert
	}
	set := []string{"n = VALUES(n)", "n = " + g.ownValue("n"), "txt = VALUES(txt), ref = NULL", "txt = " + g.writeScalar(nil, "txt", 1)}
	return insert + " ON DUPLICATE KEY UPDATE " + g.pickOne(set...)
}

// writeTables returns the FROM of a write, and one of its tables, or nil.
func (g *generator) writeTables(s *scope, depth int) (from string, target *relation) {
	from, all := g.writeFrom(s, 1+g.IntN(3), depth)
	if !g.exotic || g.hitChance(90) {
		all = slices.DeleteFunc(slices.Clone(all), func(r *relation) bool { return r.table == "" })
	}
	if len(all) > 0 {
		target = pickFrom(g, all)
	}
	return from, target
}

// writeInsertSelect returns an INSERT of the rows of one table, each once.
func (g *generator) writeInsertSelect() string {
	s := &scope{}
	from, r := g.writeTables(s, 2)
	if r == nil {
		return g.writeInsert()
	}
	tenant := g.writeNewTenant()
	if o := pickFrom(g, s.relations); g.hitChance(50) && slices.Contains(o.columns, "tenant_id") {
		tenant = g.writeColumn(o, "tenant_id")
	}
	names, list := g.shuffleColumns(map[string]string{
		"tenant_id": tenant, "id": g.writeColumn(r, "id") + " + " + g.writeValue(g.IntN(2)*5000),
		"ref": "NULL", "n": g.pickOne(g.writeColumn(r, "n"), g.ownValue("n")), "txt": g.pickOne(g.writeColumn(r, "txt"), g.ownValue("txt")),
	})
	return g.writeVerb() + "(" + strings.Join(names, ", ") + ") SELECT DISTINCT " + strings.Join(list, ", ") + " FROM " +
		from + g.writeWhere(s, 2)
}

// writeUpdate returns an UPDATE whose values depend only on the row itself.
func (g *generator) writeUpdate() string {
	s := &scope{}
	if g.hitChance(50) {
		r := &relation{alias: g.pickTable(), columns: columns}
		r.table, s.relations = r.alias, []*relation{r}
		return g.addOrder("UPDATE " + g.pickOne("", "", "IGNORE ", "LOW_PRIORITY ") + r.table + g.writeSet(s, r, 2) + g.writeWhere(s, 2))
	}
	from, r := g.writeTables(s, 2)
	if r == nil {
		return g.writeDelete()
	}
	return "UPDATE " + from + g.writeSet(&scope{relations: []*relation{r}}, r, 1) + g.writeWhere(s, 2)
}

// writeSet returns the SET of an UPDATE.
func (g *generator) writeSet(s *scope, r *relation, depth int) string {
	set := []string{g.writeColumn(r, "n") + " = " + g.writeExpression(s, "n", depth)}
	if g.hitChance(30) {
		set = append(set, g.writeColumn(r, "txt")+" = "+g.writeExpression(s, "txt", depth))
	}
	if g.hitChance(10) {
		set = append(set, g.writeColumn(r, "ref")+" = NULL")
	}
	if g.traps > 0 && g.hitChance(5) {
		g.traps, g.hasTrap = g.traps-1, true
		set = append(set, g.writeColumn(r, "tenant_id")+" = 1")
	}
	return " SET " + strings.Join(set, ", ")
}

// addOrder adds ORDER BY to a write, at times. The guard refuses it if a subquery reads the table.
func (g *generator) addOrder(write string) string {
	if g.hitChance(50) || strings.Contains(write, "SELECT") && !g.exotic {
		return write
	}
	return write + " ORDER BY " + g.pickOne("tenant_id, id", "id DESC", "n, id") + g.pickOne(" LIMIT 2", "", " LIMIT 1")
}

// writeDelete returns a DELETE from one table or a join.
func (g *generator) writeDelete() string {
	s := &scope{}
	if g.hitChance(40) {
		r := &relation{alias: g.pickTable(), columns: columns}
		r.table, s.relations = r.alias, []*relation{r}
		return g.addOrder("DELETE " + g.pickOne("", "", "QUICK ", "LOW_PRIORITY QUICK IGNORE ") + "FROM " + r.table + g.writeWhere(s, 2))
	}
	from, r := g.writeTables(s, 2)
	if r == nil {
		return g.writeUpdate()
	}
	form := g.pickOne("DELETE %s FROM %s", "DELETE FROM %s USING %s", "DELETE QUICK %s FROM %s")
	return fmt.Sprintf(form, r.alias, from) + g.writeWhere(s, 2)
}
