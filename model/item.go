package model

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"

	"gorm.io/gorm"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Item is a piece of work in a project.
type Item struct {
	relay.Row[Item]
	ProjectID relay.ID
	// Number counts up inside the project, from 1.
	Number int
	// Key is the project's key and the number, as in WEB-12. It never changes.
	Key         string `gorm:"charset:ascii"`
	Name        string
	Description *string
	Status      ItemStatus `gorm:"charset:ascii"`
	Priority    ItemPriority
	AssigneeID  *relay.ID
	DueAt       *time.Time
	// Version counts the changes, from 1.
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
}

type (
	// ItemConnection is a page of items.
	ItemConnection = relay.Connection[Item]
	// ItemEdge is an item of a page.
	ItemEdge = relay.Edge[Item]
)

// Items describes items.
var Items = relay.NewType[Item, ItemFilter](AllItemOrder,
	relay.Unique("key"), relay.Enum(AllItemStatus), relay.Enum(AllItemPriority))

var (
	// ItemProject is the project of each item.
	ItemProject = relay.NewBelongsTo(Items, Projects, "project")
	// ItemAssignee is the member who works on each item, or nil.
	ItemAssignee = relay.NewBelongsTo(Items, Members, "assignee")
	// ItemComments are the comments of each item.
	ItemComments = relay.NewHasMany("comments", CommentItem)
)

var itemChanges = relay.NewTopicBy(ItemProject)

// Value returns the rank of the priority for the database.
func (p ItemPriority) Value() (driver.Value, error) { return relay.RankValue(AllItemPriority, p) }

// Scan reads a rank from the database, and fails for other values.
func (p *ItemPriority) Scan(src any) error { return relay.ScanRank(AllItemPriority, p, src) }

// CreateItem adds an item to a project, with the project's next number.
func CreateItem(ctx context.Context, db *tenancy.DB, in CreateItemInput) (*Item, error) {
	var v relay.Validation
	projectID := v.ID("projectId", in.ProjectID, Projects)
	v.Line("name", &in.Name, maxItemName)
	v.OptionalText("description", in.Description.Value(), maxText)
	assigneeID := v.OptionalID("assigneeId", in.AssigneeID, Members)
	if err := v.Err(); err != nil {
		return nil, err
	}
	var item *Item
	err := db.Tx(ctx, func(ctx context.Context) error {
		project, err := incrementNumber(ctx, db, projectID)
		if err != nil {
			return err
		}
		item, err = Items.Create(ctx, db, &Item{
			ProjectID: projectID, Number: project.LastNumber,
			Key:  fmt.Sprintf("%s-%d", project.Key, project.LastNumber),
			Name: in.Name, Description: in.Description.Value(), Status: in.Status, Priority: in.Priority,
			AssigneeID: assigneeID.Value(), DueAt: in.DueAt.Value(), Version: 1,
		})
		// The project exists and is locked, so only the assignee can be missing.
		return relay.NotFoundOnForeignKey(err, Members)
	})
	return item, err
}

// incrementNumber increments the last number of a project and returns the project. Concurrent
// callers wait until the transaction ends, so numbers have no duplicates, and gaps only where items
// were deleted.
func incrementNumber(ctx context.Context, db *tenancy.DB, id relay.ID) (*Project, error) {
	updated := db.For(ctx).Model(&Project{}).Where("id = ?", id).
		UpdateColumn("last_number", gorm.Expr("last_number + 1"))
	if updated.Error != nil {
		return nil, updated.Error
	}
	if updated.RowsAffected == 0 {
		return nil, &relay.NotFoundError{Type: Projects.Name()}
	}
	return Projects.Find(ctx, db, id)
}

// UpdateItem changes the fields of an item that the input has. It fails with
// *relay.ConflictError if the item is not at the version that the input expects.
func UpdateItem(ctx context.Context, db *tenancy.DB, in UpdateItemInput) (*Item, error) {
	var v relay.Validation
	id := v.ID("id", in.ID, Items)
	name := checkName(&v, in.Name, maxItemName)
	v.OptionalText("description", in.Description.Value(), maxText)
	status := relay.NotNull(&v, "status", in.Status)
	priority := relay.NotNull(&v, "priority", in.Priority)
	assigneeID := v.OptionalID("assigneeId", in.AssigneeID, Members)
	if err := v.Err(); err != nil {
		return nil, err
	}
	item, err := Items.Update(ctx, db, id, func(i *Item, c relay.Columns) error {
		if expected := in.ExpectedVersion.Value(); expected != nil && *expected != i.Version {
			return &relay.ConflictError{Message: fmt.Sprintf("the item is at version %d, not %d: read it again", i.Version, *expected)}
		}
		relay.Set(c, "name", &i.Name, name)
		relay.Set(c, "status", &i.Status, status)
		relay.Set(c, "priority", &i.Priority, priority)
		relay.SetNullable(c, "description", &i.Description, in.Description)
		relay.SetNullable(c, "assignee_id", &i.AssigneeID, assigneeID)
		relay.SetNullable(c, "due_at", &i.DueAt, in.DueAt)
		if len(c) > 0 {
			relay.Set(c, "version", &i.Version, new(i.Version+1))
		}
		return nil
	})
	return item, relay.NotFoundOnForeignKey(err, Members)
}

// DeleteItem deletes an item with its comments.
func DeleteItem(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteItemPayload, error) {
	deleted, err := Items.Delete(ctx, db, id, nil)
	if err != nil {
		return nil, err
	}
	return &DeleteItemPayload{id, ItemProject.GlobalID(deleted)}, nil
}

// DeleteItemPayload has the ids of a deleted item and of its project.
type DeleteItemPayload struct {
	DeletedID relay.GlobalID
	ProjectID relay.GlobalID
}

// ItemEvent is a change of an item of a project.
type ItemEvent struct {
	Change            relay.Change
	ItemID, ProjectID relay.GlobalID
	Item              *Item
}

// ItemEvents returns the changes of a project's items, until ctx ends or the project is deleted.
// On deletion it calls complete before it closes the channel.
func ItemEvents(ctx context.Context, db *tenancy.DB, projectID relay.GlobalID, complete func()) (<-chan *ItemEvent, error) {
	return relay.FollowBy(ctx, db, itemChanges, "projectId", projectID, complete, func(c relay.RowChange[Item]) *ItemEvent {
		return &ItemEvent{c.Change, c.ID, projectID, c.Row}
	})
}
