package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model"
	"rowhouse/model/relay"
)

// liveRows creates the rows of a case for both tenants, and returns the ids by their names.
func liveRows(t *testing.T, s *testServer, n int) map[string]map[string]string {
	t.Helper()
	rows := map[string]map[string]string{"acme": {}, "globex": {}}
	for tenant, ids := range rows {
		ctx := s.Acme
		if tenant == "globex" {
			ctx = s.Globex
		}
		must := func(id interface{ GlobalID() relay.GlobalID }, err error) relay.GlobalID {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			return id.GlobalID()
		}
		put := func(name string, id relay.GlobalID) relay.GlobalID {
			ids[name] = string(id)
			return id
		}
		letters := string(rune('A'+n/26)) + string(rune('A'+n%26))
		ids["key"], ids["email"] = "W"+letters, fmt.Sprintf("ada%d@acme.example", n)
		ada, err := model.CreateMember(ctx, s.DB, model.CreateMemberInput{Name: "ada", Email: ids["email"], Role: model.MemberRoleMember})
		assignee := graphql.OmittableOf(new(put("ada", must(ada, err))))
		bob, err := model.CreateMember(ctx, s.DB, model.CreateMemberInput{Name: "bob", Email: fmt.Sprintf("bob%d@acme.example", n), Role: model.MemberRoleMember})
		put("bob", must(bob, err))
		label := func(name string) relay.GlobalID {
			l, err := model.CreateLabel(ctx, s.DB, model.CreateLabelInput{Name: name + letters, Color: "#123456"})
			return put(name, must(l, err))
		}
		bug := label("bug")
		label("idea")
		project := func(name, key string) relay.GlobalID {
			p, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: key, Name: name})
			return put(name, must(p, err))
		}
		item := func(project relay.GlobalID, name string, marked bool) relay.GlobalID {
			in := model.CreateItemInput{ProjectID: project, Name: name, Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow}
			if marked {
				in.AssigneeID, in.DueAt = assignee, due("2026-11-23T09:30:00Z")
			}
			i, err := model.CreateItem(ctx, s.DB, in)
			id := put(name, must(i, err))
			if marked {
				i, err := model.AddItemLabel(ctx, s.DB, model.AddItemLabelInput{ItemID: id, LabelID: bug})
				must(i, err)
			}
			return id
		}
		web, app := project("web", ids["key"]), project("app", "A"+letters)
		one := item(web, "one", true)
		item(web, "two", false)
		item(app, "six", true)
		said, err := model.CreateComment(ctx, s.DB, &ada.ID, model.CreateCommentInput{ItemID: one, Body: "said"})
		put("said", must(said, err))
	}
	for name, id := range rows["globex"] {
		rows["acme"]["their "+name] = id
	}
	return rows
}

// fillIn replaces names in braces by ids.
func fillIn(text string, ids map[string]string) string {
	for name, id := range ids {
		text = strings.ReplaceAll(text, "{"+name+"}", id)
	}
	return text
}

// hearer is a tenant's socket with all liveSubscriptions.
type hearer struct {
	*client
	server *testServer
	tenant string
	ids    map[string]string
}

// hear subscribes to everything.
func hear(t *testing.T, s *testServer, url, tenant string, ids map[string]string) *hearer {
	t.Helper()
	ctx := s.Acme
	if tenant == "globex" {
		ctx = s.Globex
	}
	s.listening(ctx, t, 0) // those of the case before have ended
	h := &hearer{connect(t, url, tenant), s, tenant, ids}
	for name, query := range liveSubscriptions {
		h.subscribe(name, fillIn(query, ids))
	}
	s.listening(ctx, t, len(liveSubscriptions))
	return h
}

// until returns the events of subscriptions until each has completed, if that is expected, or has
// received the event of a last row, which it creates.
func (h *hearer) until(expected heardBy) heardBy {
	h.t.Helper()
	waiting := map[string]bool{}
	for name := range liveSubscriptions {
		waiting[name] = true
		if slices.Contains(expected[name], end) {
			continue
		}
		of, row, _ := strings.Cut(name, " of ")
		mutation := map[string]string{
			"items":    `createItem(input: {projectId: "{` + row + `}", name: "last"}) { item { id } }`,
			"comments": `createComment(input: {itemId: "{` + row + `}", body: "last"}) { comment { id } }`,
			"projects": `createProject(input: {key: "L{key}", name: "last"}) { project { id } }`,
		}[of]
		h.server.query(h.t, h.tenant, "mutation { "+fillIn(mutation, h.ids)+" }", nil)
	}
	heard := heardBy{}
	for len(waiting) > 0 {
		f, err := h.next()
		if err != nil {
			h.t.Fatalf("%s: %v after %v", h.tenant, err, heard)
		}
		what := h.describe(f)
		if what == "CREATED last" {
			delete(waiting, f.ID)
			continue
		}
		heard[f.ID] = append(heard[f.ID], what)
		if what == end {
			delete(waiting, f.ID)
		}
	}
	_ = h.CloseNow()
	return heard
}

// describe returns the change and the row of an event, by its name in ids or, without one, its own
// name.
func (h *hearer) describe(f frame) string {
	var payload struct {
		Data map[string]struct {
			Change, ItemID, CommentID, ProjectID string
			Item, Project                        struct{ Name string }
			Comment                              struct{ Body string }
		}
	}
	if f.Type != "next" {
		return f.Type
	}
	if err := json.Unmarshal(f.Payload, &payload); err != nil {
		h.t.Fatal(err)
	}
	for _, e := range payload.Data {
		for name, id := range h.ids {
			if id == e.ItemID+e.CommentID+e.ProjectID {
				return e.Change + " " + name
			}
		}
		return e.Change + " " + e.Item.Name + e.Project.Name + e.Comment.Body
	}
	return string(f.Payload)
}

func due(at string) graphql.Omittable[*time.Time] {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err)
	}
	return graphql.OmittableOf(&t)
}
