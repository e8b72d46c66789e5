package exec_test

import (
	"context"
	"errors"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/servertest"
	"rowhouse/graph/servertest/model"
)

// TestFieldsWithCodeAreResolvedBelowPlans has a field whose resolver can use any column.
func TestFieldsWithCodeAreResolvedBelowPlans(t *testing.T) {
	p := newPlanned(t, `{ book(id: "x") { key label(end: "?") t: title } }`)
	const want = `{"key":"WEB-1","label":"a 3?","t":"a"}`
	got, selection := p.run(t, nil, testBook)
	if got != want || selection != nil {
		t.Errorf("%s with the columns %v", got, selection)
	}
	if again, _ := p.run(t, nil, testBook); again != want {
		t.Error(again)
	}
}

// TestListsAreResolvedBelowPlans selects a list, whose column is the only one that is needed.
func TestListsAreResolvedBelowPlans(t *testing.T) {
	p := newPlanned(t, `{ reader(id: "x") { languages name } }`)
	got, selection := p.run(t, nil, &model.Reader{Name: "b", Languages: []string{"en"}})
	if got != `{"languages":["en"],"name":"b"}` || selection == nil {
		t.Errorf("%s with the columns %v", got, selection)
	}
}

// TestScalarsOfTheApplicationAreWrittenByItsCode replaces the code that writes a scalar.
func TestScalarsOfTheApplicationAreWrittenByItsCode(t *testing.T) {
	p := newPlanned(t, `{ card(id: "x") { barcode } }`)
	field := p.Generated["Card.barcode"]
	field.Resolve = func(context.Context, graphql.CollectedField, any) graphql.Marshaler { return graphql.MarshalInt(7) }
	p.Generated["Card.barcode"] = field
	if got, _ := p.run(t, nil, &model.Card{}); got != `{"barcode":7}` {
		t.Error(got)
	}
}

// TestResolversOfOneRowRunConcurrently has two resolvers that wait for each other.
func TestResolversOfOneRowRunConcurrently(t *testing.T) {
	p := newPlanned(t, `{ book(id: "x") { a: label b: label key } }`)
	field, arrived, both := p.Generated["Book.label"], make(chan bool, 2), make(chan bool)
	field.Resolve = func(ctx context.Context, f graphql.CollectedField, _ any) graphql.Marshaler {
		if arrived <- true; len(arrived) == 2 {
			close(both)
		}
		select {
		case <-both:
		case <-ctx.Done():
		}
		return graphql.MarshalString(f.Alias)
	}
	p.Generated["Book.label"] = field
	if got, _ := p.run(t, nil, testBook); got != `{"a":"a","b":"b","key":"WEB-1"}` {
		t.Error(got)
	}
}

// TestPanicsOfGeneratedCodeMakeOneFieldNull panics beside a field without an error.
func TestPanicsOfGeneratedCodeMakeOneFieldNull(t *testing.T) {
	p := newPlanned(t, `{ book(id: "x") { related { key } key } }`)
	field := p.Generated["Book.related"]
	field.Resolve = func(context.Context, graphql.CollectedField, any) graphql.Marshaler { panic("secret: hunter2") }
	p.Generated["Book.related"] = field
	ctx, o := p.newOperation(t, nil)
	o.RecoverFunc = func(context.Context, any) error { return errors.New("panic") }
	ctx = graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, o.RecoverFunc)
	got, _ := p.execute(ctx, t, o, testBook)
	if errs := graphql.GetErrors(ctx); got != `{"related":null,"key":"WEB-1"}` || len(errs) != 1 || errs[0].Path.String() != "book" {
		t.Errorf("%s with %v", got, errs)
	}
}

// TestPlansHaveFieldsWithCode counts the connections whose arguments are read: a plan reads those of a field once for all rows.
func TestPlansHaveFieldsWithCode(t *testing.T) {
	s := servertest.New(t)
	for _, key := range []string{"A", "B", "C"} {
		s.AddBook(servertest.Acme, s.AddShelf(servertest.Acme, key, key), "a", "b")
	}
	for _, list := range []string{"nodes { label }", "edges { node { label related { label } } }"} {
		before := s.Lists()
		s.Query(t, "acme", "{ shelves { nodes { bookCounts(by: GENRE) { count } books { "+list+" } } } }", nil)
		if n := s.Lists() - before; n != 2 {
			t.Errorf("%s: the arguments of %d connections", list, n)
		}
	}
}
