// Code generated from schema.graphqls. DO NOT EDIT.

package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/exec"
	"rowhouse/model"
)

// Plans returns the fields that package exec can read without resolvers: it implements exec.Planner.
func (e *executableSchema) Plans() exec.Schema {
	r := e.Resolvers.(*Resolver)
	return exec.Schema{Types: model.Types, DB: r.db, Page: r.page, Fields: plannedFields, Generated: generatedFields(e)}
}

var plannedFields = map[string]exec.Arguments{
	"CommentEvent.item":         nil,
	"DeleteCommentPayload.item": nil,
	"DeleteItemPayload.project": nil,
	"ItemCount.assignee":        nil,
	"ItemEvent.project":         nil,
	"Query.tenant":              nil,
	"Query.node":                nil,
	"Query.nodes":               nil,
	"Query.member":              nil,
	"Query.members":             nil,
	"Query.project":             nil,
	"Query.projects":            nil,
	"Query.item":                nil,
	"Query.items":               nil,
	"Query.label":               nil,
	"Query.labels":              nil,
	"Query.comment":             nil,
	"Query.comments":            nil,
	"Member.id":                 nil,
	"Member.name":               nil,
	"Member.email":              nil,
	"Member.role":               nil,
	"Member.createdAt":          nil,
	"Project.id":                nil,
	"Project.key":               nil,
	"Project.name":              nil,
	"Project.description":       nil,
	"Project.items":             argumentsOf((*executionContext).field_Project_items_args),
	"Project.itemCounts":        argumentsOf((*executionContext).field_Project_itemCounts_args),
	"Project.createdAt":         nil,
	"Item.id":                   nil,
	"Item.number":               nil,
	"Item.key":                  nil,
	"Item.name":                 nil,
	"Item.description":          nil,
	"Item.status":               nil,
	"Item.priority":             nil,
	"Item.assignee":             nil,
	"Item.dueAt":                nil,
	"Item.project":              nil,
	"Item.labels":               argumentsOf((*executionContext).field_Item_labels_args),
	"Item.comments":             argumentsOf((*executionContext).field_Item_comments_args),
	"Item.createdAt":            nil,
	"Item.updatedAt":            nil,
	"Item.version":              nil,
	"Label.id":                  nil,
	"Label.name":                nil,
	"Label.color":               nil,
	"Label.createdAt":           nil,
	"Comment.id":                nil,
	"Comment.body":              nil,
	"Comment.author":            nil,
	"Comment.item":              nil,
	"Comment.createdAt":         nil,
}

// generatedFields returns the fields of rows that gqlgen resolves below a plan.
func generatedFields(e *executableSchema) map[string]exec.Generated {
	return map[string]exec.Generated{
		"Project.itemCounts": newGenerated(e, true, (*executionContext)._Project_itemCounts),
	}
}

// newGenerated returns a field that gqlgen resolves.
func newGenerated[T any](
	e *executableSchema, isConcurrent bool,
	resolve func(*executionContext, context.Context, graphql.CollectedField, *T) graphql.Marshaler,
) exec.Generated {
	resolveRow := func(ctx context.Context, f graphql.CollectedField, row any) graphql.Marshaler {
		return resolve(newExecutionContext(graphql.GetOperationContext(ctx), e, nil), ctx, f, row.(*T))
	}
	return exec.Generated{IsConcurrent: isConcurrent, Resolve: resolveRow}
}

// argumentsOf returns a function that parses the arguments of a field.
func argumentsOf(parse func(*executionContext, context.Context, map[string]any) (map[string]any, error)) exec.Arguments {
	return func(ctx context.Context, raw map[string]any) (map[string]any, error) {
		return parse(newExecutionContext(graphql.GetOperationContext(ctx), &executableSchema{}, nil), ctx, raw)
	}
}
