package model

import (
	"context"
	"time"

	"rowhouse/tenancy"
)

// Comment is something said about an item.
type Comment struct {
	TenantID  tenancy.ID
	ID        ID `gorm:"primaryKey"`
	ItemID    ID
	AuthorID  *ID
	Body      string
	CreatedAt time.Time

	peers[Comment]
}

type (
	// CommentConnection is a page of comments.
	CommentConnection = Connection[Comment]
	// CommentEdge is a comment on a page.
	CommentEdge = Edge[Comment]
)

func (c *Comment) id() ID { return c.ID }

// GlobalID returns the comment's identity for clients.
func (c *Comment) GlobalID() GlobalID { return globalID("Comment", c.ID) }

// CommentByID returns a comment.
func CommentByID(ctx context.Context, db *tenancy.DB, id GlobalID) (*Comment, error) {
	return byID[Comment](ctx, db, "Comment", id)
}

var commentKeys = keys[Comment]{"CREATED_AT": byAge[Comment]()}

func (f *CommentFilter) conditions(c *conditions) {
	if f == nil {
		return
	}
	logic(c, f.And.Value(), f.Or.Value(), f.Not.Value())
	c.id("id", "id", "Comment", f.ID.Value())
	c.text("body", "body", f.Body.Value())
	c.id("itemId", "item_id", "Item", f.ItemID.Value())
	to[Item](c, "item_id", f.Item.Value(), "item")
	c.id("authorId", "author_id", "Member", f.AuthorID.Value())
	to[Member](c, "author_id", f.Author.Value(), "author")
	c.time("created_at", f.CreatedAt.Value())
}

// Comments returns a page of those comments that a filter wants.
func Comments(ctx context.Context, db *tenancy.DB, p Page, where *CommentFilter, by *CommentOrder) (*CommentConnection, error) {
	return page[Comment](ctx, db, p, where, orderOf(commentKeys, by))
}

var commentsOfItem = toMany[Comment, Comment]{
	name: "comments", parent: "item_id", child: "id",
	read: func(c *Comment) (ID, *Comment) { return c.ItemID, c },
}

// CommentsOf returns a page of what was said about an item, as far as a filter wants it.
func CommentsOf(ctx context.Context, db *tenancy.DB, item *Item, p Page, where *CommentFilter, by *CommentOrder) (*CommentConnection, error) {
	return many(ctx, db, item, item.cohort, p, where, orderOf(commentKeys, by), commentsOfItem)
}

// AuthorOf returns the member who made a comment, or nil when that is not known.
func AuthorOf(ctx context.Context, db *tenancy.DB, c *Comment) (*Member, error) {
	return optional[Comment, Member](ctx, db, c, c.cohort, "author", func(c *Comment) *ID { return c.AuthorID })
}

// CreateComment adds a comment to an item. author is nil when it is not known.
func CreateComment(ctx context.Context, db *tenancy.DB, author *ID, in CreateCommentInput) (*Comment, error) {
	var r rules
	itemID := r.id("itemId", in.ItemID, "Item")
	r.body("body", &in.Body)
	if err := r.err(); err != nil {
		return nil, err
	}
	c, err := create(ctx, db, &Comment{ID: NewID(), ItemID: itemID, AuthorID: author, Body: in.Body})
	return c, missing(err, "Item")
}

// UpdateComment changes the text of a comment.
func UpdateComment(ctx context.Context, db *tenancy.DB, in UpdateCommentInput) (*Comment, error) {
	var r rules
	id := r.id("id", in.ID, "Comment")
	body := given(&r, "body", in.Body)
	if body != nil {
		r.body("body", body)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return change(ctx, db, "Comment", id, func(c *Comment, columns changes) error {
		set(columns, "body", &c.Body, body)
		return nil
	})
}

// DeleteComment deletes a comment.
func DeleteComment(ctx context.Context, db *tenancy.DB, id GlobalID) (*DeleteCommentPayload, error) {
	gone, err := remove[Comment](ctx, db, "Comment", id, nil)
	if err != nil {
		return nil, err
	}
	return &DeleteCommentPayload{id, globalID("Item", gone.ItemID)}, nil
}

// DeleteCommentPayload tells what was deleted, and where.
type DeleteCommentPayload struct {
	DeletedID GlobalID
	ItemID    GlobalID
}
