package guard_test

import (
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// repetition is a long statement: a head, a part that is repeated, and a tail. Each # in the part is
// replaced by the number of the repetition.
type repetition struct{ head, repeat, tail string }

// longClauses follow "SELECT * FROM boxes ".
var longClauses = []repetition{
	{head: "WHERE 1", repeat: " AND 1"},
	{
		head:   "WHERE (1",
		repeat: " OR 1",
		tail:   ")",
	},
	{
		head:   "WHERE (1",
		repeat: " XOR 1",
		tail:   ")",
	},
	{head: "WHERE 1", repeat: "=1"},
	{head: "WHERE 1", repeat: "+1"},
	{head: "WHERE 1", repeat: " IS NULL"},
	{head: "WHERE 'a'", repeat: " COLLATE b"},
	{head: "WHERE a", repeat: "->'$'"},
	{
		head:   "WHERE ",
		repeat: "NOT ",
		tail:   "1",
	},
	{
		head:   "WHERE ",
		repeat: "!",
		tail:   "1",
	},
	{
		head:   "WHERE ",
		repeat: "- ",
		tail:   "1",
	},
	{
		head:   "WHERE ",
		repeat: "~",
		tail:   "1",
	},
	{
		head:   "WHERE ",
		repeat: "BINARY ",
		tail:   "1",
	},
	{
		head:   "WHERE ",
		repeat: "INTERVAL ",
		tail:   "1",
	},
	{head: "WHERE ", repeat: "("},
	{head: "WHERE ((((", repeat: ")"},
	{head: "WHERE ", repeat: "CASE "},
	{
		head:   "WHERE ",
		repeat: "CASE WHEN 1 THEN ",
		tail:   "1",
	},
	{head: "WHERE ", repeat: "EXISTS(SELECT "},
	{
		head:   "WHERE 1 IN (1",
		repeat: ",1",
		tail:   ")",
	},
	{head: "WHERE 1", repeat: " BETWEEN 1 AND 1"},
	{
		head:   "WHERE ",
		repeat: "ABS(",
		tail:   "1",
	},
	{
		head:   "WHERE (1,1) IN ((1,1)",
		repeat: ",(1,1)",
		tail:   ")",
	},
	{
		head:   "WHERE tenant_id IN (1",
		repeat: ",1",
		tail:   ")",
	},
	{
		head:   "WHERE (tenant_id",
		repeat: ",n",
		tail:   ") = (1)",
	},
	{
		head:   "WHERE ",
		repeat: "'a' ",
		tail:   "= 'a'",
	},
	{
		head:   "WHERE '",
		repeat: "''",
		tail:   "'",
	},
	{
		head:   "WHERE `",
		repeat: "a",
		tail:   "`",
	},
	{head: "WHERE 1", repeat: "/**/"},
	{head: "WHERE 1", repeat: "--"},
	{head: "WHERE 1", repeat: " "},
	{
		head:   "WHERE 1/*",
		repeat: "*",
		tail:   "*/",
	},
	{head: "WHERE ", repeat: "1"},
	{head: "WHERE a", repeat: ".a"},
	{head: "WHERE 1", repeat: ";"},
	{head: "WHERE tenant_id = 1", repeat: " AND tenant_id = 1"},
	{head: "WHERE tenant_id = 1", repeat: " AND boxes.tenant_id = boxes.tenant_id"},
	{repeat: ",boxes"},
	{repeat: ",boxes b#"},
	{repeat: " JOIN boxes b#"},
	{repeat: " JOIN boxes b# ON 1"},
	{repeat: " JOIN boxes b# USING (tenant_id)"},
	{repeat: " LEFT JOIN boxes b#", tail: " ON 1 ON 1"},
	{repeat: " LEFT JOIN boxes b# ON b#.tenant_id = boxes.tenant_id", tail: " WHERE boxes.tenant_id = 1"},
	{repeat: " NATURAL JOIN boxes b#"},
	{repeat: ",(", tail: "boxes b"},
	{repeat: ",(SELECT 1) b#"},
	{repeat: " WINDOW a# AS ()"},
	{repeat: ",JSON_TABLE('', '$' COLUMNS(a INT PATH '$')) b#"},
	{repeat: ",JSON_TABLE('', '$' COLUMNS(", tail: "NESTED PATH '$' COLUMNS("},
	{repeat: " UNION SELECT 1"},
	{repeat: " GROUP BY 1", tail: ",1"},
	{repeat: " ORDER BY 1", tail: ",1"},
	{repeat: " USE INDEX (a)"},
	{head: "WHERE 'a'", repeat: " SOUNDS LIKE 'b'"},
	{head: "WHERE ", repeat: "MID("},
	{
		head:   "WHERE ",
		repeat: "CAST(",
		tail:   "1",
	},
	{head: "WHERE CAST(1 AS YEAR)", repeat: "=CAST(1 AS YEAR)"},
	{head: "WHERE 1", repeat: " OF a"},
	{head: "FOR UPDATE OF a", repeat: ",a"},
	{repeat: " INTERSECT SELECT 1"},
	{head: "WINDOW a AS ()", repeat: ",a# AS ()"},
	{repeat: " NATURAL INNER JOIN boxes b#"},
	{head: "WHERE ", repeat: "{"},
	{head: "WHERE 1", repeat: "\n"},
}

// longStatements are whole statements.
var longStatements = []repetition{
	{head: "SELECT 1", repeat: ",1"},
	{repeat: "(SELECT 1) UNION ", tail: "(SELECT 1)"},
	{repeat: "SELECT * FROM (", tail: "SELECT 1"},
	{
		head:   "WITH a AS (SELECT 1)",
		repeat: ",a# AS (SELECT 1)",
		tail:   " SELECT 1",
	},
	{
		head:   "WITH a AS (SELECT 1)",
		repeat: ",a# AS (SELECT * FROM a)",
		tail:   " SELECT 1",
	},
	{repeat: "WITH a# AS (", tail: "SELECT 1"},
	{head: "INSERT INTO boxes (tenant_id) VALUES (1)", repeat: ",(1)"},
	{head: "INSERT INTO boxes (tenant_id) VALUES (?)", repeat: ",(?)"},
	{
		head:   "INSERT INTO boxes (tenant_id",
		repeat: ",n",
		tail:   ") VALUES (1)",
	},
	{head: "INSERT INTO boxes (tenant_id) SELECT 1", repeat: " UNION SELECT 1"},
	{
		head:   "UPDATE boxes SET n=1",
		repeat: ",n=1",
		tail:   " WHERE tenant_id = 1",
	},
	{
		head:   "DELETE",
		repeat: " QUICK",
		tail:   " FROM boxes",
	},
	{head: "VALUES ROW(1)", repeat: ",ROW(1)"},
	{
		head:   "DELETE boxes",
		repeat: ",boxes",
		tail:   " FROM boxes WHERE tenant_id = 1",
	},
	{
		head:   "DELETE b0 FROM boxes b0",
		repeat: ",boxes b#",
		tail:   " WHERE b0.tenant_id = 1",
	},
	{head: "SELECT * FROM boxes b0 WHERE 1", repeat: " AND b#.tenant_id = 1"},
}

// TestLongStatementsHaveBoundedCost limits the time and memory for a long statement.
func TestLongStatementsHaveBoundedCost(t *testing.T) {
	size := 64 << 10
	if *fuzzFor >= time.Minute {
		size = 1 << 20
	}
	all := slices.Clone(longStatements)
	for _, r := range longClauses {
		all = append(all, repetition{"SELECT * FROM boxes " + r.head, r.repeat, r.tail})
	}
	for _, r := range all {
		took, mb, why := measureProve(t, r.fill(size))
		if took > 5*time.Second+time.Duration(size)*5*time.Microsecond || mb > uint64(50+size>>12) {
			t.Errorf("%q: %s and %d MB: %.80s", r, took, mb, why)
		}
	}
}

// fill returns a statement of nearly size bytes.
func (r repetition) fill(size int) string {
	var b strings.Builder
	b.WriteString(r.head)
	for n := 1; b.Len()+len(r.repeat)+len(r.tail)+10 < size; n++ {
		b.WriteString(strings.ReplaceAll(r.repeat, "#", strconv.Itoa(n)))
	}
	b.WriteString(r.tail)
	return b.String()
}

// measureProve returns the time and memory of one proof, and the reason of the refusal, if any.
func measureProve(t *testing.T, text string) (took time.Duration, mb uint64, why string) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	why = findRefusal(t, text)
	took = time.Since(start)
	runtime.ReadMemStats(&after)
	return took, (after.TotalAlloc - before.TotalAlloc) >> 20, why
}
