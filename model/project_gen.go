package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Project is a set of items that are numbered together.
type Project struct {
	relay.Row[Project]
	Key         string `gorm:"charset:ascii"`
	Name        string
	Description *string
	LastNumber  int
}

type (
	// ProjectConnection is a page of projects.
	ProjectConnection = relay.Connection[Project]
	// ProjectEdge is a project of a page.
	ProjectEdge = relay.Edge[Project]
)

// Projects describes projects.
var Projects = relay.NewType[Project, ProjectFilter](AllProjectOrder, relay.Fields{
	{
		Name: "key", Unique: true, Immutable: true, MaxLength: 10, Exact: true,
		Pattern: "[A-Z]{2,10}", Message: "must have 2 to 10 capital letters, A to Z",
	},
	{Name: "name", MaxLength: 100},
	{Name: "description", MaxLength: 10000, Multiline: true},
	{Name: "lastNumber", Private: true, Min: "0"},
})

// ProjectItems are the items of each project.
var ProjectItems = relay.NewHasMany("items", ItemProject)

// ProjectItemCounts are the counts of each project's items.
var ProjectItemCounts = relay.NewGroups[ItemCount](ProjectItems, map[ItemGrouping]string{
	ItemGroupingStatus:   "status",
	ItemGroupingPriority: "priority",
	ItemGroupingAssignee: "assignee_id",
})

// ItemCount is the number of a project's items with the same value of a field. The others are nil.
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

var projectChanges = relay.NewTopic(Projects)

// CreateProject stores a new project.
func CreateProject(ctx context.Context, db *tenancy.DB, in CreateProjectInput) (*Project, error) {
	return Projects.CreateFrom(ctx, db, &in)
}

// UpdateProject stores the fields of a project that the input has.
func UpdateProject(ctx context.Context, db *tenancy.DB, in UpdateProjectInput) (*Project, error) {
	return Projects.UpdateFrom(ctx, db, &in)
}

// DeleteProject deletes a project.
func DeleteProject(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteProjectPayload, error) {
	if _, err := Projects.Delete(ctx, db, id); err != nil {
		return nil, err
	}
	return &DeleteProjectPayload{DeletedID: id}, nil
}

// ProjectEvents returns the changes of projects, until ctx ends.
func ProjectEvents(ctx context.Context, db *tenancy.DB) (<-chan *ProjectEvent, error) {
	return relay.Follow(ctx, db, projectChanges, func(c relay.RowChange[Project]) *ProjectEvent {
		return &ProjectEvent{Change: c.Change, ProjectID: c.ID, Project: c.Row}
	})
}
