package guard_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rowhouse/model/dbtest"
	"rowhouse/tenancy/guard"
)

// call is a line of testdata/functions.sql: a statement that calls a function, with the one
// kind of server that has it, or the reason why it is refused.
type call struct{ sql, only, refused string }

func calls(t testing.TB) (all []call) {
	t.Helper()
	text, err := os.ReadFile("testdata/functions.sql")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "--") || line == "\n" {
			continue
		}
		sql, note, ok := strings.Cut(strings.TrimSpace(line), ";")
		if !ok {
			t.Fatalf("no ; ends %s", line)
		}
		note = strings.TrimPrefix(note, " -- ")
		c := call{sql: sql, only: strings.TrimSuffix(note, " only")}
		if reason, refused := strings.CutPrefix(note, "refused: "); refused {
			c.only, c.refused = "", reason
		}
		all = append(all, c)
	}
	return all
}

// TestEachFunctionIsDecided checks the guard's verdict on each function of MySQL and MariaDB.
func TestEachFunctionIsDecided(t *testing.T) {
	tables := models(t)
	accepted, refused := 0, 0
	for _, c := range calls(t) {
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

// TestAcceptedFunctionsRun calls them: they exist, and the guard reads them as the server does.
func TestAcceptedFunctionsRun(t *testing.T) {
	d := dbtest.New(t)
	server := strings.ToLower(d.Product(t))
	for _, c := range calls(t) {
		if c.refused != "" || c.only != "" && c.only != server {
			continue
		}
		tx, err := d.SQL.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		run(t, tx, c.sql)
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}

// operators are words that servers describe beside their functions.
var operators = strings.Fields("AND BETWEEN BINARY CASE DIV EXISTS IN IS LIKE MBR NOT OR OLD_VALUE REGEXP RLIKE XOR PARENTHESES")

// TestNoFunctionOfTheServerIsForgotten looks for functions that a server has, or describes in
// its help, and that testdata/functions.sql lacks.
func TestNoFunctionOfTheServerIsForgotten(t *testing.T) {
	d := dbtest.New(t)
	query := "SELECT t.name FROM mysql.help_topic t JOIN mysql.help_category c USING (help_category_id) " +
		"WHERE c.name REGEXP 'function|bit|mbr|wkt|wkb|gtid|xml|constructor|comparison|misc|modifiers|cast'"
	if d.Product(t) == "MariaDB" {
		query += " UNION SELECT function FROM information_schema.sql_functions"
	}
	called := map[string]bool{}
	for _, c := range calls(t) {
		for _, name := range regexp.MustCompile(`(\w+)\s*\(`).FindAllStringSubmatch(c.sql, -1) {
			called[strings.ToUpper(name[1])] = true
		}
	}
	found := 0
	for name := range strings.Lines(run(t, d.SQL, query)) {
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
		t.Errorf("the server has only %d functions", found)
	}
}
