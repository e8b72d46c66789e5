package codegen

import (
	"slices"
	"strings"
)

// checkCycles reports cycles of references with CASCADE, since MySQL follows 15 levels only, and cycles of required
// references, since no row can be the first.
func (r *reader) checkCycles() {
	var cascades [][]*Field
	isCascade := func(f *Field) bool { return f.Relation.OnDelete == "CASCADE" }
	r.eachCycle(isCascade, func(cycle []*Field) {
		cascades = append(cascades, cycle)
		first := cycle[0]
		if len(cycle) == 1 {
			r.report(first.Position, whereOf(first), "deletions would cascade from %s to %[1]s, and MySQL follows 15 levels only; "+
				"write onDelete: SET_NULL or RESTRICT, and delete the rows below in the hook BeforeDelete%[1]s", first.TypeName)
			return
		}
		r.report(first.Position, whereOf(first), "deletions would cascade in a cycle, %s, and MySQL follows 15 levels only; "+
			"write onDelete: SET_NULL or RESTRICT at one of them", describeCycle(cycle))
	})
	isRequired := func(f *Field) bool { return f.Required }
	r.eachCycle(isRequired, func(cycle []*Field) {
		if slices.ContainsFunc(cascades, func(reported []*Field) bool { return slices.Equal(reported, cycle) }) {
			return
		}
		r.report(cycle[0].Position, whereOf(cycle[0]), "each row would need another one first, in a cycle, %s; "+
			"write one of the types without !", describeCycle(cycle))
	})
}

// whereOf returns the coordinate of a field.
func whereOf(f *Field) string { return f.Of.Name + "." + f.Name }

// describeCycle returns the references of a cycle in words.
func describeCycle(cycle []*Field) string {
	names := make([]string, len(cycle))
	for i, f := range cycle {
		names[i] = whereOf(f)
	}
	return strings.Join(names, " → ")
}

// eachCycle calls report for each cycle of the references for which include returns true. A cycle begins at the type
// that the files have first.
func (r *reader) eachCycle(include func(*Field) bool, report func(cycle []*Field)) {
	done := map[*Type]bool{}
	var path []*Field
	var visit func(t *Type)
	visit = func(t *Type) {
		if i := slices.IndexFunc(path, func(f *Field) bool { return f.Of == t }); i >= 0 {
			report(slices.Clone(path[i:]))
			return
		}
		if done[t] {
			return
		}
		for _, f := range t.Fields {
			if f.Relation != nil && f.Relation.Kind == BelongsTo && include(f) {
				path = append(path, f)
				visit(f.Relation.Target)
				path = path[:len(path)-1]
			}
		}
		done[t] = true
	}
	for _, t := range r.schema.Types {
		visit(t)
	}
}
