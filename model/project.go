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
	// LastNumber is the number of the item that was created last.
	LastNumber int
}

type (
	// ProjectConnection is a page of projects.
	ProjectConnection = relay.Connection[Project]
	// ProjectEdge is a project of a page.
	ProjectEdge = relay.Edge[Project]
)

// Projects describes projects.
var Projects = relay.NewType[Project, ProjectFilter](AllProjectOrder, relay.Unique("key"))

// ProjectItems are the items of each project.
var ProjectItems = relay.NewHasMany("items", ItemProject)

var projectChanges = relay.NewTopic(Projects)

// CreateProject adds a project.
func CreateProject(ctx context.Context, db *tenancy.DB, in CreateProjectInput) (*Project, error) {
	var v relay.Validation
	checkKey(&v, in.Key)
	v.Line("name", &in.Name, maxName)
	v.OptionalText("description", in.Description.Value(), maxText)
	if err := v.Err(); err != nil {
		return nil, err
	}
	p, err := Projects.Create(ctx, db, &Project{Key: in.Key, Name: in.Name, Description: in.Description.Value()})
	return p, relay.ConflictOnDuplicate(err, "the project key %s is taken", in.Key)
}

// UpdateProject changes the fields of a project that the input has.
func UpdateProject(ctx context.Context, db *tenancy.DB, in UpdateProjectInput) (*Project, error) {
	var v relay.Validation
	id := v.ID("id", in.ID, Projects)
	name := checkName(&v, in.Name, maxName)
	v.OptionalText("description", in.Description.Value(), maxText)
	if err := v.Err(); err != nil {
		return nil, err
	}
	return Projects.Update(ctx, db, id, func(p *Project, c relay.Columns) error {
		relay.Set(c, "name", &p.Name, name)
		relay.SetNullable(c, "description", &p.Description, in.Description)
		return nil
	})
}

// DeleteProject deletes a project with its items, and their comments and labels.
func DeleteProject(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteProjectPayload, error) {
	_, err := Projects.Delete(ctx, db, id, nil)
	return &DeleteProjectPayload{DeletedID: id}, err
}

// ProjectEvents returns the changes of projects, until ctx ends.
func ProjectEvents(ctx context.Context, db *tenancy.DB) (<-chan *ProjectEvent, error) {
	return relay.Follow(ctx, db, projectChanges, func(c relay.RowChange[Project]) *ProjectEvent {
		return &ProjectEvent{Change: c.Change, ProjectID: c.ID, Project: c.Row}
	})
}
