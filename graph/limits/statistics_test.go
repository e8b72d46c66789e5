package limits_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"rowhouse/graph/limits"
)

// parseDocument parses a document without validation.
func parseDocument(t *testing.T, document string) *ast.QueryDocument {
	t.Helper()
	parsed, err := parser.ParseQuery(&ast.Source{Input: document})
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// TestStatisticsCountFragmentsForEachOperation measures documents with fragments that are used
// several times, once and not at all.
func TestStatisticsCountFragmentsForEachOperation(t *testing.T) {
	for _, test := range []struct {
		name, document                           string
		selections, values, unknown, longestName int
	}{
		{
			name:        "fields and values",
			document:    `query($v: [Int] = [1, 2]) { abc: a(x: {yy: [1, ENUMS]}) { b @include(if: true) } }`,
			selections:  2,
			values:      8, // [1, 2], {yy: [1, ENUMS]}, true
			longestName: len("ENUMS"),
		},
		{
			name:        "a fragment with two spreads of one operation",
			document:    `{ ...f a { ...f } } fragment f on T { b c }`,
			selections:  5, // ...f, a, ...f, b, c
			longestName: 1,
		},
		{
			name:        "a fragment of two operations",
			document:    `query a { ...f } query b { ...f } fragment f on T { b c(x: 1) }`,
			selections:  6,
			values:      2,
			longestName: 1,
		},
		{
			name:        "a fragment inside a fragment",
			document:    `query a { ...f } query b { ...g } fragment f on T { ...g } fragment g on T { b }`,
			selections:  5,
			longestName: 1,
		},
		{
			name:        "an unused fragment, which spreads a used one",
			document:    `{ ...g } fragment f on T { longest ...g } fragment g on T { b }`,
			selections:  4,
			longestName: len("longest"),
		},
		{
			name:        "unknown fragments",
			document:    `query a { ...f ...x } query b { ...f } fragment f on T { b ...x ...y }`,
			selections:  9,
			unknown:     5,
			longestName: 1,
		},
		{
			name:        "a fragment inside itself",
			document:    `{ ...f } fragment f on T { a ...f }`,
			selections:  3,
			longestName: 1,
		},
		{
			name:        "an unused fragment inside itself",
			document:    `{ a } fragment f on T { b ...f }`,
			selections:  3,
			longestName: 1,
		},
		{
			name:        "directives of variables",
			document:    `query($v: Int @x(longest: [1, 2])) { a }`,
			selections:  1,
			values:      3,
			longestName: len("longest"),
		},
		{
			name:        "a label",
			document:    `{ ... @defer(label: "longest") { a } }`,
			selections:  2,
			values:      1,
			longestName: len("longest"),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := limits.DefaultLimits().CheckDocument(parseDocument(t, test.document))
			if err != nil {
				t.Fatal(err)
			}
			if s.Selections != test.selections || s.Values != test.values || s.UnknownFragments != test.unknown ||
				s.LongestName != test.longestName {
				t.Errorf("%+v", s)
			}
		})
	}
}

// smallLimits are limits of 3 for each figure of a document.
var smallLimits = limits.Limits{
	Depth: 3, Width: 3, RootFields: 3, Aliases: 3, Directives: 3, Name: 12, Fragments: 3, Selections: 12, Errors: 3,
}

// TestDocumentAtALimitIsAcceptedAndBeyondItRejected checks a document of each limit, and one that
// exceeds it by one.
func TestDocumentAtALimitIsAcceptedAndBeyondItRejected(t *testing.T) {
	for _, test := range []struct{ name, accepted, rejected, message string }{
		{
			name:     "depth",
			accepted: "{ a { a { a } } }",
			rejected: "{ a { a { a { a } } } }",
			message:  "the operation nests fields 4 deep, and may have 3",
		},
		{
			name:     "depth by fragments",
			accepted: "{ a { ...f } } fragment f on T { a { ... { a } } }",
			rejected: "{ a { a { ...f } } } fragment f on T { a { ... { a } } }",
			message:  "the operation nests fields 4 deep, and may have 3",
		},
		{
			name:     "width",
			accepted: "{ a { b c d } }",
			rejected: "{ a { b c d e } }",
			message:  "the operation has 4 sibling fields, and may have 3",
		},
		{
			name:     "width by fragments",
			accepted: "{ a { b ...f } } fragment f on T { c d }",
			rejected: "{ a { ...f ... { ...f } } } fragment f on T { c d }",
			message:  "the operation has 4 sibling fields, and may have 3",
		},
		{
			name:     "width of an unused fragment",
			accepted: "{ a } fragment f on T { b c d }",
			rejected: "{ a } fragment f on T { b c d e }",
			message:  "the fragment f has 4 sibling fields, and may have 3",
		},
		{
			name:     "aliases",
			accepted: "{ b: a { c: a ...f } } fragment f on T { d: a }",
			rejected: "{ b: a { c: a ...f ...f } } fragment f on T { d: a }",
			message:  "the operation has 4 aliases, and may have 3",
		},
		{
			name:     "directives",
			accepted: "query @x { a @x ...f } fragment f on T @x { a }",
			rejected: "query @x { a @x ...f @x } fragment f on T @x { a }",
			message:  "the operation has 4 directives, and may have 3",
		},
		{
			name:     "names",
			accepted: "{ a(b: twelve_bytes) }",
			rejected: "{ a(b: thirteen_byte) }",
			message:  "a name or a label of 13 bytes, and it may have 12",
		},
		{
			name:     "fragments",
			accepted: "{ a } fragment f on T { a } fragment g on T { a } fragment h on T { a }",
			rejected: "{ a } fragment f on T { a } fragment g on T { a } fragment h on T { a } fragment i on T { a }",
			message:  "the document has 4 fragments, and may have 3",
		},
		{
			name:     "selections and tens of values",
			accepted: "query a { ...f } query b { ...f } query c { ...f } fragment f on T { a b(x: 1) c(x: 1) }",
			rejected: "query a { ...f } query b { ...f } query c { ...f } fragment f on T { a b(x: 1) c(x: [1, 2]) }",
			message:  "has 13 fields, fragments and tens of values, counted for each operation, and may have 12",
		},
		{
			name:     "unknown fragments",
			accepted: "{ ...f ...g ...h }",
			rejected: "{ ...f ...g ...h ...i }",
			message:  "the document spreads 4 fragments that it does not define",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := smallLimits.CheckDocument(parseDocument(t, test.accepted)); err != nil {
				t.Errorf("%s: %v", test.accepted, err)
			}
			_, err := smallLimits.CheckDocument(parseDocument(t, test.rejected))
			if err == nil || !strings.Contains(err.Message, test.message) {
				t.Errorf("%s: %v", test.rejected, err)
			}
		})
	}
}

// TestRootFieldsHaveALimitOfTheirOwn has fewer root fields than the limit of sibling fields.
func TestRootFieldsHaveALimitOfTheirOwn(t *testing.T) {
	l := smallLimits
	l.RootFields = 2
	if _, err := l.CheckDocument(parseDocument(t, "{ a { b c d } ...f } fragment f on T { a b }")); err == nil ||
		!strings.Contains(err.Message, "the operation has 3 root fields, and may have 2") {
		t.Error(err)
	}
	if _, err := l.CheckDocument(parseDocument(t, "{ a { b c d } ...f } fragment f on T { b }")); err != nil {
		t.Error(err)
	}
}

// TestEachLimitMustBePositive sets each limit to 0.
func TestEachLimitMustBePositive(t *testing.T) {
	if err := limits.DefaultLimits().Check(); err != nil {
		t.Error(err)
	}
	for _, test := range []struct {
		name   string
		change func(*limits.Limits)
	}{
		{
			name:   "Body",
			change: func(l *limits.Limits) { l.Body = 0 },
		},
		{
			name:   "Depth",
			change: func(l *limits.Limits) { l.Depth = -1 },
		},
		{
			name:   "Time",
			change: func(l *limits.Limits) { l.Time = 0 },
		},
		{
			name:   "Buffered",
			change: func(l *limits.Limits) { l.Buffered = 0 },
		},
	} {
		l := limits.DefaultLimits()
		test.change(&l)
		if err := l.Check(); err == nil || err.Error() != "limits: "+test.name+" must be at least 1" {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
