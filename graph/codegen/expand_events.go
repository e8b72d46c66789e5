package codegen

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// addEvents adds the event of each type with a subscription.
func (e *expander) addEvents() {
	e.addFramework(ast.Enum)
	for _, t := range e.schema.Types {
		if t.Subscribe != nil {
			e.add(newEvent(t))
		}
	}
}

func newEvent(t *Type) *ast.Definition {
	d := newObject(t.Name+"Event", fmt.Sprintf("A change of %s, and the current state of the %s.", articleWords(t), singularWords(t)),
		newField("change", "Change!", "The kind of the change."),
		newField(fieldCase(t.Name)+"Id", "ID!", fmt.Sprintf("The global id of the %s.", singularWords(t))),
		newField(fieldCase(t.Name), t.Name, fmt.Sprintf("The current state of the %s; null if it has been deleted.", singularWords(t))))
	if by := t.Subscribe.By; by != nil {
		text := fmt.Sprintf("The %s of the subscription; null if it has been deleted.", relationLabel(by))
		d.Fields = append(d.Fields, newField(by.Name, by.TypeName, text))
	}
	return d
}

// newSubscription returns the subscription to changes of a type's rows: itemChanged, or itemAdded if only new
// rows are published.
func newSubscription(t *Type) *ast.FieldDefinition {
	name := fieldCase(t.Name) + "Changed"
	if isAddition(t) {
		name = fieldCase(t.Name) + "Added"
	}
	def := newField(name, t.Name+"Event!", describeSubscription(t))
	if by := t.Subscribe.By; by != nil {
		def.Arguments = ast.ArgumentDefinitionList{
			newArgument(by.Name+"Id", "ID!", fmt.Sprintf("The global id of the %s.", relationLabel(by))),
		}
	}
	return def
}

func isAddition(t *Type) bool {
	return len(t.Subscribe.Events) == 1 && t.Subscribe.Events[0] == "CREATED"
}

// describeSubscription returns the events of a subscription, and the ways in which it ends.
func describeSubscription(t *Type) string {
	by := t.Subscribe.By
	if by == nil {
		return fmt.Sprintf("Notifies when %s is %s.", articleWords(t), describeEvents(t))
	}
	parent := relationLabel(by)
	text := fmt.Sprintf("Notifies when %s of this %s is %s.", articleWords(t), parent, describeEvents(t))
	if isAddition(t) {
		text = fmt.Sprintf("Notifies when %s is added to this %s.", articleWords(t), parent)
	}
	text += fmt.Sprintf(" NOT_FOUND if the %s does not exist.", parent)
	if by.Relation.OnDelete != "CASCADE" {
		return text + fmt.Sprintf(" Completes when the %s is deleted.", parent)
	}
	text += fmt.Sprintf(" Completes when the %s is deleted", parent)
	for _, f := range by.Relation.Target.Fields {
		if isParent(f) && !f.Relation.Target.SoftDelete {
			text += ", or its " + nameWords(f.Name)
		}
	}
	if slices.Contains(t.Subscribe.Events, "DELETED") {
		text += fmt.Sprintf(", without an event for each of its %s", pluralWords(t))
	}
	return text + "."
}

// describeEvents returns the events in words: "created, updated or deleted".
func describeEvents(t *Type) string {
	var words []string
	for _, event := range []string{"CREATED", "UPDATED", "DELETED"} {
		if slices.Contains(t.Subscribe.Events, event) {
			words = append(words, constantWords(event))
		}
	}
	return joinWords(words, "or")
}
