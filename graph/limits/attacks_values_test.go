package limits_test

import (
	"strings"
	"testing"

	"rowhouse/graph/servertest"
)

// TestAttacksByValuesAreFastAndSmall sends large, deep and invalid values, in variables and literals.
func TestAttacksByValuesAreFastAndSmall(t *testing.T) {
	s := servertest.New(t)
	s.Fill(servertest.Acme)
	for _, test := range []attack{
		{
			name:     "a condition that is null",
			query:    `{"query": "query($x: Boolean = true) { tenant @skip(if: $x) { slug } }", "variables": {"x": null}}`,
			code:     "BAD_USER_INPUT",
			contains: "not to be null",
		},
		{
			name: "one in a fragment",
			query: `{"query": "query($x: Boolean = true) { tenant { ...a } } fragment a on Tenant { ... @include(if: ` +
				`$x) { slug } }", "variables": {"x": null}}`,
			code:     "BAD_USER_INPUT",
			contains: "not to be null",
		},
		{
			name: "a filter 9,900 deep",
			query: `{"query": "query($w: BookFilter) {` + repeat(25, " a%d: books(where: $w) { totalCount }") +
				` }", "variables": {"w": ` + strings.Repeat(`{"not":`, 9_900) + "{}" + strings.Repeat("}", 9_900) + "}}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller filters",
		},
		{
			name: "a filter of 100,000, for each row",
			query: `{"query": "query($w: ReviewFilter) { books(first: 100) { nodes {` +
				repeat(45, " a%d: reviews(where: $w) { totalCount }") + ` } } }", "variables": {"w": {"and": [{}` +
				strings.Repeat(",{}", 100_000) + "]}}}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller filters",
		},
		{
			name: "a filter of 5,000, for each row",
			query: `{"query": "query($w: ReviewFilter) { books(first: 100) { nodes {` +
				repeat(45, " a%d: reviews(where: $w) { totalCount }") + ` } } }", "variables": {"w": {"and": [{}` +
				strings.Repeat(",{}", 5_000) + "]}}}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller filters",
		},
		{
			name: "200,000 numbers in a filter, 25 times",
			query: `{"query": "query($w: BookFilter) {` + repeat(25, " a%d: books(where: $w) { totalCount }") +
				` }", "variables": {"w": {"pages": {"in": [1` + strings.Repeat(",1", 200_000) + "]}}}}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller filters",
		},
		{
			name: "49,000 numbers in a filter, 2,000 times inside another",
			query: `{"query": "query($w: BookFilter!) { books(where: {or: [` + strings.Repeat("$w ", 2_000) +
				`]}) { totalCount } }", "variables": {"w": {"pages": {"in": [1` + strings.Repeat(",1", 48_999) + "]}}}}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller filters",
		},
		{
			name: "a text of 900 kB, for each row",
			query: `{"query": "query($x: String) { books(first: 100) { nodes { reviews(where: {body: {contains: $x}}) { ` +
				`nodes { id } } } } }", "variables": {"x": "` +
				strings.Repeat("a", 900_000) + `"}}`,
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller filters",
		},
		{
			name: "a filter 300 deep, for each row",
			query: `{"query": "query($w: ReviewFilter) { books(first: 100) { nodes { reviews(where: $w) { totalCount } } } ` +
				`}", "variables": {"w": ` +
				strings.Repeat(`{"not":`, 300) + "{}" + strings.Repeat("}", 300) + "}}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller filters",
		},
		{
			name:     "a null condition below __schema",
			query:    `{"query": "query($x: Boolean = true) { __schema { types { name @skip(if: $x) } } }", "variables": {"x": null}}`,
			code:     "BAD_USER_INPUT",
			contains: "not to be null",
		},
		{
			name: "wrong values in 300 operations",
			query: repeat(300, "query q%d { ...f } ") + "fragment f on Query { books(where: {pages: {in: [" +
				strings.Repeat("a ", 3_000) + "]}}) { totalCount } }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "counted for each operation",
		},
		{
			name: "a number of 900 kB, for each row",
			query: `{"query": "query($x: String) { books(first: 100) { nodes { reviews(where: {body: {contains: $x}}) { ` +
				`nodes { id } } } } }", "variables": {"x": ` +
				strings.Repeat("1", 900_000) + `}}`,
			code:     "BAD_USER_INPUT",
			contains: "String cannot represent a non string value",
		},
		{
			name: "an id of 900 kB that is a number, for each row",
			query: `{"query": "query($x: ID) { books(first: 100) { nodes { reviews(where: {id: {eq: $x}}) { nodes { id } } ` +
				`} } }", "variables": {"x": ` +
				strings.Repeat("1", 900_000) + `}}`,
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller filters",
		},
		{
			name: "45,000 wrong values",
			query: `{"query": "query($x: [ID!]!) { nodes(ids: $x) { id } }", "variables": {"x": [` +
				strings.Repeat("true,", 45_000) + `true]}}`,
			code:     "BAD_USER_INPUT",
			contains: "at least 20 values in variables are invalid",
		},
		{
			name: "45,000 halves of surrogate pairs",
			query: `{"query": "query($x: [ID!]!) { nodes(ids: $x) { id } }", "variables": {"x": [` +
				strings.Repeat(`"\udc00",`, 45_000) + `"\ud800"]}}`,
			code:     "BAD_USER_INPUT",
			contains: "at least 20 values in variables are invalid",
		},
		{
			name: "4,000 unknown fields",
			query: `{"query": "query($x: BookFilter) { books(where: $x) { totalCount } }", "variables": {"x": {` +
				repeat(4_000, `"a%d": 1, `) + `"a": 1}}}`,
			code:     "BAD_USER_INPUT",
			contains: "at least 20 values in variables are invalid",
		},
		{
			name: "an object with a name of 900 kB",
			query: `{"query": "query($x: BookFilter) { books(where: $x) { totalCount } }", "variables": {"x": {"` +
				strings.Repeat("a", 900_000) + `": 1}}}`,
			code:     "BAD_USER_INPUT",
			contains: "is not defined by type",
		},
		{
			name:     "a document of 2,000 halves of surrogate pairs",
			query:    `{ nodes(ids: [` + strings.Repeat(`"\ud800" `, 2_000) + `]) { id } }`,
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "validation errors",
		},
		{
			name:     "wrong literals of 900 kB",
			query:    `{ nodes(ids: [[` + strings.Repeat(`"`+strings.Repeat("a", 900)+`" `, 1_000) + `]]) { id } }`,
			code:     "GRAPHQL_VALIDATION_FAILED",
			contains: "ID cannot represent",
		},
		{
			name: "lists in each other, as variables, with a half of a pair",
			query: `{"query": "query($x: ID!) { node(id: $x) { id } }", "variables": {"x": ` + strings.Repeat("[", 9_000) +
				`"\ud800"` + strings.Repeat("]", 9_000) + `}}`,
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "nest",
		},
	} {
		t.Run(test.name, func(t *testing.T) { test.check(t, s) })
	}
}
