package exec_test

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/99designs/gqlgen/graphql"
	"github.com/shopspring/decimal"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/exec"
	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/graph/servertest/model"
	"rowhouse/model/relay"
)

// planned executes fields of the library's books with rows in memory.
type planned struct {
	exec.Schema
	document *ast.QueryDocument
}

// newPlanned returns a document with the plans that it keeps.
func newPlanned(t testing.TB, query string) *planned {
	t.Helper()
	schema := servertest.NewSchema(nil)
	document, errs := gqlparser.LoadQueryWithRules(schema.Schema(), query, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	kept := &exec.Plans{}
	p := &planned{schema.(exec.Planner).Plans(), document}
	p.MaxResponse, p.Definitions = 1<<20, schema.Schema()
	p.Kept = func(context.Context, *graphql.OperationContext) *exec.Plans { return kept }
	return p
}

// newOperation begins a request.
func (p *planned) newOperation(t testing.TB, variables map[string]any) (context.Context, *graphql.OperationContext) {
	t.Helper()
	o := &graphql.OperationContext{
		RawQuery: "{}", Doc: p.document, Operation: p.document.Operations[0], Variables: variables,
		ResolverMiddleware: func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
	}
	ctx := graphql.WithOperationContext(t.Context(), o)
	if err := p.MutateOperationContext(ctx, o); err != nil {
		t.Fatal(err)
	}
	return ctx, o
}

// execute executes the first field of an operation, and returns its JSON and the columns for its resolver.
func (p *planned) execute(ctx context.Context, t testing.TB, o *graphql.OperationContext, value any) (string, *relay.Selection) {
	t.Helper()
	field := graphql.CollectFields(o, o.Operation.SelectionSet, []string{"Query"})[0]
	ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Query", Field: field})
	var selection *relay.Selection
	result, err := p.intercept(ctx, o, func(ctx context.Context) (any, error) {
		selection = exec.SelectionOf(ctx)
		return value, nil
	})
	marshaler, ok := result.(graphql.Marshaler)
	if err != nil || !ok {
		t.Fatalf("%T, %v", result, err)
	}
	var b bytes.Buffer
	marshaler.MarshalGQL(&b)
	return b.String(), selection
}

// intercept calls a resolver in a response.
func (p *planned) intercept(ctx context.Context, o *graphql.OperationContext, resolve graphql.Resolver) (value any, err error) {
	p.InterceptResponse(ctx, func(ctx context.Context) *graphql.Response {
		value, err = o.ResolverMiddleware(ctx, resolve)
		return nil
	})
	return value, err
}

func (p *planned) run(t testing.TB, variables map[string]any, value any) (string, *relay.Selection) {
	t.Helper()
	ctx, o := p.newOperation(t, variables)
	return p.execute(ctx, t, o, value)
}

var testBook = &model.Book{
	Row: relay.Row[model.Book]{ID: relay.NewID()}, Key: "WEB-1", Title: "a", Genre: model.AllGenre[0], Pages: 3,
	Price: decimal.New(5, 0), UpdatedAt: time.Unix(1, 0), Version: 1,
}

// TestPlansAreKeptForEachSetOfConditions recognises a plan by its columns.
func TestPlansAreKeptForEachSetOfConditions(t *testing.T) {
	p := newPlanned(t, `query($a: Boolean!, $b: Boolean!) {
		book(id: "x") { title key @include(if: $a) ... F }
	} fragment F on Book { pages @skip(if: $b) }`)
	seen := map[*relay.Selection]string{}
	for range 3 {
		for _, a := range []bool{true, false} {
			for _, b := range []bool{true, false} {
				got, selection := p.run(t, map[string]any{"a": a, "b": b}, testBook)
				want := `{"title":"a"`
				if a {
					want += `,"key":"WEB-1"`
				}
				if !b {
					want += `,"pages":3`
				}
				if want += "}"; got != want {
					t.Errorf("a = %v, b = %v: %s", a, b, got)
				}
				if other, known := seen[selection]; known && other != got {
					t.Errorf("one plan wrote %s and %s", other, got)
				}
				seen[selection] = got
			}
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d plans were compiled for 4 sets of conditions", len(seen))
	}
}

// TestPlansWithManyConditionsAreCompiledPerRequest has nine variables.
func TestPlansWithManyConditionsAreCompiledPerRequest(t *testing.T) {
	var definitions, fields strings.Builder
	variables := map[string]any{}
	for i := range 9 {
		fmt.Fprintf(&definitions, "$v%d: Boolean! ", i)
		fmt.Fprintf(&fields, "f%d: title @include(if: $v%d) ", i, i)
		variables[fmt.Sprint("v", i)] = false
	}
	p := newPlanned(t, "query("+definitions.String()+`) { book(id: "x") { key `+fields.String()+"} }")
	_, first := p.run(t, variables, testBook)
	variables["v8"] = true
	if got, second := p.run(t, variables, testBook); got != `{"key":"WEB-1","f8":"a"}` || first == second {
		t.Error(got)
	}
}

// TestDocumentsKeepFewFields has a document whose plans are too large together.
func TestDocumentsKeepFewFields(t *testing.T) {
	var fields strings.Builder
	for i := range 300 {
		fmt.Fprintf(&fields, "f%d: title ", i)
	}
	p := newPlanned(t, `query($a: Boolean!) { book(id: "x") { key @include(if: $a) `+fields.String()+"} }")
	run := func(a bool) *relay.Selection {
		_, selection := p.run(t, map[string]any{"a": a}, testBook)
		return selection
	}
	first := run(true)
	if first != run(true) {
		t.Error("the plan is not kept")
	}
	if run(false); first == run(true) {
		t.Error("two plans of 600 fields are kept")
	}
}

// TestPlansDoNotKeepRequests ends when the garbage collector has removed a finished operation.
func TestPlansDoNotKeepRequests(t *testing.T) {
	p := newPlanned(t, `query($id: ID!, $a: Boolean!) {
		book(id: $id) { title @include(if: $a) genre createdAt tags { nodes { name } } }
	}`)
	newRequest := func() weak.Pointer[graphql.OperationContext] {
		ctx, o := p.newOperation(t, map[string]any{"id": "x", "a": true})
		field := graphql.CollectFields(o, o.Operation.SelectionSet, []string{"Query"})[0]
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Query", Field: field})
		_, err := p.intercept(ctx, o, func(context.Context) (any, error) { return (*model.Book)(nil), nil })
		if err != nil {
			t.Error(err)
		}
		return weak.Make(o)
	}
	o := newRequest()
	servertest.WaitUntil(t, "the operation is collected", func() bool { runtime.GC(); return o.Value() == nil })
	runtime.KeepAlive(p)
}

// TestRequestsCompileOnePlanAtOnce is for the race detector.
func TestRequestsCompileOnePlanAtOnce(t *testing.T) {
	p := newPlanned(t, `query($a: Boolean!) { book(id: "x") { title key @include(if: $a) } }`)
	var group sync.WaitGroup
	for i := range 20 {
		ctx, o := p.newOperation(t, map[string]any{"a": i%2 == 0})
		want := `{"title":"a"}`
		if i%2 == 0 {
			want = `{"title":"a","key":"WEB-1"}`
		}
		group.Go(func() {
			if got, _ := p.execute(ctx, t, o, testBook); got != want {
				t.Errorf("%s instead of %s", got, want)
			}
		})
	}
	group.Wait()
}

// TestVariablesOfOneRequestDoNotReachTheNext executes documents with variables that differ, in both executors.
func TestVariablesOfOneRequestDoNotReachTheNext(t *testing.T) {
	plans := servertest.New(t)
	gqlgen := plans.With(func(o *server.Options) { o.NoPlans = true })
	shelf := plans.AddShelf(servertest.Acme, "WEB", "web")
	for i := range 5 {
		plans.AddBook(servertest.Acme, shelf, fmt.Sprint("book ", i), "b")
	}
	for query, variables := range map[string][]string{
		`query($n: Int = 1, $a: Boolean = true) {
			shelves { nodes { books(first: $n) { nodes { title @include(if: $a) key } totalCount @skip(if: $a) } } }
		}`: {`{}`, `{"n": 3}`, `{}`, `{"n": null}`, `{"a": false}`, `{}`, `{"a": null}`, `{"n": 2, "a": true}`, `{"n": -1}`, `{"n": 2}`},
		`query($w: BookFilter, $by: BookOrder) { shelves { nodes { books(first: 2, where: $w, orderBy: $by) { nodes { title } } } } }`: {
			`{}`, `{"w": {"title": {"eq": "book 1"}}}`, `{"w": null, "by": "TITLE_ASC"}`, `{"by": "TITLE_DESC"}`,
			`{"w": {"title": {"eq": null}}}`, `{}`,
		},
		`query($a: Boolean!) { shelves { nodes { key ... @include(if: $a) { name } ... @skip(if: $a) { name books { totalCount } } } } }`: {
			`{"a": true}`, `{"a": false}`, `{"a": true}`, `{}`, `{"a": false}`,
		},
	} {
		for _, v := range variables {
			body := fmt.Sprintf(`{"query": %q, "variables": %s}`, query, v)
			_, got := plans.Post(t, "acme", body)
			_, want := gqlgen.Post(t, "acme", body)
			got, want = requestID.ReplaceAllString(got, ""), requestID.ReplaceAllString(want, "")
			if got != want {
				t.Errorf("%s\n%s\n%s\nwant %s", query, v, got, want)
			}
		}
	}
}

// BenchmarkPlanOfRow executes a point read without a database.
func BenchmarkPlanOfRow(b *testing.B) {
	p := newPlanned(b, `{ book(id: "x") { id key title genre pages price version createdAt } }`)
	b.ReportAllocs()
	for b.Loop() {
		p.run(b, nil, testBook)
	}
}
