// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Project is a group of items with consecutive numbers.
type Project struct {
	relay.Row[Project]
	// The prefix of the keys of the project's items: 2 to 10 capital letters, unique in the tenant. It
	// never changes.
	Key string `gorm:"charset:ascii"`
	// The display name of the project.
	Name string
	// The description of the project.
	Description *string
	// The number of the item that was created last.
	LastNumber int
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
		Name: "key", Unique: true, Immutable: true, MaxLength: 10, Exact: true, Pattern: "[A-Z]{2,10}",
		Message: "must have 2 to 10 capital letters, A to Z",
	},
	{Name: "name", MaxLength: 100},
	{Name: "description", MaxLength: 10000, Multiline: true},
	{Name: "lastNumber", Computed: true, Private: true, Min: "0"},
})

var (
	// ProjectItems are the items of each project.
	ProjectItems = relay.NewHasMany("items", ItemProject)
)

// ProjectItemCounts are the counts of each project's items.
var ProjectItemCounts = relay.NewGroups[ItemCount](ProjectItems, map[ItemGrouping]string{
	ItemGroupingStatus:   "status",
	ItemGroupingPriority: "priority",
	ItemGroupingAssignee: "assignee_id",
})

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

// DeleteProjectPayload has the id of a deleted project.
type DeleteProjectPayload struct {
	DeletedID relay.GlobalID
}

// ProjectEvent is a change of a project.
type ProjectEvent struct {
	Change    relay.Change
	ProjectID relay.GlobalID
	Project   *Project
}

// ProjectEvents returns the changes of projects, until ctx ends.
func ProjectEvents(ctx context.Context, db *tenancy.DB) (<-chan *ProjectEvent, error) {
	return relay.Follow(ctx, db, projectChanges, func(c relay.RowChange[Project]) *ProjectEvent {
		return &ProjectEvent{Change: c.Change, ProjectID: c.ID, Project: c.Row}
	})
}
