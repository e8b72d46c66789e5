package transport_test

import (
	"strings"
	"testing"

	"rowhouse/graph/servertest"
)

// TestInvalidDeferIsRefused sends invalid labels, and @defer where it is not allowed. Each has one
// error.
func TestInvalidDeferIsRefused(t *testing.T) {
	s := servertest.New(t)
	const fragment = ` fragment F on Tenant { slug ... @defer(label: "f") { name } }`
	for _, test := range []struct{ name, query, message string }{
		{
			name:    "a variable",
			query:   `query($l: String) { tenant { ... @defer(label: $l) { slug } } }`,
			message: "the label of @defer must be a string",
		},
		{
			name:    "a variable in a fragment",
			query:   `query($l: String) { tenant { ...F } } fragment F on Tenant { ... @defer(label: $l) { slug } }`,
			message: "the label of @defer must be a string",
		},
		{
			name:    "null",
			query:   `{ tenant { ... @defer(label: null) { slug } } }`,
			message: "the label of @defer must be a string",
		},
		{
			name:    "the same twice",
			query:   `{ tenant { ... @defer(label: "a") { slug } ... @defer(label: "a") { name } } }`,
			message: `the label \"a\" is used twice`,
		},
		{
			name:    "the same at two places",
			query:   `{ tenant { ... @defer(label: "a") { slug } } tags { ... @defer(label: "a") { totalCount } } }`,
			message: `the label \"a\" is used twice`,
		},
		{
			name:    "the same in a fragment",
			query:   `{ tenant { ...F ... @defer(label: "f") { slug } } }` + fragment,
			message: `the label \"f\" is used twice`,
		},
		{
			name:    "the same, disabled",
			query:   `{ tenant { ... @defer(label: "a", if: false) { slug } ... @defer(label: "a") { name } } }`,
			message: `the label \"a\" is used twice`,
		},
		{
			name:    "the same as a block string",
			query:   `{ tenant { ... @defer(label: "a") { slug } ... @defer(label: """a""") { name } } }`,
			message: `the label \"a\" is used twice`,
		},
		{
			name:    "the same in two operations",
			query:   `query A { tenant { ... @defer(label: "a") { slug } } } query B { tenant { ... @defer(label: "a") { slug } } }`,
			message: `the label \"a\" is used twice`,
		},
		{
			name:    "no string",
			query:   `{ tenant { ... @defer(label: 1) { slug } } }`,
			message: "String cannot represent a non string value",
		},
		{
			name:    "a mutation's root",
			query:   `mutation { ... @defer { createTag(input: {name: "x", color: "#123456"}) { tag { id } } } }`,
			message: "root of a mutation",
		},
		{
			name: "a mutation's root, by name",
			query: `mutation { ...M @defer(if: false) } fragment M on Mutation { createTag(input: {name: "x", color: ` +
				`"#123456"}) { tag { id } } }`,
			message: "root of a mutation",
		},
		{
			name:    "a subscription's root",
			query:   `subscription { ... @defer { shelfChanged { shelf { id } } } }`,
			message: "not supported in a subscription",
		},
		{
			name:    "a subscription",
			query:   `subscription { shelfChanged { shelf { ...P } } } fragment P on Shelf { ... @defer { id } }`,
			message: "not supported in a subscription",
		},
		{
			name:    "a subscription with a condition that is true",
			query:   `subscription { shelfChanged { shelf { ... @defer(if: true) { id } } } }`,
			message: "not supported in a subscription",
		},
		{
			name: "a subscription with a condition that is a variable, or false",
			query: `subscription($c: Boolean = false) { shelfChanged { shelf { ... @defer(if: $c) { id } ... ` +
				`@defer(if: false) { key } } } }`,
		},
		{
			name:  "a fragment of one operation",
			query: `{ tenant { ...F } }` + fragment,
		},
		{
			name:  "a fragment that is used twice",
			query: `{ a: tenant { ...F } b: tenant { ...F } }` + fragment,
		},
		{
			name: "two labels",
			query: `{ tenant { ... @defer(label: "a") { slug } ... @defer(label: "b") { slug } ... @defer { slug } ... ` +
				`@defer { name } } }`,
		},
		{
			name: "labels of every script",
			query: `{ tenant { ... @defer(label: "é") { slug } ... @defer(label: "日本") { slug } ... @defer(label: ` +
				`"A") { slug } ... @defer(label: "a\"\\\n") { slug } } }`,
		},
	} {
		_, body := postDeferred(t, s, test.query)
		refused := strings.Contains(body, "GRAPHQL_VALIDATION_FAILED")
		if refused != (test.message != "") || refused && strings.Count(body, test.message) != 1 || strings.Contains(body, "INTERNAL") {
			t.Errorf("%s: %s", test.name, body)
		}
	}
}
