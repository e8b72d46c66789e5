package exec_test

import (
	"slices"
	"testing"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/graph/servertest/model"
	"rowhouse/model/relay"
)

// TestPlansWriteAsGqlgen has a case for each difference that TestDifferential has found.
func TestPlansWriteAsGqlgen(t *testing.T) {
	plans := servertest.New(t)
	gqlgen := plans.With(func(o *server.Options) { o.NoPlans = true })
	plans.AddBook(servertest.Acme, plans.AddShelf(servertest.Acme, "WEB", "web"), "a", "b")
	reader := &model.Reader{
		Row: relay.Row[model.Reader]{ID: relay.NewID()}, Name: "Ada", Role: model.ReaderRoleMember, Languages: []string{},
	}
	plans.Insert(servertest.Acme, reader)
	plans.Insert(servertest.Acme, &model.Card{
		Row: relay.Row[model.Card]{ID: relay.NewID()}, ReaderID: reader.ID, Settings: "null", Barcode: new("|-"),
	})
	plans.Exec("UPDATE books SET genre = 'WESTERN' WHERE tenant_id = 1")
	for _, test := range []struct{ name, panics, query, want string }{
		{
			name:  "a fragment on a union selects fields of its members",
			query: `{ books { nodes { ... on SearchResult { ... on Book { title } } } } }`,
			want:  `{"data":{"books":{"nodes":[{"title":"a"}]}}}`,
		},
		{
			name:  "__typename of a type and of its union is written once",
			query: `{ books { nodes { __typename ... on SearchResult { __typename } } } }`,
			want:  `{"data":{"books":{"nodes":[{"__typename":"Book"}]}}}`,
		},
		{
			name:  "a stored value that an enum does not have is an error",
			query: `{ shelves { nodes { key books { nodes { genre } } } } }`,
			want: `{"errors":[{"message":"internal server error","path":["shelves","nodes",0,"books","nodes",0,"genre"],` +
				`"locations":[{"line":1,"column":41}],"extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":""}}],"data":null}`,
		},
		{
			name:   "a panic is an error without a location",
			panics: "reviews",
			query:  `{ books { nodes { reviews { totalCount } } } }`,
			want: `{"errors":[{"message":"internal server error","path":["books","nodes",0,"reviews"],` +
				`"extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":""}}],"data":null}`,
		},
		{
			name:  "a scalar of the application is written by its function",
			query: `{ readers { nodes { card { barcode } } } }`,
			want:  `{"data":{"readers":{"nodes":[{"card":{"barcode":"|"}}]}}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			plans.PanicIn(test.panics)
			for executor, s := range map[string]*servertest.Server{"plans": plans, "gqlgen": gqlgen} {
				_, got := s.Post(t, "acme", test.query)
				if got = requestID.ReplaceAllString(got, `"requestId":""`); got != test.want {
					t.Errorf("%s: %s", executor, got)
				}
			}
		})
	}
}

// TestResolversWrittenByHandHaveAllColumns selects no title of a book that a resolver finds by its title.
func TestResolversWrittenByHandHaveAllColumns(t *testing.T) {
	s := servertest.New(t)
	shelf := s.AddShelf(servertest.Acme, "WEB", "web")
	s.AddBook(servertest.Acme, shelf, "A long title", "long")
	s.AddBook(servertest.Acme, shelf, "A", "short")
	const want = `{"data":{"longest":{"summary":"long","shelf":{"key":"WEB"}}}}`
	if _, got := s.Post(t, "acme", `{ longest { summary shelf { key } } }`); got != want {
		t.Error(got)
	}
}

// TestDeferredFieldsAreDelivered has a space inside the directive, which GraphQL ignores.
func TestDeferredFieldsAreDelivered(t *testing.T) {
	s := servertest.New(t)
	s.AddBook(servertest.Acme, s.AddShelf(servertest.Acme, "WEB", "web"), "a", "b")
	for _, directive := range []string{"@defer", "@ defer", "@,\ndefer"} {
		parts := s.PostDeferred(t, "acme", `{ books { nodes { title ... `+directive+` { summary shelf { key } } } } }`)
		want := []string{`["books","nodes",0]  {"shelf":{"key":"WEB"},"summary":"b"}`}
		if got := servertest.Payloads(parts); !slices.Equal(got, want) {
			t.Errorf("%s: %q", directive, got)
		}
	}
}
