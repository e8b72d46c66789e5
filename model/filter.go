package model

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"rowhouse/tenancy"
)

const (
	// largestFilter bounds the conditions of a filter, with those of filters in it.
	largestFilter = 50
	// deepestFilter bounds how deep filters stand in each other.
	deepestFilter = 8
	// largestIn bounds the entries of a list.
	largestIn = 100
)

// filter is an input that says which rows of a noun are wanted: it adds what it asks of
// a row to the conditions. A nil one asks nothing.
type filter interface{ conditions(c *conditions) }

// narrow limits a query for rows of T to those that a filter wants. It fails with an
// *InvalidError.
func narrow[T any](ctx context.Context, db *tenancy.DB, query *gorm.DB, f filter) (*gorm.DB, error) {
	shared := &filtering{session: func() *gorm.DB { return db.For(ctx) }}
	c := &conditions{filtering: shared, schema: schemaOf[T](), path: []string{"where"}}
	f.conditions(c)
	if c.count > largestFilter {
		c.wrong(fmt.Sprintf("must have at most %d conditions", largestFilter))
	}
	if err := c.err(); err != nil || len(c.sql) == 0 {
		return query, err
	}
	return query.Where(c.all(), c.args...), nil
}

// filterKey is the same for filters that want the same.
func filterKey(f filter) string {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err) // it was made of JSON
	}
	return string(text)
}

// conditions are what one filter asks of a row, joined by AND.
type conditions struct {
	*filtering
	schema *schema.Schema
	path   []string
	sql    []string
	args   []any
}

// filtering is what a filter shares with those in it.
type filtering struct {
	rules
	session func() *gorm.DB
	count   int
}

// add adds a condition.
func (c *conditions) add(sql string, args ...any) {
	c.sql, c.args = append(c.sql, sql), append(c.args, args...)
	c.count++
}

// all says that all of them hold.
func (c *conditions) all() string {
	if len(c.sql) == 0 {
		return "TRUE"
	}
	return "(" + strings.Join(c.sql, ") AND (") + ")"
}

// wrong breaks a rule in a field.
func (c *conditions) wrong(message string, field ...string) {
	c.rules.add(message, slices.Concat(c.path, field)...)
}

// bounded breaks a rule when a list is too long.
func (c *conditions) bounded(n int, field ...string) {
	if n > largestIn {
		c.wrong(fmt.Sprintf("must have at most %d entries", largestIn), field...)
	}
}

// column is one of the table's, as SQL names it.
func (c *conditions) column(name string) string { return c.schema.Table + ".`" + name + "`" }

// of returns the conditions of a filter that stands in a field of this one.
func (c *conditions) of(f filter, s *schema.Schema, field ...string) *conditions {
	inner := &conditions{filtering: c.filtering, schema: s, path: slices.Concat(c.path, field)}
	c.count++
	switch {
	case len(inner.path) > 2*deepestFilter: // each filter adds one or two
		inner.wrong("stands too deep in other filters")
	case c.count <= largestFilter:
		f.conditions(inner)
	}
	return inner
}

// logic adds filters of the same rows.
func logic[F interface {
	filter
	comparable
}](c *conditions, and, or []F, not F) {
	c.bounded(len(and), "and")
	for i, f := range and {
		inner := c.of(f, c.schema, "and", strconv.Itoa(i))
		c.add(inner.all(), inner.args...)
	}
	if or != nil {
		c.bounded(len(or), "or")
		either := &conditions{sql: []string{"FALSE"}, filtering: &filtering{}}
		for i, f := range or {
			inner := c.of(f, c.schema, "or", strconv.Itoa(i))
			either.add(inner.all(), inner.args...)
		}
		c.add(strings.Join(either.sql, " OR "), either.args...)
	}
	if f := *new(F); not != f {
		inner := c.of(not, c.schema, "not")
		c.add("("+inner.all()+") IS NOT TRUE", inner.args...) // what is NULL is not true either
	}
}

// to adds that a filter holds for the row of U that a column refers to.
func to[U any, F interface {
	filter
	comparable
}](c *conditions, column string, f F, field ...string) {
	if none := *new(F); f != none {
		inner := c.of(f, schemaOf[U](), field...)
		c.exists(true, new(U), inner.column("id")+" = "+c.column(column), inner)
	}
}

// from adds that a filter holds for some row of U whose column refers to this row, or
// for none.
func from[U any, F interface {
	filter
	comparable
}](c *conditions, some bool, column string, f F, field ...string) {
	if none := *new(F); f != none {
		inner := c.of(f, schemaOf[U](), field...)
		c.exists(some, new(U), inner.column(column)+" = "+c.column("id"), inner)
	}
}

// exists adds that there is a row of a model, or none, for which join and the inner
// conditions hold.
func (c *conditions) exists(some bool, model any, join string, inner *conditions) {
	not := ""
	if !some {
		not = "NOT "
	}
	c.add(not+"EXISTS (?)", c.session().Model(model).Select("1").Where(join).Where(inner.all(), inner.args...))
}

// The fields of a noun: the API's name and the column.

func (c *conditions) id(field, column, noun string, f *IDFilter) {
	if f == nil {
		return
	}
	id := func(g GlobalID, path ...string) ID {
		id, err := g.of(noun)
		if err != nil {
			c.wrong(err.Error(), slices.Concat([]string{field}, path)...)
		}
		return id
	}
	if eq := f.Eq.Value(); eq != nil {
		c.add(c.column(column)+" = ?", id(*eq, "eq"))
	}
	if all := f.In.Value(); all != nil {
		ids := make([]ID, len(all))
		for i, g := range all {
			ids[i] = id(g, "in", strconv.Itoa(i))
		}
		in(c, field, column, ids)
	}
	c.null(column, f.IsNull.Value())
}

func (c *conditions) number(field, column string, f *IntFilter) {
	if f == nil {
		return
	}
	equal(c, column, f.Eq.Value())
	in(c, field, column, f.In.Value())
	between(c, column, f.Lt.Value(), f.Lte.Value(), f.Gt.Value(), f.Gte.Value())
}

func (c *conditions) time(column string, f *DateTimeFilter) {
	if f == nil {
		return
	}
	between(c, column, f.Lt.Value(), f.Lte.Value(), f.Gt.Value(), f.Gte.Value())
	c.null(column, f.IsNull.Value())
}

func (c *conditions) null(column string, isNull *bool) {
	if isNull != nil && *isNull {
		c.add(c.column(column) + " IS NULL")
	} else if isNull != nil {
		c.add(c.column(column) + " IS NOT NULL")
	}
}

func equal[V any](c *conditions, column string, v *V) {
	if v != nil {
		c.add(c.column(column)+" = ?", *v)
	}
}

func in[V any](c *conditions, field, column string, all []V) {
	c.bounded(len(all), field, "in")
	switch {
	case all == nil:
	case len(all) == 0:
		c.add("FALSE")
	default:
		c.add(c.column(column)+" IN ?", all)
	}
}

func between[V any](c *conditions, column string, lt, lte, gt, gte *V) {
	for _, bound := range []struct {
		than string
		v    *V
	}{{" < ?", lt}, {" <= ?", lte}, {" > ?", gt}, {" >= ?", gte}} {
		if bound.v != nil {
			c.add(c.column(column)+bound.than, *bound.v)
		}
	}
}
