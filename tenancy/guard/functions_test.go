package guard_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rowhouse/tenancy/guard"
)

// functionCall is a line of testdata/functions.sql: a statement that calls a function.
type functionCall struct {
	sql string
	// only is the product that has the function, "mysql" or "mariadb", or empty.
	only string
	// refused is the reason of the refusal, or empty for a proof.
	refused string
}

// readFunctionCalls reads testdata/functions.sql.
func readFunctionCalls(t testing.TB) (all []functionCall) {
	t.Helper()
	for line := range strings.Lines(readFile(t, "functions.sql")) {
		if strings.HasPrefix(line, "--") || line == "\n" {
			continue
		}
		sql, note, ok := strings.Cut(strings.TrimSpace(line), ";")
		if !ok {
			t.Fatalf("no ; at the end of %s", line)
		}
		note = strings.TrimPrefix(note, " -- ")
		c := functionCall{sql: sql, only: strings.TrimSuffix(note, " only")}
		if reason, refused := strings.CutPrefix(note, "refused: "); refused {
			c.only, c.refused = "", reason
		}
		all = append(all, c)
	}
	return all
}

// TestEveryFunctionIsOnAList checks the verdict on each function of MySQL and MariaDB.
func TestEveryFunctionIsOnAList(t *testing.T) {
	accepted, refused := 0, 0
	for _, c := range readFunctionCalls(t) {
		_, err := guard.Prove(tables, c.sql)
		if got := fmt.Sprint(err); c.refused == "" && err != nil || c.refused != "" && got != c.refused {
			t.Errorf("%s\n got: %s\nwant: %s", c.sql, got, c.refused)
		}
		if c.refused == "" {
			accepted++
		} else {
			refused++
		}
	}
	t.Logf("%d accepted, %d refused", accepted, refused)
}

// TestAcceptedFunctionsExist calls the accepted functions on a server, which must parse the
// statements as the guard does.
func TestAcceptedFunctionsExist(t *testing.T) {
	db, product := openTracker(t)
	for _, c := range readFunctionCalls(t) {
		if c.refused != "" || c.only != "" && c.only != product {
			continue
		}
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		queryRows(t, tx, c.sql)
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}

// callName matches the name of a function before its parenthesis.
var callName = regexp.MustCompile(`\b\w+\(`)

// TestFunctionsAreNeverStored writes a blank after the name of each function, and quotes around it.
// Servers then look for a stored function of some names, which could read any table.
func TestFunctionsAreNeverStored(t *testing.T) {
	db, product := openTracker(t)
	stored := 0
	for _, c := range readFunctionCalls(t) {
		if c.refused != "" || c.only != "" && c.only != product {
			continue
		}
		for _, at := range callName.FindAllStringIndex(c.sql, -1) {
			before, name, after := c.sql[:at[0]], c.sql[at[0]:at[1]-1], c.sql[at[1]-1:]
			for _, sql := range []string{before + name + " " + after, before + "`" + name + "`" + after} {
				if _, err := readRows(db.QueryContext(t.Context(), sql)); err == nil || !strings.Contains(err.Error(), "FUNCTION") {
					continue
				}
				stored++
				if _, err := guard.Prove(tables, sql); err == nil {
					t.Errorf("the server looks for a stored function: %s", sql)
				}
			}
		}
	}
	if stored < 90 {
		t.Errorf("the server looked for a stored function only %d times", stored)
	}
}

// operators are words that the help of servers lists with functions.
var operators = strings.Fields("AND BETWEEN BINARY CASE DIV EXISTS IN IS LIKE MBR NOT OR OLD_VALUE REGEXP RLIKE XOR PARENTHESES")

// TestListsHaveEveryFunctionOfTheServer looks for functions that a server has, or describes in its
// help, and that testdata/functions.sql lacks.
func TestListsHaveEveryFunctionOfTheServer(t *testing.T) {
	db, product := openEmpty(t)
	query := "SELECT t.name FROM mysql.help_topic t JOIN mysql.help_category c USING (help_category_id) " +
		"WHERE c.name REGEXP 'function|bit|mbr|wkt|wkb|gtid|xml|constructor|comparison|misc|modifiers|cast'"
	if product == "mariadb" {
		query += " UNION SELECT function FROM information_schema.sql_functions"
	}
	called := map[string]bool{}
	for _, c := range readFunctionCalls(t) {
		for _, name := range regexp.MustCompile(`(\w+)\s*\(`).FindAllStringSubmatch(c.sql, -1) {
			called[strings.ToUpper(name[1])] = true
		}
	}
	found := 0
	for name := range strings.Lines(queryRows(t, db, query)) {
		name = strings.ToUpper(strings.Trim(name, "[]\n"))
		name = strings.TrimSuffix(strings.ReplaceAll(name, `\_`, "_"), "()")
		name = strings.TrimSuffix(strings.TrimSuffix(name, " FUNCTION"), " OPERATOR")
		if !regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`).MatchString(name) || slices.Contains(operators, name) {
			continue
		}
		found++
		if !called[name] && !regexp.MustCompile("^(INTERNAL|CAN_ACCESS|GET_DD)_").MatchString(name) {
			t.Errorf("no line of testdata/functions.sql calls %s", name)
		}
	}
	if found < 200 {
		t.Errorf("the server lists only %d functions", found)
	}
}
