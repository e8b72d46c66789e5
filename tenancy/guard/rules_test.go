package guard_test

import (
	"cmp"
	"database/sql/driver"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"vitess.io/vitess/go/vt/sqlparser"

	"rowhouse/tenancy/guard"
)

// TestRules holds each rule of the guard against one statement at least. Whoever takes
// a condition out of the guard, or turns it around, should see a row here fail.
func TestRules(t *testing.T) {
	checkAll(t, tables, "testdata/rules.sql", read(t, "testdata/rules.sql"))
}

// TestTextsHaveBounds has the rules of texts that no file can hold.
func TestTextsHaveBounds(t *testing.T) {
	times := strings.Repeat
	const control = "line 1, column %d, at %q: control characters are not allowed"
	deep := func(column int, near string) string {
		return fmt.Sprintf("line 1, column %d, at %q: the statement nests deeper than 100", column, near)
	}
	for _, test := range []struct{ name, sql, refused string }{
		{"the greatest length", times(" ", 1<<20-8) + "SELECT 1", ""},
		{"a byte more", times(" ", 1<<20-7) + "SELECT 1", "the statement is longer than 1048576 bytes: split it"},
		{"bytes that are no letters", "SELECT '\xff'", "the statement is not valid UTF-8"},
		{"letters of many bytes", "SELECT 'äß€😀'", ""},
		{"blanks", "SELECT\t1,\r\n2", ""},
		{"a zero", "SELECT '\x00'", fmt.Sprintf(control, 9, "\x00'")},
		{"the control character before blank", "SELECT '\x1f'", fmt.Sprintf(control, 9, "\x1f'")},
		{"a control character at the beginning", "\x01SELECT 1", fmt.Sprintf(control, 1, "\x01SELECT 1")},
		{"a vertical tab", "SELECT\v1", fmt.Sprintf(control, 7, "\v1")},
		{"a form feed", "SELECT\f1", fmt.Sprintf(control, 7, "\f1")},
		{"delete", "SELECT '\x7f'", fmt.Sprintf(control, 9, "\x7f'")},
		{"what stands beside delete", "SELECT '~\u0080'", ""},
		{"100 brackets", "SELECT " + times("(1+", 100) + "1" + times(")", 100), ""},
		{"101 brackets", "SELECT " + times("(1+", 101) + "1" + times(")", 101), deep(308, "(1+1"+times(")", 20)+"…")},
		{"brackets side by side", "SELECT " + times("(1),", 200) + "1", ""},
		{"100 CASE", "SELECT " + times("CASE 1 WHEN ", 100) + "1" + times(" THEN 1 END", 100), ""},
		{"brackets behind what looks like an end", "SELECT " + times("items.end*(", 101) + "1" + times(")", 101), deep(1118, "(1"+times(")", 22)+"…")},
		{"CASE side by side", "SELECT " + times("CASE 1 WHEN 1 THEN 1 END,", 200) + "1", ""},
		{"CASE and brackets", "SELECT " + times("(CASE 1 WHEN ", 101) + "1" + times(" THEN 1 END)", 101), deep(1308, "(CASE 1 WHEN 1 THEN 1 EN…")},
		{"99 signs after SELECT", "SELECT " + times("- ", 99) + "1", ""},
		{"100 signs after SELECT", "SELECT " + times("- ", 100) + "1", deep(206, "- 1")},
		{"NOT", "SELECT " + times("NOT ", 100) + "1", deep(404, "NOT 1")},
		{"arguments side by side", "SELECT " + times("?, ", 200) + "?", ""},
		{"numbers side by side", "SELECT " + times("1, 1.5, 1e5, 0x1, ", 50) + "1", ""},
		{"texts side by side", "SELECT " + times("'a', ", 200) + "1", ""},
		{"bytes side by side", "SELECT " + times("x'4d', ", 200) + "1", ""},
		{"bits side by side", "SELECT " + times("b'1', ", 200) + "1", ""},
		{"arguments in a sum", "SELECT ?" + times(" + ?", 150), ""},
		{"numbers in a sum", "SELECT 1" + times(" + 1", 150), ""},
		{"names in a sum", "SELECT a" + times(" + a", 150), ""},
		{"texts in comparisons", "SELECT 'a'" + times(" < 'a'", 150), ""},
		{"brackets in a sum", "SELECT COUNT(*)" + times(" + COUNT(*)", 60), ""},
		{"names side by side", "SELECT " + times("a, `b`, ", 200) + "1", ""},
		{"61 tables", "SELECT 1 FROM dual" + tablesOf(61), ""},
		{"62 tables", "SELECT 1 FROM dual" + tablesOf(62), "a query block has at most 61 tables: split the statement"},
		{"61 tables in each of two blocks", "SELECT 1 FROM dual" + tablesOf(61) + " UNION SELECT 1 FROM dual" + tablesOf(61), ""},
		{"61 common table expressions", "WITH t AS (SELECT 1)" + times(", t AS (SELECT 1)", 60) + " SELECT 1", ""},
		{"62 common table expressions", "WITH t AS (SELECT 1)" + times(", t AS (SELECT 1)", 61) + " SELECT 1", "WITH has at most 61 common table expressions: split the statement"},
		{"what ends in a bracket, side by side", "SELECT " + times("(NULL), ", 200) + "1", ""},
		{"what ends in END, side by side", "SELECT " + times("CASE WHEN NULL THEN NULL END, ", 200) + "1", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := guard.Prove(tables, test.sql); fmt.Sprint(err) != cmp.Or(test.refused, "<nil>") {
				t.Errorf("%.60q: %v, want %q", test.sql, err, test.refused)
			}
		})
	}
}

func tablesOf(n int) (list string) {
	for i := range n {
		list += fmt.Sprintf(", (SELECT 1) t%d", i)
	}
	return list
}

// TestRefusalsSayWhere has what a refusal tells programs and the log.
func TestRefusalsSayWhere(t *testing.T) {
	for _, test := range []struct {
		sql, table, alias, message string
		pos                        int
	}{
		{"SELECT 1 FROM items", "items", "items", "table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND", 0},
		{"SELECT 1 FROM items i", "items", "i", "table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND", 0},
		{"SELECT 1 FROM items i WHERE i.tenant_id = 2", "items", "i", "table items (i): tenant_id is compared with 2, which is not the tenant", 0},
		{"SELECT SLEEP(1)", "", "", "the function SLEEP holds a connection that other tenants wait for: wait in Go", 0},
		{"SELECT '", "", "", `line 1, column 8, at "'": the string does not end`, 8},
		{"SELECT 'ä',\n\t/*! 1 */", "", "", `line 2, column 2, at "/*! 1 */": servers execute the comment /*! … */: write a space after /*`, 15},
		{"SELECT 1 FROM items i WHERE", "", "", "line 1, column 28, at the end: the statement ends too early", 28},
	} {
		err := guard.New(tables).Check(1, test.sql, nil)
		var r *guard.Refusal
		if !errors.As(err, &r) || r.Table != test.table || r.Alias != test.alias || r.SQL != test.sql || r.Pos != test.pos || err.Error() != test.message {
			t.Errorf("%s\n%#v", test.sql, err)
		}
	}
}

// TestProofsSayWhatBinds has the bindings in the order of the proof.
func TestProofsSayWhatBinds(t *testing.T) {
	for _, test := range []struct{ sql, bindings string }{
		{"SELECT 1", "[]"},
		{"SELECT 1 FROM items WHERE id = ? AND tenant_id = ?", "[{items items items.tenant_id = argument 2}]"},
		{"SELECT 1 FROM items i, labels l WHERE l.tenant_id = i.tenant_id AND i.tenant_id = 1 AND l.tenant_id = ?", "[{items i i.tenant_id = 1} {labels l l.tenant_id = argument 1}]"},
		{"SELECT 1 FROM items i JOIN labels l ON l.tenant_id = i.tenant_id JOIN projects p ON p.tenant_id = l.tenant_id AND p.tenant_id = i.tenant_id WHERE i.tenant_id = 1", "[{items i i.tenant_id = 1} {labels l l.tenant_id = i.tenant_id} {projects p p.tenant_id = l.tenant_id}]"},
		{"SELECT 1 FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l WHERE l.tenant_id = 2)", "[{labels l l.tenant_id = 2} {items i i.tenant_id = 1}]"},
		{"INSERT INTO items (id, tenant_id) VALUES (?, ?), (?, 1)", "[{items items VALUES: tenant_id = 1}]"},
		{"INSERT INTO items (id, tenant_id) SELECT id, ? FROM labels WHERE tenant_id = 1", "[{labels labels labels.tenant_id = 1} {items items SELECT: argument 1}]"},
		{"INSERT INTO items (tenant_id) SELECT l.tenant_id FROM labels l WHERE l.tenant_id = 1", "[{labels l l.tenant_id = 1} {items items SELECT: l.tenant_id}]"},
	} {
		if proof, err := guard.Prove(tables, test.sql); err != nil || fmt.Sprint(proof.Bindings) != test.bindings {
			t.Errorf("%s\n%v %v", test.sql, proof, err)
		}
	}
}

// TestArgumentsAreTheTenant checks one proof with many arguments.
func TestArgumentsAreTheTenant(t *testing.T) {
	const (
		no    = "table items: argument 2 must be the tenant of the context, but has another value"
		typed = "table items: argument 2 must be the tenant as an integer, but is a "
		count = "the statement has 2 placeholders and %d arguments"
	)
	proof, err := guard.Prove(tables, "SELECT 1 FROM items WHERE id = ? AND tenant_id = ?")
	if err != nil || proof.Params != 2 {
		t.Fatal(proof, err)
	}
	for _, test := range []struct {
		name    string
		tenant  uint32
		args    []driver.NamedValue
		refused string
	}{
		{"the tenant", 7, named("x", int64(7)), ""},
		{"without a sign", 7, named("x", uint64(7)), ""},
		{"the greatest", 1<<32 - 1, named("x", int64(1<<32-1)), ""},
		{"another", 7, named("x", int64(8)), no},
		{"another without a sign", 7, named("x", uint64(8)), no},
		{"in the other place", 7, named(int64(7), "x"), typed + "string"},
		{"the same in 32 bits", 7, named("x", int64(1<<32+7)), no},
		{"the same in 32 bits, without a sign", 7, named("x", uint64(1<<32+7)), no},
		{"negative", 1<<32 - 1, named("x", int64(-1)), no},
		{"a text", 7, named("x", "7"), typed + "string"},
		{"bytes", 7, named("x", []byte("7")), typed + "[]uint8"},
		{"a float", 7, named("x", 7.0), typed + "float64"},
		{"true", 1, named("x", true), typed + "bool"},
		{"nothing", 7, named("x", nil), typed + "<nil>"},
		{"no tenant", 0, named("x", int64(0)), "no tenant"},
		{"too few", 7, named(int64(7)), fmt.Sprintf(count, 1)},
		{"too many", 7, named("x", int64(7), int64(7)), fmt.Sprintf(count, 3)},
		{"none", 7, nil, fmt.Sprintf(count, 0)},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := proof.Check(test.tenant, test.args); fmt.Sprint(err) != cmp.Or(test.refused, "<nil>") {
				t.Errorf("%v, want %q", err, test.refused)
			}
		})
	}
	if proof, err := guard.Prove(tables, "SELECT 1"); err != nil || fmt.Sprint(proof.Check(0, nil)) != "no tenant" {
		t.Error("a statement without tables is proved for no tenant")
	}
}

// TestVerdictsAreRemembered holds what a guard remembers against what it knows anew.
func TestVerdictsAreRemembered(t *testing.T) {
	good := "SELECT 1 FROM items WHERE tenant_id = ?"
	long := func(length int) string { return good + strings.Repeat(" ", length-len(good)) }
	g := guard.New(tables)
	var want guard.Counts
	for i, test := range []struct {
		sql             string
		tenant          uint32
		refused, parsed bool
	}{
		{good, 1, false, true},
		{good, 1, false, false},
		{good, 2, true, false},
		{good, 1, false, false},
		{"SELECT 1 FROM items", 1, true, true},
		{"SELECT 1 FROM items", 1, true, false},
		{"SELECT '", 1, true, true},
		{"SELECT '", 2, true, false},
		{long(32 << 10), 1, false, true},
		{long(32 << 10), 1, false, false},
		{long(32<<10 + 1), 1, false, true},
		{long(32<<10 + 1), 1, false, false},
		{long(256 << 10), 1, false, true},
		{long(256 << 10), 1, false, false},
		{long(256<<10 + 1), 1, false, true},
		{long(256<<10 + 1), 1, false, true},
		{long(256<<10 + 1), 2, true, true},
		{strings.Repeat("SELECT 1 FROM items ", 20_000), 1, true, true},
	} {
		err := g.Check(test.tenant, test.sql, named(1)[:strings.Count(test.sql, "?")])
		var r *guard.Refusal
		if (err != nil) != test.refused || errors.As(err, &r) && r.SQL != test.sql {
			t.Errorf("%d: %v", i, err)
		}
		want.Proved += one(!test.refused)
		want.Refused += one(test.refused)
		want.Parsed += one(test.parsed)
		if g.Counts() != want {
			t.Errorf("%d: %+v, want %+v", i, g.Counts(), want)
		}
	}
	first, err := g.Prove(good)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := g.Prove(good); err != nil || again != first || g.Counts() != want {
		t.Error("Prove counts, or parses again")
	}
}

func one(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

var nodeType = reflect.TypeFor[sqlparser.SQLNode]()

// TestEachPartOfAnExpressionIsVisited looks, in each kind of node that inRow accepts,
// for parts that the parser's visitor passes by: a subquery could hide there.
func TestEachPartOfAnExpressionIsVisited(t *testing.T) {
	found := map[string]reflect.Type{}
	proved := read(t, "testdata/rules.sql")
	for _, c := range calls(t) {
		proved = append(proved, example{sql: c.sql, refused: c.refused})
	}
	for _, e := range proved {
		if e.refused != "" {
			continue
		}
		if statement, err := sqlparser.NewTestParser().Parse(e.sql); err == nil { // or it is respelled
			collect(reflect.ValueOf(statement), found)
		}
	}
	for _, name := range accepted(t) {
		kind, ok := found[name]
		if !ok {
			t.Errorf("no rule is a statement with a %s", name)
			continue
		}
		if kind.Kind() == reflect.Slice && holds(kind.Elem()) {
			part, mark := marked(t, kind.Elem())
			if !visits(t, reflect.Append(reflect.Zero(kind), part), mark) {
				t.Errorf("the visitor passes the elements of a %s by", name)
			}
		}
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		for i := 0; kind.Kind() == reflect.Struct && i < kind.NumField(); i++ {
			field := kind.Field(i)
			if !field.IsExported() || !holds(field.Type) {
				continue
			}
			whole := reflect.New(kind)
			part, mark := marked(t, field.Type)
			whole.Elem().Field(i).Set(part)
			if found[name].Kind() == reflect.Struct {
				whole = whole.Elem()
			}
			if !visits(t, whole, mark) {
				t.Errorf("the visitor passes %s of a %s by", field.Name, name)
			}
		}
	}
}

// TestEachPartOfAStatementIsKnown has the parts of the nodes that the guard walks by
// hand. If the parser adds one, somebody has to say here that the guard proves it.
func TestEachPartOfAStatementIsKnown(t *testing.T) {
	for _, test := range []struct {
		node  any
		parts string
	}{
		{sqlparser.Select{}, "With From Comments SelectExprs Where GroupBy Having Windows OrderBy Limit Into"},
		{sqlparser.Union{}, "With Left Right OrderBy Limit Into"},
		{sqlparser.ValuesStatement{}, "With Rows ListArg Comments Order Limit"},       // lex refuses what ListArg is
		{sqlparser.Insert{}, "Comments Table Partitions Columns Rows RowAlias OnDup"}, // RowAlias has names only
		{sqlparser.Update{}, "With Comments TableExprs Exprs Where OrderBy Limit"},
		{sqlparser.UpdateExpr{}, "Name Expr"},
		{sqlparser.Delete{}, "With Comments TableExprs Targets Partitions Where OrderBy Limit"},
		{sqlparser.With{}, "CTEs"},
		{sqlparser.CommonTableExpr{}, "ID Columns Subquery"},                         // Columns are names only
		{sqlparser.AliasedTableExpr{}, "Expr Partitions As Hints Columns"},           // Columns are names only
		{sqlparser.JSONTableExpr{}, "Expr Alias Filter Columns"},                     // visited
		{sqlparser.JtColumnDefinition{}, "JtOrdinal JtPath JtNestedPath"},            // JtOrdinal has a name only
		{sqlparser.JtPathColDef{}, "Name Type Path EmptyOnResponse ErrorOnResponse"}, // Type has literals only
		{sqlparser.JtNestedPathColDef{}, "Path Columns"},
		{sqlparser.ParenTableExpr{}, "Exprs"},
		{sqlparser.JoinTableExpr{}, "LeftExpr RightExpr Condition"},
		{sqlparser.JoinCondition{}, "On Using"},
		{sqlparser.DerivedTable{}, "Select"},
		{sqlparser.Subquery{}, "Select"},
		{sqlparser.AliasedExpr{}, "Expr As"}, // As is a label
	} {
		var parts []string
		for i, kind := 0, reflect.TypeOf(test.node); i < kind.NumField(); i++ {
			if holds(kind.Field(i).Type) {
				parts = append(parts, kind.Field(i).Name)
			}
		}
		if strings.Join(parts, " ") != test.parts {
			t.Errorf("%T has %s, want %s", test.node, parts, test.parts)
		}
	}
}

// accepted returns the kinds of nodes that inRow accepts whatever is in them.
func accepted(t *testing.T) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "expr.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file.Scope.Lookup("acceptNode").Decl.(*ast.FuncDecl), func(n ast.Node) bool {
		if c, ok := n.(*ast.CaseClause); ok {
			last, ok := c.Body[len(c.Body)-1].(*ast.ReturnStmt)
			if ok && types.ExprString(last.Results[0]) == "nil" {
				for _, e := range c.List {
					names = append(names, types.ExprString(e))
				}
			}
		}
		return true
	})
	if len(names) < 90 {
		t.Fatalf("inRow accepts only %v", names)
	}
	return names
}

// collect adds the kinds of all nodes in v, whether or not a visitor would find them.
func collect(v reflect.Value, found map[string]reflect.Type) {
	if v.IsValid() && v.Type().Implements(nodeType) && v.Kind() != reflect.Interface {
		found[v.Type().String()] = v.Type()
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		collect(v.Elem(), found)
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				collect(v.Field(i), found)
			}
		}
	}
}

// holds reports whether a node can stand in a part of this type.
func holds(part reflect.Type) bool {
	if part.Implements(nodeType) {
		return true
	}
	switch part.Kind() {
	case reflect.Pointer, reflect.Slice:
		return holds(part.Elem())
	case reflect.Struct:
		for i := range part.NumField() {
			if holds(part.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// marked returns a value of a part's type, and the node in it that a visitor should see.
func marked(t *testing.T, part reflect.Type) (value reflect.Value, mark sqlparser.SQLNode) {
	t.Helper()
	for _, mark := range []sqlparser.SQLNode{
		&sqlparser.Argument{Name: "mark"}, &sqlparser.AliasedExpr{As: sqlparser.NewIdentifierCI("mark")},
		sqlparser.NewIdentifierCI("mark"), sqlparser.NewIdentifierCS("mark"), sqlparser.NewTableName("mark"),
	} {
		if reflect.TypeOf(mark).AssignableTo(part) {
			return reflect.ValueOf(mark), mark
		}
	}
	switch part.Kind() {
	case reflect.Slice:
		value, mark = marked(t, part.Elem())
		return reflect.Append(reflect.Zero(part), value), mark
	case reflect.Pointer:
		value = reflect.New(part.Elem())
		if mark, ok := value.Interface().(sqlparser.SQLNode); ok {
			return value, mark
		}
	}
	t.Fatalf("a %s may hide nodes from the visitor", part)
	return value, mark
}

func visits(t *testing.T, whole reflect.Value, mark sqlparser.SQLNode) (seen bool) {
	t.Helper()
	err := sqlparser.VisitSQLNode(whole.Interface().(sqlparser.SQLNode), func(node sqlparser.SQLNode) (bool, error) {
		seen = seen || reflect.DeepEqual(node, mark)
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}
