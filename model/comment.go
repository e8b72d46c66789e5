package model

import (
	"context"
	"time"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Comment is a remark about an item.
type Comment struct {
	relay.Row[Comment]
	ItemID    relay.ID
	AuthorID  *relay.ID
	Body      string
	CreatedAt time.Time
}

type (
	// CommentConnection is a page of comments.
	CommentConnection = relay.Connection[Comment]
	// CommentEdge is a comment of a page.
	CommentEdge = relay.Edge[Comment]
)

// Comments describes comments.
var Comments = relay.NewType[Comment, CommentFilter](AllCommentOrder)

var (
	// CommentItem is the item of each comment.
	CommentItem = relay.NewBelongsTo(Comments, Items, "item")
	// CommentAuthor is the member who wrote each comment, or nil if unknown.
	CommentAuthor = relay.NewBelongsTo(Comments, Members, "author")
)

var newComments = relay.NewTopicBy(CommentItem, relay.ChangeCreated)

// CreateComment adds a comment to an item. author is nil if unknown.
func CreateComment(ctx context.Context, db *tenancy.DB, author *relay.ID, in CreateCommentInput) (*Comment, error) {
	var v relay.Validation
	itemID := v.ID("itemId", in.ItemID, Items)
	v.Text("body", &in.Body, maxText)
	if err := v.Err(); err != nil {
		return nil, err
	}
	c, err := Comments.Create(ctx, db, &Comment{ItemID: itemID, AuthorID: author, Body: in.Body})
	return c, relay.NotFoundOnForeignKey(err, Items)
}

// UpdateComment changes the body of a comment.
func UpdateComment(ctx context.Context, db *tenancy.DB, in UpdateCommentInput) (*Comment, error) {
	var v relay.Validation
	id := v.ID("id", in.ID, Comments)
	body := relay.NotNull(&v, "body", in.Body)
	if body != nil {
		v.Text("body", body, maxText)
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	return Comments.Update(ctx, db, id, func(c *Comment, columns relay.Columns) error {
		relay.Set(columns, "body", &c.Body, body)
		return nil
	})
}

// DeleteComment deletes a comment.
func DeleteComment(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteCommentPayload, error) {
	deleted, err := Comments.Delete(ctx, db, id, nil)
	if err != nil {
		return nil, err
	}
	return &DeleteCommentPayload{id, CommentItem.GlobalID(deleted)}, nil
}

// DeleteCommentPayload has the ids of a deleted comment and of its item.
type DeleteCommentPayload struct {
	DeletedID relay.GlobalID
	ItemID    relay.GlobalID
}

// CommentEvents returns the comments that are added to an item, until ctx ends or the item
// is deleted, alone or with its project. On deletion it calls complete before it closes the
// channel.
func CommentEvents(ctx context.Context, db *tenancy.DB, itemID relay.GlobalID, complete func()) (<-chan *CommentEvent, error) {
	return relay.FollowBy(ctx, db, newComments, "itemId", itemID, complete, func(c relay.RowChange[Comment]) *CommentEvent {
		return &CommentEvent{Change: c.Change, CommentID: c.ID, Comment: c.Row}
	})
}
