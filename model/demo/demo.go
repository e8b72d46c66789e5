// Package demo creates two tenants with data to look at: acme and globex.
//
// The data is in data.go and in a file of each further type. Replace it when you replace the types of the
// model, or delete the package with its use in package main.
package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model"
	"rowhouse/tenancy"
)

// Create creates the demo tenants that are missing, each with its data in one transaction. It
// does not change a tenant that exists.
func Create(ctx context.Context, db *tenancy.DB, directory *tenancy.Directory) error {
	for _, t := range tenants {
		if err := t.create(ctx, db, directory); err != nil {
			return fmt.Errorf("create the demo tenant %s: %w", t.slug, err)
		}
	}
	return nil
}

// Slugs returns the slugs of the demo tenants that exist. It omits a tenant that the directory
// can't read.
func Slugs(ctx context.Context, directory *tenancy.Directory) (slugs []string) {
	for _, t := range tenants {
		if _, err := directory.BySlug(ctx, t.slug); err == nil {
			slugs = append(slugs, t.slug)
		}
	}
	return slugs
}

func (t tenantData) create(ctx context.Context, db *tenancy.DB, directory *tenancy.Directory) error {
	// A failed insert would use up a tenant id, so Create reads first.
	_, err := directory.BySlug(ctx, t.slug)
	if err == nil || !errors.Is(err, tenancy.ErrUnavailable) {
		return err
	}
	created, err := directory.Create(ctx, tenancy.Tenant{Slug: t.slug, Name: t.name})
	if err != nil {
		return err
	}
	return db.Tx(tenancy.NewContext(ctx, created), func(ctx context.Context) error {
		return t.createRows(ctx, db)
	})
}

// createRows creates the rows of the tenant of ctx with the functions of the API's mutations.
func (t tenantData) createRows(ctx context.Context, db *tenancy.DB) error {
	rows := createdRows{db: db, tenant: t.slug, items: map[string]*model.Item{}}
	for _, m := range t.members {
		created, err := model.CreateMember(ctx, db, model.CreateMemberInput{Name: m.name, Email: m.email, Role: m.role})
		if err != nil {
			return err
		}
		rows.members = append(rows.members, created)
	}
	for _, p := range t.projects {
		if err := rows.createProject(ctx, p); err != nil {
			return err
		}
	}
	for _, create := range further {
		if err := create(ctx, &rows); err != nil {
			return err
		}
	}
	return nil
}

// further are the functions of the types with a file of their own, such as comment.go: the type and its data
// are removed with the file.
var further []func(ctx context.Context, rows *createdRows) error

// createdRows are rows of a tenant to which later rows refer.
type createdRows struct {
	db      *tenancy.DB
	tenant  string // the slug
	members []*model.Member
	items   map[string]*model.Item // by key
}

func (r *createdRows) createProject(ctx context.Context, p projectData) error {
	project, err := model.CreateProject(ctx, r.db, model.CreateProjectInput{
		Key: p.key, Name: p.name, Description: nullIfEmpty(p.description),
	})
	if err != nil {
		return err
	}
	for n, i := range p.items {
		if err := r.createItem(ctx, project, i, n); err != nil {
			return err
		}
	}
	return nil
}

// createItem creates the item at position n of its project, which selects its assignee.
func (r *createdRows) createItem(ctx context.Context, project *model.Project, i itemData, n int) error {
	input := model.CreateItemInput{
		ProjectID: project.GlobalID(), Name: i.name, Description: nullIfEmpty(i.description), Status: i.status, Priority: i.priority,
	}
	if i.status != model.ItemStatusBacklog {
		assignee := r.members[n%len(r.members)].GlobalID()
		input.AssigneeID = graphql.OmittableOf(&assignee)
	}
	item, err := model.CreateItem(ctx, r.db, input)
	if err != nil {
		return err
	}
	r.items[item.Key] = item
	return nil
}

func nullIfEmpty(s string) graphql.Omittable[*string] {
	if s == "" {
		return graphql.OmittableOf[*string](nil)
	}
	return graphql.OmittableOf(&s)
}
