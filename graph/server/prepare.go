package server

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"rowhouse/graph/limits"
)

// preparation parses, measures and validates a document the first time it is received, and coerces
// the variables of each operation. It does the cheapest check first.
type preparation struct {
	limits    limits.Limits
	schema    *ast.Schema
	documents documentCache
}

var _ graphql.OperationParameterMutator = preparation{}

// ExtensionName returns the name of the extension.
func (preparation) ExtensionName() string { return "Preparation" }

// Validate accepts every schema.
func (preparation) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters prepares an operation. It leaves syntax and validation errors to the
// executor, which reports them with suggestions.
func (p preparation) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	if err := p.limits.CheckVariables(params.Variables); err != nil {
		return err
	}
	document, known := p.documents.Get(ctx, params.Query)
	if !known {
		var err *gqlerror.Error
		if document, err = p.loadDocument(ctx, params.Query); document == nil {
			return err
		}
	}
	return p.prepareVariables(document, params)
}

// loadDocument returns a valid document, or an error, or neither if the executor reports the error.
func (p preparation) loadDocument(ctx context.Context, text string) (*ast.QueryDocument, *gqlerror.Error) {
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, p.limits.Tokens)
	if err != nil && isTokenLimit(err) {
		return nil, limits.Exceeded("the document has more than %d tokens", p.limits.Tokens)
	}
	if err != nil {
		return nil, nil //nolint:nilerr // the executor reports it
	}
	statistics, exceeded := p.limits.CheckDocument(document)
	if exceeded != nil {
		return nil, exceeded
	}
	errs := validator.ValidateWithRules(p.schema, document, newRules(false))
	if len(errs) > p.limits.Errors {
		return nil, limits.Exceeded("the document has %d validation errors; the first: %s", len(errs), errs[0].Message)
	}
	if len(errs) > 0 || len(document.Operations) == 0 {
		return nil, nil
	}
	p.documents.addDocument(ctx, text, document, statistics)
	return document, nil
}

// isTokenLimit recognises the error of gqlparser for too many tokens, which has no type, by its
// message. A test compares the message with gqlparser's.
func isTokenLimit(err error) bool { return strings.Contains(err.Error(), "token limit") }

// prepareVariables replaces the variables by their coerced values.
func (p preparation) prepareVariables(document *ast.QueryDocument, params *graphql.RawParams) *gqlerror.Error {
	o := document.Operations.ForName(params.OperationName)
	switch {
	case o == nil && params.OperationName == "":
		const message = "the document has several operations: name one in operationName"
		return gqlerror.WrapPath(nil, &clientError{errcode.ValidationFailed, message})
	case o == nil || len(o.VariableDefinitions) == 0: // the executor reports a missing operation
		return nil
	}
	var err *gqlerror.Error
	params.Variables, err = coerceVariables(p.schema, o, params.Variables, p.limits.Errors)
	return err
}
