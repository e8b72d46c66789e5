package server

import (
	"context"
	"errors"
	"log/slog"

	"github.com/99designs/gqlgen/graphql"
	gqlgen "github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"rowhouse/graph/exec"
	"rowhouse/graph/limits"
)

// executor is gqlgen's executor with its own preparation of operations: gqlgen's would look up each document again, and
// coerce the variables again.
type executor struct {
	*gqlgen.Executor
	parameters    []graphql.OperationParameterMutator // find the document of an operation
	preparation   preparation
	contexts      []graphql.OperationContextMutator // check the operation
	introspection bool
}

// newExecutor returns the executor of a schema.
func newExecutor(schema limits.Schema, x limits.Extension, o Options, log *slog.Logger) *executor {
	e := &executor{
		Executor:      gqlgen.New(limits.BoundResponses(schema, o.Limits.Response)),
		parameters:    []graphql.OperationParameterMutator{extension.AutomaticPersistedQuery{Cache: newPersistedQueries(o.Documents)}},
		preparation:   preparation{o.Limits, schema.Schema(), newDocumentCache(), nil},
		contexts:      []graphql.OperationContextMutator{x, enumCheck{schema.Schema()}},
		introspection: o.Introspection,
	}
	e.preparation.explain = e.explainDocument
	if o.TrustedOnly {
		e.parameters = append(e.parameters, trustedOnly{o.Documents})
	}
	if planner, ok := schema.(exec.Planner); ok && !o.NoPlans {
		plans := planner.Plans()
		plans.MaxResponse, plans.Definitions = o.Limits.Response, schema.Schema()
		plans.Kept = e.preparation.documents.plansOf
		e.contexts = append(e.contexts, plans)
		e.Use(plans)
	}
	e.Use(x) // both intercept the responses
	e.SetDefaultRulesFn(func() *rules.Rules { return newRules(o.Introspection) })
	e.SetErrorPresenter(newPresenter(log))
	e.SetRecoverFunc(recoverPanic)
	return e
}

// CreateOperationContext returns an operation that may be executed, or the errors of one that may not.
func (e *executor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	o := &graphql.OperationContext{
		DisableIntrospection:   !e.introspection,
		RecoverFunc:            recoverPanic,
		ResolverMiddleware:     func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
		RootResolverMiddleware: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) },
	}
	ctx = graphql.WithOperationContext(ctx, o)
	for _, m := range e.parameters {
		if err := m.MutateOperationParameters(ctx, params); err != nil {
			return o, gqlerror.List{err}
		}
	}
	o.RawQuery, o.OperationName, o.Extensions = params.Query, params.OperationName, params.Extensions
	if errs := e.preparation.prepareOperation(ctx, o, params); errs != nil {
		return o, errs
	}
	for _, m := range e.contexts {
		if err := m.MutateOperationContext(ctx, o); err != nil {
			return o, gqlerror.List{err}
		}
	}
	return o, nil
}

// explainDocument returns the syntax and validation errors of a document, as gqlgen reports them: with suggestions.
func (e *executor) explainDocument(ctx context.Context, params *graphql.RawParams) gqlerror.List {
	_, errs := e.Executor.CreateOperationContext(graphql.StartOperationTrace(ctx), params)
	if len(errs) == 0 {
		return gqlerror.List{gqlerror.Wrap(errors.New("the document is invalid, and gqlgen finds no error"))}
	}
	return errs
}
