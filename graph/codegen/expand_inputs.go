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
	rows := field(fieldCase(t.Plural), "[Create"+t.Name+"Input!]!", fmt.Sprintf("The new %s, at most 100.", many(t)))
	e.add(
		input("Create"+t.Name+"Input", fmt.Sprintf("The fields of a new %s.", one(t)), newRowFields(t, nil)...),
		payload("Create"+t.Name, changedRow(t)),
		input("Create"+t.Plural+"Input", fmt.Sprintf("New %s.", many(t)), rows),
		payload("Create"+t.Plural, changedRows(t)))
	for _, f := range t.Fields {
		if isNested(f) {
			e.addNested(f)
		}
	}
}

// addNested adds the input of rows that are created with their parent. It lacks the reference to the parent.
func (e *expander) addNested(f *Field) {
	child := f.Relation.Target
	text := fmt.Sprintf("The fields of a new %s of a new %s.", one(child), one(f.Of))
	e.add(input(nestedInput(f), text, newRowFields(child, f.Relation.Inverse)...))
}

// addChange adds the inputs of the mutations that change rows.
func (e *expander) addChange(t *Type) {
	single := []*ast.FieldDefinition{idField(t)}
	single = append(single, changedFields(t, isChangeInput)...)
	if t.Versioned {
		single = append(single, field("expectedVersion", "Int",
			fmt.Sprintf("The version that the client has read. CONFLICT if the %s has another version now.", one(t))))
	}
	several := []*ast.FieldDefinition{
		field("where", t.Name+"Filter!", fmt.Sprintf("The filter of the %s to change. An empty filter matches all of them.", many(t))),
	}
	several = append(several, changedFields(t, isSharedInput)...)
	e.add(
		input("Update"+t.Name+"Input", fmt.Sprintf("The new values of %s. Fields that are left out do not change.", aOne(t)), single...),
		payload("Update"+t.Name, changedRow(t)),
		input("Update"+t.Plural+"Input", fmt.Sprintf("The new values of %s. Fields that are left out do not change.", many(t)), several...),
		payload("Update"+t.Plural, changedRows(t)))
}

// addDeletion adds the inputs of the mutations that delete and restore rows.
func (e *expander) addDeletion(t *Type) {
	deleted := []*ast.FieldDefinition{field("deletedId", "ID!", fmt.Sprintf("The global id of the deleted %s.", one(t)))}
	for _, f := range t.Fields {
		if isParent(f) {
			label := relationLabel(f)
			text := fmt.Sprintf("The %s of the deleted %s; null if the %s has been deleted.", label, one(t), label)
			deleted = append(deleted, field(f.Name, f.TypeName, text))
		}
	}
	e.add(
		input("Delete"+t.Name+"Input", fmt.Sprintf("The %s to delete.", one(t)), idField(t)),
		payload("Delete"+t.Name, deleted...),
		input("Delete"+t.Plural+"Input", fmt.Sprintf("The %s to delete.", many(t)),
			field("where", t.Name+"Filter!", fmt.Sprintf("The filter of the %s. An empty filter matches all of them.", many(t)))),
		payload("Delete"+t.Plural, field("deletedIds", "[ID!]!", fmt.Sprintf("The global ids of the deleted %s.", many(t)))),
		input("Restore"+t.Name+"Input", fmt.Sprintf("The %s to restore.", one(t)), idField(t)),
		payload("Restore"+t.Name, changedRow(t)))
}

// isParent reports whether a field is the parent that a row has from its creation to its deletion.
func isParent(f *Field) bool {
	return f.Relation != nil && f.Relation.Kind == BelongsTo && f.Relation.OnDelete == "CASCADE" &&
		f.Required && f.Immutable && !f.Private
}

// addLinkInputs adds the inputs of the mutations that add and remove a link.
func (e *expander) addLinkInputs(f *Field) {
	owner, link := one(f.Of), nameWords(linkName(f))
	for _, verb := range []string{"Add", "Remove"} {
		name := verb + f.Of.Name + upperName(linkName(f))
		e.add(
			input(name+"Input", fmt.Sprintf("The %s and the %s to %s.", owner, link, strings.ToLower(verb)),
				field(fieldCase(f.Of.Name)+"Id", "ID!", fmt.Sprintf("The global id of the %s.", owner)),
				field(linkName(f)+"Id", "ID!", fmt.Sprintf("The global id of the %s.", link))),
			payload(name, changedRow(f.Of)))
	}
}

func payload(name string, fields ...*ast.FieldDefinition) *ast.Definition {
	return object(name+"Payload", fmt.Sprintf("The result of `%s`.", fieldCase(name)), fields...)
}

func idField(t *Type) *ast.FieldDefinition {
	return field("id", "ID!", fmt.Sprintf("The global id of the %s.", one(t)))
}

func changedRow(t *Type) *ast.FieldDefinition {
	return field(fieldCase(t.Name), t.Name+"!", fmt.Sprintf("The %s after the change.", one(t)))
}

func changedRows(t *Type) *ast.FieldDefinition {
	return field(fieldCase(t.Plural), "["+t.Name+"!]!", fmt.Sprintf("The %s after the change.", many(t)))
}
