package guard

import (
	"database/sql/driver"
	"errors"
	"fmt"

	"vitess.io/vitess/go/vt/sqlparser"
)

// Column is the discriminator column of each tenant table.
const Column = "tenant_id"

// Table is an allowed table. The zero value is a tenant table.
type Table struct {
	// TenantLeadsKeys is true if tenant_id leads each unique key of the table. An upsert then
	// conflicts only with rows of its own tenant.
	TenantLeadsKeys bool
	// Shared is true if the table has no tenant_id. Statements of every tenant may read it; none
	// may write it or lock its rows.
	Shared bool
}

// Tables is the allow-list of tables, by name. The guard refuses statements with other tables.
type Tables map[string]Table

// Proof is the result of a proof: the statement stays inside a tenant if Check accepts its arguments.
type Proof struct {
	// Bindings has an entry for each use of a tenant table, in the order of the proof.
	Bindings []Binding
	// Params is the number of placeholders.
	Params int

	requirements []requirement
}

// Binding is a tenant table of a statement and the equality that binds it.
type Binding struct {
	Table, Alias string
	// By is for people, such as `i.tenant_id = argument 1`.
	By string
}

// requirement is a constant in a statement which must be the tenant, and the table bound by it.
type requirement struct {
	constant constant
	table    *tableRef
}

// Refusal is the error for an unproved statement.
type Refusal struct {
	// Table and Alias are the table of the reason, or empty if the reason is not about one table.
	Table, Alias string
	// Reason is for the author of the statement, and has a replacement where there is one.
	Reason string
	// SQL is the text of the statement, without its arguments.
	SQL string
	// Pos is the position in SQL of a syntax error, in bytes from 1, or 0.
	Pos int
}

// Error returns the table, if any, and the reason. It leaves out the SQL, which is for the log.
func (r *Refusal) Error() string {
	switch {
	case r.Table == "":
		return r.Reason
	case r.Alias == r.Table:
		return fmt.Sprintf("table %s: %s", r.Table, r.Reason)
	}
	return fmt.Sprintf("table %s (%s): %s", r.Table, r.Alias, r.Reason)
}

// refuse returns a refusal without a table.
func refuse(format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...)}
}

// refuseTable returns a refusal because of a table.
func refuseTable(table, alias, format string, args ...any) error {
	return &Refusal{Table: table, Alias: alias, Reason: fmt.Sprintf(format, args...)}
}

// parser is the parser of Vitess, which is in production in front of MySQL. Its syntax tree has a
// visitor for every node. lexSQL refuses text if its lexer and that of a server may differ.
var parser = func() *sqlparser.Parser {
	p, err := sqlparser.New(sqlparser.Options{})
	if err != nil {
		panic(err) // no option can fail
	}
	return p
}()

// Prove returns the proof that a statement stays inside a tenant, or a *Refusal.
func Prove(tables Tables, sql string) (*Proof, error) {
	proof, err := proveSQL(tables, sql)
	return proof, addSQL(err, sql)
}

// addSQL sets the SQL of a refusal.
func addSQL(err error, sql string) error {
	if err == nil {
		return nil
	}
	var r *Refusal
	if errors.As(err, &r) {
		r.SQL = sql
	}
	return err
}

// proveSQL is Prove, with refusals without the SQL.
func proveSQL(tables Tables, sql string) (proof *Proof, err error) {
	defer refusePanic(&err)
	p, statement, err := parseSQL(tables, sql)
	if err != nil {
		return nil, err
	}
	if err := p.proveStatement(statement); err != nil {
		return nil, err
	}
	if p.locksRows && p.sharedTable != "" {
		return nil, refuseTable(p.sharedTable, p.sharedTable, "it is shared: locks on its rows would block other tenants; "+
			"read it without FOR UPDATE or FOR SHARE, in a statement of its own")
	}
	return &p.proof, nil
}

// parseSQL parses a statement and returns a new prover for it.
func parseSQL(tables Tables, sql string) (*prover, sqlparser.Statement, error) {
	l, err := lexSQL(sql)
	if err != nil {
		return nil, nil, err
	}
	statement, err := l.parseTokens()
	if err != nil {
		return nil, nil, err
	}
	return newProver(tables, l), statement, nil
}

// refusePanic, when deferred, turns a panic into a refusal: the parser panics on some strings.
func refusePanic(err *error) {
	if recover() != nil {
		*err = refuse("the parser can't read the statement: simplify it")
	}
}

// Check returns a *Refusal, without SQL, unless the statement with these arguments stays inside
// the tenant.
func (p *Proof) Check(tenant uint32, args []driver.NamedValue) error {
	if tenant == 0 {
		return refuse("no tenant")
	}
	if len(args) != p.Params {
		return refuse("the statement has %d placeholders and %d arguments", p.Params, len(args))
	}
	for i := range p.requirements {
		r := &p.requirements[i]
		c := r.constant
		if c.arg < 0 && c.literal != uint64(tenant) {
			return refuseTable(r.table.table, r.table.alias, "%s is compared with %d, which is not the tenant", Column, c.literal)
		}
		if c.arg < 0 {
			continue
		}
		if why := explainArgument(args[c.arg].Value, tenant); why != "" {
			return refuseTable(r.table.table, r.table.alias, "argument %d %s", c.arg+1, why)
		}
	}
	return nil
}

// explainArgument returns the reason why an argument is not the tenant, or "".
func explainArgument(v driver.Value, tenant uint32) string {
	var same bool
	switch v := v.(type) {
	case int64:
		same = v == int64(tenant)
	case uint64:
		same = v == uint64(tenant)
	default:
		return fmt.Sprintf("must be the tenant as an integer, but is a %T", v)
	}
	if !same {
		return "must be the tenant of the context, but has another value"
	}
	return ""
}
