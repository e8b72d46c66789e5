package main

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"

	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/relay"
)

// TestEveryMutationPublishesItsEvents runs each mutation while both tenants have all subscriptions.
// Each subscription receives its events and no others.
func TestEveryMutationPublishesItsEvents(t *testing.T) {
	checkLiveCases(t)
	s := newTestServer(t)
	url := s.listen(t, defaults)
	for i, test := range liveCases {
		t.Run(test.name, func(t *testing.T) {
			rows := createLiveRows(t, s, i)
			acme, globex := subscribeAll(t, s, url, "acme", rows["acme"]), subscribeAll(t, s, url, "globex", rows["globex"])
			_, _ = s.post(t, "acme", "mutation { "+insertIDs(test.mutation, rows["acme"])+" }")
			want := test.events
			if want == nil {
				want = liveEvents{}
			}
			if got := acme.collectEvents(want); !reflect.DeepEqual(got, want) {
				t.Errorf("acme received %v, want %v", got, want)
			}
			if got := globex.collectEvents(nil); len(got) > 0 {
				t.Errorf("globex received %v", got)
			}
		})
	}
}

// TestDeletionEndsSubscriptions deletes the assignee of 101 items, after which clients must
// subscribe again, and a project, after which its subscriptions complete.
func TestDeletionEndsSubscriptions(t *testing.T) {
	s := newTestServer(t)
	address := s.listenFor(t, defaults, 2*time.Second)
	ids := createLiveRows(t, s, 0)["acme"]
	createAssignedItems(t, s, 101, relay.GlobalID(ids["web"]), relay.GlobalID(ids["bob"]))
	query := insertIDs(liveSubscriptions["items of web"], ids)
	for _, test := range []struct {
		name     string
		mutation string
		stream   string               // the whole stream of events
		code     websocket.StatusCode // 0 if the socket stays open
	}{
		{
			name:     "the assignee of 101 items",
			mutation: `deleteMember(input: {id: "{bob}"}) { deletedId }`,
			stream:   ":\n\n",
			code:     websocket.StatusTryAgainLater,
		},
		{
			name:     "a project",
			mutation: `deleteProject(input: {id: "{web}"}) { deletedId }`,
			stream:   ":\n\nevent: complete\ndata: \n\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			socket := servertest.Connect(t, address, "acme")
			socket.Subscribe("a", query)
			target := address + "?query=" + url.QueryEscape(query)
			response := servertest.Call(t, http.MethodGet, target, "acme", "", "Accept", "text/event-stream")
			s.waitSubscriptions(s.Acme, t, 2)
			s.query(t, "acme", "mutation { "+insertIDs(test.mutation, ids)+" }", nil)
			if stream := response.Read(t); stream != test.stream {
				t.Errorf("the stream is %q", stream)
			}
			if test.code == 0 {
				socket.Expect(completed, "")
				socket.Send(`{"type": "ping"}`)
				socket.Expect("pong", "")
			} else if code, reason := socket.WaitClosed(); code != test.code {
				t.Error(code, reason)
			}
		})
	}
}

// createAssignedItems creates n items of an assignee in a project.
func createAssignedItems(t *testing.T, s *testServer, n int, project, assignee relay.GlobalID) {
	t.Helper()
	err := s.Tx(s.Acme, func(ctx context.Context) error {
		for range n {
			_, err := model.CreateItem(ctx, s.DB, model.CreateItemInput{
				ProjectID: project, Name: "x", Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow,
				AssigneeID: graphql.OmittableOf(&assignee),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
