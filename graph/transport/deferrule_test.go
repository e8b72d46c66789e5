package transport_test

import (
	"strings"
	"testing"
)

// TestDeferIsValidated has one validation error for each invalid document.
func TestDeferIsValidated(t *testing.T) {
	const named = ` fragment F on Book { ... @defer(label: "f") { name } }`
	for _, test := range []struct {
		name      string
		query     string
		variables string
		err       string // "" if the document is valid
	}{
		{
			name:      "a variable as the label",
			query:     `query($l: String) { book { ... @defer(label: $l) { name } } }`,
			variables: `{"l": "a"}`,
			err:       "the label of @defer must be a string",
		},
		{
			name:  "null as the label",
			query: `{ book { ... @defer(label: null) { name } } }`,
			err:   "the label of @defer must be a string",
		},
		{
			name:  "two fragments with the same label",
			query: `{ book { ... @defer(label: "a") { name } ... @defer(label: """a""") { pages } } }`,
			err:   `the label \"a\" is used twice`,
		},
		{
			name:  "a label of a fragment definition",
			query: `{ book { ...F ... @defer(label: "f") { pages } } }` + named,
			err:   `the label \"f\" is used twice`,
		},
		{
			name:  "the root of a mutation",
			query: `mutation { ... @defer { addBook { name } } }`,
			err:   "root of a mutation",
		},
		{
			name:  "a subscription",
			query: `subscription { book { ... @defer { name } } }`,
			err:   "not supported in a subscription",
		},
		{
			name:  "a subscription with a condition that is true",
			query: `subscription { book { ... @defer(if: true) { name } } }`,
			err:   "not supported in a subscription",
		},
		{
			name:  "a fragment definition in a subscription",
			query: `subscription { book { ...F } }` + named,
			err:   "not supported in a subscription",
		},
		{
			name:  "a fragment definition that is used twice",
			query: `{ a: book { ...F } b: book { ...F } }` + named,
		},
		{
			name:      "a subscription with a variable as the condition",
			query:     `subscription($c: Boolean!) { book { ... @defer(if: $c) { name } ... @defer(if: false) { pages } } }`,
			variables: `{"c": 1}`, // an error after validation: the schema has no subscriptions
			err:       "as Boolean",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := send(t.Context(), newDeferServer(), "POST", "/", jsonBody(test.query, test.variables), "Accept", "application/json")
			got, want := w.Body.String(), 1
			if test.err == "" {
				want = 0
			}
			if n := strings.Count(got, "message"); n != want || !strings.Contains(got, test.err) {
				t.Error(got)
			}
		})
	}
}
