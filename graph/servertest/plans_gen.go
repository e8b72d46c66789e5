// Code generated from schema.graphqls. DO NOT EDIT.

package servertest

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/exec"
	"rowhouse/graph/servertest/model"
)

// Plans returns the fields that package exec can read without resolvers: it implements exec.Planner.
func (e *executableSchema) Plans() exec.Schema {
	r := e.Resolvers.(*Resolver)
	return exec.Schema{Types: model.Types, DB: r.db, Page: r.page, Fields: plannedFields, Generated: generatedFields(e)}
}

var plannedFields = map[string]exec.Arguments{
	"BookCount.borrower":        nil,
	"BookEvent.shelf":           nil,
	"DeleteBookPayload.shelf":   nil,
	"DeleteCardPayload.reader":  nil,
	"DeleteTaggingPayload.book": nil,
	"DeleteTaggingPayload.tag":  nil,
	"Query.tenant":              nil,
	"Query.node":                nil,
	"Query.nodes":               nil,
	"Query.reader":              nil,
	"Query.readers":             nil,
	"Query.card":                nil,
	"Query.libraryCards":        nil,
	"Query.shelf":               nil,
	"Query.shelves":             nil,
	"Query.book":                nil,
	"Query.books":               nil,
	"Query.tag":                 nil,
	"Query.tags":                nil,
	"Query.tagging":             nil,
	"Query.taggings":            nil,
	"Query.review":              nil,
	"Query.reviews":             nil,
	"Reader.id":                 nil,
	"Reader.name":               nil,
	"Reader.role":               nil,
	"Reader.email":              nil,
	"Reader.homepage":           nil,
	"Reader.bornOn":             nil,
	"Reader.languages":          nil,
	"Reader.card":               nil,
	"Reader.books":              argumentsOf((*executionContext).field_Reader_books_args),
	"Reader.reviews":            argumentsOf((*executionContext).field_Reader_reviews_args),
	"Reader.friends":            argumentsOf((*executionContext).field_Reader_friends_args),
	"Reader.createdAt":          nil,
	"Card.id":                   nil,
	"Card.reader":               nil,
	"Card.serial":               nil,
	"Card.contact":              nil,
	"Card.settings":             nil,
	"Card.barcode":              nil,
	"Card.isActive":             nil,
	"Card.createdAt":            nil,
	"Shelf.id":                  nil,
	"Shelf.key":                 nil,
	"Shelf.name":                nil,
	"Shelf.below":               nil,
	"Shelf.books":               argumentsOf((*executionContext).field_Shelf_books_args),
	"Shelf.bookCounts":          argumentsOf((*executionContext).field_Shelf_bookCounts_args),
	"Shelf.createdAt":           nil,
	"Book.id":                   nil,
	"Book.key":                  nil,
	"Book.title":                nil,
	"Book.summary":              nil,
	"Book.genre":                nil,
	"Book.condition":            nil,
	"Book.pages":                nil,
	"Book.rating":               nil,
	"Book.price":                nil,
	"Book.loans":                nil,
	"Book.lendable":             nil,
	"Book.publishedAt":          nil,
	"Book.borrower":             nil,
	"Book.shelf":                nil,
	"Book.previous":             nil,
	"Book.tags":                 argumentsOf((*executionContext).field_Book_tags_args),
	"Book.reviews":              argumentsOf((*executionContext).field_Book_reviews_args),
	"Book.createdAt":            nil,
	"Book.updatedAt":            nil,
	"Book.version":              nil,
	"Tag.id":                    nil,
	"Tag.name":                  nil,
	"Tag.color":                 nil,
	"Tag.books":                 argumentsOf((*executionContext).field_Tag_books_args),
	"Tag.createdAt":             nil,
	"Tagging.id":                nil,
	"Tagging.book":              nil,
	"Tagging.tag":               nil,
	"Tagging.createdAt":         nil,
	"Review.id":                 nil,
	"Review.body":               nil,
	"Review.reader":             nil,
	"Review.book":               nil,
	"Review.createdAt":          nil,
}

// generatedFields returns the fields of rows that gqlgen resolves below a plan.
func generatedFields(e *executableSchema) map[string]exec.Generated {
	return map[string]exec.Generated{
		"Reader.languages": newGenerated(e, false, (*executionContext)._Reader_languages),
		"Card.barcode":     newGenerated(e, false, (*executionContext)._Card_barcode),
		"Shelf.bookCounts": newGenerated(e, true, (*executionContext)._Shelf_bookCounts),
		"Book.deletedAt":   newGenerated(e, false, (*executionContext)._Book_deletedAt),
		"Book.probe":       newGenerated(e, true, (*executionContext)._Book_probe),
		"Book.label":       newGenerated(e, true, (*executionContext)._Book_label),
		"Book.related":     newGenerated(e, true, (*executionContext)._Book_related),
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
