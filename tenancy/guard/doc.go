// Package guard proves that an SQL statement stays inside one tenant, or refuses it.
//
// It guarantees: a statement that [Guard.Check] accepts reads, writes and locks only rows of the
// given tenant and rows of shared tables, on MariaDB, MySQL and Vitess alike. The guard needs no
// database and no ORM: it parses the text of the statement. The caller must send exactly this
// text and these arguments to the server.
//
// # Proof
//
// A query block is a SELECT, UPDATE, DELETE or INSERT without its subqueries. A statement is
// proved if each of its query blocks binds each tenant table that it reads or writes. A table is
// bound by an equality that each of its rows in the result must meet:
//
//   - tenant_id = ?, or tenant_id = 1, or tenant_id IN (?);
//   - tenant_id = o.tenant_id, where o is a table of the same query block that is bound.
//
// Only conditions joined by AND in WHERE or ON bind. The ON of an outer join binds only the
// tables of its nullable side. An INSERT is proved if each new row has the tenant in tenant_id.
//
// A [Proof] depends only on the text of a statement, so a [Guard] caches it. [Proof.Check]
// compares the arguments and integers that bind the tables with the tenant.
//
// # Refusal
//
// The guard accepts only syntax, functions and tables that it has on a list, and refuses
// everything else. It also refuses text that servers or the driver could read differently,
// statements that write shared tables or lock their rows, and statements that can crash or block
// a server. A [Refusal] has the reason and a replacement.
//
// # Where to start reading
//
// Start with guard.go and statement.go. The rules are in these files:
//
//	lex.go, token.go   text that all servers split into the same tokens
//	limits.go          limits for length, nesting, tables and subqueries
//	rewrite.go         syntax that servers have and the parser lacks
//	statement.go       statements by kind; the state of a proof
//	select.go          SELECT, UNION, VALUES
//	with.go            common table expressions
//	update.go          UPDATE and DELETE
//	insert.go          INSERT, REPLACE, ON DUPLICATE KEY UPDATE
//	block.go, from.go  query blocks and their tables
//	join.go            joins, and the tables that an ON can bind
//	bind.go            equalities on tenant_id, and the tables that they bind
//	expr.go            expressions
//	functions.go       accepted and refused functions
//	shared.go          shared tables
//	name.go            names of tables and columns
//
// Other files give reasons for refusals (reason.go, position.go, advice.go), cache proofs
// (cache.go), return the tables that WHERE must bind (required.go), and classify statements of the
// system scope, which are not proved (classify.go).
package guard
