package main

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// createDemo creates the demo tenants that are missing, each with data in one
// transaction. A tenant that is there already stays as it is.
func createDemo(ctx context.Context, db *database) error {
	for _, demo := range demoTenants {
		// A look first, since a failed insert would use up a number.
		_, err := db.directory.BySlug(ctx, demo.slug)
		if err == nil {
			continue
		}
		if !errors.Is(err, tenancy.ErrUnavailable) {
			return err
		}
		tenant, err := db.directory.Create(ctx, demo.slug, demo.name)
		if err != nil {
			return err
		}
		if err := db.Tx(tenancy.NewContext(ctx, tenant), func(ctx context.Context) error {
			return demo.fill(ctx, db.DB)
		}); err != nil {
			return err
		}
	}
	return nil
}

// fill creates the tenant's data the way that clients do, but for comments, whose
// authors clients can't choose.
func (d demoTenant) fill(ctx context.Context, db *tenancy.DB) error {
	members := make([]*model.Member, len(d.members))
	for i, m := range d.members {
		created, err := model.CreateMember(ctx, db, model.CreateMemberInput{Name: m.name, Email: m.email, Role: m.role})
		if err != nil {
			return err
		}
		members[i] = created
	}
	labels := map[string]relay.GlobalID{}
	for _, l := range d.labels {
		created, err := model.CreateLabel(ctx, db, model.CreateLabelInput{Name: l.name, Color: l.color})
		if err != nil {
			return err
		}
		labels[l.name] = created.GlobalID()
	}
	for _, p := range d.projects {
		project, err := model.CreateProject(ctx, db, model.CreateProjectInput{
			Key: p.key, Name: p.name, Description: text(p.description),
		})
		if err != nil {
			return err
		}
		for n, i := range p.items {
			if err := i.create(ctx, db, project, members, labels, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (i demoItem) create(ctx context.Context, db *tenancy.DB, project *model.Project, members []*model.Member, labels map[string]relay.GlobalID, n int) error {
	in := model.CreateItemInput{
		ProjectID: project.GlobalID(), Name: i.name, Description: text(i.description), Status: i.status, Priority: i.priority,
	}
	if i.status != model.ItemStatusBacklog {
		assignee := members[n%len(members)].GlobalID()
		in.AssigneeID = graphql.OmittableOf(&assignee)
	}
	item, err := model.CreateItem(ctx, db, in)
	if err != nil {
		return err
	}
	for _, name := range i.labels {
		if _, err := model.AddItemLabel(ctx, db, model.AddItemLabelInput{ItemID: item.GlobalID(), LabelID: labels[name]}); err != nil {
			return err
		}
	}
	for c, body := range i.comments {
		author := members[(n+c+1)%len(members)].ID
		if _, err := model.CreateComment(ctx, db, &author, model.CreateCommentInput{ItemID: item.GlobalID(), Body: body}); err != nil {
			return err
		}
	}
	return nil
}

func text(s string) graphql.Omittable[*string] {
	if s == "" {
		return graphql.OmittableOf[*string](nil)
	}
	return graphql.OmittableOf(&s)
}

type (
	demoTenant struct {
		slug, name string
		members    []demoMember
		labels     []demoLabel
		projects   []demoProject
	}
	demoMember struct {
		name, email string
		role        model.MemberRole
	}
	demoLabel   struct{ name, color string }
	demoProject struct {
		key, name, description string
		items                  []demoItem
	}
	demoItem struct {
		name, description string
		status            model.ItemStatus
		priority          model.ItemPriority
		labels, comments  []string
	}
)

// demoTenants get the numbers 1 and 2 in a new database. Both have a project WEB and
// a label bug: names are a tenant's own.
var demoTenants = []demoTenant{
	{
		slug: "acme", name: "Acme Ltd",
		members: []demoMember{
			{"Ada Byron", "ada@acme.example", model.MemberRoleOwner},
			{"Grace Murray", "grace@acme.example", model.MemberRoleAdmin},
			{"Linus Berg", "linus@acme.example", model.MemberRoleMember},
			{"Mary Keller", "mary@acme.example", model.MemberRoleViewer},
		},
		labels: []demoLabel{{"bug", "#d1242f"}, {"feature", "#0969da"}, {"docs", "#8250df"}, {"customer", "#bf8700"}},
		projects: []demoProject{
			{"WEB", "Web shop", "Everything that customers see.", []demoItem{
				{"Show prices with tax", "In the European shops the law asks for it.", model.ItemStatusDone, model.ItemPriorityHigh, []string{"feature", "customer"}, []string{"Legal confirmed the wording.", "Live since Monday."}},
				{"Basket forgets its content after log-in", "Only when the browser blocks third-party cookies.", model.ItemStatusInProgress, model.ItemPriorityUrgent, []string{"bug", "customer"}, []string{"Reproduced with Safari.", "The session id changes at log-in; we merge by it.", "Fix is in review."}},
				{"Search understands plurals", "", model.ItemStatusTodo, model.ItemPriorityMedium, []string{"feature"}, nil},
				{"Anvil pictures load slowly", "4 MB each, on the start page.", model.ItemStatusInProgress, model.ItemPriorityHigh, []string{"bug"}, []string{"AVIF brings them to 120 kB."}},
				{"Describe the returns process", "", model.ItemStatusTodo, model.ItemPriorityLow, []string{"docs"}, nil},
				{"Gift cards", "", model.ItemStatusBacklog, model.ItemPriorityNone, []string{"feature", "customer"}, []string{"Asked for by three resellers."}},
				{"Dark mode", "", model.ItemStatusBacklog, model.ItemPriorityLow, []string{"feature"}, nil},
			}},
			{"APP", "Courier app", "For the people who carry the anvils.", []demoItem{
				{"Scan parcels offline", "Cellars have no reception.", model.ItemStatusInProgress, model.ItemPriorityHigh, []string{"feature"}, []string{"Works for up to 200 parcels."}},
				{"Route ignores closed bridges", "", model.ItemStatusTodo, model.ItemPriorityUrgent, []string{"bug"}, []string{"The map data is from March."}},
				{"Large type for gloves", "", model.ItemStatusDone, model.ItemPriorityMedium, []string{"feature"}, nil},
				{"Explain the hand-over codes", "", model.ItemStatusBacklog, model.ItemPriorityNone, []string{"docs"}, nil},
			}},
			{"OPS", "Operations", "", []demoItem{
				{"Restore test of the order database", "Once a quarter, timed.", model.ItemStatusTodo, model.ItemPriorityHigh, nil, nil},
				{"Rotate the payment keys", "", model.ItemStatusDone, model.ItemPriorityUrgent, nil, []string{"Done on all three sites."}},
			}},
		},
	},
	{
		slug: "globex", name: "Globex Corporation",
		members: []demoMember{
			{"Hank Scorpio", "hank@globex.example", model.MemberRoleOwner},
			{"Rosa Lind", "rosa@globex.example", model.MemberRoleMember},
			{"Wei Chen", "wei@globex.example", model.MemberRoleMember},
		},
		labels: []demoLabel{{"bug", "#cf222e"}, {"safety", "#bc4c00"}, {"research", "#1a7f37"}},
		projects: []demoProject{
			{"WEB", "Investor site", "Quarterly numbers and the live reactor view.", []demoItem{
				{"Reactor view freezes at midnight", "", model.ItemStatusInProgress, model.ItemPriorityHigh, []string{"bug"}, []string{"Time zones, once more."}},
				{"Publish the second quarter", "", model.ItemStatusTodo, model.ItemPriorityUrgent, nil, nil},
				{"Archive reports older than ten years", "", model.ItemStatusBacklog, model.ItemPriorityLow, nil, nil},
			}},
			{"FUS", "Fusion pilot", "A small sun for Cypress Creek.", []demoItem{
				{"Magnet three runs warm", "2 K above the others.", model.ItemStatusInProgress, model.ItemPriorityUrgent, []string{"safety"}, []string{"Helium flow is fine.", "Changed the sensor: it was the sensor."}},
				{"Longer pulses", "From 4 to 6 seconds.", model.ItemStatusTodo, model.ItemPriorityMedium, []string{"research"}, nil},
				{"Evacuation plan for visitors", "", model.ItemStatusDone, model.ItemPriorityHigh, []string{"safety"}, nil},
				{"Hammocks for the break room", "Main Street has four shops.", model.ItemStatusBacklog, model.ItemPriorityNone, nil, []string{"There's the Hammock Hut."}},
			}},
		},
	},
}
