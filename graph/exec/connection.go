package exec

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/model/relay"
)

// pagePlan writes a connection.
type pagePlan struct {
	fields []*pageField
	nodes  []nodeField // of an edge
}

// nodeField is a field of an edge with a row.
type nodeField struct {
	*fieldPlan
	row *objectPlan
}

// pageField writes a field of a connection, of an edge, or of the position of a page.
type pageField struct {
	*fieldPlan
	write func(r *run, f *pageField, page relay.AnyConnection, i int, info *relay.PageInfo) bool
}

// compileConnection compiles the fields of a connection, or returns nil.
func (c *compiler) compileConnection(f *fieldPlan) *pagePlan {
	name := f.field.Definition.Type.Name()
	collected := c.collect(name, f.field.Selections)
	plan := &pagePlan{}
	for _, field := range collected {
		p := &pageField{fieldPlan: c.newFieldPlan(field, name)}
		switch field.Name {
		case "__typename":
			p.write = writeTypename(name)
		case "totalCount":
			p.write = writeTotal
		case "pageInfo":
			if p.write = c.compilePageInfo(field.Selections); p.write == nil {
				return nil
			}
		case "nodes":
			row := c.compileObject(f.of, field.Selections)
			if row == nil {
				return nil
			}
			p.write = func(r *run, _ *pageField, page relay.AnyConnection, _ int, _ *relay.PageInfo) bool {
				return r.writeNodes(row, page)
			}
		case "edges":
			edge := c.compileEdge(f, field.Definition.Type.Name(), field.Selections)
			if edge == nil {
				return nil
			}
			p.write = func(r *run, _ *pageField, page relay.AnyConnection, _ int, _ *relay.PageInfo) bool {
				return r.writeEdges(edge, page)
			}
		default:
			return nil
		}
		plan.fields = append(plan.fields, p)
	}
	return plan
}

func writeTypename(name string) func(*run, *pageField, relay.AnyConnection, int, *relay.PageInfo) bool {
	value := appendString(nil, name)
	return func(r *run, _ *pageField, _ relay.AnyConnection, _ int, _ *relay.PageInfo) bool {
		r.b = append(r.b, value...)
		return true
	}
}

func writeTotal(r *run, _ *pageField, page relay.AnyConnection, _ int, _ *relay.PageInfo) (ok bool) {
	defer r.recoverPanic()
	n, err := page.TotalCount(r.ctx)
	if err != nil {
		r.fail(err)
		return false
	}
	r.b = strconv.AppendInt(r.b, int64(n), 10)
	return true
}

func (c *compiler) compileEdge(f *fieldPlan, name string, set ast.SelectionSet) *pagePlan {
	plan := &pagePlan{}
	collected := c.collect(name, set)
	for _, field := range collected {
		p := &pageField{fieldPlan: c.newFieldPlan(field, name)}
		switch field.Name {
		case "__typename":
			p.write = writeTypename(name)
		case "cursor":
			p.write = func(r *run, _ *pageField, page relay.AnyConnection, i int, _ *relay.PageInfo) bool {
				r.b = appendString(r.b, page.Cursor(i))
				return true
			}
		case "node":
			row := c.compileObject(f.of, field.Selections)
			if row == nil {
				return nil
			}
			plan.nodes = append(plan.nodes, nodeField{p.fieldPlan, row})
			p.write = func(r *run, _ *pageField, page relay.AnyConnection, i int, _ *relay.PageInfo) bool {
				return r.writeObject(row, newObject(page.Row(i)))
			}
		default:
			return nil
		}
		plan.fields = append(plan.fields, p)
	}
	return plan
}

func (c *compiler) compilePageInfo(set ast.SelectionSet) func(*run, *pageField, relay.AnyConnection, int, *relay.PageInfo) bool {
	plan := &pagePlan{}
	collected := c.collect("PageInfo", set)
	for _, field := range collected {
		p := &pageField{fieldPlan: c.newFieldPlan(field, "PageInfo")}
		switch field.Name {
		case "__typename":
			p.write = writeTypename("PageInfo")
		case "hasNextPage":
			p.write = writeInfo(func(b []byte, i *relay.PageInfo) []byte { return strconv.AppendBool(b, i.HasNextPage) })
		case "hasPreviousPage":
			p.write = writeInfo(func(b []byte, i *relay.PageInfo) []byte { return strconv.AppendBool(b, i.HasPreviousPage) })
		case "startCursor":
			p.write = writeInfo(func(b []byte, i *relay.PageInfo) []byte { return appendNullable(b, i.StartCursor) })
		case "endCursor":
			p.write = writeInfo(func(b []byte, i *relay.PageInfo) []byte { return appendNullable(b, i.EndCursor) })
		default:
			return nil
		}
		plan.fields = append(plan.fields, p)
	}
	return func(r *run, _ *pageField, page relay.AnyConnection, _ int, _ *relay.PageInfo) bool {
		return r.writePage(plan, page, 0, page.PageInfo())
	}
}

func writeInfo(appendValue func([]byte, *relay.PageInfo) []byte) func(*run, *pageField, relay.AnyConnection, int, *relay.PageInfo) bool {
	return func(r *run, _ *pageField, _ relay.AnyConnection, _ int, info *relay.PageInfo) bool {
		r.b = appendValue(r.b, info)
		return true
	}
}

func appendNullable(b []byte, s *string) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	return appendString(b, *s)
}
