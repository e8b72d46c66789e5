// Package guard proves that an SQL statement stays inside one tenant, or refuses it.
//
// Tables are of two kinds. A tenant table has the discriminator column tenant_id, and each row
// belongs to one tenant. A shared table does not have it, and all tenants may read it. The guard
// guarantees: if [Guard.Check] accepts a statement for a tenant, the statement reads, writes and
// locks only rows of the tenant, and reads rows of shared tables, on MariaDB, MySQL and Vitess
// alike. The guard needs no database and no ORM: it parses the text. The caller must send exactly
// this text and these arguments to the server.
//
// # Proof
//
// A query block is a SELECT, UPDATE, DELETE or INSERT without its subqueries. A statement is
// proved if each of its query blocks binds each of its tenant tables. A condition binds a table if
// it is in WHERE or ON, joined by AND, and is one of these equalities:
//
//   - tenant_id = ?, or tenant_id = 1, or tenant_id IN (?). The argument or integer must be the
//     tenant.
//   - tenant_id = o.tenant_id, if o is a bound table of the same query block.
//
// The ON of an outer join binds only tables on its nullable side. An INSERT is proved if tenant_id of
// each new row is the tenant. For example, this statement is proved:
//
//	SELECT i.title FROM items i JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id
//	WHERE i.tenant_id = ? AND i.id IN (SELECT item_id FROM comments WHERE tenant_id = ?)
//
// The first argument binds items, items binds projects, and the second argument binds comments in
// the query block of the subquery.
//
// A [Proof] depends only on the text of a statement, so a [Guard] caches it. [Proof.Check] then
// compares the arguments with the tenant.
//
// # Refusal
//
// The guard has lists of allowed tables, functions and syntax, and refuses everything else. It also
// refuses
//
//   - text which servers or the driver could read differently,
//   - writes to shared tables, and locks on their rows,
//   - statements which can crash or block a server for other tenants.
//
// A [Refusal] has the reason and, where there is one, a replacement.
//
// # Where to start reading
//
// Start with guard.go and statement.go. The rules are in these files:
//
//	lex.go, token.go   text, and its tokens
//	limits.go          limits for length, nesting, tables and subqueries
//	rewrite.go         syntax of servers which the parser does not support
//	select.go          SELECT, UNION, VALUES
//	with.go            common table expressions
//	update.go          UPDATE and DELETE
//	insert.go          INSERT, REPLACE, ON DUPLICATE KEY UPDATE
//	block.go, from.go  query blocks and their tables
//	join.go            joins, and the tables bound by ON
//	bind.go            equalities on tenant_id, and the tables bound by them
//	expr.go            expressions
//	functions.go       accepted and refused functions
//	shared.go          shared tables
//	name.go            names of tables and columns
//
// Other files give reasons for refusals (reason.go, position.go, advice.go), cache proofs
// (cache.go), find the tables for a WHERE (required.go), and classify statements of the system
// scope, which are not proved (classify.go).
package guard
