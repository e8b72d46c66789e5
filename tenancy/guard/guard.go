// Package guard proves that an SQL statement stays inside one tenant, or refuses it.
//
// A statement is proved when each query block by itself binds each table that it
// reads or writes: a condition that every row has to meet says `tenant_id = X`, or
// that tenant_id equals the one of a table that is bound already, and X is the
// tenant. Whatever the guard does not know (a table, a function, a piece of syntax)
// it refuses.
//
//	lex.go        what every server's lexer reads alike
//	respell.go    forms that servers have and the parser lacks
//	place.go      where a statement can't be read, and what to write instead
//	statement.go  SELECT, UNION, WITH, UPDATE, DELETE
//	insert.go     INSERT, REPLACE, ON DUPLICATE KEY UPDATE
//	from.go       the tables of a block, and which ON may bind which of them
//	required.go   the tables of a block that WHERE can bind, for code that writes SQL
//	bind.go       from the conditions to what they bind
//	expr.go       the expressions that stay inside the row
//	functions.go  the functions that do
//	reason.go     the reason why a condition binds nothing
//	cache.go      verdicts by text
//
// It needs no database and knows nothing of GORM.
package guard

import (
	"database/sql/driver"
	"errors"
	"fmt"

	"vitess.io/vitess/go/vt/sqlparser"
)

// Column tells the tenants apart, in each table that they own.
const Column = "tenant_id"

// Table is what the guard must know about a table.
type Table struct {
	// Keyed means that tenant_id leads each unique key of the table, so that an
	// upsert can meet no row but its own tenant's.
	Keyed bool
	// Shared means that the table has no tenant_id: statements of every tenant may read
	// it, and none may write it or lock its rows.
	Shared bool
}

// Tables are the tables that a statement may name, by name: those that tenants own, and
// shared ones. A statement may name no others.
type Tables map[string]Table

// Proof is a template: the statement stays inside the tenant for which Check says so.
type Proof struct {
	// Bindings say what binds each table, in the order of the proof.
	Bindings []Binding
	// Params is the number of placeholders.
	Params int

	needs []need
}

// Binding is one table of a statement and what binds it.
type Binding struct {
	Table, Alias string
	// By is for people: `i.tenant_id = argument 1`.
	By string
}

// need is a value of the statement that has to be the tenant: an argument, or a
// number in the text.
type need struct {
	arg     int // from 0, or -1
	literal uint64
	source  *source
}

// Refusal is the error for a statement that is not proved.
type Refusal struct {
	// Table and Alias are the table that is not bound, if it is one.
	Table, Alias string
	// Reason says what is missing, for who wrote the statement.
	Reason string
	// SQL is the text, without its arguments.
	SQL string
	// Pos is the byte in SQL, from 1, that can't be read; or 0.
	Pos int
}

// Error names the table and what is missing; the SQL is left to the log.
func (r *Refusal) Error() string {
	switch {
	case r.Table == "":
		return r.Reason
	case r.Alias == r.Table:
		return fmt.Sprintf("table %s: %s", r.Table, r.Reason)
	}
	return fmt.Sprintf("table %s (%s): %s", r.Table, r.Alias, r.Reason)
}

func refuse(format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...)}
}

// parser is Vitess' own: of those for MySQL's dialect it is the one in production in
// front of databases, its tree has a visitor for every node, and where its lexer and
// a server's could differ, lex refuses. See also the fuzz tests.
var parser = func() *sqlparser.Parser {
	p, err := sqlparser.New(sqlparser.Options{})
	if err != nil {
		panic(err) // it has no options that could fail
	}
	return p
}()

// Prove returns the proof that sql stays inside a tenant, or a *Refusal.
func Prove(tables Tables, sql string) (*Proof, error) {
	proof, err := prove(tables, sql)
	return proof, withSQL(err, sql)
}

// withSQL completes a refusal.
func withSQL(err error, sql string) error {
	var r *Refusal
	if errors.As(err, &r) {
		r.SQL = sql
	}
	return err
}

func prove(tables Tables, sql string) (proof *Proof, err error) {
	defer refusePanic(&err)
	p, statement, err := parse(tables, sql)
	if err != nil {
		return nil, err
	}
	if err := p.statement(statement); err != nil {
		return nil, err
	}
	if p.locks && p.shared != "" {
		return nil, &Refusal{Table: p.shared, Alias: p.shared, Reason: "it is shared: locks on its rows would block other tenants; " +
			"read it without FOR UPDATE or FOR SHARE, in a statement of its own"}
	}
	return &p.proof, nil
}

// parse reads a statement, and returns its prover.
func parse(tables Tables, sql string) (*prover, sqlparser.Statement, error) {
	l, err := lex(sql)
	if err != nil {
		return nil, nil, err
	}
	statement, err := l.parse()
	if err != nil {
		return nil, nil, err
	}
	return newProver(tables, l), statement, nil
}

// refusePanic is deferred: the parser panics on some strings.
func refusePanic(err *error) {
	if recover() != nil {
		*err = refuse("the statement is more than the parser can read")
	}
}

// Check returns a *Refusal, without SQL, unless the values of the statement make it
// stay inside this tenant.
func (p *Proof) Check(tenant uint32, args []driver.NamedValue) error {
	if tenant == 0 {
		return refuse("no tenant")
	}
	if len(args) != p.Params {
		return refuse("the statement has %d placeholders and %d arguments", p.Params, len(args))
	}
	for i := range p.needs {
		n := &p.needs[i]
		if n.arg < 0 && n.literal != uint64(tenant) {
			return &Refusal{Table: n.source.table, Alias: n.source.alias, Reason: fmt.Sprintf("%s is compared with %d, which is not the tenant", Column, n.literal)}
		}
		if n.arg < 0 {
			continue
		}
		if wrong := notTenant(args[n.arg].Value, tenant); wrong != "" {
			return &Refusal{Table: n.source.table, Alias: n.source.alias, Reason: fmt.Sprintf("argument %d %s", n.arg+1, wrong)}
		}
	}
	return nil
}

// notTenant says what is wrong with an argument that has to be the tenant, or nothing.
func notTenant(v driver.Value, tenant uint32) string {
	var same bool
	switch v := v.(type) {
	case int64:
		same = v == int64(tenant)
	case uint64:
		same = v == uint64(tenant)
	default:
		return fmt.Sprintf("must be the tenant, as an integer, and is a %T", v)
	}
	if !same {
		return "must be the tenant of the context, and is another"
	}
	return ""
}
