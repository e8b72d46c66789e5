package server

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"rowhouse/graph/scalar"
)

// checkSchema returns an error for a scalar without an entry in scalar.Unmarshalers, and for an
// invalid default of an argument or an input field: clients would see them as internal errors.
func checkSchema(schema *ast.Schema) error {
	for _, d := range schema.Types {
		if d.Kind == ast.Scalar && scalar.Unmarshalers[d.Name] == nil {
			return fmt.Errorf("scalar.Unmarshalers lacks the scalar %s", d.Name)
		}
	}
	for _, d := range schema.Types {
		for _, f := range d.Fields {
			if err := checkDefault(schema, f.Type, f.DefaultValue); err != nil {
				return fmt.Errorf("the default of %s.%s is invalid: %w", d.Name, f.Name, err)
			}
			for _, a := range f.Arguments {
				if err := checkDefault(schema, a.Type, a.DefaultValue); err != nil {
					return fmt.Errorf("the default of %s.%s(%s:) is invalid: %w", d.Name, f.Name, a.Name, err)
				}
			}
		}
	}
	return nil
}

// checkDefault validates a document with a variable of the type and the default.
func checkDefault(schema *ast.Schema, t *ast.Type, value *ast.Value) error {
	if value == nil {
		return nil
	}
	document, err := parser.ParseQuery(&ast.Source{Input: fmt.Sprintf("query($v: %s = %s) { __typename }", t, value)})
	if err != nil {
		return err
	}
	r := newRules(false)
	r.RemoveRule(rules.NoUnusedVariablesRule.Name)
	if errs := validator.ValidateWithRules(schema, document, r); len(errs) > 0 {
		return errs
	}
	return nil
}
