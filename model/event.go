package model

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"slices"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// publisher is a row whose changes are published.
type publisher interface {
	// topic returns the topic of a change of the row, or "" if the change is not published.
	topic(Change) string
}

func (i *Item) topic(Change) string  { return itemTopic(i.ProjectID) }
func (*Project) topic(Change) string { return projectTopic }

func (c *Comment) topic(change Change) string {
	if change != ChangeCreated {
		return ""
	}
	return commentTopic(c.ItemID)
}

const projectTopic = "projects"

func itemTopic(project ID) string { return "items of " + hex.EncodeToString(project[:]) }
func commentTopic(item ID) string { return "comments of " + hex.EncodeToString(item[:]) }

// endTopic returns the topic of the deletion of a row. It has one event at most, which ends all
// subscriptions to rows that belong to it. So a cascade publishes one event for any number of
// rows.
func endTopic(id ID) string { return "end of " + hex.EncodeToString(id[:]) }

// The kinds of events beside the API's changes.
const (
	// kindEnded means that the row of an endTopic is deleted.
	kindEnded = "ENDED"
	// kindMany means that more items have changed than events can list.
	kindMany = "MANY"
)

// maxListed bounds the items that the events of a cascade list, and so the rows that a subscriber
// reads in one batch.
const maxListed = largestPage

// publish tells of a change once it is committed, if the row has a topic.
func publish[T any, P row[T]](ctx context.Context, db *tenancy.DB, change Change, r P) {
	if t, ok := any(r).(publisher); ok {
		if topic := t.topic(change); topic != "" {
			id := r.id()
			db.Publish(ctx, tenancy.Event{Topic: topic, Kind: string(change), Key: string(id[:])})
		}
	}
}

// publishEnd ends the subscriptions to rows that belong to a deleted row.
func publishEnd(ctx context.Context, db *tenancy.DB, id ID) {
	db.Publish(ctx, tenancy.Event{Topic: endTopic(id), Kind: kindEnded})
}

// publishItems publishes the change of all items that meet a condition, with one event for each
// of their projects. For more than maxListed items, the events have kindMany.
func publishItems(ctx context.Context, db *tenancy.DB, condition string, args ...any) error {
	matching := func() *gorm.DB { return db.For(ctx).Model(&Item{}).Where(condition, args...) }
	var items []*Item
	if err := matching().Select("id", "project_id").Limit(maxListed + 1).Find(&items).Error; err != nil {
		return err
	}
	if len(items) > maxListed {
		var projects []ID
		if err := matching().Distinct("project_id").Pluck("project_id", &projects).Error; err != nil {
			return err
		}
		for _, project := range projects {
			db.Publish(ctx, tenancy.Event{Topic: itemTopic(project), Kind: kindMany})
		}
		return nil
	}
	slices.SortFunc(items, func(a, b *Item) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	changed := map[ID][]byte{}
	for _, i := range items {
		changed[i.ProjectID] = append(changed[i.ProjectID], i.ID[:]...)
	}
	for project, ids := range changed {
		db.Publish(ctx, tenancy.Event{Topic: itemTopic(project), Kind: string(ChangeUpdated), Key: string(ids)})
	}
	return nil
}

// rowChange is a change of a row of T, with the current row, or nil.
type rowChange[T any] struct {
	change Change
	id     ID
	row    *T
}

// subscription describes the events of a subscriber.
type subscription[T, E any] struct {
	topics []string
	// subject fails if the row of the subscription's argument is deleted. It is nil if there
	// is no argument.
	subject func(context.Context) error
	// complete is called when the subject is deleted, before the channel is closed.
	complete func()
	// event converts a change to an event of the API.
	event func(rowChange[T]) *E
}

// follow returns the events of a subscription until ctx ends or its subject is deleted, or until
// the caller is a slow consumer.
func follow[T any, P row[T], E any](ctx context.Context, db *tenancy.DB, s subscription[T, E]) (<-chan *E, error) {
	ctx, cancel := context.WithCancel(ctx)
	events, err := db.Subscribe(ctx, s.topics...)
	if err == nil && s.subject != nil { // it may have been deleted before the subscription began
		err = s.subject(ctx)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	out := make(chan *E)
	go func() {
		defer cancel()
		defer close(out)
		for e := range events {
			switch e.Kind {
			case kindEnded:
				s.complete()
				return
			case kindMany:
				return // the client subscribes again, and queries the data again
			}
			changes, err := changesOf[T, P](ctx, db, e)
			if err != nil {
				return // likewise
			}
			for _, h := range changes {
				select {
				case out <- s.event(h):
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out, nil
}

// errEvent means that an event is not one of this program: another release published it, or
// the Bus changed it.
var errEvent = errors.New("the event has another kind, or a key that is no list of ids")

// changesOf returns the changes that an event names, and reads their rows in one statement.
func changesOf[T any, P row[T]](ctx context.Context, db *tenancy.DB, e tenancy.Event) ([]rowChange[T], error) {
	if !Change(e.Kind).IsValid() || len(e.Key)%len(ID{}) != 0 || len(e.Key) > maxListed*len(ID{}) {
		return nil, errEvent
	}
	var ids []ID
	for id := range slices.Chunk([]byte(e.Key), len(ID{})) {
		ids = append(ids, ID(id))
	}
	rows := map[ID]*T{}
	if Change(e.Kind) != ChangeDeleted {
		var err error
		if rows, err = findAll[T, P](ctx, db, ids); err != nil {
			return nil, err
		}
	}
	changes := make([]rowChange[T], len(ids))
	for i, id := range ids {
		changes[i] = rowChange[T]{Change(e.Kind), id, rows[id]}
	}
	return changes, nil
}

// ItemEvent is what happened to an item of a project.
type ItemEvent struct {
	Change            Change
	ItemID, ProjectID GlobalID
	Item              *Item
}

// ItemEvents returns the changes of a project's items, until ctx ends or the project is deleted.
// On deletion it calls complete before it closes the channel.
func ItemEvents(ctx context.Context, db *tenancy.DB, projectID GlobalID, complete func()) (<-chan *ItemEvent, error) {
	project, err := named[Project](ctx, db, "projectId", "Project", projectID)
	if err != nil {
		return nil, err
	}
	return follow[Item](ctx, db, subscription[Item, ItemEvent]{
		topics:   []string{itemTopic(project.ID), endTopic(project.ID)},
		subject:  func(ctx context.Context) error { return requireRow[Project](ctx, db, "Project", project.ID) },
		complete: complete,
		event: func(h rowChange[Item]) *ItemEvent {
			return &ItemEvent{h.change, globalID("Item", h.id), projectID, h.row}
		},
	})
}

// CommentEvents returns the comments that are added to an item, until ctx ends or the item
// is deleted, by itself or with its project. On deletion it calls complete before it closes the
// channel.
func CommentEvents(ctx context.Context, db *tenancy.DB, itemID GlobalID, complete func()) (<-chan *CommentEvent, error) {
	item, err := named[Item](ctx, db, "itemId", "Item", itemID)
	if err != nil {
		return nil, err
	}
	return follow[Comment](ctx, db, subscription[Comment, CommentEvent]{
		// An item never changes its project.
		topics:   []string{commentTopic(item.ID), endTopic(item.ID), endTopic(item.ProjectID)},
		subject:  func(ctx context.Context) error { return requireRow[Item](ctx, db, "Item", item.ID) },
		complete: complete,
		event: func(h rowChange[Comment]) *CommentEvent {
			return &CommentEvent{Change: h.change, CommentID: globalID("Comment", h.id), Comment: h.row}
		},
	})
}

// ProjectEvents returns what happens to projects, until ctx ends.
func ProjectEvents(ctx context.Context, db *tenancy.DB) (<-chan *ProjectEvent, error) {
	return follow[Project](ctx, db, subscription[Project, ProjectEvent]{
		topics: []string{projectTopic},
		event: func(h rowChange[Project]) *ProjectEvent {
			return &ProjectEvent{Change: h.change, ProjectID: globalID("Project", h.id), Project: h.row}
		},
	})
}
