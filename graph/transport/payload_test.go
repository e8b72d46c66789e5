package transport_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// TestDeferredFragmentsHavePayloads has the initial response of each operation without the entry
// hasNext, and its payloads.
func TestDeferredFragmentsHavePayloads(t *testing.T) {
	for _, test := range []struct {
		name      string
		query     string
		variables string
		initial   string
		payloads  []string
	}{
		{
			name:     "an inline fragment with a label",
			query:    `{ book { name ... @defer(label: "l") { pages } } }`,
			initial:  `{"data":{"book":{"name":"A"}}`,
			payloads: []string{`{"data":{"pages":1},"path":["book"],"label":"l"}`},
		},
		{
			name:     "a fragment spread",
			query:    `{ book { ...F @defer } } fragment F on Book { name }`,
			initial:  `{"data":{"book":{}}`,
			payloads: []string{`{"data":{"name":"A"},"path":["book"]}`},
		},
		{
			name:     "the root",
			query:    `{ ... @defer { book { name } } }`,
			initial:  `{"data":{}`,
			payloads: []string{`{"data":{"book":{"name":"A"}},"path":[]}`},
		},
		{
			name:     "a field that the initial response has, too",
			query:    `{ book { name ... @defer { name pages } } }`,
			initial:  `{"data":{"book":{"name":"A"}}`,
			payloads: []string{`{"data":{"name":"A","pages":1},"path":["book"]}`},
		},
		{
			name:    "a nested fragment follows its parent",
			query:   `{ ... @defer(label: "a") { book { name ... @defer(label: "b") { pages } } } }`,
			initial: `{"data":{}`,
			payloads: []string{
				`{"data":{"book":{"name":"A"}},"path":[],"label":"a"}`,
				`{"data":{"pages":1},"path":["book"],"label":"b"}`,
			},
		},
		{
			name:    "each element of a list",
			query:   `{ books { nodes { name ... @defer { pages } } } }`,
			initial: `{"data":{"books":{"nodes":[{"name":"A"},{"name":"B"}]}}`,
			payloads: []string{
				`{"data":{"pages":1},"path":["books","nodes",0]}`,
				`{"data":{"pages":2},"path":["books","nodes",1]}`,
			},
		},
		{
			name:     "a list in a fragment",
			query:    `{ book { ... @defer { author { books { n: name } } } } }`,
			initial:  `{"data":{"book":{}}`,
			payloads: []string{`{"data":{"author":{"books":[{"n":"A"},{"n":"B"}]}},"path":["book"]}`},
		},
		{
			name:    "objects of an interface",
			query:   `{ things { ... on Book @defer { pages } ... on Thing @defer { name } ... on Author { books { name } } } }`,
			initial: `{"data":{"things":[{},{"books":[{"name":"A"},{"name":"B"}]}]}`,
			payloads: []string{
				`{"data":{"pages":1},"path":["things",0]}`,
				`{"data":{"name":"A"},"path":["things",0]}`,
				`{"data":{"name":"Ann"},"path":["things",1]}`,
			},
		},
		{
			name:     "selection sets of one alias are merged",
			query:    `{ book { ... @defer { author { name } author { books { name } } } } }`,
			initial:  `{"data":{"book":{}}`,
			payloads: []string{`{"data":{"author":{"name":"Ann","books":[{"name":"A"},{"name":"B"}]}},"path":["book"]}`},
		},
		{
			name: "a fragment that is reached twice has one payload",
			query: `{ book { ...G ...G } ...H @defer }
				fragment G on Book { ... @defer { pages } }
				fragment H on Query { book { ...G } }`,
			initial: `{"data":{"book":{}}`,
			payloads: []string{
				`{"data":{"book":{}},"path":[]}`,
				`{"data":{"pages":1},"path":["book"]}`,
			},
		},
		{
			name: "@skip and @include",
			query: `query($no: Boolean!) {
				book { ... @defer {
					name @skip(if: true)
					pages @include(if: $no)
					n: name @skip(if: $no) @include(if: true)
					... @include(if: $no) { name }
					...N @include(if: $no)
				} }
			} fragment N on Book { name }`,
			variables: `{"no": false}`,
			initial:   `{"data":{"book":{}}`,
			payloads:  []string{`{"data":{"n":"A"},"path":["book"]}`},
		},
		{
			name:    "a fragment that is spread with and without @defer",
			query:   `{ book { ... @defer(label: "a") { ...N @defer(label: "b") ...N } } } fragment N on Book { name }`,
			initial: `{"data":{"book":{}}`,
			payloads: []string{
				`{"data":{"name":"A"},"path":["book"],"label":"a"}`,
				`{"data":{"name":"A"},"path":["book"],"label":"b"}`,
			},
		},
		{
			name:     "@defer below an inline fragment",
			query:    `{ book { ... on Book { name ... @defer { name } author { ... on Author { ... @defer { name } } } } } }`,
			initial:  `{"data":{"book":{"name":"A","author":{}}}`,
			payloads: []string{`{"data":{"name":"A"},"path":["book"]}`, `{"data":{"name":"Ann"},"path":["book","author"]}`},
		},
		{
			name:    "a missing object has no payload",
			query:   `{ missing { ... @defer { name } } }`,
			initial: `{"data":{"missing":null}`,
		},
		{
			name:      "a condition that is null",
			query:     `query($c: Boolean) { book { ... @defer(if: $c) { name } } }`,
			variables: `{"c": null}`,
			initial:   `{"data":{"book":{}}`,
			payloads:  []string{`{"data":{"name":"A"},"path":["book"]}`},
		},
		{
			name:     "@include on a fragment of the initial response",
			query:    `{ book { ... @include(if: false) { name } ... @defer { pages } } }`,
			initial:  `{"data":{"book":{}}`,
			payloads: []string{`{"data":{"pages":1},"path":["book"]}`},
		},
		{
			name:     "a condition that is false for one fragment",
			query:    `query($c: Boolean = false) { book { ... @defer(if: $c) { name } ... @defer { pages } } }`,
			initial:  `{"data":{"book":{"name":"A"}}`,
			payloads: []string{`{"data":{"pages":1},"path":["book"]}`},
		},
		{
			name:     "a nullable field that is null has no error",
			query:    `{ book { sequel { ... @defer { sequel { name } } } } }`,
			initial:  `{"data":{"book":{"sequel":{}}}`,
			payloads: []string{`{"data":{"sequel":null},"path":["book","sequel"]}`},
		},
		{
			name:    "a failed field",
			query:   `{ book { ... @defer { fails pages } } }`,
			initial: `{"data":{"book":{}}`,
			payloads: []string{
				`{"data":{"fails":null,"pages":1},"path":["book"],"errors":[{"message":"broken","path":["book","fails"]}]}`,
			},
		},
		{
			name:    "a scalar that writes null has not failed",
			query:   `{ book { ... @defer { anything fails } } }`,
			initial: `{"data":{"book":{}}`,
			payloads: []string{
				`{"data":{"anything":null,"fails":null},"path":["book"],"errors":[{"message":"broken","path":["book","fails"]}]}`,
			},
		},
		{
			name:     "a failed non-null field makes its payload null",
			query:    `{ book { ... @defer { name failsNonNull } } }`,
			initial:  `{"data":{"book":{}}`,
			payloads: []string{`{"data":null,"path":["book"],"errors":[{"message":"broken","path":["book","failsNonNull"]}]}`},
		},
		{
			name:    "a non-null field that is null makes its payload null",
			query:   `{ book { ... @defer { name nullNonNull } } }`,
			initial: `{"data":{"book":{}}`,
			payloads: []string{
				`{"data":null,"path":["book"],"errors":[` +
					`{"message":"cannot return null for non-null field Book.nullNonNull (Int!)","path":["book","nullNonNull"]}]}`,
			},
		},
		{
			name:    "a non-null field that is a nil pointer makes its payload null",
			query:   `{ book { sequel { ... @defer { name nullNonNull } } } }`,
			initial: `{"data":{"book":{"sequel":{}}}`,
			payloads: []string{
				`{"data":null,"path":["book","sequel"],"errors":[` +
					`{"message":"cannot return null for non-null field Book.nullNonNull (Int!)","path":["book","sequel","nullNonNull"]}]}`,
			},
		},
		{
			name: "a null payload leaves other payloads of the object",
			query: `{ book {
				... @defer(label: "a") { failsNonNull }
				... @defer(label: "b") { nullNonNull }
				... @defer(label: "c") { panicsNonNull }
				... @defer(label: "d") { pages }
			} }`,
			initial: `{"data":{"book":{}}`,
			payloads: []string{
				`{"data":null,"path":["book"],"label":"a","errors":[{"message":"broken","path":["book","failsNonNull"]}]}`,
				`{"data":null,"path":["book"],"label":"b","errors":[` +
					`{"message":"cannot return null for non-null field Book.nullNonNull (Int!)","path":["book","nullNonNull"]}]}`,
				`{"data":null,"path":["book"],"label":"c","errors":[{"message":"panic","path":["book","panicsNonNull"]}]}`,
				`{"data":{"pages":1},"path":["book"],"label":"d"}`,
			},
		},
		{
			name:    "a failed element makes its list null, without the payloads of earlier elements",
			query:   `{ books { ... @defer { nodes { ... @defer { name } failsInSequel } } } }`,
			initial: `{"data":{"books":{}}`,
			payloads: []string{
				`{"data":{"nodes":null},"path":["books"],"errors":[{"message":"broken","path":["books","nodes",1,"failsInSequel"]}]}`,
			},
		},
		{
			name:     "a fragment that is spread twice in a deferred one",
			query:    `{ book { ... @defer { ...N ...N } } } fragment N on Book { name }`,
			initial:  `{"data":{"book":{}}`,
			payloads: []string{`{"data":{"name":"A"},"path":["book"]}`},
		},
		{
			name:    "a failed non-null field makes its nullable parent null, without the payloads below",
			query:   `{ book { ... @defer { sequel { ... @defer { name } failsNonNull } } } }`,
			initial: `{"data":{"book":{}}`,
			payloads: []string{
				`{"data":{"sequel":null},"path":["book"],"errors":[{"message":"broken","path":["book","sequel","failsNonNull"]}]}`,
			},
		},
		{
			name:    "a null element makes its list null",
			query:   `{ book { ... @defer { tags } } }`,
			initial: `{"data":{"book":{}}`,
			payloads: []string{
				`{"data":{"tags":null},"path":["book"],"errors":[` +
					`{"message":"cannot return null for non-null element of field Book.tags ([String!])","path":["book","tags",1]}]}`,
			},
		},
		{
			name:    "a failed element makes its list null, without the payloads below",
			query:   `{ books { ... @defer { nodes { ... @defer { name } failsNonNull } } } }`,
			initial: `{"data":{"books":{}}`,
			payloads: []string{
				`{"data":{"nodes":null},"path":["books"],"errors":[{"message":"broken","path":["books","nodes",0,"failsNonNull"]}]}`,
			},
		},
		{
			name:    "an error of the initial response",
			query:   `{ book { fails ... @defer { pages } } }`,
			initial: `{"errors":[{"message":"broken","path":["book","fails"]}],"data":{"book":{"fails":null}}`,
			payloads: []string{
				`{"data":{"pages":1},"path":["book"]}`,
			},
		},
		{
			name:    "an introspection field",
			query:   `{ things { ... @defer { __typename } } }`,
			initial: `{"data":{"things":[{},{}]}`,
			payloads: []string{
				`{"data":{"__typename":"Book"},"path":["things",0]}`,
				`{"data":{"__typename":"Author"},"path":["things",1]}`,
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			subsequent := `{"incremental":[` + strings.Join(test.payloads, ",") + `],"hasNext":false}`
			if test.payloads == nil {
				subsequent = `{"hasNext":false}`
			}
			want := []string{test.initial + `,"hasNext":true}`, subsequent}
			if got := newDeferServer().sendDeferred(t, test.query, test.variables); !slices.Equal(got, want) {
				t.Errorf("%s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// TestPayloadAboveTheLimitIsNull has three overlapping fragments. The last is omitted.
func TestPayloadAboveTheLimitIsNull(t *testing.T) {
	s := newDeferServer()
	s.maxRepeat = 60
	got := s.sendDeferred(t, `{ book {
		... @defer(label: "a") { name }
		... @defer(label: "b") { name }
		... @defer(label: "c") { name }
	} }`, "")
	const want = `{"incremental":[{"data":{"name":"A"},"path":["book"],"label":"a"},` +
		`{"data":null,"path":["book"],"label":"b","errors":[{"message":"too large","path":["book"]}]}],"hasNext":false}`
	if len(got) != 2 || got[1] != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestMissingResultMakesPayloadsNull has a complete result without data, and an error of another
// path, as if the errors of the payloads were omitted above a limit.
func TestMissingResultMakesPayloadsNull(t *testing.T) {
	for _, test := range []struct {
		name     string
		errors   gqlerror.List // of the complete result
		payloads []string
	}{
		{
			name:   "an error of another path",
			errors: gqlerror.List{{Message: "too large", Path: ast.Path{ast.PathName("other")}}},
			payloads: []string{
				`{"data":null,"path":["books","nodes",0],"errors":[{"message":"too large","path":["books","nodes",0]}]}`,
				`{"data":null,"path":["books","nodes",1],"errors":[{"message":"too large","path":["books","nodes",1]}]}`,
			},
		},
		{
			name:     "no error",
			payloads: []string{`{"data":null,"path":["books","nodes",0]}`, `{"data":null,"path":["books","nodes",1]}`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newDeferServer()
			executions := 0
			s.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
				if executions++; executions == 1 {
					return next(ctx)
				}
				return &graphql.Response{Errors: test.errors}
			})
			got := s.sendDeferred(t, `{ books { nodes { ... @defer { pages } } } }`, "")
			want := `{"incremental":[` + strings.Join(test.payloads, ",") + `],"hasNext":false}`
			if len(got) != 2 || got[1] != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// TestErrorOfSeveralNullsIsReportedOnce has an error without a path, which may explain each null.
func TestErrorOfSeveralNullsIsReportedOnce(t *testing.T) {
	s := newDeferServer()
	s.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		response := next(ctx)
		response.Errors = gqlerror.List{{Message: "late"}}
		return response
	})
	got := s.sendDeferred(t, `{ ... @defer { a: missing { name } b: missing { name } } }`, "")
	const want = `{"incremental":[{"data":{"a":null,"b":null},"path":[],"errors":[{"message":"late"}]}],"hasNext":false}`
	if len(got) != 2 || got[1] != want {
		t.Errorf("%s, want %s", got, want)
	}
}
