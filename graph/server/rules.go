package server

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"rowhouse/graph/transport"
)

// newRules returns the validation rules of the specification. scalar.Unmarshalers check literals. A
// suggestion ("Did you mean") takes a millisecond, and reveals the schema.
func newRules(suggest bool) *rules.Rules {
	r := rules.NewDefaultRules()
	r.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, func(events *core.Events, addError core.AddErrFunc) {
		l := literalRule{report: addError, suggest: suggest, seen: map[*ast.Value]bool{}}
		events.OnValue(func(_ *core.Walker, v *ast.Value) { l.checkValue(v) })
	})
	r.AddRule("VariablesWithoutDefinition", removeDefinitions)
	r.AddRule(transport.DeferRule.Name, transport.DeferRule.RuleFunc)
	if !suggest {
		r.ReplaceRule(rules.FieldsOnCorrectTypeRule.Name, rules.FieldsOnCorrectTypeRuleWithoutSuggestions.RuleFunc)
		r.ReplaceRule(rules.ScalarLeafsRule.Name, rules.ScalarLeafsRuleWithoutSuggestions.RuleFunc)
		r.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
		r.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	}
	return r
}

// removeDefinitions removes the definitions of variables from their uses after the validation
// of an operation. Otherwise a fragment of several operations would have the defaults of the
// last one; the executor sets those of its operation.
func removeDefinitions(events *core.Events, _ core.AddErrFunc) {
	var used []*ast.Value
	events.OnValue(func(_ *core.Walker, v *ast.Value) {
		if v.Kind == ast.Variable {
			used = append(used, v)
		}
	})
	events.OnOperation(func(*core.Walker, *ast.OperationDefinition) {
		for _, v := range used {
			v.VariableDefinition = nil
		}
		used = used[:0]
	})
}
