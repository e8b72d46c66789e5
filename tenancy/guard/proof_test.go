package guard_test

import (
	"cmp"
	"database/sql/driver"
	"errors"
	"fmt"
	"testing"

	"rowhouse/tenancy/guard"
)

func TestRefusalsHaveTablePositionAndReason(t *testing.T) {
	for _, test := range []struct {
		sql, table, alias, message string
		pos                        int
	}{
		{
			sql:     "SELECT 1 FROM items",
			table:   "items",
			alias:   "items",
			message: "table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND",
		},
		{
			sql:     "SELECT 1 FROM items i",
			table:   "items",
			alias:   "i",
			message: "table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND",
		},
		{
			sql:     "SELECT 1 FROM items i WHERE i.tenant_id = 2",
			table:   "items",
			alias:   "i",
			message: "table items (i): tenant_id is compared with 2, which is not the tenant",
		},
		{sql: "SELECT SLEEP(1)", message: "the function SLEEP holds a connection that other tenants wait for: wait in Go"},
		{
			sql:     "SELECT '",
			message: `line 1, column 8, at "'": the string does not end`,
			pos:     8,
		},
		{
			sql:     "SELECT 'ä',\n\t/*! 1 */",
			message: `line 2, column 2, at "/*! 1 */": servers execute the comment /*! … */: write a space after /*`,
			pos:     15,
		},
		{
			sql:     "SELECT 1 FROM items i WHERE",
			message: "line 1, column 28, at the end: the statement ends too early",
			pos:     28,
		},
	} {
		err := guard.New(tables).Check(1, test.sql, nil)
		var got *guard.Refusal
		if !errors.As(err, &got) || got.Error() != test.message {
			t.Errorf("%s\n got: %v\nwant: %s", test.sql, err, test.message)
			continue
		}
		got.Reason = ""
		if want := (guard.Refusal{Table: test.table, Alias: test.alias, SQL: test.sql, Pos: test.pos}); *got != want {
			t.Errorf("%s\n got: %#v\nwant: %#v", test.sql, *got, want)
		}
	}
}

// TestProofsHaveTheirBindings checks the bindings, which are in the order of the proof.
func TestProofsHaveTheirBindings(t *testing.T) {
	for _, test := range []struct{ sql, bindings string }{
		{sql: "SELECT 1", bindings: "[]"},
		{sql: "SELECT 1 FROM items WHERE id = ? AND tenant_id = ?", bindings: "[{items items items.tenant_id = argument 2}]"},
		{
			sql:      "SELECT 1 FROM items i, labels l WHERE l.tenant_id = i.tenant_id AND i.tenant_id = 1 AND l.tenant_id = ?",
			bindings: "[{items i i.tenant_id = 1} {labels l l.tenant_id = argument 1}]",
		},
		{
			sql: "SELECT 1 FROM items i JOIN labels l ON l.tenant_id = i.tenant_id JOIN projects p ON p.tenant_id = " +
				"l.tenant_id AND p.tenant_id = i.tenant_id WHERE i.tenant_id = 1",
			bindings: "[{items i i.tenant_id = 1} {labels l l.tenant_id = i.tenant_id} {projects p p.tenant_id = l.tenant_id}]",
		},
		{
			sql:      "SELECT 1 FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l WHERE l.tenant_id = 2)",
			bindings: "[{labels l l.tenant_id = 2} {items i i.tenant_id = 1}]",
		},
		{sql: "INSERT INTO items (id, tenant_id) VALUES (?, ?), (?, 1)", bindings: "[{items items VALUES: tenant_id = 1}]"},
		{
			sql:      "INSERT INTO items (id, tenant_id) SELECT id, ? FROM labels WHERE tenant_id = 1",
			bindings: "[{labels labels labels.tenant_id = 1} {items items SELECT: argument 1}]",
		},
		{
			sql:      "INSERT INTO items (tenant_id) SELECT l.tenant_id FROM labels l WHERE l.tenant_id = 1",
			bindings: "[{labels l l.tenant_id = 1} {items items SELECT: l.tenant_id}]",
		},
	} {
		if proof, err := guard.Prove(tables, test.sql); err != nil || fmt.Sprint(proof.Bindings) != test.bindings {
			t.Errorf("%s\n%v %v", test.sql, proof, err)
		}
	}
}

func TestArgumentsMustBeTheTenant(t *testing.T) {
	const (
		other = "table items: argument 2 must be the tenant of the context, but has another value"
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
		{
			name:   "the tenant",
			tenant: 7,
			args:   namedArgs("x", int64(7)),
		},
		{
			name:   "an unsigned integer",
			tenant: 7,
			args:   namedArgs("x", uint64(7)),
		},
		{
			name:   "the maximum",
			tenant: 1<<32 - 1,
			args:   namedArgs("x", int64(1<<32-1)),
		},
		{
			name:    "another tenant",
			tenant:  7,
			args:    namedArgs("x", int64(8)),
			refused: other,
		},
		{
			name:    "another tenant, unsigned",
			tenant:  7,
			args:    namedArgs("x", uint64(8)),
			refused: other,
		},
		{
			name:    "the tenant in the other argument",
			tenant:  7,
			args:    namedArgs(int64(7), "x"),
			refused: typed + "string",
		},
		{
			name:    "the same lower 32 bits",
			tenant:  7,
			args:    namedArgs("x", int64(1<<32+7)),
			refused: other,
		},
		{
			name:    "the same lower 32 bits, unsigned",
			tenant:  7,
			args:    namedArgs("x", uint64(1<<32+7)),
			refused: other,
		},
		{
			name:    "a negative integer",
			tenant:  1<<32 - 1,
			args:    namedArgs("x", int64(-1)),
			refused: other,
		},
		{
			name:    "a string",
			tenant:  7,
			args:    namedArgs("x", "7"),
			refused: typed + "string",
		},
		{
			name:    "bytes",
			tenant:  7,
			args:    namedArgs("x", []byte("7")),
			refused: typed + "[]uint8",
		},
		{
			name:    "a float",
			tenant:  7,
			args:    namedArgs("x", 7.0),
			refused: typed + "float64",
		},
		{
			name:    "a boolean",
			tenant:  1,
			args:    namedArgs("x", true),
			refused: typed + "bool",
		},
		{
			name:    "NULL",
			tenant:  7,
			args:    namedArgs("x", nil),
			refused: typed + "<nil>",
		},
		{
			name:    "no tenant",
			args:    namedArgs("x", int64(0)),
			refused: "no tenant",
		},
		{
			name:    "too few arguments",
			tenant:  7,
			args:    namedArgs(int64(7)),
			refused: fmt.Sprintf(count, 1),
		},
		{
			name:    "too many arguments",
			tenant:  7,
			args:    namedArgs("x", int64(7), int64(7)),
			refused: fmt.Sprintf(count, 3),
		},
		{
			name:    "no arguments",
			tenant:  7,
			refused: fmt.Sprintf(count, 0),
		},
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
