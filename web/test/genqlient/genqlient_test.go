// Package genqlient tests the server with a client in Go that genqlient generates from the schema.
// `make conformance` generates it, starts the server at the address in GRAPHQL_URL, and a server with
// --null-comparisons=absent at the address in GRAPHQL_URL_ABSENT.
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

// tenantHeader is an HTTP client that sends requests for a tenant.
type tenantHeader string

// Do sends a request with the header X-Tenant-ID.
func (t tenantHeader) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set("X-Tenant-ID", string(t))
	return http.DefaultClient.Do(r)
}

// serverAddress returns the address of the default server.
func serverAddress(t *testing.T) string {
	t.Helper()
	return readAddress(t, "GRAPHQL_URL")
}

// readAddress returns the address in an environment variable.
func readAddress(t *testing.T, variable string) string {
	t.Helper()
	url := os.Getenv(variable)
	if url == "" {
		t.Fatal(variable, "is not set: run make conformance")
	}
	return url
}

// newClient returns a client of the default server.
func newClient(t *testing.T, tenant string) graphql.Client {
	t.Helper()
	return graphql.NewClient(serverAddress(t), tenantHeader(tenant))
}

// createProject creates a project with an unused key, and returns its id.
func createProject(t *testing.T, c graphql.Client, name string) (id string) {
	t.Helper()
	key := fmt.Sprintf("G%X", time.Now().UnixNano()%0xfffffff)
	created, err := CreateProject(t.Context(), c, &CreateProjectInput{Key: strings.Map(replaceDigit, key), Name: name})
	if err != nil {
		t.Fatal(err)
	}
	if created.CreateProject.Project.Description != nil {
		t.Error("a description that was sent as null:", *created.CreateProject.Project.Description)
	}
	return created.CreateProject.Project.Id
}

// createItem creates an item in a project.
func createItem(t *testing.T, c graphql.Client, project, name string, priority ItemPriority) {
	t.Helper()
	in := &CreateItemInput{Name: name, ProjectId: project, Status: ItemStatusTodo, Priority: priority}
	if _, err := CreateItem(t.Context(), c, in); err != nil {
		t.Fatal(err)
	}
}

// replaceDigit replaces a digit with a letter, since the key of a project has letters only.
func replaceDigit(c rune) rune {
	if c >= '0' && c <= '9' {
		return c - '0' + 'Q'
	}
	return c
}

// errorCode returns the code of the first GraphQL error.
func errorCode(err error) string {
	var list gqlerror.List
	if errors.As(err, &list) && len(list) > 0 {
		code, _ := list[0].Extensions["code"].(string)
		return code
	}
	return fmt.Sprint("not a GraphQL error: ", err)
}

// ptr returns a pointer to a value.
func ptr[T any](value T) *T { return &value }

// TestUnsetFieldsOfAnInputAreNull creates an item with required fields only, and one with all fields.
func TestUnsetFieldsOfAnInputAreNull(t *testing.T) {
	c := newClient(t, "acme")
	project := createProject(t, c, "with nulls")
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
		if item.Name != test.name || item.Assignee != nil ||
			(item.Description == nil) != (in.Description == nil) || (item.DueAt == nil) != (in.DueAt == nil) {
			t.Errorf("%s: %+v", test.name, item)
		}
		if in.DueAt != nil && (!item.DueAt.Equal(due) || *item.Description != *in.Description) {
			t.Errorf("%s: %+v", test.name, item)
		}
	}
}

// TestOmittedFieldsKeepTheirValues updates an item with omitempty: unset fields are not sent.
func TestOmittedFieldsKeepTheirValues(t *testing.T) {
	c := newClient(t, "acme")
	created, err := CreateItem(t.Context(), c, &CreateItemInput{
		Name: "before", Description: ptr("kept"), ProjectId: createProject(t, c, "omitted"),
		Status: ItemStatusTodo, Priority: ItemPriorityNone,
	})
	if err != nil {
		t.Fatal(err)
	}
	id := created.CreateItem.Item.Id
	updated, err := UpdateItem(t.Context(), c, &UpdateItemInput{Id: id, Name: ptr("after")})
	if err != nil {
		t.Fatal(err)
	}
	item := updated.UpdateItem.Item
	if item.Name != "after" || item.Description == nil || *item.Description != "kept" || item.Status != ItemStatusTodo {
		t.Errorf("%+v", item)
	}
	if _, err := UpdateItem(t.Context(), c, &UpdateItemInput{Id: id, ExpectedVersion: ptr(99)}); errorCode(err) != "CONFLICT" {
		t.Error(err)
	}
}

// TestUnsetArgumentsOfAPageAreNull reads pages with null for unset arguments.
func TestUnsetArgumentsOfAPageAreNull(t *testing.T) {
	c := newClient(t, "globex")
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
	page, err := Page(t.Context(), c, nil, nil, ptr(1), nil, ptr(ItemOrderCreatedAtAsc))
	if err != nil || len(page.Items.Nodes) != 1 || page.Items.Nodes[0].CreatedAt.IsZero() {
		t.Error(page, err)
	}
}

// TestFiltersOmitUnsetFields filters items with omitempty.
func TestFiltersOmitUnsetFields(t *testing.T) {
	c := newClient(t, "acme")
	project := createProject(t, c, "filtered")
	for _, name := range []string{"one", "two"} {
		createItem(t, c, project, name, ItemPriorityNone)
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
		c := newClient(t, tenant)
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

// TestNullComparisonsAreRefusedOrAbsent sends comparisons with null sibling fields, to the default
// server and to a server with --null-comparisons=absent.
func TestNullComparisonsAreRefusedOrAbsent(t *testing.T) {
	refuses := newClient(t, "acme")
	absent := graphql.NewClient(readAddress(t, "GRAPHQL_URL_ABSENT"), tenantHeader("acme"))
	project := createProject(t, absent, "null comparisons")
	for _, name := range []string{"three", "four"} {
		createItem(t, absent, project, name, ItemPriorityHigh)
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
	if !errors.As(err, &list) || errorCode(err) != "BAD_USER_INPUT" {
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

// TestTenantReadsItsOwnNodes reads and updates a node as its tenant and as the other tenant.
func TestTenantReadsItsOwnNodes(t *testing.T) {
	acme, globex := newClient(t, "acme"), newClient(t, "globex")
	id := createProject(t, acme, "of acme")
	own, err := Node(t.Context(), acme, id)
	if err != nil {
		t.Fatal(err)
	}
	if project, ok := (*own.Node).(*NodeNodeProject); !ok || project.Name != "of acme" {
		t.Errorf("%+v", own)
	}
	if other, err := Node(t.Context(), globex, id); err != nil || other.Node != nil && *other.Node != nil {
		t.Errorf("%+v %v", other, err)
	}
	if _, err := UpdateProject(t.Context(), globex, id, "taken"); errorCode(err) != "NOT_FOUND" {
		t.Error(err)
	}
	if _, err := Tenant(t.Context(), newClient(t, "unknown")); err == nil || !strings.Contains(err.Error(), "403") {
		t.Error("an unknown tenant:", err)
	}
	byGET := graphql.NewClientUsingGet(serverAddress(t), tenantHeader("acme"))
	if response, err := Tenant(t.Context(), byGET); err != nil || response.Tenant.Slug != "acme" {
		t.Error("by GET:", response, err)
	}
	if response, err := Node(t.Context(), byGET, id); err != nil || response.Node == nil {
		t.Error("by GET, with variables:", response, err)
	}
}

// dialer opens sockets with the package websocket.
type dialer struct{}

// conn is a socket with the methods that genqlient needs.
type conn struct{ *websocket.Conn }

func (dialer) DialContext(ctx context.Context, url string, header http.Header) (graphql.WSConn, error) {
	protocol := header.Get("Sec-WebSocket-Protocol")
	options := &websocket.DialOptions{Subprotocols: []string{protocol}}
	c, _, err := websocket.Dial(ctx, url, options) //nolint:bodyclose // the library closes it
	return conn{c}, err
}

func (c conn) ReadMessage() (int, []byte, error) {
	kind, text, err := c.Read(context.Background())
	return int(kind), text, err
}

func (c conn) WriteMessage(kind int, text []byte) error {
	if kind == 8 { // a close frame of gorilla/websocket
		return c.Conn.Close(websocket.StatusNormalClosure, "")
	}
	return c.Write(context.Background(), websocket.MessageType(kind), text)
}

func (c conn) Close() error { return c.CloseNow() }

// TestSubscribersReceiveOnlyEventsOfTheirTenant subscribes for both tenants, and updates a project of each.
func TestSubscribersReceiveOnlyEventsOfTheirTenant(t *testing.T) {
	type subscription struct {
		changes chan ProjectChangedWsResponse
		failed  chan error
	}
	tenants := map[string]subscription{}
	for _, tenant := range []string{"acme", "globex"} {
		socket := graphql.NewClientUsingWebSocket(strings.Replace(serverAddress(t), "http", "ws", 1), dialer{},
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
		tenants[tenant] = subscription{changes, failed}
	}
	for tenant, s := range tenants {
		c := newClient(t, tenant)
		id := createProject(t, c, "of "+tenant)
		deadline := time.After(time.Minute)
		for done := false; !done; { // no message reports that a subscription has begun
			if _, err := UpdateProject(t.Context(), c, id, "new name of "+tenant); err != nil {
				t.Fatal(err)
			}
			select {
			case change := <-s.changes:
				if change.Errors != nil || !strings.HasSuffix(change.Data.ProjectChanged.Project.Name, "of "+tenant) {
					t.Errorf("%s: %+v", tenant, change)
				}
				done = true
			case err := <-s.failed:
				t.Fatal(tenant, err)
			case <-time.After(100 * time.Millisecond):
			case <-deadline:
				t.Fatal(tenant, "receives no event")
			}
		}
	}
}
