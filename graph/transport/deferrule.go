package transport

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// DeferRule is the validation rule of @defer, as in graphql-js. A label is a string, and unique in
// the document, because clients identify payloads by it. The root of a mutation can't be deferred,
// because its fields are executed serially. A subscription can't, because each event has one
// response.
var DeferRule = core.Rule{Name: "Defer", RuleFunc: func(observers *core.Events, addError core.AddErrFunc) {
	r := deferRule{addError, map[*ast.Directive]bool{}, map[*ast.Directive]bool{}, map[string]bool{}}
	observers.OnDirective(func(w *core.Walker, d *ast.Directive) {
		if d.Name != "defer" {
			return
		}
		if o := w.CurrentOperation; o != nil && o.Operation == ast.Subscription && !r.inSubscription[d] {
			r.inSubscription[d] = true
			r.checkSubscription(d)
		}
		if !r.visited[d] {
			r.visited[d] = true
			r.checkRoot(w.Schema, d)
			r.checkLabel(d)
		}
	})
}}

// deferRule is the state of DeferRule for one document. The walker visits the directives of
// a fragment once for each spread, so it remembers those that were checked.
type deferRule struct {
	addError                core.AddErrFunc
	visited, inSubscription map[*ast.Directive]bool
	labels                  map[string]bool
}

func (r deferRule) reportError(d *ast.Directive, message string, args ...any) {
	r.addError(core.Message(message, args...), core.At(d.Position))
}

func (r deferRule) checkSubscription(d *ast.Directive) {
	condition := d.Arguments.ForName("if")
	if condition == nil || condition.Value.Kind != ast.Variable && condition.Value.Raw != "false" {
		r.reportError(d, "@defer is not supported in a subscription: disable it by its argument if")
	}
}

func (r deferRule) checkRoot(schema *ast.Schema, d *ast.Directive) {
	if d.ParentDefinition == schema.Mutation {
		r.reportError(d, "@defer can't be used at the root of a mutation, whose fields are executed serially")
	}
}

func (r deferRule) checkLabel(d *ast.Directive) {
	label := d.Arguments.ForName("label")
	switch {
	case label == nil:
	case label.Value.Kind != ast.StringValue && label.Value.Kind != ast.BlockValue:
		r.reportError(d, "the label of @defer must be a string in the document, not a variable and not null")
	case r.labels[label.Value.Raw]:
		r.reportError(d, "the label %q is used twice: each @defer needs its own", label.Value.Raw)
	default:
		r.labels[label.Value.Raw] = true
	}
}
