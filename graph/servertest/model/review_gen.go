// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Review is a review of a book.
type Review struct {
	relay.Row[Review]
	// The body of the review.
	Body string
	// The author of the review.
	ReaderID *relay.ID
	// The book of the review.
	BookID relay.ID
}

type (
	// ReviewConnection is a page of reviews.
	ReviewConnection = relay.Connection[Review]
	// ReviewEdge is a review of a page.
	ReviewEdge = relay.Edge[Review]
)

// Reviews describes reviews.
var Reviews = relay.NewType[Review, ReviewFilter](AllReviewOrder, relay.Fields{
	{Name: "body", MaxLength: 10000, Multiline: true},
	{Name: "readerId"},
	{Name: "bookId", Immutable: true},
})

var (
	// ReviewReader is the reader of each review, or nil.
	ReviewReader = relay.NewBelongsTo(Reviews, Readers, "reader", relay.SetNull)
	// ReviewBook is the book of each review.
	ReviewBook = relay.NewBelongsTo(Reviews, Books, "book", relay.Cascade)
)

// CreateReview stores a new review.
func CreateReview(ctx context.Context, db *tenancy.DB, in CreateReviewInput) (*Review, error) {
	return Reviews.CreateFrom(ctx, db, &in)
}

// UpdateReview stores the fields of a review that the input has.
func UpdateReview(ctx context.Context, db *tenancy.DB, in UpdateReviewInput) (*Review, error) {
	return Reviews.UpdateFrom(ctx, db, &in)
}
