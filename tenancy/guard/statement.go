package guard

import (
	"vitess.io/vitess/go/vt/sqlparser"
)

// prover proves one statement.
type prover struct {
	tables Tables
	proof  Proof
	// spelling maps the lower-case form of a table name or alias to its spelling.
	spelling map[string]string
	// hasWith and recursive are true after WITH and after WITH RECURSIVE.
	hasWith, recursive bool
	// rewroteSetOp is true if INTERSECT or EXCEPT was rewritten as UNION.
	rewroteSetOp bool
	// quotedCalls has the quoted names before a parenthesis, in lower case.
	quotedCalls map[string]bool
	// subqueries, nullifs and operators count subqueries in expressions, calls of NULLIF and
	// arithmetic operators: see limits.go.
	subqueries, nullifs, operators int
	// tableCount is the number of tables so far, with the tables of common table expressions
	// counted at each use. cteTableCount counts only the latter.
	tableCount, cteTableCount int
	// readTables has the tenant tables of all SELECTs.
	readTables map[string]bool
	// selects has the query block of each proved SELECT without ROLLUP, for INSERT … SELECT.
	selects map[*sqlparser.Select]*block
	// sharedTable is a shared table of the statement, or empty.
	sharedTable string
	// locksRows is true if a query block is a locking read.
	locksRows bool
}

// newProver returns a prover for a statement.
func newProver(tables Tables, l *lexedSQL) *prover {
	return &prover{
		tables: tables, rewroteSetOp: l.rewroteSetOp, quotedCalls: l.quotedCalls, spelling: map[string]string{},
		readTables: map[string]bool{}, selects: map[*sqlparser.Select]*block{}, proof: Proof{Params: l.params},
	}
}

// proveStatement proves a whole statement, or returns a refusal.
func (p *prover) proveStatement(s sqlparser.Statement) error {
	switch s := s.(type) {
	case sqlparser.TableStatement:
		return p.proveQuery(s, nil, nil)
	case *sqlparser.Insert:
		return p.proveInsert(s)
	case *sqlparser.Update:
		return p.proveUpdate(s)
	case *sqlparser.Delete:
		return p.proveDelete(s)
	case *sqlparser.Savepoint, *sqlparser.SRollback, *sqlparser.Release:
		return nil // a savepoint ends with its transaction
	}
	return refuseSystemStatement("ROLLBACK") // parseTokens refused the others
}

// addRequirement adds a constant which must be the tenant.
func (p *prover) addRequirement(r *tableRef, c constant) {
	p.proof.requirements = append(p.proof.requirements, requirement{constant: c, table: r})
}

// addBinding adds a table to the proof, with the description of its equality.
func (p *prover) addBinding(r *tableRef, by string) {
	p.proof.Bindings = append(p.proof.Bindings, Binding{Table: r.table, Alias: r.alias, By: by})
}
