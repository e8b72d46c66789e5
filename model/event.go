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

// publisher is a row whose changes some subscriptions are about.
type publisher interface {
	// topic returns the topic of a change of the row, or "" when no subscription is about it.
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

// endTopic has one event at most: the row with this id is deleted. Subscriptions to what
// belongs to the row end with it, so that a cascade publishes one event, however many rows
// it deletes.
func endTopic(id ID) string { return "end of " + hex.EncodeToString(id[:]) }

// The kinds of events beside the API's changes.
const (
	// kindEnded tells that the row of an endTopic is deleted.
	kindEnded = "ENDED"
	// kindMany tells that more items have changed than events name.
	kindMany = "MANY"
)

// mostNamed bounds the items that a cascade names in its events, and so the rows that a
// subscriber reads together: as many as a page may have.
const mostNamed = largestPage

// publish tells of a change once it is committed, if the row has a topic.
func publish[T any, P row[T]](ctx context.Context, db *tenancy.DB, change Change, r P) {
	if t, ok := any(r).(publisher); ok {
		if topic := t.topic(change); topic != "" {
			id := r.id()
			db.Publish(ctx, tenancy.Event{Topic: topic, Kind: string(change), Key: string(id[:])})
		}
	}
}

// publishEnd tells that a row is deleted to subscriptions to what belonged to it.
func publishEnd(ctx context.Context, db *tenancy.DB, id ID) {
	db.Publish(ctx, tenancy.Event{Topic: endTopic(id), Kind: kindEnded})
}

// publishItems tells that a cascade changes the items that meet a condition, with one event
// for each of their projects. Of more than mostNamed items the events name none.
func publishItems(ctx context.Context, db *tenancy.DB, condition string, args ...any) error {
	matching := func() *gorm.DB { return db.For(ctx).Model(&Item{}).Where(condition, args...) }
	var items []*Item
	if err := matching().Select("id", "project_id").Limit(mostNamed + 1).Find(&items).Error; err != nil {
		return err
	}
	if len(items) > mostNamed {
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

// rowChange is a change of a row of T, and the row as it is by now, or nil.
type rowChange[T any] struct {
	change Change
	id     ID
	row    *T
}

// subscription is what a subscriber wants to be told of.
type subscription[T, E any] struct {
	topics []string
	// subject reads the row that the subscription is about, and fails when it is deleted; nil
	// for a subscription that has none.
	subject func(context.Context) error
	// complete is called before the events end because the subject is deleted.
	complete func()
	// event makes an event of the API.
	event func(rowChange[T]) *E
}

// follow returns the events of a subscription until ctx ends, its subject is deleted, or the
// caller falls behind.
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
				return // who subscribes again reads anew
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
	if !Change(e.Kind).IsValid() || len(e.Key)%len(ID{}) != 0 || len(e.Key) > mostNamed*len(ID{}) {
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

// ItemEvents returns what happens to the items of a project, until ctx ends or the project
// is deleted. Then it calls complete before it closes the channel.
func ItemEvents(ctx context.Context, db *tenancy.DB, projectID GlobalID, complete func()) (<-chan *ItemEvent, error) {
	project, err := named[Project](ctx, db, "projectId", "Project", projectID)
	if err != nil {
		return nil, err
	}
	return follow[Item](ctx, db, subscription[Item, ItemEvent]{
		topics:   []string{itemTopic(project.ID), endTopic(project.ID)},
		subject:  func(ctx context.Context) error { return exists[Project](ctx, db, "Project", project.ID) },
		complete: complete,
		event: func(h rowChange[Item]) *ItemEvent {
			return &ItemEvent{h.change, globalID("Item", h.id), projectID, h.row}
		},
	})
}

// CommentEvents returns the comments that are added to an item, until ctx ends or the item
// is deleted, by itself or with its project. Then it calls complete before it closes the
// channel.
func CommentEvents(ctx context.Context, db *tenancy.DB, itemID GlobalID, complete func()) (<-chan *CommentEvent, error) {
	item, err := named[Item](ctx, db, "itemId", "Item", itemID)
	if err != nil {
		return nil, err
	}
	return follow[Comment](ctx, db, subscription[Comment, CommentEvent]{
		// An item stays in its project.
		topics:   []string{commentTopic(item.ID), endTopic(item.ID), endTopic(item.ProjectID)},
		subject:  func(ctx context.Context) error { return exists[Item](ctx, db, "Item", item.ID) },
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
