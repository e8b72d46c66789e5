package model

import (
	"context"
	"time"

	"rowhouse/tenancy"
)

// Project is a set of items that are numbered together.
type Project struct {
	TenantID    tenancy.ID
	ID          ID     `gorm:"primaryKey"`
	Key         string `gorm:"charset:ascii"`
	Name        string
	Description *string
	// LastNumber is the number of the item that was created last.
	LastNumber int

	peers[Project]
}

type (
	// ProjectConnection is a page of projects.
	ProjectConnection = Connection[Project]
	// ProjectEdge is a project on a page.
	ProjectEdge = Edge[Project]
)

func (p *Project) id() ID { return p.ID }

// GlobalID returns the project's identity for clients.
func (p *Project) GlobalID() GlobalID { return globalID("Project", p.ID) }

// CreatedAt returns when the project was created.
func (p *Project) CreatedAt() time.Time { return p.ID.created() }

// ProjectByID returns a project.
func ProjectByID(ctx context.Context, db *tenancy.DB, id GlobalID) (*Project, error) {
	return byID[Project](ctx, db, "Project", id)
}

var projectKeys = keys[Project]{
	"CREATED_AT": byAge[Project](),
	"NAME":       byText("name", func(p *Project) string { return p.Name }),
	"KEY":        byUnique("key", func(p *Project) string { return p.Key }),
}

func (f *ProjectFilter) conditions(c *conditions) {
	if f == nil {
		return
	}
	logic(c, f.And.Value(), f.Or.Value(), f.Not.Value())
	c.id("id", "id", "Project", f.ID.Value())
	c.text("key", "key", f.Key.Value())
	c.text("name", "name", f.Name.Value())
	c.text("description", "description", f.Description.Value())
	if l := f.Items.Value(); l != nil {
		from[Item](c, true, "project_id", l.Some.Value(), "items", "some")
		from[Item](c, false, "project_id", l.None.Value(), "items", "none")
	}
}

// Projects returns a page of those projects that a filter wants.
func Projects(ctx context.Context, db *tenancy.DB, p Page, where *ProjectFilter, by *ProjectOrder) (*ProjectConnection, error) {
	return page[Project](ctx, db, p, where, orderOf(projectKeys, by))
}

// ProjectOf returns the project that an item belongs to.
func ProjectOf(ctx context.Context, db *tenancy.DB, i *Item) (*Project, error) {
	found, err := one[Item, Project](ctx, db, i.cohort, "project", func(i *Item) *ID { return &i.ProjectID })
	return required(found[i.ProjectID], err, "Project")
}

// CreateProject adds a project.
func CreateProject(ctx context.Context, db *tenancy.DB, in CreateProjectInput) (*Project, error) {
	var r rules
	r.key("key", in.Key)
	r.line("name", &in.Name, maxName)
	r.note("description", in.Description.Value())
	if err := r.err(); err != nil {
		return nil, err
	}
	p, err := create(ctx, db, &Project{ID: NewID(), Key: in.Key, Name: in.Name, Description: in.Description.Value()})
	return p, taken(err, "the project key %s is taken", in.Key)
}

// UpdateProject changes the fields of a project that the input holds.
func UpdateProject(ctx context.Context, db *tenancy.DB, in UpdateProjectInput) (*Project, error) {
	var r rules
	id := r.id("id", in.ID, "Project")
	name := given(&r, "name", in.Name)
	if name != nil {
		r.line("name", name, maxName)
	}
	r.note("description", in.Description.Value())
	if err := r.err(); err != nil {
		return nil, err
	}
	return change(ctx, db, "Project", id, func(p *Project, c changes) error {
		set(c, "name", &p.Name, name)
		if in.Description.IsSet() {
			setNullable(c, "description", &p.Description, in.Description.Value())
		}
		return nil
	})
}

// DeleteProject deletes a project, with its items and all that belongs to them.
func DeleteProject(ctx context.Context, db *tenancy.DB, id GlobalID) (GlobalID, error) {
	_, err := remove[Project](ctx, db, "Project", id, nil)
	return id, err
}
