package guard_test

import (
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"testing"

	"rowhouse/tenancy/guard"
)

// TestGuardCachesVerdicts compares results from the cache with new ones, and counts statements that
// are parsed.
func TestGuardCachesVerdicts(t *testing.T) {
	good := "SELECT 1 FROM items WHERE tenant_id = ?"
	long := func(length int) string { return good + strings.Repeat(" ", length-len(good)) }
	g := guard.New(tables)
	var want guard.Counts
	for i, test := range []struct {
		sql             string
		tenant          uint32
		refused, parsed bool
	}{
		{
			sql:    good,
			tenant: 1,
			parsed: true,
		},
		{sql: good, tenant: 1},
		{
			sql:     good,
			tenant:  2,
			refused: true,
		},
		{sql: good, tenant: 1},
		{
			sql:     "SELECT 1 FROM items",
			tenant:  1,
			refused: true,
			parsed:  true,
		},
		{
			sql:     "SELECT 1 FROM items",
			tenant:  1,
			refused: true,
		},
		{
			sql:     "SELECT '",
			tenant:  1,
			refused: true,
			parsed:  true,
		},
		{
			sql:     "SELECT '",
			tenant:  2,
			refused: true,
		},
		{
			sql:    long(32 << 10),
			tenant: 1,
			parsed: true,
		},
		{sql: long(32 << 10), tenant: 1},
		{
			sql:    long(32<<10 + 1),
			tenant: 1,
			parsed: true,
		},
		{sql: long(32<<10 + 1), tenant: 1},
		{
			sql:    long(256 << 10),
			tenant: 1,
			parsed: true,
		},
		{sql: long(256 << 10), tenant: 1},
		{
			sql:    long(256<<10 + 1),
			tenant: 1,
			parsed: true,
		},
		{
			sql:    long(256<<10 + 1),
			tenant: 1,
			parsed: true,
		},
		{
			sql:     long(256<<10 + 1),
			tenant:  2,
			refused: true,
			parsed:  true,
		},
		{
			sql:     strings.Repeat("SELECT 1 FROM items ", 20_000),
			tenant:  1,
			refused: true,
			parsed:  true,
		},
	} {
		err := g.Check(test.tenant, test.sql, namedArgs(1)[:strings.Count(test.sql, "?")])
		var r *guard.Refusal
		if (err != nil) != test.refused || errors.As(err, &r) && r.SQL != test.sql {
			t.Errorf("%d: %v", i, err)
		}
		want.Proved += countIf(!test.refused)
		want.Refused += countIf(test.refused)
		want.Parsed += countIf(test.parsed)
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

// countIf returns 1 or 0.
func countIf(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func BenchmarkCheck(b *testing.B) {
	g := guard.New(tables)
	point := "SELECT * FROM `items` WHERE `items`.`tenant_id` = ? AND (`items`.`id` = ?) ORDER BY `items`.`id` LIMIT ?"
	arm := "(SELECT * FROM `comments` WHERE `comments`.`tenant_id` = ? AND (`comments`.`item_id` = ?) ORDER BY `comments`.`id` LIMIT ?)"
	for _, s := range []struct {
		name, sql string
		args      []driver.NamedValue
	}{
		{
			name: "point",
			sql:  point,
			args: namedArgs(1, "x", 2),
		},
		{
			name: "insert",
			sql: "INSERT INTO `items` " +
				"(`tenant_id`,`id`,`project_id`,`number`,`title`,`body`,`state`,`created_at`,`updated_at`,`version`) " +
				"VALUES (?,?,?,?,?,?,?,?,?,?)",
			args: namedArgs(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
		},
		{
			name: "union of 10",
			sql:  arm + strings.Repeat(" UNION ALL "+arm, 9),
			args: repeatArgs(10, 1, "x", 3),
		},
		{
			name: "union of 100",
			sql:  arm + strings.Repeat(" UNION ALL "+arm, 99),
			args: repeatArgs(100, 1, "x", 3),
		},
	} {
		b.Run(s.name+"/cached", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := g.Check(1, s.sql, s.args); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(s.name+"/new", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := guard.Prove(tables, s.sql); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// repeatArgs returns the arguments n times.
func repeatArgs(n int, values ...any) []driver.NamedValue {
	var all []any
	for range n {
		all = append(all, values...)
	}
	return namedArgs(all...)
}

// TestGuardCachesRequiredAliases calls each statement twice: a cached result has the same array.
func TestGuardCachesRequiredAliases(t *testing.T) {
	g := guard.New(tables)
	const sql = "SELECT * FROM items i JOIN labels l ON l.tenant_id = i.tenant_id "
	for _, test := range []struct {
		length int
		cached bool
	}{
		{length: len(sql), cached: true},
		{length: 4 << 10, cached: true},
		{length: 4<<10 + 1},
	} {
		padded := sql + strings.Repeat(" ", test.length-len(sql))
		first, second := g.RequiredAliases(padded), g.RequiredAliases(padded)
		if want := []string{"i"}; !slices.Equal(first, want) || !slices.Equal(second, want) {
			t.Fatalf("%d bytes: got %q and %q", test.length, first, second)
		}
		if cached := &first[0] == &second[0]; cached != test.cached {
			t.Errorf("%d bytes: cached %v", test.length, cached)
		}
	}
	if got := g.RequiredAliases("SELECT * FROM unknown"); got != nil {
		t.Errorf("an unknown table: got %q", got)
	}
}

func TestGuardReturnsItsTables(t *testing.T) {
	g := guard.New(tables)
	if table, ok := g.Table("countries"); !ok || !table.Shared {
		t.Errorf("countries: got %+v, %v", table, ok)
	}
	if table, ok := g.Table("unknown"); ok {
		t.Errorf("unknown: got %+v", table)
	}
}
