// Package genqlient uses the server as a program in Go does, with a client that genqlient
// generates of its schema. `make conformance` generates it, starts the server and names it in
// GRAPHQL_URL, and in GRAPHQL_URL_ABSENT one with --null-comparisons=absent.
package genqlient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/Khan/genqlient/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/web/test/genqlient/nulls"
)

// tenantHeader sends a tenant's requests.
type tenantHeader string

func (t tenantHeader) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set("X-Tenant-ID", string(t))
	return http.DefaultClient.Do(r)
}

func address(t *testing.T) string {
	t.Helper()
	return server(t, "GRAPHQL_URL")
}

// server returns the address in an environment variable.
func server(t *testing.T, variable string) string {
	t.Helper()
	url := os.Getenv(variable)
	if url == "" {
		t.Fatal(variable, "names no server: run make conformance")
	}
	return url
}

func client(t *testing.T, tenant string) graphql.Client {
	t.Helper()
	return graphql.NewClient(address(t), tenantHeader(tenant))
}

func newProject(t *testing.T, c graphql.Client, name string) (id string) {
	t.Helper()
	key := fmt.Sprintf("G%X", time.Now().UnixNano()%0xfffffff)
	created, err := CreateProject(t.Context(), c, &CreateProjectInput{Key: strings.Map(letters, key), Name: name})
	if err != nil {
		t.Fatal(err)
	}
	if created.CreateProject.Project.Description != nil {
		t.Error("a description that was sent as null:", *created.CreateProject.Project.Description)
	}
	return created.CreateProject.Project.Id
}

// letters makes letters of digits, as a project's key has no others.
func letters(c rune) rune {
	if c >= '0' && c <= '9' {
		return c - '0' + 'Q'
	}
	return c
}

func codeOf(err error) string {
	var list gqlerror.List
	if errors.As(err, &list) && len(list) > 0 {
		code, _ := list[0].Extensions["code"].(string)
		return code
	}
	return fmt.Sprint("not of GraphQL: ", err)
}

func ptr[T any](value T) *T { return &value }

// TestUnsetFieldsOfAnInputAreNull creates an item with nothing but its name, and one with all.
func TestUnsetFieldsOfAnInputAreNull(t *testing.T) {
	c := client(t, "acme")
	project := newProject(t, c, "with nulls")
	due := time.Date(2027, 2, 28, 12, 30, 0, 0, time.FixedZone("", 3600))
	for _, test := range []struct {
		name  string
		input CreateItemInput
	}{
		{name: "nulls", input: CreateItemInput{}},
		{name: "values", input: CreateItemInput{Description: ptr("é \"quoted\""), DueAt: &due}},
	} {
		in := test.input
		in.Name, in.ProjectId, in.Status, in.Priority = test.name, project, ItemStatusTodo, ItemPriorityHigh
		created, err := CreateItem(t.Context(), c, &in)
		if err != nil {
			t.Fatal(test.name, err)
		}
		item := created.CreateItem.Item
		if item.Name != test.name || item.Assignee != nil || (item.Description == nil) != (in.Description == nil) || (item.DueAt == nil) != (in.DueAt == nil) {
			t.Errorf("%s: %+v", test.name, item)
		}
		if in.DueAt != nil && (!item.DueAt.Equal(due) || *item.Description != *in.Description) {
			t.Errorf("%s: %+v", test.name, item)
		}
	}
}

// TestOmittedFieldsKeepTheirValues changes an item with omitempty: what is not set is not sent.
func TestOmittedFieldsKeepTheirValues(t *testing.T) {
	c := client(t, "acme")
	created, err := CreateItem(t.Context(), c, &CreateItemInput{Name: "before", Description: ptr("stays"), ProjectId: newProject(t, c, "omitted"), Status: ItemStatusTodo, Priority: ItemPriorityNone})
	if err != nil {
		t.Fatal(err)
	}
	updated, err := UpdateItem(t.Context(), c, &UpdateItemInput{Id: created.CreateItem.Item.Id, Name: ptr("after")})
	if err != nil {
		t.Fatal(err)
	}
	item := updated.UpdateItem.Item
	if item.Name != "after" || item.Description == nil || *item.Description != "stays" || item.Status != ItemStatusTodo {
		t.Errorf("%+v", item)
	}
	stale := 99
	if _, err := UpdateItem(t.Context(), c, &UpdateItemInput{Id: created.CreateItem.Item.Id, ExpectedVersion: &stale}); codeOf(err) != "CONFLICT" {
		t.Error(err)
	}
}

// TestUnsetArgumentsOfAPageAreNull reads pages whose other arguments are null.
func TestUnsetArgumentsOfAPageAreNull(t *testing.T) {
	c := client(t, "globex")
	seen, total := 0, -1
	for after := (*string)(nil); ; {
		page, err := Page(t.Context(), c, ptr(2), after, nil, nil, ptr(ItemOrderCreatedAtAsc))
		if err != nil {
			t.Fatal(err)
		}
		seen, total, after = seen+len(page.Items.Nodes), page.Items.TotalCount, page.Items.PageInfo.EndCursor
		if !page.Items.PageInfo.HasNextPage {
			break
		}
	}
	if seen != total || total < 3 {
		t.Errorf("%d of %d items", seen, total)
	}
	if page, err := Page(t.Context(), c, nil, nil, ptr(1), nil, ptr(ItemOrderCreatedAtAsc)); err != nil || len(page.Items.Nodes) != 1 || page.Items.Nodes[0].CreatedAt.IsZero() {
		t.Error(page, err)
	}
}

// TestFiltersOmitUnsetFields filters with omitempty.
func TestFiltersOmitUnsetFields(t *testing.T) {
	c := client(t, "acme")
	project := newProject(t, c, "filtered")
	for _, name := range []string{"one", "two"} {
		if _, err := CreateItem(t.Context(), c, &CreateItemInput{Name: name, ProjectId: project, Status: ItemStatusTodo, Priority: ItemPriorityNone}); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Filtered(t.Context(), c, &ItemFilter{
		Name:    &StringFilter{Eq: ptr("two")},
		Project: &ProjectFilter{Name: &StringFilter{StartsWith: ptr("filt")}},
	})
	if err != nil || len(found.Items.Nodes) != 1 || found.Items.Nodes[0].Project.Name != "filtered" {
		t.Error(found, err)
	}
}

// TestNullFiltersAreAbsent sends null for the filter, and for each field of a filter.
func TestNullFiltersAreAbsent(t *testing.T) {
	for _, tenant := range []string{"acme", "globex"} {
		c := client(t, tenant)
		all, err := nulls.CountItems(t.Context(), c, nil)
		if err != nil || all.Items.TotalCount < 3 {
			t.Fatal(tenant, all, err)
		}
		for _, test := range []struct {
			name  string
			where nulls.ItemFilter
		}{
			{name: "each field"},
			{name: "of a relation", where: nulls.ItemFilter{Project: &nulls.ProjectFilter{}}},
			{name: "in and", where: nulls.ItemFilter{And: []*nulls.ItemFilter{{}}}},
		} {
			got, err := nulls.CountItems(t.Context(), c, &test.where)
			if err != nil || got.Items.TotalCount != all.Items.TotalCount {
				t.Errorf("%s, null for %s: %+v instead of %+v, %v", tenant, test.name, got, all, err)
			}
		}
	}
}

// TestNullComparisonsAreRefusedOrAbsent sends a comparison whose sibling fields are null, to a server that refuses them
// and to one that leaves them out.
func TestNullComparisonsAreRefusedOrAbsent(t *testing.T) {
	refuses := client(t, "acme")
	absent := graphql.NewClient(server(t, "GRAPHQL_URL_ABSENT"), tenantHeader("acme"))
	project := newProject(t, absent, "null comparisons")
	for _, name := range []string{"three", "four"} {
		if _, err := CreateItem(t.Context(), absent, &CreateItemInput{Name: name, ProjectId: project, Status: ItemStatusTodo, Priority: ItemPriorityHigh}); err != nil {
			t.Fatal(err)
		}
	}
	in := func(f nulls.ItemFilter) *nulls.ItemFilter {
		f.ProjectId = &nulls.IDFilter{In: []string{project}}
		return &f
	}
	for _, test := range []struct {
		name  string
		where *nulls.ItemFilter
		count int
	}{
		{name: "eq", where: in(nulls.ItemFilter{Name: &nulls.StringFilter{Eq: ptr("three")}}), count: 1},
		{name: "startsWith", where: in(nulls.ItemFilter{Name: &nulls.StringFilter{StartsWith: ptr("f")}}), count: 1},
		{name: "an enum", where: in(nulls.ItemFilter{Priority: &nulls.ItemPriorityFilter{Gte: ptr(nulls.ItemPriorityHigh)}}), count: 2},
		{name: "a DateTime", where: in(nulls.ItemFilter{CreatedAt: &nulls.DateTimeFilter{Gt: ptr(time.Now().Add(time.Hour))}}), count: 0},
		{name: "all comparisons null", where: in(nulls.ItemFilter{Name: &nulls.StringFilter{}}), count: 2},
	} {
		got, err := nulls.CountItems(t.Context(), absent, test.where)
		if err != nil || got.Items.TotalCount != test.count {
			t.Errorf("%s: %+v instead of %d items, %v", test.name, got, test.count, err)
		}
		if _, err := nulls.CountItems(t.Context(), refuses, test.where); !refusesNulls(err) {
			t.Errorf("%s, without --null-comparisons=absent: %v", test.name, err)
		}
	}
}

// refusesNulls reports whether each field in an error of invalid input is one that must not be null.
func refusesNulls(err error) bool {
	var list gqlerror.List
	if !errors.As(err, &list) || codeOf(err) != "BAD_USER_INPUT" {
		return false
	}
	fields, _ := list[0].Extensions["fields"].([]any)
	for _, field := range fields {
		if !strings.Contains(fmt.Sprint(field), "null") {
			return false
		}
	}
	return len(fields) > 0
}

// TestTenantReadsItsOwnNodes asks for a node as its tenant and as the other.
func TestTenantReadsItsOwnNodes(t *testing.T) {
	acme, globex := client(t, "acme"), client(t, "globex")
	id := newProject(t, acme, "of acme")
	ours, err := Node(t.Context(), acme, id)
	if err != nil {
		t.Fatal(err)
	}
	if project, ok := (*ours.Node).(*NodeNodeProject); !ok || project.Name != "of acme" {
		t.Errorf("%+v", ours)
	}
	if theirs, err := Node(t.Context(), globex, id); err != nil || theirs.Node != nil && *theirs.Node != nil {
		t.Errorf("%+v %v", theirs, err)
	}
	if _, err := UpdateProject(t.Context(), globex, id, "taken"); codeOf(err) != "NOT_FOUND" {
		t.Error(err)
	}
	if _, err := Tenant(t.Context(), client(t, "nobody")); err == nil || !strings.Contains(err.Error(), "403") {
		t.Error("an unknown tenant:", err)
	}
	byGET := graphql.NewClientUsingGet(address(t), tenantHeader("acme"))
	if answer, err := Tenant(t.Context(), byGET); err != nil || answer.Tenant.Slug != "acme" {
		t.Error("by GET:", answer, err)
	}
	if answer, err := Node(t.Context(), byGET, id); err != nil || answer.Node == nil {
		t.Error("by GET, with variables:", answer, err)
	}
}

// dialer opens sockets.
type dialer struct{}

type conn struct{ *websocket.Conn }

func (dialer) DialContext(ctx context.Context, url string, header http.Header) (graphql.WSConn, error) {
	protocol := header.Get("Sec-WebSocket-Protocol")
	c, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{Subprotocols: []string{protocol}}) //nolint:bodyclose // the library closes it
	return conn{c}, err
}

func (c conn) ReadMessage() (int, []byte, error) {
	kind, text, err := c.Read(context.Background())
	return int(kind), text, err
}

func (c conn) WriteMessage(kind int, text []byte) error {
	if kind == 8 { // a close frame, as the package gorilla/websocket writes it
		return c.Conn.Close(websocket.StatusNormalClosure, "")
	}
	return c.Write(context.Background(), websocket.MessageType(kind), text)
}

func (c conn) Close() error { return c.CloseNow() }

// TestSubscribersReceiveOnlyEventsOfTheirTenant subscribes as both tenants.
func TestSubscribersReceiveOnlyEventsOfTheirTenant(t *testing.T) {
	type heard struct {
		changes chan ProjectChangedWsResponse
		failed  chan error
	}
	tenants := map[string]heard{}
	for _, tenant := range []string{"acme", "globex"} {
		socket := graphql.NewClientUsingWebSocket(strings.Replace(address(t), "http", "ws", 1), dialer{},
			graphql.WithConnectionParams(map[string]any{"X-Tenant-ID": tenant}))
		failed, err := socket.Start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer socket.Close()
		changes, _, err := ProjectChanged(t.Context(), socket)
		if err != nil {
			t.Fatal(err)
		}
		tenants[tenant] = heard{changes, failed}
	}
	for tenant, h := range tenants {
		c := client(t, tenant)
		id := newProject(t, c, "of "+tenant)
		deadline := time.After(time.Minute)
		for done := false; !done; { // nobody is told when a subscription has begun
			if _, err := UpdateProject(t.Context(), c, id, "new name of "+tenant); err != nil {
				t.Fatal(err)
			}
			select {
			case change := <-h.changes:
				if change.Errors != nil || !strings.HasSuffix(change.Data.ProjectChanged.Project.Name, "of "+tenant) {
					t.Errorf("%s: %+v", tenant, change)
				}
				done = true
			case err := <-h.failed:
				t.Fatal(tenant, err)
			case <-time.After(100 * time.Millisecond):
			case <-deadline:
				t.Fatal(tenant, "hears nothing")
			}
		}
	}
}
