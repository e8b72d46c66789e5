package transport_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// TestEachFragmentHasOnePayload defers fragments that overlap, nest or are empty. Clients such as
// Relay find a fragment's fields only by its label and path. Overlaps resolve no more lists than the
// response without parts.
func TestEachFragmentHasOnePayload(t *testing.T) {
	s := servertest.New(t)
	books := map[tenancy.Tenant]string{}
	for _, tenant := range []tenancy.Tenant{servertest.Acme, servertest.Globex} {
		books[tenant] = string(s.Fill(tenant))
	}
	for tenant, other := range map[tenancy.Tenant]tenancy.Tenant{
		servertest.Acme: servertest.Globex, servertest.Globex: servertest.Acme,
	} {
		var known struct {
			Book struct{ Shelf struct{ ID string } }
		}
		s.Query(t, tenant.Slug, fmt.Sprintf(`{ book(id: %q) { shelf { id } } }`, books[tenant]), &known)
		fill := strings.NewReplacer("BOOK", books[tenant], "SHELF", known.Book.Shelf.ID, "SLUG", tenant.Slug, "NAME", tenant.Name,
			"OTHER", books[other])
		for _, test := range []struct {
			name, query string
			variables   map[string]any
			first       string
			payloads    []string
		}{
			{
				name: "two fragments with the same field",
				query: `{ book(id: "BOOK") { key ...A @defer(label: "a") ...B @defer(label: "b") } } fragment A on Book { ` +
					`shelf { id } } fragment B on Book { shelf { id name } genre }`,
				first: `{"book":{"key":"PJ-11"}}`,
				payloads: []string{
					`["book"] a {"shelf":{"id":"SHELF"}}`,
					`["book"] b {"genre":"NOVEL","shelf":{"id":"SHELF","name":"SLUG"}}`,
				},
			},
			{
				name: "two fragments with the same list",
				query: `{ book(id: "BOOK") { ... @defer(label: "a") { reviews(first: 2) { nodes { body } } } ... ` +
					`@defer(label: "b") { reviews(first: 2) { nodes { reader { name } body } totalCount } } } }`,
				first: `{"book":{}}`,
				payloads: []string{
					`["book"] a {"reviews":{"nodes":[{"body":"SLUG"},{"body":"SLUG"}]}}`,
					`["book"] b {"reviews":{"nodes":[{"body":"SLUG","reader":{"name":"SLUG0"}},` +
						`{"body":"SLUG","reader":{"name":"SLUG1"}}],"totalCount":4}}`,
				},
			},
			{
				name:     "a fragment that repeats the first part",
				query:    `{ tenant { slug name ... @defer(label: "a") { slug } } }`,
				first:    `{"tenant":{"name":"NAME","slug":"SLUG"}}`,
				payloads: []string{`["tenant"] a {"slug":"SLUG"}`},
			},
			{
				name: "a fragment in another, of the same fields",
				query: `{ tenant { ...A @defer(label: "a") } } fragment A on Tenant { slug ...B @defer(label: "b") } ` +
					`fragment B on Tenant { slug }`,
				first: `{"tenant":{}}`,
				payloads: []string{
					`["tenant"] a {"slug":"SLUG"}`,
					`["tenant"] b {"slug":"SLUG"}`,
				},
			},
			{
				name: "a fragment that is also in another, which is not deferred there",
				query: `{ tenant { ...A @defer(label: "a") ...B @defer(label: "b") } } fragment A on Tenant { slug ...B } ` +
					`fragment B on Tenant { name }`,
				first: `{"tenant":{}}`,
				payloads: []string{
					`["tenant"] a {"name":"NAME","slug":"SLUG"}`,
					`["tenant"] b {"name":"NAME"}`,
				},
			},
			{
				name:  "three nested fragments without fields",
				query: `{ ... @defer(label: "a") { ... @defer(label: "b") { ... @defer(label: "c") { tenant { slug } } } } }`,
				first: `{}`,
				payloads: []string{
					`[] a {}`,
					`[] b {}`,
					`[] c {"tenant":{"slug":"SLUG"}}`,
				},
			},
			{
				name: "a fragment below a deferred list",
				query: `{ book(id: "BOOK") { ... @defer(label: "a") { reviews(first: 2) { nodes { ...B @defer(label: "b") } } ` +
					`} } } fragment B on Review { body }`,
				first: `{"book":{}}`,
				payloads: []string{
					`["book"] a {"reviews":{"nodes":[{},{}]}}`,
					`["book","reviews","nodes",0] b {"body":"SLUG"}`,
					`["book","reviews","nodes",1] b {"body":"SLUG"}`,
				},
			},
			{
				name:  "one payload for each element",
				query: `{ books(last: 2) { nodes { ... @defer(label: "a") { key } ... @defer(label: "b") { key genre } } } }`,
				first: `{"books":{"nodes":[{},{}]}}`,
				payloads: []string{
					`["books","nodes",0] a {"key":"PJ-10"}`,
					`["books","nodes",0] b {"genre":"NOVEL","key":"PJ-10"}`,
					`["books","nodes",1] a {"key":"PJ-11"}`,
					`["books","nodes",1] b {"genre":"NOVEL","key":"PJ-11"}`,
				},
			},
			{
				name:     "nothing for no elements",
				query:    `{ books(where: {title: {eq: "nothing"}}) { nodes { ... @defer(label: "a") { key } } } }`,
				first:    `{"books":{"nodes":[]}}`,
				payloads: nil,
			},
			{
				name:     "nothing for null",
				query:    `{ book(id: "OTHER") { ... @defer(label: "a") { key } } }`,
				first:    `{"book":null}`,
				payloads: nil,
			},
			{
				name:     "a fragment with nothing in it",
				query:    `query($no: Boolean = false) { tenant { slug ... @defer(label: "a") { name @include(if: $no) } } }`,
				first:    `{"tenant":{"slug":"SLUG"}}`,
				payloads: []string{`["tenant"] a {}`},
			},
			{
				name: "fragments that are excluded",
				query: `{ tenant { slug ... @include(if: false) @defer(label: "a") { name } ... @defer(label: "b") ` +
					`@skip(if: true) { name } ... @include(if: false) { ... @defer(label: "c") { name } } } }`,
				first:    `{"tenant":{"slug":"SLUG"}}`,
				payloads: nil,
			},
			{
				name:  "the same fragment twice",
				query: `{ tenant { ...A @defer(label: "a") ...A @defer(label: "b") ...A @defer } } fragment A on Tenant { slug }`,
				first: `{"tenant":{}}`,
				payloads: []string{
					`["tenant"] a {"slug":"SLUG"}`,
					`["tenant"] b {"slug":"SLUG"}`,
					`["tenant"]  {"slug":"SLUG"}`,
				},
			},
			{
				name:  "the same fragment, deferred and not",
				query: `{ tenant { ...A @defer(label: "a") ...A } } fragment A on Tenant { slug ... @defer(label: "b") { name } }`,
				first: `{"tenant":{"slug":"SLUG"}}`,
				payloads: []string{
					`["tenant"] a {"slug":"SLUG"}`,
					`["tenant"] b {"name":"NAME"}`,
				},
			},
			{
				name: "a fragment with two spreads",
				query: `{ ...A ... @defer(label: "a") { ...A ... @defer(label: "b") { ...A } } } fragment A on Query { ` +
					`tenant { ... @defer(label: "once") { slug } } }`,
				first: `{"tenant":{}}`,
				payloads: []string{
					`[] a {"tenant":{}}`,
					`["tenant"] once {"slug":"SLUG"}`,
					`[] b {"tenant":{}}`,
				},
			},
			{
				name:  "the same field by two names",
				query: `{ a: tenant { ... @defer(label: "x") { n: name } } b: tenant { ... @defer(label: "y") { n: slug m: slug } } }`,
				first: `{"a":{},"b":{}}`,
				payloads: []string{
					`["a"] x {"n":"NAME"}`,
					`["b"] y {"m":"SLUG","n":"SLUG"}`,
				},
			},
			{
				name: "type conditions that hold, and others",
				query: `{ node(id: "BOOK") { ... on Shelf @defer(label: "shelf") { name } ... on Book @defer(label: "book") { ` +
					`title } ... on Node @defer(label: "node") { id } ... on Book { ... on Node { ... on Shelf @defer(label: ` +
					`"never") { id } } } } }`,
				first: `{"node":{}}`,
				payloads: []string{
					`["node"] book {"title":"SLUG"}`,
					`["node"] node {"id":"BOOK"}`,
				},
			},
			{
				name: "a condition that is false",
				query: `query($later: Boolean) { tenant { ... @defer(label: "a", if: $later) { slug } ... @defer(label: ` +
					`"b") { name } } }`,
				first:     `{"tenant":{"slug":"SLUG"}}`,
				payloads:  []string{`["tenant"] b {"name":"NAME"}`},
				variables: map[string]any{"later": false},
			},
			{
				name:      "a condition that is null, as clients send for an unset variable",
				query:     `query($later: Boolean) { tenant { ... @defer(label: "a", if: $later) { slug } } }`,
				first:     `{"tenant":{}}`,
				payloads:  []string{`["tenant"] a {"slug":"SLUG"}`},
				variables: map[string]any{"later": nil},
			},
			{
				name:     "a condition that is not set",
				query:    `query($later: Boolean) { tenant { ... @defer(label: "a", if: $later) { slug } } }`,
				first:    `{"tenant":{}}`,
				payloads: []string{`["tenant"] a {"slug":"SLUG"}`},
			},
			{
				name:     "the schema",
				query:    `{ ... @defer(label: "a") { __type(name: "Tenant") { ... @defer(label: "b") { name } kind } __typename } }`,
				first:    `{}`,
				payloads: []string{`[] a {"__type":{"kind":"OBJECT"},"__typename":"Query"}`, `["__type"] b {"name":"Tenant"}`},
			},
			{
				name:     "an empty label",
				query:    `{ tenant { ... @defer(label: "") { slug } } }`,
				first:    `{"tenant":{}}`,
				payloads: []string{`["tenant"]  {"slug":"SLUG"}`},
			},
			{
				name: "an error where null may be",
				query: `{ tenant { slug } ... @defer(label: "a") { book(id: "nonsense") { id } tenant { slug } } ... ` +
					`@defer(label: "b") { book(id: "nonsense") { id } } }`,
				first: `{"tenant":{"slug":"SLUG"}}`,
				payloads: []string{
					`[] a {"book":null,"tenant":{"slug":"SLUG"}} BAD_USER_INPUT ["book"]`,
					`[] b {"book":null} BAD_USER_INPUT ["book"]`,
				},
			},
			{
				name: "an error in a nested fragment, and its parent",
				query: `{ ... @defer(label: "a") { shelf(id: "SHELF") { key ... @defer(label: "b") { books(first: -1) { nodes ` +
					`{ ... @defer(label: "never") { key } } } } ... @defer(label: "c") { name } } } }`,
				first: `{}`,
				payloads: []string{
					`[] a {"shelf":{"key":"PJ"}}`,
					`["shelf"] b null BAD_USER_INPUT ["shelf","books"]`,
					`["shelf"] c {"name":"SLUG"}`,
				},
			},
			{
				name: "an error that makes the payload null",
				query: `{ ... @defer(label: "a") { tenant { slug ... @defer(label: "never") { name } } books(first: -1) { ` +
					`totalCount } } ... @defer(label: "b") { shelf(id: "SHELF") { key books(first: -1) { totalCount } ... ` +
					`@defer(label: "neither") { name } } } }`,
				first: `{}`,
				payloads: []string{
					`[] a null BAD_USER_INPUT ["books"]`,
					`[] b {"shelf":null} BAD_USER_INPUT ["shelf","books"]`,
				},
			},
			{
				name: "an error in one element of many",
				query: `{ nodes(ids: ["BOOK", "OTHER", "SHELF"]) { ... on Shelf @defer(label: "a") { books(first: -1) { ` +
					`totalCount } } ... on Book @defer(label: "b") { key } } }`,
				first: `{"nodes":[{},null,{}]}`,
				payloads: []string{
					`["nodes",0] b {"key":"PJ-11"}`,
					`["nodes",2] a null BAD_USER_INPUT ["nodes",2,"books"]`,
				},
			},
			{
				name: "a mutation",
				query: `mutation { updateBook(input: {id: "BOOK", title: "SLUG"}) { book { key ... @defer(label: "a") { title ` +
					`shelf { books(last: 1) { nodes { key ... @defer(label: "b") { shelf { name } } } } } } } } }`,
				first: `{"updateBook":{"book":{"key":"PJ-11"}}}`,
				payloads: []string{
					`["updateBook","book"] a {"shelf":{"books":{"nodes":[{"key":"PJ-11"}]}},"title":"SLUG"}`,
					`["updateBook","book","shelf","books","nodes",0] b {"shelf":{"name":"SLUG"}}`,
				},
			},
		} {
			t.Run(tenant.Slug+"/"+test.name, func(t *testing.T) {
				body := servertest.Body(map[string]any{"query": fill.Replace(test.query), "variables": test.variables})
				start := s.Lists()
				s.Post(t, tenant.Slug, body)
				whole := s.Lists() - start
				parts := s.PostParts(t, tenant.Slug, body)
				if n := s.Lists() - start - whole; n > whole {
					t.Errorf("%d lists were resolved, and %d without parts", n, whole)
				}
				var want []string
				for _, p := range test.payloads {
					want = append(want, fill.Replace(p))
				}
				if got := servertest.Payloads(parts); !slices.Equal(got, want) {
					t.Errorf("payloads\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
				}
				if got := servertest.Body(parts[0].Data); got != fill.Replace(test.first) {
					t.Errorf("first %s, want %s", got, fill.Replace(test.first))
				}
				for i, part := range parts {
					if last := i == len(parts)-1; len(parts) != 2 || part.HasNext == nil || *part.HasNext == last {
						t.Errorf("part %d of %d: hasNext %v", i, len(parts), part.HasNext)
					}
				}
			})
		}
	}
}

// TestDeferredMutationRunsOnce counts the objects that a mutation in two parts creates.
func TestDeferredMutationRunsOnce(t *testing.T) {
	s := servertest.New(t)
	parts := s.PostDeferred(t, "acme", `mutation { a: createTag(input: {name: "one", color: "#123456"}) { tag { id `+
		`... @defer(label: "a") { name } } } b: createTag(input: {name: "two", color: "#123456"}) { ... @defer(label: `+
		`"b") { tag { name } } } }`)
	want := []string{`["a","tag"] a {"name":"one"}`, `["b"] b {"tag":{"name":"two"}}`}
	if got := servertest.Payloads(parts); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for tenant, want := range map[string]int{"acme": 2, "globex": 0} {
		var all struct{ Tags struct{ TotalCount int } }
		s.Query(t, tenant, `{ tags { totalCount } }`, &all)
		if all.Tags.TotalCount != want {
			t.Errorf("%s: %d tags, want %d", tenant, all.Tags.TotalCount, want)
		}
	}
	parts = s.PostParts(t, "acme", servertest.Body(map[string]any{"query": `mutation { createTag(input: {name: ` +
		`"one", color: "#123456"}) { ... @defer(label: "a") { tag { name } } } }`}))
	if len(servertest.Payloads(parts)) != 0 || !strings.Contains(servertest.Body(parts[0].Errors), "CONFLICT") {
		t.Errorf("%s", servertest.Body(parts))
	}
}

// TestInvalidJSONIsNeverAPayload defers a field whose scalar does not write JSON. The server recovers
// the panic, and the response ends without the delimiter that ends a payload.
func TestInvalidJSONIsNeverAPayload(t *testing.T) {
	s := newDeferServer()
	body := jsonBody("{ book { name ... @defer { invalid } } }", "")
	response := send(t.Context(), s, "POST", "/", body, "Accept", acceptDeferred).Body.String()
	const want = "\r\n---" + partHeader + `{"data":{"book":{"name":"A"}},"hasNext":true}` + "\r\n---" +
		`{"errors":[{"message":"panic"}],"data":null}`
	if response != want {
		t.Errorf("%q", response)
	}
}

// TestObjectMayFailInTheSecondExecution has an object of an abstract type in the first part only.
func TestObjectMayFailInTheSecondExecution(t *testing.T) {
	parts := newDeferServer().sendDeferred(t, `{ book { related { name ... @defer(label: "a") { name } } } }`, "")
	want := []string{
		`{"data":{"book":{"related":{"name":"Ann"}}},"hasNext":true}`,
		`{"incremental":[{"data":null,"path":["book","related"],"label":"a",` +
			`"errors":[{"message":"broken","path":["book","related"]}]}],"hasNext":false}`,
	}
	if !slices.Equal(parts, want) {
		t.Errorf("%q", parts)
	}
}
