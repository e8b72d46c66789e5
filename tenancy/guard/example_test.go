package guard_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"rowhouse/tenancy/guard"
)

// exampleTables has two tenant tables and a shared table.
var exampleTables = guard.Tables{
	"items":     {TenantLeadsKeys: true},
	"projects":  {TenantLeadsKeys: true},
	"countries": {Shared: true},
}

// A proof has the equality that binds each table. It depends only on the text of the statement.
func ExampleProve() {
	proof, err := guard.Prove(exampleTables,
		"SELECT i.title FROM items i JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id "+
			"WHERE i.tenant_id = ? AND p.name = ?")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range proof.Bindings {
		fmt.Println(b.Table, b.By)
	}
	// Output:
	// items i.tenant_id = argument 1
	// projects p.tenant_id = i.tenant_id
}

// The reason of a refusal says which condition does not bind the table, and which one to add.
func ExampleProve_refused() {
	_, err := guard.Prove(exampleTables, "SELECT title FROM items WHERE tenant_id = ? OR public")
	var refusal *guard.Refusal
	if errors.As(err, &refusal) {
		fmt.Println("table", refusal.Table)
		fmt.Println(strings.ReplaceAll(refusal.Reason, "; ", ";\n"))
	}
	// Output:
	// table items
	// nothing binds it to the tenant: `tenant_id = ? or public` does not bind, since a row can meet the other side of OR;
	// add `items.tenant_id = ?` to WHERE, by AND
}

// Check proves a statement once, and compares the arguments with the tenant each time.
func ExampleGuard_Check() {
	g := guard.New(exampleTables)
	const update = "UPDATE items SET title = ? WHERE tenant_id = ? AND id = ?"
	args := []driver.NamedValue{{Ordinal: 1, Value: "Done"}, {Ordinal: 2, Value: int64(7)}, {Ordinal: 3, Value: int64(1)}}
	fmt.Println(g.Check(7, update, args))
	fmt.Println(g.Check(8, update, args))
	fmt.Println(g.Check(7, "INSERT INTO countries (code) VALUES ('FR')", nil))
	fmt.Printf("%+v\n", g.Counts())
	// Output:
	// <nil>
	// table items: argument 2 must be the tenant of the context, but has another value
	// table countries: it is shared: tenants read it, and only the system scope writes it
	// {Proved:1 Refused:2 Parsed:2}
}

// RequiredAliases is for code that writes the WHERE of a statement.
func ExampleRequiredAliases() {
	aliases, err := guard.RequiredAliases(exampleTables,
		"SELECT i.title FROM items i LEFT JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id")
	fmt.Println(aliases, err)
	// Output: [i] <nil>
}
