package codegen

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// addOperations adds the types of the operations: the fields of the framework, of each type, and, by
// mergePlain, of the application.
func (e *expander) addOperations() {
	for _, name := range []string{"Query", "Mutation", "Subscription"} {
		e.add(e.framework.ForName(name))
	}
	for _, t := range e.schema.Types {
		e.addFields("Query", newRowQuery(t), newConnectionQuery(t))
		e.addFields("Mutation", e.listMutations(t)...)
		if t.Subscribe != nil {
			e.addFields("Subscription", newSubscription(t))
		}
	}
}

// addFields adds fields to a definition.
func (e *expander) addFields(of string, fields ...*ast.FieldDefinition) {
	d := e.definitions.ForName(of)
	d.Fields = append(d.Fields, fields...)
}

func newRowQuery(t *Type) *ast.FieldDefinition {
	text := fmt.Sprintf("The %s with this id; null if it does not exist.", singularWords(t))
	if t.SoftDelete {
		text = fmt.Sprintf("The %s with this id; null if it does not exist, or is deleted.", singularWords(t))
	}
	return newField(fieldCase(t.Name), t.Name, text,
		newArgument("id", "ID!", fmt.Sprintf("The global id of the %s.", singularWords(t))))
}

func newConnectionQuery(t *Type) *ast.FieldDefinition {
	return newField(fieldCase(t.Plural), t.Name+"Connection!", makeSentence("all "+pluralWords(t)), newConnectionArguments(t)...)
}

// listMutations returns the mutations of a type, in the order of ModelOperation, and those of its links.
func (e *expander) listMutations(t *Type) []*ast.FieldDefinition {
	var list []*ast.FieldDefinition
	for _, m := range []struct {
		needs        bool
		name         string
		text, ofType string // descriptions of the mutation and its input
	}{
		{
			needs:  t.Operations["CREATE"],
			name:   "Create" + t.Name,
			text:   fmt.Sprintf("Creates %s.%s", articleWords(t), describeConflicts(t, isNewInput)),
			ofType: fmt.Sprintf("The fields of the new %s.", singularWords(t)),
		},
		{
			needs:  t.Operations["CREATE_MANY"],
			name:   "Create" + t.Plural,
			text:   fmt.Sprintf("Creates up to 100 %s: all of them, or none.%s", pluralWords(t), describeConflicts(t, isNewInput)),
			ofType: fmt.Sprintf("The new %s.", pluralWords(t)),
		},
		{
			needs:  t.Operations["UPDATE"],
			name:   "Update" + t.Name,
			text:   fmt.Sprintf("Changes the given fields of %s.%s", articleWords(t), describeConflicts(t, isChangeInput)+describeStale(t)),
			ofType: fmt.Sprintf("The id of the %s and the new values.", singularWords(t)),
		},
		{
			needs: t.Operations["UPDATE_MANY"],
			name:  "Update" + t.Plural,
			text: fmt.Sprintf("Changes the given fields of the %s that match a filter: of all of them, or of none. "+
				"BAD_USER_INPUT if more than 100 match.%s", pluralWords(t), describeConflicts(t, isSharedInput)),
			ofType: "The filter and the new values.",
		},
		{
			needs: t.Operations["UPSERT"],
			name:  "Upsert" + t.Name,
			text: fmt.Sprintf("Creates %s, or changes the given fields of the %s with the same unique value.%s",
				articleWords(t), singularWords(t), describeConflicts(t, isNewInput)),
			ofType: fmt.Sprintf("The unique value and the other fields of the %s.", singularWords(t)),
		},
		{
			needs:  t.Operations["DELETE"],
			name:   "Delete" + t.Name,
			text:   e.describeDeletion(t),
			ofType: fmt.Sprintf("The id of the %s.", singularWords(t)),
		},
		{
			needs: t.Operations["DELETE_MANY"],
			name:  "Delete" + t.Plural,
			text: fmt.Sprintf("Deletes the %s that match a filter: all of them, or none. BAD_USER_INPUT if more than 100 match.%s",
				pluralWords(t), describeRestrictions(t, pluralWords(t))),
			ofType: "The filter.",
		},
		{
			needs:  isRestorable(t),
			name:   "Restore" + t.Name,
			text:   fmt.Sprintf("Brings a deleted %s back. Does nothing if the %s is not deleted.", singularWords(t), singularWords(t)),
			ofType: fmt.Sprintf("The id of the %s.", singularWords(t)),
		},
	} {
		if m.needs {
			list = append(list, newMutation(m.name, m.text, m.ofType))
		}
	}
	for _, f := range t.Fields {
		if isLink(f) {
			list = append(list, newLinkMutations(f)...)
		}
	}
	return list
}

// newMutation returns a mutation. The names of its input and its payload begin with upperName.
func newMutation(upperName, text, inputText string) *ast.FieldDefinition {
	return newField(fieldCase(upperName), upperName+"Payload", text, newArgument("input", upperName+"Input!", inputText))
}

// isRestorable reports whether clients can delete rows softly.
func isRestorable(t *Type) bool {
	return t.SoftDelete && (t.Operations["DELETE"] || t.Operations["DELETE_MANY"])
}

// isLink reports whether the mutations of the field's type add and remove its links.
func isLink(f *Field) bool {
	return f.Relation != nil && f.Relation.Kind == ManyToMany && f.Relation.LinkOwner && f.Relation.Through == nil &&
		!f.Private && !f.Computed
}

// linkName returns the field of one linked row: label for the labels of an item.
func linkName(f *Field) string { return singularOf(f.Name) }

func newLinkMutations(f *Field) []*ast.FieldDefinition {
	owner, link := singularWords(f.Of), nameWords(linkName(f))
	ids := fmt.Sprintf("The ids of the %s and the %s.", owner, link)
	return []*ast.FieldDefinition{
		newMutation("Add"+f.Of.Name+upperName(linkName(f)),
			fmt.Sprintf("Adds %s to %s. Does nothing if the %s has the %s already.",
				withArticle(link), withArticle(owner), owner, link), ids),
		newMutation("Remove"+f.Of.Name+upperName(linkName(f)),
			fmt.Sprintf("Removes %s from %s. Does nothing if the %s does not have the %s.",
				withArticle(link), withArticle(owner), owner, link), ids),
	}
}
