package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/exec"
	"rowhouse/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// NewPlans returns the plans.
func NewPlans(db *tenancy.DB, refuseNulls bool, maxResponse int64) exec.Schema {
	r := &Resolver{db, refuseNulls}
	return exec.Schema{
		Types: model.Types, DB: db, MaxResponse: maxResponse,
		ParseArguments: func(ctx context.Context, typeName, field string, raw map[string]any) (map[string]any, error) {
			ec := newExecutionContext(graphql.GetOperationContext(ctx), &executableSchema{}, nil)
			return argumentParsers[typeName+"."+field](ec, ctx, raw)
		},
		NewPage: func(o *graphql.OperationContext, field *ast.Field, arguments map[string]any) relay.PageArgs {
			first, _ := arguments["first"].(*int)
			after, _ := arguments["after"].(*string)
			last, _ := arguments["last"].(*int)
			before, _ := arguments["before"].(*string)
			return relay.PageArgs{First: first, After: after, Last: last, Before: before, Nulls: r.nulls(o, field)}
		},
	}
}

var argumentParsers = map[string]func(*executionContext, context.Context, map[string]any) (map[string]any, error){
	"Project.items": (*executionContext).field_Project_items_args,
	"Item.labels":   (*executionContext).field_Item_labels_args,
	"Item.comments": (*executionContext).field_Item_comments_args,
}
