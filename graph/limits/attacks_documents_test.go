package limits_test

import (
	"fmt"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
)

// TestAttacksByDocumentsAreFastAndSmall sends documents with many nodes, deep nesting, long names or a
// high complexity.
func TestAttacksByDocumentsAreFastAndSmall(t *testing.T) {
	s := servertest.New(t)
	s.Fill(servertest.Acme)
	const page = `nodes { books(first: 100) { nodes { reviews(first: 100) { nodes { body book { reviews(first: 100) ` +
		`{ nodes { body } } } } } } } }`
	for _, test := range []attack{
		{
			name:     "20,000 aliases",
			query:    "{" + repeat(20_000, "a%d: tenant { slug } ") + "}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "tokens",
		},
		{
			name:     "51 aliases",
			query:    "{ tenant {" + repeat(51, "a%d: slug ") + "} }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "51 aliases, and may have 50",
		},
		{
			name:     "an alias of 20 kB",
			query:    "{ tenant { " + strings.Repeat("a", 20_000) + ": slug } }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "a name or a label of 20000 bytes",
		},
		{
			name: "a label of 20 kB",
			query: "{ tenant { ...a } } fragment a on Tenant { ... @defer(label: \"" + strings.Repeat("a", 20_000) +
				"\") { slug } }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "a name or a label of 20000 bytes",
		},
		{
			name:     "26 root fields",
			query:    "{" + strings.Repeat("tenant { slug } ", 26) + "}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "26 root fields",
		},
		{
			name:     "1,000 sibling fields",
			query:    "{ tenant {" + strings.Repeat("slug ", 1000) + "} }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "1000 sibling fields",
		},
		{
			name:     "as many by fragments",
			query:    "{ tenant { ...a ...a ...a ...a } } fragment a on Tenant {" + strings.Repeat("slug ", 150) + "}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "600 sibling fields",
		},
		{
			name: "60 components' fragments (honest)",
			query: "{ tenant {" + repeat(60, "...f%d ") + "} }" +
				repeat(60, "fragment f%d on Tenant { id slug name createdAt id slug name createdAt } "),
			contains: `"slug"`,
		},
		{
			name:     "20,000 unknown directives",
			query:    "{ tenant { slug " + repeat(20_000, "@d%d ") + "} }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "tokens",
		},
		{
			name:     "2,000 unknown directives",
			query:    "{ tenant { slug " + repeat(2_000, "@d%d ") + "} }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "2000 directives",
		},
		{
			name:     "51 directives",
			query:    "{ tenant { slug " + strings.Repeat("@include(if: true) ", 51) + "} }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "51 directives",
		},
		{
			name:     "149 unknown fields",
			query:    "{ tenant {" + repeat(149, "slog%d ") + "} }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "149 validation errors; the first: Cannot query field",
		},
		{
			name: "940 unknown fields",
			query: "{ tenant {" + strings.Repeat("... { "+repeat(100, "slog%d ")+"} ", 1) + "} " +
				strings.Repeat("a: tenant { "+repeat(140, "slog%d ")+"} ", 6) + "}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "validation errors",
		},
		{
			name:     "2,400 deep",
			query:    strings.Repeat("{ a ", 2_400) + strings.Repeat("}", 2_400),
			code:     "GRAPHQL_PARSE_FAILED",
			contains: "nesting depth",
		},
		{
			name: "2^30 fields by fragments",
			query: chain(30, "{ tenant { ...f0 } }",
				"fragment f%d on Tenant { ...f%d ...f%[2]d }", "fragment f30 on Tenant { slug }"),
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "sibling fields",
		},
		{
			name: "2^30 in depth",
			query: chain(30, "{ shelves { nodes { ...f0 } } }", "fragment f%d on Shelf { books { nodes { shelf { ...f%d "+
				"} } } books { nodes { shelf { ...f%[2]d } } } }", "fragment f30 on Shelf { id }"),
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "deep",
		},
		{
			name:     "a fragment in itself",
			query:    "{ tenant { ...a } } fragment a on Tenant { ...a }",
			code:     "GRAPHQL_VALIDATION_FAILED",
			contains: "itself",
		},
		{
			name:     "1,600 fields in an unused fragment",
			query:    "{ tenant { slug } } fragment a on Book {" + strings.Repeat("a: key ", 1600) + "}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "fragment a has 1600 sibling fields",
		},
		{
			name:     "600 fragments in each other",
			query:    "{ tenant { ...f0 } }" + repeat(600, "fragment f%d on Tenant { ...f%[1]d0 } "),
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "600 fragments, and may have 100",
		},
		{
			name: "300 operations of a large fragment",
			query: repeat(300, "query q%d { ...f } ") + "fragment f on Query {" +
				strings.Repeat("books { nodes {"+strings.Repeat("key ", 145)+"} } ", 16) + "}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "counted for each operation",
		},
		{
			name:     "3,750 fields of one name",
			query:    "{" + strings.Repeat("books { nodes {"+strings.Repeat("id ", 150)+"} } ", 25) + "}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "3800 fields",
		},
		{
			name:     "950 fields of one name",
			query:    "{" + strings.Repeat("books { nodes {"+strings.Repeat("id ", 36)+"} } ", 25) + "}",
			contains: `"nodes"`,
		},
		{
			name:     "500 fields of one name",
			query:    "{ books { nodes {" + strings.Repeat("id ", 500) + "} } }",
			contains: `"nodes"`,
		},
		{
			name:     "1,600 unknown fragments",
			query:    "{ tenant {" + repeat(1_600, "...f%d ") + "} }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "1600 fragments that it does not define",
		},
		{
			name:     "950 unknown fragments",
			query:    "{ tenant {" + repeat(950, "...f%d ") + "} }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "950 fragments that it does not define",
		},
		{
			name:     "a name of 1 MB",
			query:    "{ books(where: {pages: {eq: " + strings.Repeat("a", 1_000_000) + "}}) { totalCount } }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "a name or a label of 1000000 bytes",
		},
		{
			name:     "a field of 1 MB",
			query:    "{ " + strings.Repeat("a", 1_000_000) + " }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "a name or a label of 1000000 bytes",
		},
		{
			name:     "an aliased field of 1 MB",
			query:    "{ a: " + strings.Repeat("a", 1_000_000) + " }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "1000000 bytes",
		},
		{
			name:     "an argument of 1 MB",
			query:    "{ books(" + strings.Repeat("a", 1_000_000) + ": 1) { totalCount } }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "a name or a label of 1000000 bytes",
		},
		{
			name:     "a key of 1 MB",
			query:    "{ books(where: {" + strings.Repeat("a", 1_000_000) + ": 1}) { totalCount } }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "a name or a label of 1000000 bytes",
		},
		{
			name: "an unknown field of 900 kB",
			query: `{"query": "query($w: BookFilter) { books(where: $w) { totalCount } }", "variables": {"w": {"` +
				strings.Repeat("a", 900_000) + `": 1}}}`,
			contains: "aaa…",
		},
		{
			name:     "100 million reviews",
			query:    "{ shelves(first: 100) { " + page + " } }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller pages",
		},
		{
			name: "the same by default sizes and variables",
			query: "query($n: Int = 100) { shelves { nodes { books(first: $n) { nodes { tags(last: $n) { edges { node { " +
				"id } } } } } } } }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller pages",
		},
		{
			name: "the same in fragments",
			query: "{ shelves(first: 100) { ...a } } fragment a on ShelfConnection { nodes { books(first: 100) { ...b } " +
				"} } fragment b on BookConnection { nodes { id key title pages genre rating } }",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller pages",
		},
		{
			name:     "the schema 25 times",
			query:    "{" + repeat(25, "a%d: __schema { types { name fields { name type { name } } } } ") + "}",
			code:     "COMPLEXITY_LIMIT_EXCEEDED",
			contains: "smaller pages",
		},
		{
			name:     "a body of 2 MiB",
			query:    `{"query": "{ tenant { slug } }", "variables": {"a": "` + strings.Repeat("a", 2<<20) + `"}}`,
			code:     "BAD_USER_INPUT",
			contains: "at most 1048576 bytes",
		},
		{
			name:     "a batch of 1,000",
			query:    "[" + strings.Repeat(`{"query": "{ tenant { slug } }"},`, 1000) + "{}]",
			code:     "BAD_USER_INPUT",
			contains: "batches are not supported",
		},
		{
			name:     "a query that is a number",
			query:    `{"query": 1}`,
			code:     "BAD_USER_INPUT",
			contains: "query must not be a JSON number",
		},
		{
			name:     "a text of 1 MB",
			query:    fmt.Sprintf("{ books(where: {title: {contains: %q}}) { totalCount } }", strings.Repeat("a", 1_000_000)),
			contains: `"totalCount": 0`,
		},
		{
			name:     "a number of 1 MB",
			query:    "{ books(first: " + strings.Repeat("9", 1_000_000) + ") { totalCount } }",
			contains: "errors",
		},
		{
			name:     "a comment of 1 MB",
			query:    "{ tenant { slug } } #" + strings.Repeat("x", 1_000_000),
			contains: "acme",
		},
		{
			name:     "an error for each of 100 rows",
			query:    `{ a: books(first: 100) { nodes { reviews(first: -1) { totalCount } } } }`,
			code:     "BAD_USER_INPUT",
			contains: "must be 0 to 100",
		},
	} {
		t.Run(test.name, func(t *testing.T) { test.check(t, s) })
	}
}
