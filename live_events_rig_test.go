package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/relay"
)

// liveRows create rows of types with test files of their own, and add them to ids. letters make their names
// unique.
var liveRows []func(ctx context.Context, t *testing.T, s *testServer, letters string, ids map[string]string)

// createLiveRows creates the rows of the n-th case for both tenants, and returns their ids by tenant and
// name.
func createLiveRows(t *testing.T, s *testServer, n int) map[string]map[string]string {
	t.Helper()
	rows := map[string]map[string]string{"acme": {}, "globex": {}}
	for tenant, ids := range rows {
		ctx := s.Acme
		if tenant == "globex" {
			ctx = s.Globex
		}
		add := func(name string, row interface{ GlobalID() relay.GlobalID }, err error) relay.GlobalID {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			ids[name] = string(row.GlobalID())
			return row.GlobalID()
		}
		member := func(name, email string) *model.Member {
			m, err := model.CreateMember(ctx, s.DB, model.CreateMemberInput{Name: name, Email: email, Role: model.MemberRoleMember})
			add(name, m, err)
			return m
		}
		letters := string(rune('A'+n/26)) + string(rune('A'+n%26))
		ids["key"], ids["email"] = "W"+letters, fmt.Sprintf("ada%d@acme.example", n)
		ada := member("ada", ids["email"])
		member("bob", fmt.Sprintf("bob%d@acme.example", n))
		project := func(name, key string) relay.GlobalID {
			p, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: key, Name: name})
			return add(name, p, err)
		}
		item := func(project relay.GlobalID, name string, full bool) relay.GlobalID {
			in := model.CreateItemInput{ProjectID: project, Name: name, Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow}
			if full {
				in.AssigneeID, in.DueAt = graphql.OmittableOf(new(ada.GlobalID())), parseDue("2026-11-23T09:30:00Z")
			}
			i, err := model.CreateItem(ctx, s.DB, in)
			return add(name, i, err)
		}
		web, app := project("web", ids["key"]), project("app", "A"+letters)
		one := item(web, "one", true)
		item(web, "two", false)
		item(app, "six", true)
		remark, err := model.CreateCommentBy(ctx, s.DB, &ada.ID, model.CreateCommentInput{ItemID: one, Body: "remark"})
		add("remark", remark, err)
		for _, create := range liveRows {
			create(ctx, t, s, letters, ids)
		}
	}
	for name, id := range rows["globex"] {
		rows["acme"]["their "+name] = id
	}
	return rows
}

// insertIDs replaces the names in braces with ids.
func insertIDs(text string, ids map[string]string) string {
	for name, id := range ids {
		text = strings.ReplaceAll(text, "{"+name+"}", id)
	}
	return text
}

// liveSubscriber is the socket of a tenant with all liveSubscriptions.
type liveSubscriber struct {
	*servertest.Socket
	t      *testing.T
	server *testServer
	tenant string
	ids    map[string]string
}

// subscribeAll starts all liveSubscriptions.
func subscribeAll(t *testing.T, s *testServer, url, tenant string, ids map[string]string) *liveSubscriber {
	t.Helper()
	ctx := s.Acme
	if tenant == "globex" {
		ctx = s.Globex
	}
	s.waitSubscriptions(ctx, t, 0) // subscriptions of the previous case have ended
	subscriber := &liveSubscriber{servertest.Connect(t, url, tenant), t, s, tenant, ids}
	for name, query := range liveSubscriptions {
		subscriber.Subscribe(name, insertIDs(query, ids))
	}
	s.waitSubscriptions(ctx, t, len(liveSubscriptions))
	return subscriber
}

// collectEvents returns the events of all subscriptions. It reads each subscription until it completes,
// if this is expected, or else until the event of a last row, which it creates.
func (l *liveSubscriber) collectEvents(expected liveEvents) liveEvents {
	l.t.Helper()
	waiting := map[string]bool{}
	for name := range liveSubscriptions {
		waiting[name] = true
		if !slices.Contains(expected[name], completed) {
			l.createLastRow(name)
		}
	}
	events := liveEvents{}
	for len(waiting) > 0 {
		message, err := l.Next()
		if err != nil {
			l.t.Fatalf("%s: %v after %v", l.tenant, err, events)
		}
		event := l.formatEvent(message)
		if event == "CREATED last" {
			delete(waiting, message.ID)
			continue
		}
		events[message.ID] = append(events[message.ID], event)
		if event == completed {
			delete(waiting, message.ID)
		}
	}
	_ = l.CloseNow()
	return events
}

// createLastRow creates a row. Only the named subscription receives its event.
func (l *liveSubscriber) createLastRow(subscription string) {
	l.t.Helper()
	rows, parent, _ := strings.Cut(subscription, " of ")
	mutation := map[string]string{
		"items":    `createItem(input: {projectId: "{` + parent + `}", name: "last"}) { item { id } }`,
		"comments": `createComment(input: {itemId: "{` + parent + `}", body: "last"}) { comment { id } }`,
		"projects": `createProject(input: {key: "L{key}", name: "last"}) { project { id } }`,
	}[rows]
	l.server.query(l.t, l.tenant, "mutation { "+insertIDs(mutation, l.ids)+" }", nil)
}

// formatEvent returns the change and the row of an event. The row has its name in ids, or else its
// name or body.
func (l *liveSubscriber) formatEvent(message servertest.Message) string {
	var payload struct {
		Data map[string]struct {
			Change, ItemID, CommentID, ProjectID string
			Item, Project                        struct{ Name string }
			Comment                              struct{ Body string }
		}
	}
	if message.Type != "next" {
		return message.Type
	}
	if err := json.Unmarshal(message.Payload, &payload); err != nil {
		l.t.Fatal(err)
	}
	for _, e := range payload.Data {
		for name, id := range l.ids {
			if id == e.ItemID+e.CommentID+e.ProjectID {
				return e.Change + " " + name
			}
		}
		return e.Change + " " + e.Item.Name + e.Project.Name + e.Comment.Body
	}
	return string(message.Payload)
}

// parseDue returns a due date of an input.
func parseDue(at string) graphql.Omittable[*time.Time] {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err)
	}
	return graphql.OmittableOf(&t)
}
