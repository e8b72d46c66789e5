// Package demo creates two tenants with data to look at: acme and globex.
//
// The data is in data.go. Replace it when you replace the types of the model, or delete the
// package with its use in package main.
package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model"
	"rowhouse/model/relay"
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
	created, err := directory.Create(ctx, t.slug, t.name)
	if err != nil {
		return err
	}
	return db.Tx(tenancy.NewContext(ctx, created), func(ctx context.Context) error {
		return t.createRows(ctx, db)
	})
}

// createRows creates the rows of the tenant of ctx with the functions of the API's mutations.
func (t tenantData) createRows(ctx context.Context, db *tenancy.DB) error {
	rows := createdRows{db: db, labels: map[string]relay.GlobalID{}}
	for _, m := range t.members {
		created, err := model.CreateMember(ctx, db, model.CreateMemberInput{Name: m.name, Email: m.email, Role: m.role})
		if err != nil {
			return err
		}
		rows.members = append(rows.members, created)
	}
	for _, l := range t.labels {
		created, err := model.CreateLabel(ctx, db, model.CreateLabelInput{Name: l.name, Color: l.color})
		if err != nil {
			return err
		}
		rows.labels[l.name] = created.GlobalID()
	}
	for _, p := range t.projects {
		if err := rows.createProject(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// createdRows are rows of a tenant to which later rows refer.
type createdRows struct {
	db      *tenancy.DB
	members []*model.Member
	labels  map[string]relay.GlobalID // by name
}

func (r createdRows) createProject(ctx context.Context, p projectData) error {
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

// createItem creates the item at position n of its project. The position selects its assignee
// and the authors of its comments. Clients can't choose an author.
func (r createdRows) createItem(ctx context.Context, project *model.Project, i itemData, n int) error {
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
	for _, name := range i.labels {
		if _, err := model.AddItemLabel(ctx, r.db, model.AddItemLabelInput{ItemID: item.GlobalID(), LabelID: r.labels[name]}); err != nil {
			return err
		}
	}
	for c, body := range i.comments {
		author := r.members[(n+c+1)%len(r.members)].ID
		if _, err := model.CreateCommentBy(ctx, r.db, &author, model.CreateCommentInput{ItemID: item.GlobalID(), Body: body}); err != nil {
			return err
		}
	}
	return nil
}

func nullIfEmpty(s string) graphql.Omittable[*string] {
	if s == "" {
		return graphql.OmittableOf[*string](nil)
	}
	return graphql.OmittableOf(&s)
}
