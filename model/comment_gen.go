// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"
	"time"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Comment is a comment on an item.
type Comment struct {
	relay.Row[Comment]
	// The text of the comment.
	Body string
	// The author of the comment; null if the author is unknown or deleted.
	AuthorID *relay.ID
	// The item of the comment.
	ItemID relay.ID
	// The time when the comment was created.
	CreatedAt time.Time
}

type (
	// CommentConnection is a page of comments.
	CommentConnection = relay.Connection[Comment]
	// CommentEdge is a comment of a page.
	CommentEdge = relay.Edge[Comment]
)

// Comments describes comments.
var Comments = relay.NewType[Comment, CommentFilter](AllCommentOrder, relay.Fields{
	{Name: "body", MaxLength: 10000, Multiline: true},
	{Name: "authorId", Computed: true},
	{Name: "itemId", Immutable: true},
	{Name: "createdAt"},
})

var (
	// CommentAuthor is the author of each comment, or nil.
	CommentAuthor = relay.NewBelongsTo(Comments, Members, "author", relay.SetNull)
	// CommentItem is the item of each comment.
	CommentItem = relay.NewBelongsTo(Comments, Items, "item", relay.Cascade)
)

var commentChanges = relay.NewTopicBy(CommentItem, relay.ChangeCreated)

// CreateComment stores a new comment.
func CreateComment(ctx context.Context, db *tenancy.DB, in CreateCommentInput) (*Comment, error) {
	return Comments.CreateFrom(ctx, db, &in)
}

// UpdateComment stores the fields of a comment that the input has.
func UpdateComment(ctx context.Context, db *tenancy.DB, in UpdateCommentInput) (*Comment, error) {
	return Comments.UpdateFrom(ctx, db, &in)
}

// DeleteComment deletes a comment.
func DeleteComment(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteCommentPayload, error) {
	deleted, err := Comments.Delete(ctx, db, id)
	if err != nil {
		return nil, err
	}
	return &DeleteCommentPayload{
		DeletedID: id,
		ItemID:    CommentItem.GlobalID(deleted),
	}, nil
}

// DeleteCommentPayload has the id of a deleted comment, and of its item.
type DeleteCommentPayload struct {
	DeletedID relay.GlobalID
	ItemID    relay.GlobalID
}

// CommentEvent is a change of a comment of an item.
type CommentEvent struct {
	Change    relay.Change
	CommentID relay.GlobalID
	ItemID    relay.GlobalID
	Comment   *Comment
}

// CommentEvents returns the changes of an item's comments, until ctx ends or the item is deleted.
// Then it calls complete before it closes the channel.
func CommentEvents(ctx context.Context, db *tenancy.DB, itemID relay.GlobalID, complete func()) (<-chan *CommentEvent, error) {
	return relay.FollowBy(ctx, db, commentChanges, "itemId", itemID, complete, func(c relay.RowChange[Comment]) *CommentEvent {
		return &CommentEvent{Change: c.Change, CommentID: c.ID, ItemID: itemID, Comment: c.Row}
	})
}
