package relay

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"rowhouse/tenancy"
)

const (
	// maxConditions bounds the conditions of a filter, with those of nested filters.
	maxConditions = 50
	// maxDepth bounds the depth of nested filters.
	maxDepth = 8
	// maxIn bounds the entries of a list.
	maxIn = 100
)

// readCondition returns the condition that apply adds for rows of R, or an empty one for onlyChecked. If the filter is not
// valid, it fails with an *InvalidError and runs no query. It also fails if a query for related rows fails.
func readCondition[R any](ctx context.Context, db *tenancy.DB, apply func(*conditions), f following) (condition, error) {
	c := &conditions{filtering: &filtering{ctx: ctx, db: db, following: f}, table: schemaOf[R]().Table, path: Path{"where"}}
	apply(c)
	if c.count > maxConditions {
		c.rejectField(fmt.Sprintf("must have at most %d conditions", maxConditions))
	}
	if err := c.Err(); err != nil || len(c.sql) == 0 || f == onlyChecked {
		return condition{}, err
	}
	return c.render()
}

// conditions are the SQL conditions of one filter, joined by AND.
type conditions struct {
	*filtering
	table string // its name or alias
	from  string // the FROM clause of related rows
	// hasDeleted adds softly deleted rows to the related rows.
	hasDeleted bool
	path       Path
	sql        []string
	args       []any
}

// filtering is the shared state of nested filters.
type filtering struct {
	Validation
	ctx context.Context //nolint:containedctx // of the operation with the filter
	db  *tenancy.DB

	count int
	// isStrict rejects null and empty filters, which otherwise have no effect. Filters of mutations are strict.
	isStrict bool

	following following
}

// addCondition adds a condition.
func (c *conditions) addCondition(sql string, args ...any) {
	c.sql, c.args = append(c.sql, sql), append(c.args, args...)
	c.count++
}

// noRow is a condition that no row matches. It is not FALSE: with FALSE, Vitess ignores the condition on the tenant, and
// sends a UNION to several shards.
const noRow = "1 = 0"

// joinAll returns the SQL of all conditions.
func (c *conditions) joinAll() string {
	if len(c.sql) == 0 {
		return "TRUE"
	}
	return "(" + strings.Join(c.sql, ") AND (") + ")"
}

// render returns all conditions as one. It runs queries for related rows, and fails if one of them fails.
func (c *conditions) render() (condition, error) { return newCondition(c.joinAll(), c.args) }

// rejectField adds a validation error for a field.
func (c *conditions) rejectField(message string, field ...any) {
	c.Add(message, slices.Concat(c.path, field)...)
}

// checkEntries rejects a list with too many entries.
func (c *conditions) checkEntries(n int, field ...any) {
	if n > maxIn {
		c.rejectField(fmt.Sprintf("must have at most %d entries", maxIn), field...)
	}
}

// quoteColumn returns the SQL for a column of the filter's table.
func (c *conditions) quoteColumn(name string) string { return "`" + c.table + "`.`" + name + "`" }

// newNested returns the conditions of a filter in a field of this one.
func (c *conditions) newNested(table string, apply func(*conditions), field ...any) *conditions {
	inner := &conditions{filtering: c.filtering, table: table, path: slices.Concat(c.path, field)}
	c.count++
	switch {
	case len(inner.path) > 2*maxDepth: // each filter adds one or two
		inner.rejectField("exceeds the depth limit of nested filters")
	case c.count <= maxConditions:
		apply(inner)
	}
	return inner
}

// checkFilters rejects a list with too many filters, and in mutations an empty one: not would match all rows.
func (c *conditions) checkFilters(n int, field string) {
	if c.checkEntries(n, field); n == 0 && c.isStrict {
		c.rejectField("must have at least one filter", field)
	}
}

// whereAnd adds the conditions of filters of the same rows, all of which must hold.
func (c *conditions) whereAnd(f *filterType, filters reflect.Value) {
	c.checkFilters(filters.Len(), "and")
	for i := range filters.Len() {
		inner := c.newNested(c.table, f.bindTo(filters.Index(i)), "and", i)
		c.addCondition(inner.joinAll(), inner.args...)
	}
}

// whereOr adds the conditions of filters of the same rows, one of which must hold.
func (c *conditions) whereOr(f *filterType, filters reflect.Value) {
	c.checkFilters(filters.Len(), "or")
	either := &conditions{filtering: &filtering{}}
	for i := range filters.Len() {
		inner := c.newNested(c.table, f.bindTo(filters.Index(i)), "or", i)
		either.addCondition(inner.joinAll(), inner.args...)
	}
	if len(either.sql) == 0 {
		either.addCondition(noRow)
	}
	c.addCondition(strings.Join(either.sql, " OR "), either.args...)
}

// whereNot adds the negation of a filter of the same rows; NULL counts as false.
func (c *conditions) whereNot(f *filterType, filter reflect.Value) {
	inner := c.newNested(c.table, f.bindTo(filter), "not")
	c.addCondition("("+inner.joinAll()+") IS NOT TRUE", inner.args...)
}
