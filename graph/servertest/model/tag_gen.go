// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Tag is a tag of books.
type Tag struct {
	relay.Row[Tag]
	// The name of the tag.
	Name    string
	NameKey []byte // the relay.UniqueKey of Name
	// The color of the tag.
	Color string `gorm:"charset:ascii"`
}

type (
	// TagConnection is a page of tags.
	TagConnection = relay.Connection[Tag]
	// TagEdge is a tag of a page.
	TagEdge = relay.Edge[Tag]
)

// Tags describes tags.
var Tags = relay.NewType[Tag, TagFilter](AllTagOrder, relay.Fields{
	{Name: "name", Unique: true, MaxLength: 50},
	{Name: "color", MinLength: 7, MaxLength: 7, Exact: true, Default: "#ffffff"},
}, relay.RenamedFrom("Label"))

var (
	// TagBooks are the books of each tag.
	TagBooks = relay.NewManyToMany[Tagging](Tags, Books, "books", "tag_id", "book_id")
)

var tagChanges = relay.NewTopic(Tags, relay.ChangeCreated)

// CreateTag stores a new tag.
func CreateTag(ctx context.Context, db *tenancy.DB, in CreateTagInput) (*Tag, error) {
	return Tags.CreateFrom(ctx, db, &in)
}

// UpsertTag stores a new tag, or the fields that the input has in the one with the same unique key.
// It reports whether the tag is new.
func UpsertTag(ctx context.Context, db *tenancy.DB, in UpsertTagInput) (*Tag, bool, error) {
	return Tags.UpsertFrom(ctx, db, &in)
}

// DeleteTag deletes a tag.
func DeleteTag(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteTagPayload, error) {
	if _, err := Tags.Delete(ctx, db, id); err != nil {
		return nil, err
	}
	return &DeleteTagPayload{DeletedID: id}, nil
}

// DeleteTagPayload has the id of a deleted tag.
type DeleteTagPayload struct {
	DeletedID relay.GlobalID
}

// TagEvent is a change of a tag.
type TagEvent struct {
	Change relay.Change
	TagID  relay.GlobalID
	Tag    *Tag
}

// TagEvents returns the changes of tags, until ctx ends.
func TagEvents(ctx context.Context, db *tenancy.DB) (<-chan *TagEvent, error) {
	return relay.Follow(ctx, db, tagChanges, func(c relay.RowChange[Tag]) *TagEvent {
		return &TagEvent{Change: c.Change, TagID: c.ID, Tag: c.Row}
	})
}
