package exec

import (
	"context"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/model/relay"
)

// anyRows writes a row of an interface or union, or a list of rows. The rows have all columns.
type anyRows struct {
	plans     map[reflect.Type]*objectPlan // by the type of a pointer to a row
	isList    bool
	element   string               // the type of an element, for errors
	isNonNull bool                 // an element
	of        map[string]*rowsPlan // by the name of a type
}

// compileAny compiles the fields of each possible type of a field's rows. It returns nil if a type has no plan, or no type has rows.
func (c *compiler) compileAny(field graphql.CollectedField) *anyRows {
	of := field.Definition.Type
	rows := &anyRows{plans: map[reflect.Type]*objectPlan{}, of: map[string]*rowsPlan{}, isList: of.Elem != nil}
	if rows.isList {
		of = of.Elem
		rows.element, rows.isNonNull = of.String(), of.NonNull
	}
	if of.Elem != nil {
		return nil // a list of lists
	}
	for _, t := range c.possibleTypes(c.schema.Definitions.Types[of.Name()]) {
		of := newRowsPlan(t)
		of.all = true
		if c.sent != nil {
			of = c.sent.rows.of[t.Name()]
		}
		plan := c.compileObject(of, field.Selections)
		if plan == nil {
			return nil
		}
		if c.sent == nil {
			of.selectColumns()
		}
		rows.of[t.Name()] = of
		rows.plans[reflect.TypeOf(t.NewRow())] = plan
	}
	if len(rows.plans) == 0 {
		return nil
	}
	return rows
}

// possibleTypes returns the types with rows of an object type, an interface or a union.
func (c *compiler) possibleTypes(d *ast.Definition) (types []relay.AnyType) {
	for _, possible := range c.schema.Definitions.GetPossibleTypes(d) {
		if t := c.schema.Types.ByName(possible.Name); t != nil {
			types = append(types, t)
		}
	}
	return types
}

// rowAt returns the row of a value of the field, as a pointer, or nil for null. It returns false for a value that is not
// a row of one of the types.
func (rows *anyRows) rowAt(v reflect.Value) (row any, ok bool) {
	switch {
	case v.Kind() == reflect.Struct && v.CanAddr():
		v = v.Addr()
	case v.Kind() == reflect.Interface && v.IsNil(), v.Kind() == reflect.Pointer && v.IsNil():
		return nil, true
	case v.Kind() == reflect.Interface:
		v = v.Elem()
	}
	if rows.plans[v.Type()] == nil || v.IsNil() {
		return nil, false
	}
	return v.Interface(), true
}

// list returns the rows of a value. It returns false if there is no plan for a row, or for a list that is null.
func (rows *anyRows) list(value any) (all []any, ok bool) {
	v := reflect.ValueOf(value)
	if !rows.isList {
		row, ok := rows.rowAt(v)
		return []any{row}, ok && row != nil
	}
	if v.Kind() != reflect.Slice || v.IsNil() {
		return nil, false
	}
	all = make([]any, v.Len())
	for i := range all {
		if all[i], ok = rows.rowAt(v.Index(i)); !ok {
			return nil, false
		}
	}
	return all, true
}

// writeAny writes the rows of anyRows.list.
func (r *run) writeAny(rows *anyRows, all []any) bool {
	if !rows.isList {
		plan := rows.plans[reflect.TypeOf(all[0])]
		r.resolveRow(plan, all[0])
		return r.writeObject(plan, newObject(all[0]))
	}
	r.resolveList(rows, all)
	start, valid := len(r.b), true
	r.b = append(r.b, '[')
	for i, row := range all {
		at := r.beginElement(i)
		valid = r.writeElement(rows, row) && valid
		r.endElement(at)
	}
	return r.endValue(start, valid, ']')
}

// writeElement writes an element of a list. It returns false if the list must be null.
func (r *run) writeElement(rows *anyRows, row any) bool {
	switch {
	case row != nil && r.writeObject(rows.plans[reflect.TypeOf(row)], newObject(row)):
		return true
	case row == nil && rows.isNonNull:
		graphql.AddInvalidNullError(r.fieldContext(), rows.element)
	}
	r.b = append(r.b, "null"...)
	return !rows.isNonNull
}

// resolveList resolves the concurrent fields of a list's rows.
func (r *run) resolveList(rows *anyRows, all []any) {
	for t, plan := range rows.plans {
		if len(plan.concurrent) == 0 {
			continue
		}
		var indexes []int
		for i, row := range all {
			if row != nil && reflect.TypeOf(row) == t {
				indexes = append(indexes, i)
			}
		}
		r.resolveRows(plan, len(indexes), func(i int) any { return all[indexes[i]] }, func(ctx context.Context, i int) context.Context {
			return graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &indexes[i]})
		})
	}
}
