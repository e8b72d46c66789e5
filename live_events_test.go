package main

import (
	"context"
	"io"
	"net/http"
	neturl "net/url"
	"reflect"
	"slices"
	"testing"

	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"rowhouse/graph"
	"rowhouse/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// liveSubscriptions are those of TestEveryMutationPublishesItsEvents, with the names of
// liveRows in braces.
var liveSubscriptions = map[string]string{
	"items of web":    `subscription { itemChanged(projectId: "{web}") { change itemId item { name } } }`,
	"items of app":    `subscription { itemChanged(projectId: "{app}") { change itemId item { name } } }`,
	"comments of one": `subscription { commentAdded(itemId: "{one}") { change commentId comment { body } } }`,
	"comments of two": `subscription { commentAdded(itemId: "{two}") { change commentId comment { body } } }`,
	"comments of six": `subscription { commentAdded(itemId: "{six}") { change commentId comment { body } } }`,
	"projects":        `subscription { projectChanged { change projectId project { name } } }`,
}

// heardBy maps subscriptions to their events, in order.
type heardBy map[string][]string

// end is the last event of a subscription that completes.
const end = "complete"

// liveCases run as acme. ada is the assignee of one and six and the author of said, bug is a
// label of one and six; bob and idea belong to nothing. An event is a change and a row.
var liveCases = []struct {
	name, mutation string
	hears          heardBy
}{
	{"a member", `createMember(input: {name: "x", email: "x@acme.example"}) { member { id } }`, nil},
	{"a member that exists", `createMember(input: {name: "x", email: "{email}"}) { member { id } }`, nil},
	{"a member's name, which items show", `updateMember(input: {id: "{ada}", name: "Countess"}) { member { id } }`, nil},
	{"no change of a member", `updateMember(input: {id: "{ada}"}) { member { id } }`, nil},
	{"an assignee and author is deleted", `deleteMember(input: {id: "{ada}"}) { deletedId }`, heardBy{"items of web": {"UPDATED one"}, "items of app": {"UPDATED six"}}},
	{"a member without items is deleted", `deleteMember(input: {id: "{bob}"}) { deletedId }`, nil},
	{"a member of the other tenant is not deleted", `deleteMember(input: {id: "{their ada}"}) { deletedId }`, nil},

	{"a project", `createProject(input: {key: "NEW", name: "x"}) { project { id } }`, heardBy{"projects": {"CREATED x"}}},
	{"a project that exists", `createProject(input: {key: "{key}", name: "x"}) { project { id } }`, nil},
	{"a project's name", `updateProject(input: {id: "{web}", name: "x"}) { project { id } }`, heardBy{"projects": {"UPDATED web"}}},
	{"a project's description", `updateProject(input: {id: "{web}", description: "x"}) { project { id } }`, heardBy{"projects": {"UPDATED web"}}},
	{"a project's own name", `updateProject(input: {id: "{web}", name: "web", description: null}) { project { id } }`, nil},
	{"no change of a project", `updateProject(input: {id: "{web}"}) { project { id } }`, nil},
	{"a project of the other tenant is not changed", `updateProject(input: {id: "{their web}", name: "x"}) { project { id } }`, nil},
	{"a project is deleted", `deleteProject(input: {id: "{web}"}) { deletedId }`, heardBy{"projects": {"DELETED web"}, "items of web": {end}, "comments of one": {end}, "comments of two": {end}}},
	{"a project of the other tenant is not deleted", `deleteProject(input: {id: "{their web}"}) { deletedId }`, nil},

	{"an item", `createItem(input: {projectId: "{web}", name: "x"}) { item { id } }`, heardBy{"items of web": {"CREATED x"}}},
	{"an item without a name", `createItem(input: {projectId: "{web}", name: ""}) { item { id } }`, nil},
	{"an item for a member of the other tenant", `createItem(input: {projectId: "{web}", name: "x", assigneeId: "{their ada}"}) { item { id } }`, nil},
	{"an item's name", `updateItem(input: {id: "{one}", name: "x"}) { item { id } }`, heardBy{"items of web": {"UPDATED one"}}},
	{"an item's description", `updateItem(input: {id: "{one}", description: "x"}) { item { id } }`, heardBy{"items of web": {"UPDATED one"}}},
	{"an item's status", `updateItem(input: {id: "{one}", status: DONE}) { item { id } }`, heardBy{"items of web": {"UPDATED one"}}},
	{"an item's priority", `updateItem(input: {id: "{one}", priority: HIGH}) { item { id } }`, heardBy{"items of web": {"UPDATED one"}}},
	{"an item's assignee", `updateItem(input: {id: "{six}", assigneeId: "{bob}"}) { item { id } }`, heardBy{"items of app": {"UPDATED six"}}},
	{"an item's assignee is removed", `updateItem(input: {id: "{six}", assigneeId: null}) { item { id } }`, heardBy{"items of app": {"UPDATED six"}}},
	{"an item's due date", `updateItem(input: {id: "{one}", dueAt: null}) { item { id } }`, heardBy{"items of web": {"UPDATED one"}}},
	{"an item's own values", `updateItem(input: {id: "{one}", name: "one", description: null, status: TODO, priority: LOW, assigneeId: "{ada}", dueAt: "2026-11-23T10:30:00+01:00", expectedVersion: 1}) { item { id } }`, nil},
	{"no change of an item", `updateItem(input: {id: "{one}"}) { item { id } }`, nil},
	{"a stale version", `updateItem(input: {id: "{one}", name: "x", expectedVersion: 7}) { item { id } }`, nil},
	{"an assignee of the other tenant", `updateItem(input: {id: "{one}", assigneeId: "{their ada}"}) { item { id } }`, nil},
	{"an item is deleted", `deleteItem(input: {id: "{one}"}) { deletedId }`, heardBy{"items of web": {"DELETED one"}, "comments of one": {end}}},
	{"an item of the other tenant is not deleted", `deleteItem(input: {id: "{their one}"}) { deletedId }`, nil},

	{"a label is put on an item", `addItemLabel(input: {itemId: "{two}", labelId: "{bug}"}) { item { id } }`, heardBy{"items of web": {"UPDATED two"}}},
	{"a label that is there", `addItemLabel(input: {itemId: "{one}", labelId: "{bug}"}) { item { id } }`, nil},
	{"a label of the other tenant", `addItemLabel(input: {itemId: "{one}", labelId: "{their bug}"}) { item { id } }`, nil},
	{"a label is taken off an item", `removeItemLabel(input: {itemId: "{six}", labelId: "{bug}"}) { item { id } }`, heardBy{"items of app": {"UPDATED six"}}},
	{"a label that is not there", `removeItemLabel(input: {itemId: "{two}", labelId: "{bug}"}) { item { id } }`, nil},
	{"a label that there is not", `removeItemLabel(input: {itemId: "{two}", labelId: "{their bug}"}) { item { id } }`, nil},

	{"a label", `createLabel(input: {name: "x", color: "#123456"}) { label { id } }`, nil},
	{"a label's name, which items show", `updateLabel(input: {id: "{bug}", name: "fault"}) { label { id } }`, nil},
	{"a label is deleted", `deleteLabel(input: {id: "{bug}"}) { deletedId }`, heardBy{"items of web": {"UPDATED one"}, "items of app": {"UPDATED six"}}},
	{"a label without items is deleted", `deleteLabel(input: {id: "{idea}"}) { deletedId }`, nil},
	{"a label of the other tenant is not deleted", `deleteLabel(input: {id: "{their bug}"}) { deletedId }`, nil},

	{"a comment", `createComment(input: {itemId: "{one}", body: "x"}) { comment { id } }`, heardBy{"comments of one": {"CREATED x"}}},
	{"a comment on an item of the other tenant", `createComment(input: {itemId: "{their one}", body: "x"}) { comment { id } }`, nil},
	{"a comment's body", `updateComment(input: {id: "{said}", body: "x"}) { comment { id } }`, nil},
	{"a comment is deleted", `deleteComment(input: {id: "{said}"}) { deletedId }`, nil},

	{"two of one document", `a: updateItem(input: {id: "{two}", name: "x"}) { item { id } } b: updateItem(input: {id: "{one}", status: DONE}) { item { id } }`, heardBy{"items of web": {"UPDATED two", "UPDATED one"}}},
	{"one beside a failed one", `a: deleteProject(input: {id: "{their web}"}) { deletedId } b: deleteItem(input: {id: "{two}"}) { deletedId }`, heardBy{"items of web": {"DELETED two"}, "comments of two": {end}}},
	{"a change and the end", `a: createComment(input: {itemId: "{six}", body: "x"}) { comment { id } } b: updateItem(input: {id: "{six}", name: "x"}) { item { id } } c: deleteProject(input: {id: "{app}"}) { deletedId }`, heardBy{"projects": {"DELETED app"}, "items of app": {"UPDATED six", end}, "comments of six": {"CREATED x", end}}},
}

// TestEveryMutationPublishesItsEvents runs each mutation beside all subscriptions of both
// tenants: each subscription hears its events and no others.
func TestEveryMutationPublishesItsEvents(t *testing.T) {
	checkLiveCases(t)
	s := newTestServer(t)
	url := s.listen(t, defaults)
	for i, test := range liveCases {
		t.Run(test.name, func(t *testing.T) {
			rows := liveRows(t, s, i)
			acme, globex := hear(t, s, url, "acme", rows["acme"]), hear(t, s, url, "globex", rows["globex"])
			_, _ = s.ask(t, "acme", "mutation { "+fillIn(test.mutation, rows["acme"])+" }")
			if got := acme.until(test.hears); !reflect.DeepEqual(got, nonNil(test.hears)) {
				t.Errorf("acme heard %v, want %v", got, test.hears)
			}
			if got := globex.until(nil); len(got) > 0 {
				t.Errorf("globex heard %v", got)
			}
		})
	}
}

func nonNil(h heardBy) heardBy {
	if h == nil {
		return heardBy{}
	}
	return h
}

// TestHowSubscriptionsEnd deletes a label of 101 items, so that clients must subscribe again,
// and a project, so that its subscriptions complete.
func TestHowSubscriptionsEnd(t *testing.T) {
	s := newTestServer(t)
	url := s.listenFor(t, defaults, shortTimeout)
	ids := liveRows(t, s, 0)["acme"]
	if err := s.Tx(s.Acme, func(ctx context.Context) error {
		for range 101 {
			item, err := model.CreateItem(ctx, s.DB, model.CreateItemInput{ProjectID: relay.GlobalID(ids["web"]), Name: "x", Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow})
			if err != nil {
				return err
			}
			if _, err := model.AddItemLabel(ctx, s.DB, model.AddItemLabelInput{ItemID: item.GlobalID(), LabelID: relay.GlobalID(ids["bug"])}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	query := fillIn(liveSubscriptions["items of web"], ids)
	for _, test := range []struct {
		mutation, stream string
		code             websocket.StatusCode // 0: the socket stays
	}{
		{`deleteLabel(input: {id: "{bug}"}) { deletedId }`, ":\n\n", websocket.StatusTryAgainLater},
		{`deleteProject(input: {id: "{web}"}) { deletedId }`, ":\n\nevent: complete\ndata: \n\n", 0},
	} {
		c := connect(t, url, "acme")
		c.subscribe("a", query)
		r := request(t, http.MethodGet, url+"?query="+neturl.QueryEscape(query), "", "Accept", "text/event-stream", tenancy.HeaderName, "acme")
		r.RequestURI = ""
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		s.listening(s.Acme, t, 2)
		s.query(t, "acme", "mutation { "+fillIn(test.mutation, ids)+" }", nil)
		stream, err := io.ReadAll(response.Body)
		if err != nil || string(stream) != test.stream {
			t.Errorf("%s: the stream is %q, %v", test.mutation, stream, err)
		}
		_ = response.Body.Close()
		if test.code == 0 {
			c.expect(end, "")
			c.send(`{"type": "ping"}`)
			c.expect("pong", "")
		} else if code, reason := c.closes(); code != test.code {
			t.Error(test.mutation, code, reason)
		}
	}
}

// checkLiveCases fails when a mutation or a subscription of the schema has no case.
func checkLiveCases(t *testing.T) {
	t.Helper()
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	used := map[string]bool{}
	use := func(document string) {
		parsed, err := parser.ParseQuery(&ast.Source{Input: document})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range parsed.Operations[0].SelectionSet {
			used[s.(*ast.Field).Name] = true
		}
	}
	for _, test := range liveCases {
		use("mutation { " + test.mutation + " }")
	}
	for _, query := range liveSubscriptions {
		use(query)
	}
	for _, f := range slices.Concat(schema.Mutation.Fields, schema.Subscription.Fields) {
		if !used[f.Name] {
			t.Errorf("%s has no case: add the events of the mutation to liveCases, or the subscription to liveSubscriptions", f.Name)
		}
	}
}
