// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"
	"time"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Item is a task in a project.
type Item struct {
	relay.Row[Item]
	// The number of the item in its project. Numbers are assigned in ascending order from 1.
	Number int
	// The key of the project and the number of the item, such as `WEB-12`. It never changes.
	Key string `gorm:"charset:ascii"`
	// The title of the item.
	Name string
	// The description of the item.
	Description *string
	// The status of the item.
	Status ItemStatus `gorm:"charset:ascii"`
	// The priority of the item.
	Priority ItemPriority
	// The member assigned to the item; null if it is unassigned.
	AssigneeID *relay.ID
	// The due date of the item; null if it has none.
	DueAt *time.Time
	// The project of the item.
	ProjectID relay.ID
	// The time when the item was created.
	CreatedAt time.Time
	// The time of the last change of the item's own fields.
	UpdatedAt time.Time
	// Version counts the changes, from 1.
	Version int
}

type (
	// ItemConnection is a page of items.
	ItemConnection = relay.Connection[Item]
	// ItemEdge is an item of a page.
	ItemEdge = relay.Edge[Item]
)

// Items describes items.
var Items = relay.NewType[Item, ItemFilter](AllItemOrder, relay.Fields{
	{Name: "number", Computed: true, Min: "1"},
	{Name: "key", Unique: true, Computed: true, MaxLength: 21, Exact: true},
	{Name: "name", MaxLength: 200},
	{Name: "description", MaxLength: 10000, Multiline: true},
	{Name: "status", Default: "TODO", Enum: relay.EnumOf(AllItemStatus)},
	{Name: "priority", Default: "NONE", Enum: itemPriorities},
	{Name: "assigneeId"},
	{Name: "dueAt"},
	{Name: "projectId", Immutable: true},
	{Name: "createdAt"},
	{Name: "updatedAt"},
}, relay.Versioned())

func init() {
	Items.SetHooks(relay.Hooks[Item]{BeforeCreate: BeforeCreateItem})
}

var (
	// ItemAssignee is the assignee of each item, or nil.
	ItemAssignee = relay.NewBelongsTo(Items, Members, "assignee", relay.SetNull)
	// ItemProject is the project of each item.
	ItemProject = relay.NewBelongsTo(Items, Projects, "project", relay.Cascade)
	// ItemLabels are the labels of each item.
	ItemLabels = relay.NewManyToMany[ItemLabel](Items, Labels, "labels", "item_id", "label_id")
	// ItemComments are the comments of each item.
	ItemComments = relay.NewHasMany("comments", CommentItem)
)

// ItemLabel links an item with a label.
type ItemLabel struct {
	TenantID tenancy.ID
	ItemID   relay.ID `gorm:"primaryKey"`
	LabelID  relay.ID `gorm:"primaryKey"`
	Label    *Label
}

// ItemCount is the number of items with the same value of a field. The others are nil.
type ItemCount struct {
	ProjectID  relay.ID
	Status     *ItemStatus
	Priority   *ItemPriority
	AssigneeID *relay.ID
	Count      int

	relay.Batch[ItemCount] `gorm:"-"`
}

// ItemCountAssignee loads the assignee of the items that were counted.
var ItemCountAssignee = relay.NewGroupReference[ItemCount](Members, "assignee")

var itemChanges = relay.NewTopicBy(ItemProject)

// CreateItem stores a new item.
func CreateItem(ctx context.Context, db *tenancy.DB, in CreateItemInput) (*Item, error) {
	return Items.CreateFrom(ctx, db, &in)
}

// UpdateItem stores the fields of an item that the input has.
func UpdateItem(ctx context.Context, db *tenancy.DB, in UpdateItemInput) (*Item, error) {
	return Items.UpdateFrom(ctx, db, &in)
}

// DeleteItem deletes an item.
func DeleteItem(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteItemPayload, error) {
	deleted, err := Items.Delete(ctx, db, id)
	if err != nil {
		return nil, err
	}
	return &DeleteItemPayload{
		DeletedID: id,
		ProjectID: ItemProject.GlobalID(deleted),
	}, nil
}

// DeleteItemPayload has the id of a deleted item, and of its project.
type DeleteItemPayload struct {
	DeletedID relay.GlobalID
	ProjectID relay.GlobalID
}

// AddItemLabel links an item with a label. It changes nothing if they are linked.
func AddItemLabel(ctx context.Context, db *tenancy.DB, in AddItemLabelInput) (*Item, error) {
	return ItemLabels.AddLink(ctx, db,
		relay.InputID{Field: "itemId", ID: in.ItemID}, relay.InputID{Field: "labelId", ID: in.LabelID})
}

// RemoveItemLabel removes the link of an item with a label. It changes nothing if they are not
// linked.
func RemoveItemLabel(ctx context.Context, db *tenancy.DB, in RemoveItemLabelInput) (*Item, error) {
	return ItemLabels.RemoveLink(ctx, db,
		relay.InputID{Field: "itemId", ID: in.ItemID}, relay.InputID{Field: "labelId", ID: in.LabelID})
}

// ItemEvent is a change of an item of a project.
type ItemEvent struct {
	Change    relay.Change
	ItemID    relay.GlobalID
	ProjectID relay.GlobalID
	Item      *Item
}

// ItemEvents returns the changes of a project's items, until ctx ends or the project is deleted. Then
// it calls complete before it closes the channel.
func ItemEvents(ctx context.Context, db *tenancy.DB, projectID relay.GlobalID, complete func()) (<-chan *ItemEvent, error) {
	return relay.FollowBy(ctx, db, itemChanges, "projectId", projectID, complete, func(c relay.RowChange[Item]) *ItemEvent {
		return &ItemEvent{Change: c.Change, ItemID: c.ID, ProjectID: projectID, Item: c.Row}
	})
}
