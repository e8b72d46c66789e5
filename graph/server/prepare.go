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
	// explain returns the syntax and validation errors of a document.
	explain func(context.Context, *graphql.RawParams) gqlerror.List
}

// prepareOperation sets the document, the operation and the coerced variables of o.
func (p preparation) prepareOperation(ctx context.Context, o *graphql.OperationContext, params *graphql.RawParams) gqlerror.List {
	if err := p.limits.CheckVariables(params.Variables); err != nil {
		return gqlerror.List{err}
	}
	document, known := p.documents.Get(ctx, params.Query)
	if !known {
		var err *gqlerror.Error
		document, err = p.loadDocument(ctx, params.Query)
		switch {
		case err != nil:
			return gqlerror.List{err}
		case document == nil:
			return p.explain(ctx, params)
		}
	}
	operation, err := findOperation(document, params.OperationName)
	if err == nil {
		o.Doc, o.Operation = document, operation
		o.Variables, err = coerceVariables(p.schema, operation, params.Variables, p.limits.Errors)
	}
	if err != nil {
		return gqlerror.List{err}
	}
	return nil
}

// loadDocument returns a valid document, or an error, or neither if explain returns the errors.
func (p preparation) loadDocument(ctx context.Context, text string) (*ast.QueryDocument, *gqlerror.Error) {
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, p.limits.Tokens)
	if err != nil && isTokenLimit(err) {
		return nil, limits.Exceeded("the document has more than %d tokens", p.limits.Tokens)
	}
	if err != nil {
		return nil, nil //nolint:nilerr // explain reports it
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

// findOperation returns the operation with a name. The name of a document's only operation may be omitted.
func findOperation(document *ast.QueryDocument, name string) (*ast.OperationDefinition, *gqlerror.Error) {
	o := document.Operations.ForName(name)
	switch {
	case o != nil:
		return o, nil
	case name == "":
		const message = "the document has several operations: name one in operationName"
		return nil, gqlerror.WrapPath(nil, &clientError{errcode.ValidationFailed, message})
	}
	err := gqlerror.Errorf("operation %s not found", name)
	errcode.Set(err, errcode.ValidationFailed)
	return nil, err
}
