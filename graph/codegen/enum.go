package codegen

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// readEnum adds an enum.
func (r *reader) readEnum(d *ast.Definition) {
	u := r.readUses(d.Name, ast.LocationEnum, d.Directives)
	e := &Enum{Name: d.Name, Description: d.Description, Position: d.Position, Ranked: u.has("ranked")}
	if len(d.EnumValues) == 0 {
		r.report(d.Position, d.Name, "the enum has no values; add one")
	}
	ranks, names, earlier := map[int]string{}, map[string]string{}, claims{}
	for _, v := range d.EnumValues {
		where := d.Name + "." + v.Name
		if len(v.Name) > maxIdentifier {
			r.report(v.Position, where, "the value has %d characters; shorten it to %d", len(v.Name), maxIdentifier)
			continue
		}
		u := r.readUses(where, ast.LocationEnumValue, v.Directives)
		r.checkValueName(where, v, names)
		value := EnumValue{
			Name: v.Name, Description: v.Description, RenamedFrom: u.first("renamedFrom").stringArgument("name"),
			Deprecated: deprecation(v.Directives), Rank: r.readRank(e, v, u, ranks),
		}
		if r.checkEarlierName(where, u.first("renamedFrom"), earlier) && slices.Contains(valueNames(d), value.RenamedFrom) {
			r.report(u.position("renamedFrom"), where,
				"the enum still has the value %s; remove that value, or @renamedFrom", value.RenamedFrom)
		}
		e.Values = append(e.Values, value)
	}
	r.enums[e.Name] = e
	r.schema.Enums = append(r.schema.Enums, e)
}

// checkValueName checks the name of a value. Names have the values of the enum by their names in Go.
func (r *reader) checkValueName(where string, v *ast.EnumValueDefinition, names map[string]string) {
	name := goName(v.Name)
	other, found := names[name]
	switch {
	case other == v.Name:
		r.report(v.Position, where, "the value is repeated; remove one of them")
	case found:
		r.report(v.Position, where, "the value has the same name in Go as %s; rename it", other)
	case strings.HasPrefix(v.Name, "__"):
		r.report(v.Position, where, "names that begin with __ belong to GraphQL; rename it")
	case slices.Contains([]string{"true", "false", "null"}, v.Name):
		r.report(v.Position, where, "GraphQL does not allow this name of a value; rename it")
	}
	names[name] = v.Name
}

// readRank returns the rank of a value, and reports a rank that is absent, wrong or not needed. Ranks has the
// values with the ranks so far.
func (r *reader) readRank(e *Enum, v *ast.EnumValueDefinition, u uses, ranks map[int]string) int {
	where := e.Name + "." + v.Name
	rank := u.first("rank").intArgument("value")
	switch {
	case !e.Ranked && u.has("rank"):
		r.report(u.position("rank"), where, "the enum lacks @ranked; add @ranked to %s, or remove @rank", e.Name)
	case e.Ranked && !u.has("rank"):
		r.report(v.Position, where, "a value of an enum with @ranked needs a rank; add @rank(value: %d)", freeRank(ranks))
	case !e.Ranked || rank == nil:
	case *rank < 0 || *rank > 255:
		r.report(u.position("rank"), where, "the rank %d is not between 0 and 255; change it", *rank)
	case ranks[*rank] != "":
		r.report(u.position("rank"), where, "the rank %d is the rank of %s, too; change one of them", *rank, ranks[*rank])
	default:
		ranks[*rank] = v.Name
		return *rank
	}
	return 0
}

// freeRank returns the number after the greatest rank.
func freeRank(ranks map[int]string) int {
	free := 0
	for rank := range ranks {
		free = max(free, rank+1)
	}
	return free
}

// deprecation returns the reason of @deprecated, or "" without it.
func deprecation(list ast.DirectiveList) string {
	d := list.ForName("deprecated")
	if d == nil {
		return ""
	}
	if reason := d.Arguments.ForName("reason"); reason != nil && reason.Value.Raw != "" {
		return reason.Value.Raw
	}
	return "No longer supported"
}
