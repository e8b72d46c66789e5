// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Tagging is a tag of one book.
type Tagging struct {
	relay.Row[Tagging]
	// The book of the tagging.
	BookID relay.ID
	// The tag of the tagging.
	TagID relay.ID
}

type (
	// TaggingConnection is a page of taggings.
	TaggingConnection = relay.Connection[Tagging]
	// TaggingEdge is a tagging of a page.
	TaggingEdge = relay.Edge[Tagging]
)

// Taggings describes taggings.
var Taggings = relay.NewType[Tagging, TaggingFilter](AllTaggingOrder, relay.Fields{
	{Name: "bookId", Immutable: true},
	{Name: "tagId", Immutable: true},
}, relay.UniqueTogether("book", "tag"))

var (
	// TaggingBook is the book of each tagging.
	TaggingBook = relay.NewBelongsTo(Taggings, Books, "book", relay.Cascade)
	// TaggingTag is the tag of each tagging.
	TaggingTag = relay.NewBelongsTo(Taggings, Tags, "tag", relay.Cascade)
)

// CreateTagging stores a new tagging.
func CreateTagging(ctx context.Context, db *tenancy.DB, in CreateTaggingInput) (*Tagging, error) {
	return Taggings.CreateFrom(ctx, db, &in)
}

// DeleteTagging deletes a tagging.
func DeleteTagging(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteTaggingPayload, error) {
	deleted, err := Taggings.Delete(ctx, db, id)
	if err != nil {
		return nil, err
	}
	return &DeleteTaggingPayload{
		DeletedID: id,
		BookID:    TaggingBook.GlobalID(deleted),
		TagID:     TaggingTag.GlobalID(deleted),
	}, nil
}

// DeleteTaggingPayload has the id of a deleted tagging, and of its book, and of its tag.
type DeleteTaggingPayload struct {
	DeletedID relay.GlobalID
	BookID    relay.GlobalID
	TagID     relay.GlobalID
}
