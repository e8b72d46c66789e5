package codegen

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// addInputs adds the inputs and payloads of a type's mutations. Those of operations that are left out have
// no references, so usedDefinitions drops them.
func (e *expander) addInputs(t *Type) {
	e.addCreation(t)
	e.addChange(t)
	e.addUpsert(t)
	e.addDeletion(t)
	for _, f := range t.Fields {
		if isLink(f) {
			e.addLinkInputs(f)
		}
	}
}

// addCreation adds the inputs of the mutations that create rows.
func (e *expander) addCreation(t *Type) {
	rows := newField(fieldCase(t.Plural), "[Create"+t.Name+"Input!]!", fmt.Sprintf("The new %s, at most 100.", pluralWords(t)))
	e.add(
		newInput("Create"+t.Name+"Input", fmt.Sprintf("The fields of a new %s.", singularWords(t)), listCreateFields(t, nil)...),
		newPayload("Create"+t.Name, newRowResult(t)),
		newInput("Create"+t.Plural+"Input", fmt.Sprintf("New %s.", pluralWords(t)), rows),
		newPayload("Create"+t.Plural, newRowsResult(t)))
	for _, f := range t.Fields {
		if isNested(f) {
			e.addNested(f)
		}
	}
}

// addNested adds the input of rows that are created with their parent. It lacks the reference to the parent.
func (e *expander) addNested(f *Field) {
	child := f.Relation.Target
	text := fmt.Sprintf("The fields of a new %s of a new %s.", singularWords(child), singularWords(f.Of))
	e.add(newInput(nestedInput(f), text, listCreateFields(child, f.Relation.Inverse)...))
}

// addChange adds the inputs of the mutations that change rows.
func (e *expander) addChange(t *Type) {
	single := []*ast.FieldDefinition{newIDField(t)}
	single = append(single, listChangeFields(t, isChangeInput)...)
	if t.Versioned {
		single = append(single, newField("expectedVersion", "Int",
			fmt.Sprintf("The version that the client has read. CONFLICT if the %s has another version now.", singularWords(t))))
	}
	several := []*ast.FieldDefinition{
		newField("where", t.Name+"Filter!", fmt.Sprintf("The filter of the %s to change. An empty filter matches all of them.", pluralWords(t))),
	}
	several = append(several, listChangeFields(t, isSharedInput)...)
	e.add(
		newInput("Update"+t.Name+"Input", fmt.Sprintf("The new values of %s. Fields that are left out do not change.", articleWords(t)), single...),
		newPayload("Update"+t.Name, newRowResult(t)),
		newInput("Update"+t.Plural+"Input", fmt.Sprintf("The new values of %s. Fields that are left out do not change.", pluralWords(t)), several...),
		newPayload("Update"+t.Plural, newRowsResult(t)))
}

// addDeletion adds the inputs of the mutations that delete and restore rows.
func (e *expander) addDeletion(t *Type) {
	deleted := []*ast.FieldDefinition{newField("deletedId", "ID!", fmt.Sprintf("The global id of the deleted %s.", singularWords(t)))}
	for _, f := range t.Fields {
		if isParent(f) {
			label := relationLabel(f)
			text := fmt.Sprintf("The %s of the deleted %s; null if the %s has been deleted.", label, singularWords(t), label)
			deleted = append(deleted, newField(f.Name, f.TypeName, text))
		}
	}
	e.add(
		newInput("Delete"+t.Name+"Input", fmt.Sprintf("The %s to delete.", singularWords(t)), newIDField(t)),
		newPayload("Delete"+t.Name, deleted...),
		newInput("Delete"+t.Plural+"Input", fmt.Sprintf("The %s to delete.", pluralWords(t)),
			newField("where", t.Name+"Filter!", fmt.Sprintf("The filter of the %s. An empty filter matches all of them.", pluralWords(t)))),
		newPayload("Delete"+t.Plural, newField("deletedIds", "[ID!]!", fmt.Sprintf("The global ids of the deleted %s.", pluralWords(t)))),
		newInput("Restore"+t.Name+"Input", fmt.Sprintf("The %s to restore.", singularWords(t)), newIDField(t)),
		newPayload("Restore"+t.Name, newRowResult(t)))
}

// isParent reports whether a field is the parent that a row has from its creation to its deletion.
func isParent(f *Field) bool {
	return f.Relation != nil && f.Relation.Kind == BelongsTo && f.Relation.OnDelete == "CASCADE" &&
		f.Required && f.Immutable && !f.Private
}

// addLinkInputs adds the inputs of the mutations that add and remove a link.
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

func newRowResult(t *Type) *ast.FieldDefinition {
	return newField(fieldCase(t.Name), t.Name+"!", fmt.Sprintf("The %s after the change.", singularWords(t)))
}

func newRowsResult(t *Type) *ast.FieldDefinition {
	return newField(fieldCase(t.Plural), "["+t.Name+"!]!", fmt.Sprintf("The %s after the change.", pluralWords(t)))
}
