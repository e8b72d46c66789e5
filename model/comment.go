package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// CreateCommentBy stores a new comment of an author: a member, or nil if unknown.
func CreateCommentBy(ctx context.Context, db *tenancy.DB, author *relay.ID, in CreateCommentInput) (*Comment, error) {
	return Comments.CreateFrom(ctx, db, &in, func(c *Comment) { c.AuthorID = author })
}
