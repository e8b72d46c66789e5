package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rowhouse/tenancy"
)

// payloadsOf are the payloads of a response, in their order: path, label, data, and codes of
// errors.
func payloadsOf(parts []answerIn) (all []string) {
	for _, part := range parts {
		for _, p := range part.Incremental {
			line := fmt.Sprint(jsonOf(p.Path), " ", p.Label, " ", jsonOf(p.Data))
			errs, _ := p.Errors.([]any)
			for _, e := range errs {
				e := e.(map[string]any)
				line += fmt.Sprint(" ", e["extensions"].(map[string]any)["code"], " ", jsonOf(e["path"]))
			}
			all = append(all, line)
		}
	}
	return all
}

// TestEachFragmentHasOnePayload defers fragments that overlap, nest or are empty. Clients such as
// Relay find a fragment's fields only by its label and path. Overlaps cost no more statements than
// the response without parts.
func TestEachFragmentHasOnePayload(t *testing.T) {
	s := newTestServer(t)
	items := map[string]string{}
	for tenant, ctx := range map[string]context.Context{"acme": s.Acme, "globex": s.Globex} {
		items[tenant] = string(fill(ctx, t, s, tenant))
	}
	for tenant, other := range map[string]string{"acme": "globex", "globex": "acme"} {
		item := items[tenant]
		var known struct {
			Tenant struct{ Name string }
			Item   struct{ Project struct{ ID string } }
		}
		s.query(t, tenant, fmt.Sprintf(`{ tenant { name } item(id: %q) { project { id } } }`, item), &known)
		fill := strings.NewReplacer("ITEM", item, "PROJECT", known.Item.Project.ID, "TENANT", tenant, "NAME", known.Tenant.Name, "OTHER", items[other])
		for _, test := range []struct {
			name, query string
			variables   map[string]any
			first       string
			payloads    []string
		}{
			{
				name:  "two fragments with the same field",
				query: `{ item(id: "ITEM") { key ...A @defer(label: "a") ...B @defer(label: "b") } } fragment A on Item { project { id } } fragment B on Item { project { id name } priority }`,
				first: `{"item":{"key":"PJ-11"}}`,
				payloads: []string{
					`["item"] a {"project":{"id":"PROJECT"}}`,
					`["item"] b {"priority":"LOW","project":{"id":"PROJECT","name":"TENANT"}}`,
				},
			},
			{
				name:  "two fragments with the same list",
				query: `{ item(id: "ITEM") { ... @defer(label: "a") { comments(first: 2) { nodes { body } } } ... @defer(label: "b") { comments(first: 2) { nodes { author { name } body } totalCount } } } }`,
				first: `{"item":{}}`,
				payloads: []string{
					`["item"] a {"comments":{"nodes":[{"body":"TENANT"},{"body":"TENANT"}]}}`,
					`["item"] b {"comments":{"nodes":[{"author":{"name":"TENANT0"},"body":"TENANT"},{"author":{"name":"TENANT2"},"body":"TENANT"}],"totalCount":4}}`,
				},
			},
			{
				name:     "a fragment that repeats what came first",
				query:    `{ tenant { slug name ... @defer(label: "a") { slug } } }`,
				first:    `{"tenant":{"name":"NAME","slug":"TENANT"}}`,
				payloads: []string{`["tenant"] a {"slug":"TENANT"}`},
			},
			{
				name:  "a fragment in another, of the same fields",
				query: `{ tenant { ...A @defer(label: "a") } } fragment A on Tenant { slug ...B @defer(label: "b") } fragment B on Tenant { slug }`,
				first: `{"tenant":{}}`,
				payloads: []string{
					`["tenant"] a {"slug":"TENANT"}`,
					`["tenant"] b {"slug":"TENANT"}`,
				},
			},
			{
				name:  "a fragment that is also in another, which is not deferred there",
				query: `{ tenant { ...A @defer(label: "a") ...B @defer(label: "b") } } fragment A on Tenant { slug ...B } fragment B on Tenant { name }`,
				first: `{"tenant":{}}`,
				payloads: []string{
					`["tenant"] a {"name":"NAME","slug":"TENANT"}`,
					`["tenant"] b {"name":"NAME"}`,
				},
			},
			{
				name:  "three of each other, of nothing but each other",
				query: `{ ... @defer(label: "a") { ... @defer(label: "b") { ... @defer(label: "c") { tenant { slug } } } } }`,
				first: `{}`,
				payloads: []string{
					`[] a {}`,
					`[] b {}`,
					`[] c {"tenant":{"slug":"TENANT"}}`,
				},
			},
			{
				name:  "a fragment below a deferred list",
				query: `{ item(id: "ITEM") { ... @defer(label: "a") { comments(first: 2) { nodes { ...B @defer(label: "b") } } } } } fragment B on Comment { body }`,
				first: `{"item":{}}`,
				payloads: []string{
					`["item"] a {"comments":{"nodes":[{},{}]}}`,
					`["item","comments","nodes",0] b {"body":"TENANT"}`,
					`["item","comments","nodes",1] b {"body":"TENANT"}`,
				},
			},
			{
				name:  "one payload for each element",
				query: `{ items(first: 2) { nodes { ... @defer(label: "a") { key } ... @defer(label: "b") { key priority } } } }`,
				first: `{"items":{"nodes":[{},{}]}}`,
				payloads: []string{
					`["items","nodes",0] a {"key":"PJ-11"}`,
					`["items","nodes",0] b {"key":"PJ-11","priority":"LOW"}`,
					`["items","nodes",1] a {"key":"PJ-10"}`,
					`["items","nodes",1] b {"key":"PJ-10","priority":"LOW"}`,
				},
			},
			{
				name:     "nothing for no elements",
				query:    `{ items(where: {name: {eq: "nobody"}}) { nodes { ... @defer(label: "a") { key } } } }`,
				first:    `{"items":{"nodes":[]}}`,
				payloads: nil,
			},
			{
				name:     "nothing where there is no object",
				query:    `{ item(id: "OTHER") { ... @defer(label: "a") { key } } }`,
				first:    `{"item":null}`,
				payloads: nil,
			},
			{
				name:     "a fragment with nothing in it",
				query:    `query($no: Boolean = false) { tenant { slug ... @defer(label: "a") { name @include(if: $no) } } }`,
				first:    `{"tenant":{"slug":"TENANT"}}`,
				payloads: []string{`["tenant"] a {}`},
			},
			{
				name:     "fragments that are not there",
				query:    `{ tenant { slug ... @include(if: false) @defer(label: "a") { name } ... @defer(label: "b") @skip(if: true) { name } ... @include(if: false) { ... @defer(label: "c") { name } } } }`,
				first:    `{"tenant":{"slug":"TENANT"}}`,
				payloads: nil,
			},
			{
				name:  "the same fragment twice",
				query: `{ tenant { ...A @defer(label: "a") ...A @defer(label: "b") ...A @defer } } fragment A on Tenant { slug }`,
				first: `{"tenant":{}}`,
				payloads: []string{
					`["tenant"] a {"slug":"TENANT"}`,
					`["tenant"] b {"slug":"TENANT"}`,
					`["tenant"]  {"slug":"TENANT"}`,
				},
			},
			{
				name:  "the same fragment, deferred and not",
				query: `{ tenant { ...A @defer(label: "a") ...A } } fragment A on Tenant { slug ... @defer(label: "b") { name } }`,
				first: `{"tenant":{"slug":"TENANT"}}`,
				payloads: []string{
					`["tenant"] a {"slug":"TENANT"}`,
					`["tenant"] b {"name":"NAME"}`,
				},
			},
			{
				name:  "a fragment that two ways lead to",
				query: `{ ...A ... @defer(label: "a") { ...A ... @defer(label: "b") { ...A } } } fragment A on Query { tenant { ... @defer(label: "once") { slug } } }`,
				first: `{"tenant":{}}`,
				payloads: []string{
					`[] a {"tenant":{}}`,
					`["tenant"] once {"slug":"TENANT"}`,
					`[] b {"tenant":{}}`,
				},
			},
			{
				name:  "the same field by two names",
				query: `{ a: tenant { ... @defer(label: "x") { n: name } } b: tenant { ... @defer(label: "y") { n: slug m: slug } } }`,
				first: `{"a":{},"b":{}}`,
				payloads: []string{
					`["a"] x {"n":"NAME"}`,
					`["b"] y {"m":"TENANT","n":"TENANT"}`,
				},
			},
			{
				name:  "types that an object is of, and others",
				query: `{ node(id: "ITEM") { ... on Project @defer(label: "project") { name } ... on Item @defer(label: "item") { name } ... on Node @defer(label: "node") { id } ... on Item { ... on Node { ... on Project @defer(label: "never") { id } } } } }`,
				first: `{"node":{}}`,
				payloads: []string{
					`["node"] item {"name":"TENANT"}`,
					`["node"] node {"id":"ITEM"}`,
				},
			},
			{
				name:     "a condition that is false",
				query:    `query($later: Boolean) { tenant { ... @defer(label: "a", if: $later) { slug } ... @defer(label: "b") { name } } }`,
				first:    `{"tenant":{"slug":"TENANT"}}`,
				payloads: []string{`["tenant"] b {"name":"NAME"}`}, variables: map[string]any{"later": false},
			},
			{
				name:     "a condition that is null, as clients send for an unset variable",
				query:    `query($later: Boolean) { tenant { ... @defer(label: "a", if: $later) { slug } } }`,
				first:    `{"tenant":{}}`,
				payloads: []string{`["tenant"] a {"slug":"TENANT"}`}, variables: map[string]any{"later": nil},
			},
			{
				name:     "a condition that is not set",
				query:    `query($later: Boolean) { tenant { ... @defer(label: "a", if: $later) { slug } } }`,
				first:    `{"tenant":{}}`,
				payloads: []string{`["tenant"] a {"slug":"TENANT"}`},
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
				payloads: []string{`["tenant"]  {"slug":"TENANT"}`},
			},
			{
				name:  "an error where null may be",
				query: `{ tenant { slug } ... @defer(label: "a") { item(id: "nonsense") { id } tenant { slug } } ... @defer(label: "b") { item(id: "nonsense") { id } } }`,
				first: `{"tenant":{"slug":"TENANT"}}`,
				payloads: []string{
					`[] a {"item":null,"tenant":{"slug":"TENANT"}} BAD_USER_INPUT ["item"]`,
					`[] b {"item":null} BAD_USER_INPUT ["item"]`,
				},
			},
			{
				name:  "an error in a nested fragment, and its parent",
				query: `{ ... @defer(label: "a") { project(id: "PROJECT") { key ... @defer(label: "b") { items(first: -1) { nodes { ... @defer(label: "never") { key } } } } ... @defer(label: "c") { name } } } }`,
				first: `{}`,
				payloads: []string{
					`[] a {"project":{"key":"PJ"}}`,
					`["project"] b null BAD_USER_INPUT ["project","items"]`,
					`["project"] c {"name":"TENANT"}`,
				},
			},
			{
				name:  "an error that takes along what its fragment has",
				query: `{ ... @defer(label: "a") { tenant { slug ... @defer(label: "never") { name } } items(first: -1) { totalCount } } ... @defer(label: "b") { project(id: "PROJECT") { key items(first: -1) { totalCount } ... @defer(label: "neither") { name } } } }`,
				first: `{}`,
				payloads: []string{
					`[] a null BAD_USER_INPUT ["items"]`,
					`[] b {"project":null} BAD_USER_INPUT ["project","items"]`,
				},
			},
			{
				name:  "an error in one element of many",
				query: `{ nodes(ids: ["ITEM", "OTHER", "PROJECT"]) { ... on Project @defer(label: "a") { items(first: -1) { totalCount } } ... on Item @defer(label: "b") { key } } }`,
				first: `{"nodes":[{},null,{}]}`,
				payloads: []string{
					`["nodes",0] b {"key":"PJ-11"}`,
					`["nodes",2] a null BAD_USER_INPUT ["nodes",2,"items"]`,
				},
			},
			{
				name:  "a mutation",
				query: `mutation { updateProject(input: {id: "PROJECT", name: "TENANT"}) { project { key ... @defer(label: "a") { name items(first: 1) { nodes { key ... @defer(label: "b") { project { name } } } } } } } }`,
				first: `{"updateProject":{"project":{"key":"PJ"}}}`,
				payloads: []string{
					`["updateProject","project"] a {"items":{"nodes":[{"key":"PJ-11"}]},"name":"TENANT"}`,
					`["updateProject","project","items","nodes",0] b {"project":{"name":"TENANT"}}`,
				},
			},
		} {
			t.Run(tenant+"/"+test.name, func(t *testing.T) {
				body := jsonOf(map[string]any{"query": fill.Replace(test.query), "variables": test.variables})
				s.Reset()
				s.ask(t, tenant, body)
				inOnePiece := len(s.Ran())
				s.Reset()
				parts := s.inPartsOr(t, tenant, body)
				if n := len(s.Ran()); n > inOnePiece {
					t.Errorf("%d statements, and %d in one piece:\n%s", n, inOnePiece, shorten(s.Ran()))
				}
				var want []string
				for _, p := range test.payloads {
					want = append(want, fill.Replace(p))
				}
				if got := payloadsOf(parts); !slices.Equal(got, want) {
					t.Errorf("payloads\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
				}
				if got := jsonOf(parts[0].Data); got != fill.Replace(test.first) {
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

// TestADeferredMutationRunsOnce counts what a mutation in two parts creates.
func TestADeferredMutationRunsOnce(t *testing.T) {
	s := newTestServer(t)
	parts := s.inParts(t, "acme", `mutation { a: createLabel(input: {name: "one", color: "#123456"}) { label { id ... @defer(label: "a") { name } } } b: createLabel(input: {name: "two", color: "#123456"}) { ... @defer(label: "b") { label { name } } } }`)
	want := []string{`["a","label"] a {"name":"one"}`, `["b"] b {"label":{"name":"two"}}`}
	if got := payloadsOf(parts); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for tenant, want := range map[string]int{"acme": 2, "globex": 0} {
		var all struct{ Labels struct{ TotalCount int } }
		s.query(t, tenant, `{ labels { totalCount } }`, &all)
		if all.Labels.TotalCount != want {
			t.Errorf("%s: %d labels, want %d", tenant, all.Labels.TotalCount, want)
		}
	}
	parts = s.inPartsOr(t, "acme", jsonOf(map[string]any{"query": `mutation { createLabel(input: {name: "one", color: "#123456"}) { ... @defer(label: "a") { label { name } } } }`}))
	if len(payloadsOf(parts)) != 0 || !strings.Contains(jsonOf(parts[0].Errors), "CONFLICT") {
		t.Errorf("%s", jsonOf(parts))
	}
}

// TestDeferIsValidated sends invalid labels, and @defer where it is not allowed.
func TestDeferIsValidated(t *testing.T) {
	s := newTestServer(t)
	const fragment = ` fragment F on Tenant { slug ... @defer(label: "f") { name } }`
	for _, test := range []struct{ name, query, message string }{
		{"a variable", `query($l: String) { tenant { ... @defer(label: $l) { slug } } }`, "the label of @defer must be a string"},
		{"a variable in a fragment", `query($l: String) { tenant { ...F } } fragment F on Tenant { ... @defer(label: $l) { slug } }`, "the label of @defer must be a string"},
		{"null", `{ tenant { ... @defer(label: null) { slug } } }`, "the label of @defer must be a string"},
		{"the same twice", `{ tenant { ... @defer(label: "a") { slug } ... @defer(label: "a") { name } } }`, `the label \"a\" is used twice`},
		{"the same at two places", `{ tenant { ... @defer(label: "a") { slug } } labels { ... @defer(label: "a") { totalCount } } }`, `the label \"a\" is used twice`},
		{"the same in a fragment", `{ tenant { ...F ... @defer(label: "f") { slug } } }` + fragment, `the label \"f\" is used twice`},
		{"the same, disabled", `{ tenant { ... @defer(label: "a", if: false) { slug } ... @defer(label: "a") { name } } }`, `the label \"a\" is used twice`},
		{"the same as a block string", `{ tenant { ... @defer(label: "a") { slug } ... @defer(label: """a""") { name } } }`, `the label \"a\" is used twice`},
		{"the same in two operations", `query A { tenant { ... @defer(label: "a") { slug } } } query B { tenant { ... @defer(label: "a") { slug } } }`, `the label \"a\" is used twice`},
		{"no string", `{ tenant { ... @defer(label: 1) { slug } } }`, "GRAPHQL_VALIDATION_FAILED"},
		{"a mutation's root", `mutation { ... @defer { createLabel(input: {name: "x", color: "#123456"}) { label { id } } } }`, "root of a mutation"},
		{"a mutation's root, by name", `mutation { ...M @defer(if: false) } fragment M on Mutation { createLabel(input: {name: "x", color: "#123456"}) { label { id } } }`, "root of a mutation"},
		{"a subscription's root", `subscription { ... @defer { projectChanged { project { id } } } }`, "not supported in a subscription"},
		{"a subscription", `subscription { projectChanged { project { ...P } } } fragment P on Project { ... @defer { id } }`, "not supported in a subscription"},
		{"a fragment of one operation", `{ tenant { ...F } }` + fragment, ""},
		{"a fragment that is used twice", `{ a: tenant { ...F } b: tenant { ...F } }` + fragment, ""},
		{"two labels", `{ tenant { ... @defer(label: "a") { slug } ... @defer(label: "b") { slug } ... @defer { slug } ... @defer { name } } }`, ""},
		{"labels of every script", `{ tenant { ... @defer(label: "é") { slug } ... @defer(label: "日本") { slug } ... @defer(label: "A") { slug } ... @defer(label: "a\"\\\n") { slug } } }`, ""},
	} {
		w := s.do(request(t, http.MethodPost, "/graphql", jsonOf(map[string]string{"query": test.query, "operationName": operationName(test.query)}), "Content-Type", "application/json", "Accept", takesParts, tenancy.HeaderName, "acme"))
		refused := strings.Contains(w.Body.String(), "GRAPHQL_VALIDATION_FAILED")
		if refused != (test.message != "") || !strings.Contains(w.Body.String(), test.message) || strings.Contains(w.Body.String(), "INTERNAL") {
			t.Errorf("%s: %s", test.name, w.Body)
		}
	}
}

func operationName(query string) string {
	if strings.HasPrefix(query, "query A") {
		return "A"
	}
	return ""
}
