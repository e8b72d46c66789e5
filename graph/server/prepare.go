package server

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"rowhouse/graph/limits"
)

// preparation parses, measures and validates a document when it is seen first, and coerces the
// variables of each operation.
type preparation struct {
	limits.Limits
	schema    *ast.Schema
	documents graphql.Cache[*ast.QueryDocument]
}

var _ graphql.OperationParameterMutator = preparation{}

// ExtensionName returns the name that gqlgen reports.
func (preparation) ExtensionName() string { return "Preparation" }

// Validate accepts every schema.
func (preparation) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters refuses a document that is too large in some way, and then
// coerces the variables. Documents that were validated before are not measured again.
func (l preparation) MutateOperationParameters(ctx context.Context, p *graphql.RawParams) *gqlerror.Error {
	if err := l.CheckVariables(p.Variables); err != nil {
		return err
	}
	if document, known := l.documents.Get(ctx, p.Query); known {
		return l.coerceVariables(document, p)
	}
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: p.Query}, l.Tokens)
	if err != nil && strings.Contains(err.Error(), "token limit") {
		return limits.Exceeded("the document has more than %d tokens", l.Tokens)
	}
	if err != nil {
		return nil //nolint:nilerr // the executor says where
	}
	if err := l.CheckDocument(document); err != nil {
		return err
	}
	errs := validator.ValidateWithRules(l.schema, document, newRules(false))
	if len(errs) > l.Errors {
		return limits.Exceeded("the document has %d validation errors; the first: %s", len(errs), errs[0].Message)
	}
	if len(errs) > 0 || len(document.Operations) == 0 {
		return nil // the executor reports them, with suggestions
	}
	l.documents.Add(ctx, p.Query, document) // the executor need not parse and validate it again
	return l.coerceVariables(document, p)
}
