package codegen

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// addInputs adds the inputs and payloads of a type's mutations.
func (e *expander) addInputs(t *Type) {
	e.addCreation(t)
	e.addChange(t)
	if t.Operations["UPSERT"] {
		e.addUpsert(t)
	}
	e.addDeletion(t)
	for _, f := range t.Fields {
		if isLink(f) {
			e.addLinkInputs(f)
		}
	}
}

// addCreation adds the inputs of createItem and createItems, and of nested rows.
func (e *expander) addCreation(t *Type) {
	if t.Operations["CREATE"] || t.Operations["CREATE_MANY"] {
		e.add(newInput("Create"+t.Name+"Input", fmt.Sprintf("The fields of a new %s.", singularWords(t)), listCreateFields(t, nil)...))
	}
	if t.Operations["CREATE"] {
		e.add(newPayload("Create"+t.Name, newRowResult(t)))
	}
	if t.Operations["CREATE_MANY"] {
		text := fmt.Sprintf("The new %s, at most 100.", pluralWords(t))
		e.add(
			newInput("Create"+t.Plural+"Input", fmt.Sprintf("New %s.", pluralWords(t)),
				newField(fieldCase(t.Plural), "[Create"+t.Name+"Input!]!", text)),
			newPayload("Create"+t.Plural, newRowsResult(t)))
	}
	for _, f := range t.Fields {
		if isNested(f) {
			e.addNested(f)
		}
	}
}

// addNested adds the input of rows created with their parent. It lacks the reference to the parent.
func (e *expander) addNested(f *Field) {
	child := f.Relation.Target
	text := fmt.Sprintf("The fields of a new %s of a new %s.", singularWords(child), singularWords(f.Of))
	e.add(newInput(nestedInput(f), text, listCreateFields(child, f.Relation.Inverse)...))
}

// addChange adds the inputs of updateItem and updateItems.
func (e *expander) addChange(t *Type) {
	const rest = "Fields that are left out do not change."
	if t.Operations["UPDATE"] {
		fields := append([]*ast.FieldDefinition{newIDField(t)}, listChangeFields(t, isChangeInput)...)
		if t.Versioned {
			text := fmt.Sprintf("The version that the client has read. CONFLICT if the %s has another version now.", singularWords(t))
			fields = append(fields, newField("expectedVersion", "Int", text))
		}
		e.add(
			newInput("Update"+t.Name+"Input", fmt.Sprintf("The new values of %s. %s", articleWords(t), rest), fields...),
			newPayload("Update"+t.Name, newRowResult(t)))
	}
	if t.Operations["UPDATE_MANY"] {
		fields := append([]*ast.FieldDefinition{e.newWhereField(t, "change")}, listChangeFields(t, isSharedInput)...)
		e.add(
			newInput("Update"+t.Plural+"Input", fmt.Sprintf("The new values of %s. %s", pluralWords(t), rest), fields...),
			newPayload("Update"+t.Plural, newRowsResult(t)))
	}
}

// addDeletion adds the inputs of deleteItem, deleteItems and restoreItem.
func (e *expander) addDeletion(t *Type) {
	if t.Operations["DELETE"] {
		e.add(
			newInput("Delete"+t.Name+"Input", fmt.Sprintf("The %s to delete.", singularWords(t)), newIDField(t)),
			newPayload("Delete"+t.Name, listDeleted(t)...))
	}
	if t.Operations["DELETE_MANY"] {
		text := fmt.Sprintf("The global ids of the deleted %s.", pluralWords(t))
		e.add(
			newInput("Delete"+t.Plural+"Input", fmt.Sprintf("The %s to delete.", pluralWords(t)), e.newWhereField(t, "delete")),
			newPayload("Delete"+t.Plural, newField("deletedIds", "[ID!]!", text)))
	}
	if isRestorable(t) {
		e.add(
			newInput("Restore"+t.Name+"Input", fmt.Sprintf("The %s to restore.", singularWords(t)), newIDField(t)),
			newPayload("Restore"+t.Name, newRowResult(t)))
	}
}

// listDeleted returns the fields of the payload of a deletion: the id, and the parents of the deleted row.
func listDeleted(t *Type) []*ast.FieldDefinition {
	list := []*ast.FieldDefinition{newField("deletedId", "ID!", fmt.Sprintf("The global id of the deleted %s.", singularWords(t)))}
	for _, f := range t.Fields {
		if isParent(f) {
			label := relationLabel(f)
			text := fmt.Sprintf("The %s of the deleted %s; null if the %s has been deleted.", label, singularWords(t), label)
			list = append(list, newField(f.Name, f.TypeName, text))
		}
	}
	return list
}

// isParent reports whether a field is the parent of a row from its creation to its deletion.
func isParent(f *Field) bool {
	return f.Relation != nil && f.Relation.Kind == BelongsTo && f.Relation.OnDelete == "CASCADE" &&
		f.Required && f.Immutable && !f.Private
}

// addLinkInputs adds the inputs of addItemLabel and removeItemLabel.
func (e *expander) addLinkInputs(f *Field) {
	owner, link := singularWords(f.Of), nameWords(linkName(f))
	for _, verb := range []string{"Add", "Remove"} {
		name := verb + f.Of.Name + upperName(linkName(f))
		e.add(
			newInput(name+"Input", fmt.Sprintf("The %s and the %s to %s.", owner, link, strings.ToLower(verb)),
				newField(fieldCase(f.Of.Name)+"Id", "ID!", fmt.Sprintf("The global id of the %s.", owner)),
				newField(linkName(f)+"Id", "ID!", fmt.Sprintf("The global id of the %s.", link))),
			newPayload(name, newRowResult(f.Of)))
	}
}

func newPayload(name string, fields ...*ast.FieldDefinition) *ast.Definition {
	return newObject(name+"Payload", fmt.Sprintf("The result of `%s`.", fieldCase(name)), fields...)
}

func newIDField(t *Type) *ast.FieldDefinition {
	return newField("id", "ID!", fmt.Sprintf("The global id of the %s.", singularWords(t)))
}

// newWhereField returns the filter of a mutation's rows. Empty filters are errors, so isNull must exist to match all rows.
func (e *expander) newWhereField(t *Type, verb string) *ast.FieldDefinition {
	e.nullable["IDFilter"] = true
	text := fmt.Sprintf("The filter of the %s to %s. Null and empty filters in it are errors, because a variable may not be set. "+
		"`{id: {isNull: false}}` matches all %[1]s.", pluralWords(t), verb)
	return newField("where", t.Name+"Filter!", text)
}

func newRowResult(t *Type) *ast.FieldDefinition {
	return newField(fieldCase(t.Name), t.Name+"!", fmt.Sprintf("The %s after the change.", singularWords(t)))
}

func newRowsResult(t *Type) *ast.FieldDefinition {
	return newField(fieldCase(t.Plural), "["+t.Name+"!]!", fmt.Sprintf("The %s after the change.", pluralWords(t)))
}
