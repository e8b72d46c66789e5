package model

import (
	"context"
	"encoding/hex"
	"errors"

	"rowhouse/tenancy"
)

// topical is a row whose changes some subscriptions are about.
type topical interface{ topic() string }

func (i *Item) topic() string    { return itemTopic(i.ProjectID) }
func (c *Comment) topic() string { return commentTopic(c.ItemID) }
func (*Project) topic() string   { return projectTopic }

const projectTopic = "projects"

func itemTopic(project ID) string { return "items of " + hex.EncodeToString(project[:]) }
func commentTopic(item ID) string { return "comments of " + hex.EncodeToString(item[:]) }

// publish tells of a change once it is committed, if the row has a topic.
func publish[T any, P row[T]](ctx context.Context, db *tenancy.DB, change Change, rows ...P) {
	for _, r := range rows {
		if t, ok := any(r).(topical); ok {
			id := r.id()
			db.Publish(ctx, tenancy.Event{Topic: t.topic(), Kind: string(change), Key: string(id[:])})
		}
	}
}

// happening is a change of a row of T, and the row as it is by now, or nil.
type happening[T any] struct {
	change Change
	id     ID
	row    *T
}

// follow returns what happens to rows of T with a topic until ctx ends, or the caller
// falls behind, as events of the API; nil is none.
func follow[T any, P row[T], E any](ctx context.Context, db *tenancy.DB, topic string, event func(happening[T]) *E) (<-chan *E, error) {
	events, err := db.Subscribe(ctx, topic)
	if err != nil {
		return nil, err
	}
	out := make(chan *E)
	go func() {
		defer close(out)
		for e := range events {
			h := happening[T]{Change(e.Kind), ID([]byte(e.Key)), nil}
			if h.change != ChangeDeleted {
				var gone *NotFoundError
				if h.row, err = find[T, P](ctx, db, "", h.id); err != nil && !errors.As(err, &gone) {
					return // who subscribes again reads anew
				}
			}
			shown := event(h)
			if shown == nil {
				continue
			}
			select {
			case out <- shown:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

// ItemEvent is what happened to an item of a project.
type ItemEvent struct {
	Change            Change
	ItemID, ProjectID GlobalID
	Item              *Item
}

// ItemEvents returns what happens to the items of a project, until ctx ends.
func ItemEvents(ctx context.Context, db *tenancy.DB, projectID GlobalID) (<-chan *ItemEvent, error) {
	project, err := named[Project](ctx, db, "projectId", "Project", projectID)
	if err != nil {
		return nil, err
	}
	return follow[Item](ctx, db, itemTopic(project.ID), func(h happening[Item]) *ItemEvent {
		return &ItemEvent{h.change, globalID("Item", h.id), projectID, h.row}
	})
}

// CommentEvents returns the comments that are added to an item, until ctx ends.
func CommentEvents(ctx context.Context, db *tenancy.DB, itemID GlobalID) (<-chan *CommentEvent, error) {
	item, err := named[Item](ctx, db, "itemId", "Item", itemID)
	if err != nil {
		return nil, err
	}
	return follow[Comment](ctx, db, commentTopic(item.ID), func(h happening[Comment]) *CommentEvent {
		if h.change != ChangeCreated {
			return nil
		}
		return &CommentEvent{Change: h.change, CommentID: globalID("Comment", h.id), Comment: h.row}
	})
}

// ProjectEvents returns what happens to projects, until ctx ends.
func ProjectEvents(ctx context.Context, db *tenancy.DB) (<-chan *ProjectEvent, error) {
	return follow[Project](ctx, db, projectTopic, func(h happening[Project]) *ProjectEvent {
		return &ProjectEvent{Change: h.change, ProjectID: globalID("Project", h.id), Project: h.row}
	})
}
