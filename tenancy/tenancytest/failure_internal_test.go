package tenancytest

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"

	"rowhouse/tenancy"
)

// missing is a model without a table.
type missing struct {
	TenantID tenancy.ID
	ID       uint64 `gorm:"primaryKey"`
}

// TableName returns the name of no table.
func (missing) TableName() string { return "missing" }

// TestErrorsOfTheDatabaseFailTheTest reads tables that do not exist.
func TestErrorsOfTheDatabaseFailTheTest(t *testing.T) {
	d := new(Schema).New(t)
	d.SkipOnVitess(t)
	for _, test := range []struct {
		name string
		do   func(testing.TB)
		want string
	}{
		{
			name: "a migration",
			do: func(t testing.TB) {
				broken := &Schema{Migrate: func(ctx context.Context, dsn string) error {
					return runStatements(ctx, dsn, "DELETE FROM missing")
				}}
				broken.New(t)
			},
			want: "1146",
		},
		{
			name: "Count",
			do:   func(t testing.TB) { d.Count(t, "missing", "") },
			want: "1146",
		},
		{
			name: "Reopen",
			do:   func(t testing.TB) { d.Reopen(t, &missing{}) },
			want: "missing",
		},
		{
			name: "a shard",
			do: func(t testing.TB) {
				k := &keyspace{dsn: d.DSN}
				(&Database{schema: &Schema{template: template{keyspace: k}}}).ShardPIDFile(t, "-80")
			},
			want: "-80",
		},
		{
			name: "a VSchema, which only vtgate has",
			do:   func(t testing.TB) { new(keyspace).addTables(t, d.SQL, []any{&missing{}}) },
			want: "VSCHEMA",
		},
		{
			name: "Processes",
			do: func(t testing.TB) {
				if err := d.SQL.Close(); err != nil {
					t.Fatal(err)
				}
				d.Processes(t)
			},
			want: "database is closed",
		},
	} {
		failing := &failingTest{TB: t}
		var group sync.WaitGroup
		group.Go(func() { test.do(failing) })
		if group.Wait(); !strings.Contains(failing.message, test.want) {
			t.Errorf("%s: the message is %q", test.name, failing.message)
		}
	}
}

// failingTest records the message of Fatal.
type failingTest struct {
	testing.TB
	message string
}

// Fatal records its arguments and ends the goroutine.
func (f *failingTest) Fatal(args ...any) {
	for _, a := range args {
		if err, ok := a.(error); ok {
			f.message = err.Error()
		}
	}
	runtime.Goexit()
}
