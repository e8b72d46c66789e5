package tenancy

import (
	"context"
	"database/sql"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"
	"gorm.io/gorm"
)

// Shape determines a SELECT except for its arguments. It is comparable: equal shapes with equally many arguments
// have the same SQL.
type Shape interface {
	// Build returns the query of the shape, from a session of For. The query has each of args, and no other
	// value except for limits and offsets (int), which the shape determines. The values of args are opaque.
	Build(session *gorm.DB, args []any) Select
}

// Select is a query, or a UNION ALL of queries.
type Select struct {
	// Queries become an arm each, if there is more than one.
	Queries []*gorm.DB
	// Column and Keys make an arm of each query and key, as UnionAllByKey does. Keys are some of the shape's args.
	Column string
	Keys   []any
	// Order is the ORDER BY of a UNION ALL, in the names of the result's columns, or "".
	Order string
}

const (
	// maxBuilt bounds the statements that a DB keeps.
	maxBuilt = 512
	// maxBuiltLength bounds the SQL of a statement that is kept, in bytes.
	maxBuiltLength = 16 << 10
)

// builtKey identifies a built statement. Statements of the system scope have no conditions on the tenant.
type builtKey struct {
	shape  Shape
	args   int
	system bool
}

// built is the SQL of a statement with the origins of its arguments. It has no value of the tenant for which GORM
// has built it.
type built struct {
	sql     string
	origins []origin
}

// origin is the origin of a statement's argument: the index of an argument of the shape, or a limit, or the tenant.
type origin struct {
	kind  originKind
	value int
}

type originKind int

const (
	fromTenant originKind = iota
	fromArgument
	fromLimit
)

// argument stands for an argument of a shape while GORM builds its statement.
type argument struct{ index int }

func newBuiltStatements() *lru.Cache[builtKey, *built] {
	cache, err := lru.New[builtKey, *built](maxBuilt)
	if err != nil {
		panic(err) // the size is a constant
	}
	return cache
}

// Query runs the SELECT of a shape for ctx's tenant, in ctx's transaction if it comes from Tx. GORM builds the SQL with
// the tenant's conditions at the first use of the shape. Each execution has the conditions for ctx's own tenant, and
// passes the quota and the guard. Query fails like a session of For, and with ErrScope if the statement does
// not have exactly the arguments of the shape.
//
// The caller must read the rows without a pause and close them. When ctx ends, reading fails, but the rows hold their
// connection until they are closed.
func (db *DB) Query(ctx context.Context, shape Shape, args []any) (*sql.Rows, error) {
	session := db.gorm
	if tx := txFrom(ctx, db); tx != nil && tx.session != nil {
		session = tx.session
		if _, err := tenantOf(&gorm.Statement{DB: session, Context: ctx}); err != nil {
			return nil, err
		}
	}
	_, system := systemOf(ctx)
	tenant, err := FromContext(ctx)
	if err != nil && !system {
		return nil, err
	}
	s, err := db.findBuilt(ctx, builtKey{shape, len(args), system}, tenant.ID)
	if err != nil {
		return nil, err
	}
	filled := s.fill(tenant.ID, args)
	if trace := db.trace.Load(); trace != nil {
		(*trace)(ctx, s.sql, filled)
	}
	if pool, ok := session.Statement.ConnPool.(*quotaPool); ok {
		return pool.queryAtOnce(ctx, s.sql, filled)
	}
	return session.Statement.ConnPool.QueryContext(ctx, s.sql, filled...)
}

// Trace makes Query call trace with each later statement before it runs, in place of an earlier trace. The arguments can
// be personal data. Statements of GORM sessions are not traced: GORM has callbacks for them.
func (db *DB) Trace(trace func(ctx context.Context, statement string, args []any)) {
	db.trace.Store(&trace)
}

// findBuilt returns the statement of a key, or builds it.
func (db *DB) findBuilt(ctx context.Context, key builtKey, tenant ID) (*built, error) {
	if s, ok := db.built.Get(key); ok {
		return s, nil
	}
	args := make([]any, key.args)
	for i := range args {
		args[i] = argument{i}
	}
	text, vars, err := key.shape.Build(db.For(ctx), args).render()
	if err != nil {
		return nil, err
	}
	s, err := newBuilt(text, vars, key.args, tenant)
	if err == nil && len(text) <= maxBuiltLength {
		db.built.Add(key, s)
	}
	return s, err
}

// newBuilt returns a statement without the values of the tenant for which it was rendered. It fails unless the
// statement has each argument.
func newBuilt(text string, vars []any, args int, tenant ID) (*built, error) {
	s := &built{text, make([]origin, len(vars))}
	used := make([]bool, args)
	for i, v := range vars {
		switch v := v.(type) {
		case argument:
			s.origins[i] = origin{fromArgument, v.index}
			used[v.index] = true
		case int:
			s.origins[i] = origin{fromLimit, v}
		case ID:
			if v != tenant || tenant == 0 {
				return nil, fmt.Errorf("%w: a statement for the tenant %d has a condition for the tenant %d: %s", ErrScope, tenant, v, text)
			}
		default:
			return nil, fmt.Errorf("%w: the value of type %T is no argument of the shape of this statement: %s", ErrScope, v, text)
		}
	}
	for i, ok := range used {
		if !ok {
			return nil, fmt.Errorf("%w: the statement lacks the argument %d of its shape: %s", ErrScope, i, text)
		}
	}
	return s, nil
}

// fill returns the arguments of an execution.
func (s *built) fill(tenant ID, args []any) []any {
	all := make([]any, len(s.origins))
	var id any = tenant
	for i, o := range s.origins {
		switch o.kind {
		case fromArgument:
			all[i] = args[o.value]
		case fromLimit:
			all[i] = o.value
		default:
			all[i] = id
		}
	}
	return all
}

// render returns the SQL and its arguments.
func (s Select) render() (string, []any, error) {
	var arms []arm
	for _, query := range s.Queries {
		if s.Column == "" {
			a, err := renderArm(query, query.Statement.Model)
			if err != nil {
				return "", nil, err
			}
			arms = append(arms, a)
			continue
		}
		byKey, err := renderArms(query, s.Column, s.Keys, query.Statement.Model)
		if err != nil {
			return "", nil, err
		}
		arms = append(arms, byKey...)
	}
	if len(s.Queries) == 1 && s.Column == "" {
		return arms[0].sql, arms[0].vars, nil
	}
	text, vars := joinArms(arms, s.Order)
	return text, vars, nil
}

// Render returns the SQL of a query with a model, and its arguments, for a condition in another statement of the
// same tenant.
func Render(query *gorm.DB) (text string, vars []any, err error) {
	a, err := renderArm(query, query.Statement.Model)
	return a.sql, a.vars, err
}
