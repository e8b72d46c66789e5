package exec_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/servertest/model"
	"rowhouse/model/relay"
)

var testReader = &model.Reader{Row: relay.Row[model.Reader]{ID: relay.NewID()}, Name: "b", Languages: []string{"en"}}

// TestRowsOfInterfacesHavePlans executes fields whose rows have several types, or come in a list.
func TestRowsOfInterfacesHavePlans(t *testing.T) {
	for _, test := range []struct {
		query string
		value any
		want  string
	}{
		{
			`{ node(id: "x") { __typename ... on Book { title label } ... on Reader { title: name } } }`, testBook,
			`{"__typename":"Book","title":"a","label":"a 3."}`,
		},
		{`{ node(id: "x") { ... on Reader { name } id } }`, testReader, `{"name":"b","id":"` + string(testReader.GlobalID()) + `"}`},
		{
			`{ nodes(ids: []) { __typename ... on Node { ... on Reader { languages } } } }`,
			[]relay.Node{testBook, nil, testReader},
			`[{"__typename":"Book"},null,{"__typename":"Reader","languages":["en"]}]`,
		},
		{`{ nodes(ids: []) { __typename } }`, []relay.Node{}, `[]`},
		{
			`{ search(text: "") { ... on Book { label key } ... on Reader { name } __typename } }`,
			[]model.SearchResult{testReader, testBook},
			`[{"name":"b","__typename":"Reader"},{"label":"a 3.","key":"WEB-1","__typename":"Book"}]`,
		},
	} {
		if got, selection := newPlanned(t, test.query).run(t, nil, test.value); got != test.want || selection != nil {
			t.Errorf("%s: %s with the columns %v", test.query, got, selection)
		}
	}
}

// TestValuesWithoutPlansAreLeftToGqlgen returns objects that are no rows, and a row that is no pointer.
func TestValuesWithoutPlansAreLeftToGqlgen(t *testing.T) {
	for query, value := range map[string]any{
		`{ node(id: "x") { id } }`:            &relay.Tenant{},
		`{ nodes(ids: []) { id } }`:           []relay.Node{testBook, &relay.Tenant{}},
		`{ search(text: "") { __typename } }`: []model.SearchResult{(*model.Book)(nil)},
		`{ book(id: "x") { title } }`:         *testBook,
		`{ books { totalCount } }`:            fmt.Stringer(nil),
	} {
		p := newPlanned(t, query)
		ctx, o := p.newOperation(t, nil)
		field := graphql.CollectFields(o, o.Operation.SelectionSet, []string{"Query"})[0]
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Query", Field: field})
		got, err := p.intercept(ctx, o, func(context.Context) (any, error) { return value, nil })
		if _, isPlanned := got.(graphql.Marshaler); isPlanned || err != nil {
			t.Errorf("%s: %T, %v", query, got, err)
		}
	}
}

// TestNullsInListsAreErrors has an element that must not be null.
func TestNullsInListsAreErrors(t *testing.T) {
	p := newPlanned(t, `{ search(text: "") { __typename } }`)
	ctx, o := p.newOperation(t, nil)
	ctx = graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, graphql.DefaultRecover)
	got, _ := p.execute(ctx, t, o, []model.SearchResult{testBook, nil})
	errs := graphql.GetErrors(ctx)
	var invalid *graphql.InvalidNullError
	if got != "null" || len(errs) != 1 || errs[0].Path.String() != "search[1]" || !errors.As(errs[0], &invalid) {
		t.Errorf("%s with %v", got, errs)
	}
}

// TestResolversOfAllRowsRunConcurrently has resolvers of three rows that wait for each other.
func TestResolversOfAllRowsRunConcurrently(t *testing.T) {
	p := newPlanned(t, `{ search(text: "") { ... on Book { label } } }`)
	field, arrived := p.Generated["Book.label"], sync.WaitGroup{}
	arrived.Add(3)
	field.Resolve = func(ctx context.Context, _ graphql.CollectedField, _ any) graphql.Marshaler {
		arrived.Done()
		arrived.Wait()
		return graphql.MarshalString(graphql.GetFieldContext(ctx).Path().String())
	}
	p.Generated["Book.label"] = field
	got, _ := p.run(t, nil, []model.SearchResult{testBook, testReader, testBook, testBook})
	if got != `[{"label":"search[0]"},{},{"label":"search[2]"},{"label":"search[3]"}]` {
		t.Error(got)
	}
}
