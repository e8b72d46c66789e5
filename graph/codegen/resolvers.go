package codegen

import (
	"fmt"
	"strings"
)

// resolverBodies returns the bodies of the resolvers that follow from a schema, by type and field:
// Item.labels. Each calls one function of package model.
func resolverBodies(s *Schema) map[string]string {
	bodies := map[string]string{
		"Query.tenant": "return relay.CurrentTenant(ctx)",
		"Query.node":   "return orNull(model.Types.NodeByID(ctx, r.db, id))",
		"Query.nodes":  "return model.Types.NodesByID(ctx, r.db, ids)",
	}
	for _, t := range s.Types {
		addQueries(bodies, t)
		addMutations(bodies, t)
		for _, f := range t.Fields {
			if f.Relation != nil && !f.Private {
				addRelation(bodies, f)
				if len(f.Aggregate) > 0 {
					addCounts(bodies, s, f)
				}
			}
		}
		if t.Subscribe != nil {
			addSubscription(bodies, t)
		}
		if group := (&goType{Type: t, schema: s}).Group(); group != nil {
			for _, f := range group.References() {
				bodies[group.StructName()+"."+f.Name] = fmt.Sprintf("return model.%s(ctx, r.db, obj)", f.VariableName())
			}
		}
	}
	return bodies
}

// readPage returns a body that reads a page of a type's rows. It calls a function with args and the arguments of the field.
func readPage(t *Type, function, args string) string {
	if !t.SoftDelete {
		return fmt.Sprintf("return %s(%s, r.page(ctx, first, after, last, before), where, orderBy)", function, args)
	}
	return fmt.Sprintf("page := r.page(ctx, first, after, last, before)\npage.IncludeDeleted = includeDeleted\n"+
		"return %s(%s, page, where, orderBy)", function, args)
}

// addQueries adds the queries for one row, and for a connection.
func addQueries(bodies map[string]string, t *Type) {
	bodies["Query."+fieldCase(t.Name)] = fmt.Sprintf("return orNull(model.%s.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))", t.Plural)
	bodies["Query."+fieldCase(t.Plural)] = readPage(t, "model."+t.Plural+".Page", "ctx, r.db")
}

// addCounts adds the resolver of the counts of a relation's rows. It reads only the aggregates that are selected.
func addCounts(bodies map[string]string, s *Schema, f *Field) {
	selected := ""
	if group := (&goType{Type: f.Relation.Target, schema: s}).Group(); len(group.numbers) > 0 {
		selected = ", graphql.CollectAllFields(ctx)..."
	}
	bodies[f.Of.Name+"."+newCountsField(f).Name] = fmt.Sprintf("return model.%s.Load(ctx, r.db, obj, by%s)", countsVariable(f), selected)
}

// addRelation adds the resolvers of a relation, and of fields of payloads
// and events with its row.
func addRelation(bodies map[string]string, f *Field) {
	name, relation := f.Of.Name+"."+f.Name, "model."+relationVariable(f)
	switch f.Relation.Kind {
	case BelongsTo, HasOne:
		bodies[name] = fmt.Sprintf("return %s.Load(ctx, r.db, obj)", relation)
	case HasMany, ManyToMany:
		bodies[name] = readPage(f.Relation.Target, relation+".Page", "ctx, r.db, obj")
	}
	if isParent(f) {
		bodies["Delete"+f.Of.Name+"Payload."+f.Name] = byID(f)
	}
	if f.Of.Subscribe != nil && f.Of.Subscribe.By == f {
		bodies[f.Of.Name+"Event."+f.Name] = byID(f)
	}
}

// byID returns the body that finds the row of a reference by a field with its global id.
func byID(f *Field) string {
	return fmt.Sprintf("return orNull(model.%s.ByID(ctx, r.db, obj.%s, exec.SelectionOf(ctx)))", f.Relation.Target.Plural, goID(f.Name))
}

// relationVariable returns the name of a relation's variable in package model: ItemLabels.
func relationVariable(f *Field) string { return f.Relation.GoName }

// addMutations adds the mutations of a type, and those of its links.
func addMutations(bodies map[string]string, t *Type) {
	add := func(operation, call, results string, fields ...string) {
		bodies["Mutation."+fieldCase(operation)] = fmt.Sprintf("%s, err := model.%s(ctx, r.db, %s)\nreturn &model.%s{%s}, err",
			results, operation, call, goName(operation+"Payload"), strings.Join(fields, ", "))
	}
	row, rows := goName(fieldCase(t.Name))+": row", goName(fieldCase(t.Plural))+": rows"
	if t.Operations["CREATE"] {
		add("Create"+t.Name, "input", "row", row)
	}
	if t.Operations["CREATE_MANY"] {
		add("Create"+t.Plural, "input", "rows", rows)
	}
	if t.Operations["UPDATE"] {
		add("Update"+t.Name, "input", "row", row)
	}
	if t.Operations["UPDATE_MANY"] {
		add("Update"+t.Plural, "input", "rows", rows)
	}
	if t.Operations["UPSERT"] {
		add("Upsert"+t.Name, "input", "row, created", row, "Created: created")
	}
	if t.Operations["DELETE"] {
		bodies["Mutation."+fieldCase("Delete"+t.Name)] = fmt.Sprintf("return model.Delete%s(ctx, r.db, input.ID)", t.Name)
	}
	if t.Operations["DELETE_MANY"] {
		add("Delete"+t.Plural, "input", "ids", goName("deletedIds")+": ids")
	}
	if isRestorable(t) {
		add("Restore"+t.Name, "input.ID", "row", row)
	}
	for _, l := range (&goType{Type: t}).LinkMutations() {
		add("Add"+l.MutationName(), "input", "row", row)
		add("Remove"+l.MutationName(), "input", "row", row)
	}
}

// addSubscription adds the subscription to changes of a type's rows.
func addSubscription(bodies map[string]string, t *Type) {
	arguments := ""
	if by := t.Subscribe.By; by != nil {
		arguments = ", " + fieldCase(by.Name+"Id") + ", transport.CompleteFunc(ctx)"
	}
	bodies["Subscription."+newSubscription(t).Name] = fmt.Sprintf("return model.%sEvents(ctx, r.db%s)", t.Name, arguments)
}
