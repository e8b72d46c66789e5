//go:build linux

package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// The data of the benchmark: 200,000 items, 400,000 labels of items, 600,000 comments.
const (
	benchTenants  = 100
	benchMembers  = 20  // per tenant
	benchLabels   = 20  // per tenant
	benchProjects = 10  // per tenant
	benchItems    = 200 // per project
	benchLinks    = 2   // labels per item
	benchComments = 3   // per item
)

// benchTenant has the parts of a tenant that requests use: its projects and every tenth item.
type benchTenant struct {
	id              tenancy.ID
	number          string
	projects, items []string // global ids
}

// benchTexts are descriptions and comments.
var benchTexts = []string{
	"Customers in the European shops see the price without tax until they reach the basket, and the law asks for it earlier. " +
		"Sales wants it before the summer.",
	"Reproduced with Safari only: the session id changes at log-in, and we merge the two baskets by it. See the trace in the wiki.",
	"The pictures are 4 MB each, on the start page. AVIF brings them to 120 kB, and the difference is not visible.",
	"The map data is from March. Ask the supplier for the monthly feed; the contract has it, we never switched it on.",
	"Once a quarter, timed, on the second site. Write down missing parts and passwords.",
	"Agreed. I would do the small thing first and look at the numbers for a week.",
	"Works for up to 200 parcels; beyond that the list is slow on the older scanners.",
}

// seedTenants inserts the rows of all tenants with SQL: through the application it would take an hour.
// Ids are made as in the application.
func seedTenants(b *testing.B, db *dbtest.Database) []benchTenant {
	began := time.Now()
	conn, err := db.SQL.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	run := func(statement string) {
		if _, err := conn.ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%v\n%.200s", err, statement)
		}
	}
	run("SET foreign_key_checks = 0, unique_checks = 0")
	tenants := make([]benchTenant, benchTenants)
	for i := range tenants {
		t := &tenants[i]
		t.id, t.number = tenancy.ID(i+1), strconv.Itoa(i+1)
		if i >= 2 { // dbtest has created two
			run(fmt.Sprintf("INSERT INTO tenants (id, slug, name, created_at) VALUES (%d, 'tenant-%[1]d', 'Tenant %[1]d', NOW(6))", t.id))
		}
		if err := t.insertRows(b.Context(), conn); err != nil {
			b.Fatal(err)
		}
		if (i+1)%20 == 0 {
			fmt.Fprintf(os.Stderr, "seeding: %d of %d tenants, %.0f s\n", i+1, benchTenants, time.Since(began).Seconds())
		}
	}
	run("ANALYZE TABLE tenants, members, projects, items, labels, item_labels, comments")
	return tenants
}

// insertRows inserts the rows of a tenant. The items of its projects alternate, as if created over time.
func (t *benchTenant) insertRows(ctx context.Context, conn *sql.Conn) error {
	members := newRows("members (tenant_id, id, name, email, role)")
	labels := newRows("labels (tenant_id, id, name, color)")
	projects := newRows("projects (tenant_id, id, `key`, name, description, last_number)")
	items := newRows("items (tenant_id, id, project_id, number, `key`, name, description, status, priority, assignee_id, version, " +
		"created_at, updated_at)")
	links := newRows("item_labels (tenant_id, item_id, label_id)")
	comments := newRows("comments (tenant_id, id, item_id, author_id, body, created_at)")

	var memberIDs [benchMembers]relay.ID
	for i := range memberIDs {
		memberIDs[i] = relay.NewID()
		members.addRow("%d, x'%x', 'Member %d Surname', 'member-%[3]d@tenant-%[1]d.example', 'MEMBER'", t.id, memberIDs[i], i)
	}
	var labelIDs [benchLabels]relay.ID
	for i := range labelIDs {
		labelIDs[i] = relay.NewID()
		labels.addRow("%d, x'%x', 'label %d', '#%06x'", t.id, labelIDs[i], i, 0xffffff/benchLabels*i)
	}
	var projectIDs [benchProjects]relay.ID
	for i := range projectIDs {
		projectIDs[i] = relay.NewID()
		t.projects = append(t.projects, string((&model.Project{Row: relay.Row[model.Project]{ID: projectIDs[i]}}).GlobalID()))
		projects.addRow("%d, x'%x', 'PRO%c', 'Project %d of the tenant', '%s', %d",
			t.id, projectIDs[i], 'A'+i, i, benchTexts[i%len(benchTexts)], benchItems)
	}
	for n := range benchProjects * benchItems {
		p, number := n%benchProjects, n/benchProjects+1
		id, text := relay.NewID(), benchTexts[n%len(benchTexts)]
		if n%10 == n/10%10 { // a tenth of the items of each project
			t.items = append(t.items, string((&model.Item{Row: relay.Row[model.Item]{ID: id}}).GlobalID()))
		}
		assignee := "NULL"
		if n%5 > 0 {
			assignee = fmt.Sprintf("x'%x'", memberIDs[n%benchMembers])
		}
		created := fmt.Sprintf("'2026-%02d-%02d %02d:30:00.123456'", 1+n/200, 1+n/8%25, n%24)
		items.addRow("%d, x'%x', x'%x', %d, 'PRO%c-%[4]d', 'Item %[4]d: %.40[6]s', '%s', '%s', %d, %s, 1, %s, %[11]s",
			t.id, id, projectIDs[p], number, 'A'+p, text, text,
			model.AllItemStatus[n%len(model.AllItemStatus)], n/3%len(model.AllItemPriority), assignee, created)
		for i := range benchLinks {
			links.addRow("%d, x'%x', x'%x'", t.id, id, labelIDs[(n+7*i)%benchLabels])
		}
		for i := range benchComments {
			comments.addRow("%d, x'%x', x'%x', x'%x', '%s', %s",
				t.id, relay.NewID(), id, memberIDs[(n/7+i)%benchMembers], benchTexts[(n+i)%len(benchTexts)], created)
		}
	}
	for _, rows := range []*benchRows{members, labels, projects, items, links, comments} {
		if _, err := conn.ExecContext(ctx, string(rows.text)); err != nil {
			return err
		}
	}
	return nil
}

// benchRows is an INSERT of many rows. 6,000 rows are about 2 MB.
type benchRows struct {
	text []byte
	more bool // there is a row
}

// newRows returns an INSERT into a table with columns.
func newRows(into string) *benchRows {
	return &benchRows{text: []byte("INSERT INTO " + into + " VALUES ")}
}

// addRow appends a row, formatted as by fmt.
func (r *benchRows) addRow(format string, values ...any) {
	if r.more {
		r.text = append(r.text, ", "...)
	}
	r.more = true
	r.text = append(r.text, '(')
	r.text = append(fmt.Appendf(r.text, format, values...), ')')
}
