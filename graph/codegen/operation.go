package codegen

import "slices"

// checkOperations reports mutations without an effect: without fields to set, or without a key.
func (r *reader) checkOperations() {
	for _, t := range r.nodes {
		if slices.ContainsFunc(t.fields, func(f *fieldNode) bool { return f.failed }) {
			continue // the fields are not all known
		}
		creates := slices.ContainsFunc(t.Fields, func(f *Field) bool { return isNewInput(f) || isNested(f) })
		updates := slices.ContainsFunc(t.Fields, isChangeInput)
		model := t.uses.position("model")
		for _, o := range []Operation{"CREATE", "CREATE_MANY", "UPSERT"} {
			if t.Operations[o] && !creates && len(t.def.Fields) > 0 {
				r.report(model, t.Name, "%s has no field to set; add a field without @computed and @private, "+
					"or leave %[1]s out of operations", o)
			}
		}
		for _, o := range []Operation{"UPDATE", "UPDATE_MANY"} {
			if t.Operations[o] && creates && !updates {
				r.report(model, t.Name, "%s has no field to change; leave %[1]s out of operations, or remove an @immutable", o)
			}
		}
		if t.Operations["UPSERT"] && len(listUpsertKeys(t.Type)) == 0 {
			r.report(model, t.Name, "UPSERT has no key to find the row; add @unique to a required field that clients set, "+
				"or leave UPSERT out of operations")
		}
		r.checkNested(t)
	}
}

// checkNested reports children that no mutation creates with their parent.
func (r *reader) checkNested(t *typeNode) {
	for _, f := range t.Fields {
		if f.Relation != nil && f.Relation.Create && !isCreatable(t.Type, map[*Type]bool{}) {
			r.report(f.Position, whereOf(f),
				"create has no effect, since no mutation creates %s; add CREATE to operations, or remove create",
				articleWords(t.Type))
		}
	}
}

// isCreatable reports whether a mutation creates rows of a type, alone or with their parent. It skips types in
// visited.
func isCreatable(t *Type, visited map[*Type]bool) bool {
	if visited[t] {
		return false
	}
	visited[t] = true
	return t.Operations["CREATE"] || t.Operations["CREATE_MANY"] || slices.ContainsFunc(t.Fields, func(f *Field) bool {
		return f.Relation != nil && f.Relation.Kind == BelongsTo && f.Relation.Inverse != nil &&
			f.Relation.Inverse.Relation.Create && isCreatable(f.Relation.Target, visited)
	})
}
