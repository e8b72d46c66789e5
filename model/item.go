package model

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// Item is a piece of work in a project.
type Item struct {
	TenantID  tenancy.ID
	ID        ID `gorm:"primaryKey"`
	ProjectID ID
	// Number counts up inside the project, from 1.
	Number int
	// Key is the project's key and the number, as in WEB-12. It never changes.
	Key         string `gorm:"charset:ascii"`
	Name        string
	Description *string
	Status      ItemStatus `gorm:"charset:ascii"`
	Priority    ItemPriority
	AssigneeID  *ID
	DueAt       *time.Time
	// Version counts the changes, from 1.
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time

	peers[Item]
}

type (
	// ItemConnection is a page of items.
	ItemConnection = Connection[Item]
	// ItemEdge is an item on a page.
	ItemEdge = Edge[Item]
)

func (i *Item) id() ID { return i.ID }

// GlobalID returns the item's identity for clients.
func (i *Item) GlobalID() GlobalID { return globalID("Item", i.ID) }

// ItemByID returns an item.
func ItemByID(ctx context.Context, db *tenancy.DB, id GlobalID) (*Item, error) {
	return byID[Item](ctx, db, "Item", id)
}

// ranks are the priorities from the least to the most urgent, as the database has them.
var ranks = AllItemPriority

// Value stores the priority's rank.
func (p ItemPriority) Value() (driver.Value, error) {
	if rank := slices.Index(ranks, p); rank >= 0 {
		return int64(rank), nil
	}
	return nil, fmt.Errorf("%q is no priority", string(p))
}

// Scan reads a rank, and fails on what is none.
func (p *ItemPriority) Scan(src any) error {
	rank, ok := src.(int64)
	if !ok || rank < 0 || rank >= int64(len(ranks)) {
		return fmt.Errorf("%v is no priority's rank", src)
	}
	*p = ranks[rank]
	return nil
}

var itemKeys = keys[Item]{
	"CREATED_AT": byAge[Item](),
	"UPDATED_AT": byTime("updated_at", func(i *Item) *time.Time { return &i.UpdatedAt }),
	"DUE_AT":     byTime("due_at", func(i *Item) *time.Time { return i.DueAt }),
	"PRIORITY":   byNumber("priority", func(i *Item) int { return slices.Index(ranks, i.Priority) }),
	"NUMBER":     byNumber("number", func(i *Item) int { return i.Number }),
	"KEY":        byUnique("key", func(i *Item) string { return i.Key }),
	"NAME":       byText("name", func(i *Item) string { return i.Name }),
	"STATUS":     byEnum("status", AllItemStatus, func(i *Item) ItemStatus { return i.Status }),
}

func (f *ItemFilter) conditions(c *conditions) {
	if f == nil {
		return
	}
	logic(c, f.And.Value(), f.Or.Value(), f.Not.Value())
	c.id("id", "id", "Item", f.ID.Value())
	c.text("key", "key", f.Key.Value())
	c.number("number", "number", f.Number.Value())
	c.text("name", "name", f.Name.Value())
	c.text("description", "description", f.Description.Value())
	if s := f.Status.Value(); s != nil {
		equal(c, "status", s.Eq.Value())
		in(c, "status", "status", s.In.Value())
	}
	if p := f.Priority.Value(); p != nil {
		equal(c, "priority", p.Eq.Value())
		in(c, "priority", "priority", p.In.Value())
		between(c, "priority", p.Lt.Value(), p.Lte.Value(), p.Gt.Value(), p.Gte.Value())
	}
	c.id("projectId", "project_id", "Project", f.ProjectID.Value())
	to[Project](c, "project_id", f.Project.Value(), "project")
	c.id("assigneeId", "assignee_id", "Member", f.AssigneeID.Value())
	to[Member](c, "assignee_id", f.Assignee.Value(), "assignee")
	if l := f.Labels.Value(); l != nil {
		labelled(c, true, "some", l.Some.Value())
		labelled(c, false, "none", l.None.Value())
	}
	if l := f.Comments.Value(); l != nil {
		from[Comment](c, true, "item_id", l.Some.Value(), "comments", "some")
		from[Comment](c, false, "item_id", l.None.Value(), "comments", "none")
	}
	c.time("due_at", f.DueAt.Value())
	c.time("created_at", f.CreatedAt.Value())
	c.time("updated_at", f.UpdatedAt.Value())
}

// Items returns a page of those items that a filter wants.
func Items(ctx context.Context, db *tenancy.DB, p Page, where *ItemFilter, by *ItemOrder) (*ItemConnection, error) {
	return page[Item](ctx, db, p, where, orderOf(itemKeys, by))
}

var itemsOfProject = toMany[Item, Item]{
	name: "items", parent: "project_id", child: "id",
	read: func(i *Item) (ID, *Item) { return i.ProjectID, i },
}

// ItemsOf returns a page of those of a project's items that a filter wants.
func ItemsOf(ctx context.Context, db *tenancy.DB, project *Project, p Page, where *ItemFilter, by *ItemOrder) (*ItemConnection, error) {
	return many(ctx, db, project, project.cohort, p, where, orderOf(itemKeys, by), itemsOfProject)
}

// ItemOf returns the item that a comment is about.
func ItemOf(ctx context.Context, db *tenancy.DB, c *Comment) (*Item, error) {
	found, err := one[Comment, Item](ctx, db, c.cohort, "item", func(c *Comment) *ID { return &c.ItemID })
	return required(found[c.ItemID], err, "Item")
}

// AssigneeOf returns the member who works on an item, or nil when nobody does.
func AssigneeOf(ctx context.Context, db *tenancy.DB, i *Item) (*Member, error) {
	return optional[Item, Member](ctx, db, i, i.cohort, "assignee", func(i *Item) *ID { return i.AssigneeID })
}

// CreateItem adds an item to a project, with the project's next number.
func CreateItem(ctx context.Context, db *tenancy.DB, in CreateItemInput) (*Item, error) {
	var r rules
	projectID := r.id("projectId", in.ProjectID, "Project")
	r.line("name", &in.Name, maxItemName)
	r.note("description", in.Description.Value())
	assigneeID := r.optionalID("assigneeId", in.AssigneeID.Value(), "Member")
	if err := r.err(); err != nil {
		return nil, err
	}
	var item *Item
	err := db.Tx(ctx, func(ctx context.Context) error {
		project, err := countUp(ctx, db, projectID)
		if err != nil {
			return err
		}
		item, err = create(ctx, db, &Item{
			ID: NewID(), ProjectID: projectID, Number: project.LastNumber,
			Key:  fmt.Sprintf("%s-%d", project.Key, project.LastNumber),
			Name: in.Name, Description: in.Description.Value(), Status: in.Status, Priority: in.Priority,
			AssigneeID: assigneeID, DueAt: in.DueAt.Value(), Version: 1,
		})
		// The project is there and locked, so it can only be the assignee.
		return missing(err, "Member")
	})
	return item, err
}

// countUp takes a project's next number. Others who want one wait until the
// transaction ends, so numbers have no duplicates, and no gaps but those that
// deleted items leave.
func countUp(ctx context.Context, db *tenancy.DB, id ID) (*Project, error) {
	counted := db.For(ctx).Model(&Project{}).Where("id = ?", id).
		UpdateColumn("last_number", gorm.Expr("last_number + 1"))
	if counted.Error != nil {
		return nil, counted.Error
	}
	if counted.RowsAffected == 0 {
		return nil, &NotFoundError{Type: "Project"}
	}
	return find[Project](ctx, db, "Project", id)
}

// UpdateItem changes the fields of an item that the input holds. It fails with
// *ConflictError when the item is no longer at the version that the input expects.
func UpdateItem(ctx context.Context, db *tenancy.DB, in UpdateItemInput) (*Item, error) {
	var r rules
	id := r.id("id", in.ID, "Item")
	name := given(&r, "name", in.Name)
	if name != nil {
		r.line("name", name, maxItemName)
	}
	r.note("description", in.Description.Value())
	status := given(&r, "status", in.Status)
	priority := given(&r, "priority", in.Priority)
	assigneeID := r.optionalID("assigneeId", in.AssigneeID.Value(), "Member")
	if err := r.err(); err != nil {
		return nil, err
	}
	item, err := change(ctx, db, "Item", id, func(i *Item, c changes) error {
		if expected := in.ExpectedVersion.Value(); expected != nil && *expected != i.Version {
			return &ConflictError{Message: fmt.Sprintf("the item is at version %d, not %d: read it again", i.Version, *expected)}
		}
		set(c, "name", &i.Name, name)
		set(c, "status", &i.Status, status)
		set(c, "priority", &i.Priority, priority)
		if in.Description.IsSet() {
			setNullable(c, "description", &i.Description, in.Description.Value())
		}
		if in.AssigneeID.IsSet() {
			setNullable(c, "assignee_id", &i.AssigneeID, assigneeID)
		}
		if in.DueAt.IsSet() {
			setNullable(c, "due_at", &i.DueAt, in.DueAt.Value())
		}
		if len(c) > 0 {
			next := i.Version + 1
			set(c, "version", &i.Version, &next)
		}
		return nil
	})
	return item, missing(err, "Member")
}

// DeleteItem deletes an item, with its comments.
func DeleteItem(ctx context.Context, db *tenancy.DB, id GlobalID) (*DeleteItemPayload, error) {
	gone, err := remove[Item](ctx, db, "Item", id, nil)
	if err != nil {
		return nil, err
	}
	return &DeleteItemPayload{id, globalID("Project", gone.ProjectID)}, nil
}

// DeleteItemPayload tells what was deleted, and where.
type DeleteItemPayload struct {
	DeletedID GlobalID
	ProjectID GlobalID
}
