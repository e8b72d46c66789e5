package exec_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/graph/servertest/model"
	"rowhouse/model/relay"
)

// TestLongResponsesAreNullByTheirErrors has an error in the last row of a page that is too long.
func TestLongResponsesAreNullByTheirErrors(t *testing.T) {
	plans := servertest.New(t, func(o *server.Options) { o.Limits.Response = 2_000 })
	gqlgen := plans.With(func(o *server.Options) { o.NoPlans = true })
	plans.AddBooks(servertest.Acme, 40, strings.Repeat("x", 100))
	const query = "{ books(first: 100) { nodes { summary genre reviews { totalCount } } } shelves { totalCount } }"
	for _, broken := range []bool{false, true} {
		want := `"code":"COMPLEXITY_LIMIT_EXCEEDED"`
		if broken {
			plans.Exec("UPDATE books SET genre = 'WESTERN' WHERE tenant_id = 1 ORDER BY id LIMIT 1")
			want = `"path":["books","nodes",39,"genre"]`
		}
		_, got := plans.Post(t, "acme", query)
		_, other := gqlgen.Post(t, "acme", query)
		got, other = requestID.ReplaceAllString(got, ""), requestID.ReplaceAllString(other, "")
		if got != other || !strings.Contains(got, want) {
			t.Errorf("%.500s\nwithout plans: %.500s", got, other)
		}
	}
}

// TestCodeOfTheApplicationRunsBeforeTheLimit has a scalar that panics when it is written, before or after the limit of the
// response.
func TestCodeOfTheApplicationRunsBeforeTheLimit(t *testing.T) {
	plans := servertest.New(t, func(o *server.Options) { o.Limits.Response = 400 })
	gqlgen := plans.With(func(o *server.Options) { o.NoPlans = true })
	r := &rows{ids: map[string][]string{}}
	for range 10 {
		reader := &model.Reader{Row: newRow[model.Reader](r, "Reader"), Name: "a", Role: model.AllReaderRole[0], Languages: []string{}}
		plans.Insert(servertest.Acme, reader)
		plans.Insert(servertest.Acme, &model.Card{
			Row: newRow[model.Card](r, "Card"), ReaderID: reader.ID, Serial: relay.UUID(relay.NewID()), Barcode: new("|"), Settings: "null",
		})
	}
	for _, test := range []struct{ order, want string }{
		{"DESC", "INTERNAL_SERVER_ERROR"}, // the first row of the page
		{"", "COMPLEXITY_LIMIT_EXCEEDED"},
	} {
		plans.Exec("UPDATE library_cards SET barcode = '|' WHERE tenant_id = 1")
		plans.Exec("UPDATE library_cards SET barcode = 'x' WHERE tenant_id = 1 ORDER BY id " + test.order + " LIMIT 1")
		_, got := plans.Post(t, "acme", "{ libraryCards { nodes { id barcode } totalCount } }")
		_, other := gqlgen.Post(t, "acme", "{ libraryCards { nodes { id barcode } totalCount } }")
		got, other = requestID.ReplaceAllString(got, ""), requestID.ReplaceAllString(other, "")
		if got != other || !strings.Contains(got, test.want) {
			t.Errorf("%.500s\nwithout plans: %.500s\nwant %s", got, other, test.want)
		}
	}
}

// TestPlansOfAResponseShareItsLimit executes long fields of one response, and then of another.
func TestPlansOfAResponseShareItsLimit(t *testing.T) {
	p := newPlanned(t, `{ search(text: "") { ... on Book { title } } }`)
	p.MaxResponse = 1_000
	rows := slices.Repeat([]model.SearchResult{testBook}, 60)
	for range 2 {
		ctx, o := p.newOperation(t, nil)
		field := graphql.CollectFields(o, o.Operation.SelectionSet, []string{"Query"})[0]
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Query", Field: field})
		var lengths []int
		p.InterceptResponse(ctx, func(ctx context.Context) *graphql.Response {
			for range 3 {
				value, err := o.ResolverMiddleware(ctx, func(context.Context) (any, error) { return rows, nil })
				if err != nil {
					t.Fatal(err)
				}
				var b bytes.Buffer
				value.(graphql.Marshaler).MarshalGQL(&b)
				lengths = append(lengths, b.Len())
			}
			return nil
		})
		if lengths[0] > 1_000 || lengths[1] > 1_000 || lengths[2] <= 1_000 {
			t.Errorf("the lengths are %d", lengths)
		}
	}
}

// TestNullRelationsAreErrors makes a relation without a row non-null.
func TestNullRelationsAreErrors(t *testing.T) {
	s := servertest.New(t)
	reader := &model.Reader{Name: "a", Role: model.AllReaderRole[0], Languages: []string{}}
	reader.Row = newRow[model.Reader](&rows{ids: map[string][]string{}}, "Reader")
	s.Insert(servertest.Acme, reader)
	card := servertest.NewSchema(nil).Schema().Types["Reader"].Fields.ForName("card").Type
	card.NonNull = true
	defer func() { card.NonNull = false }()
	_, got := s.Post(t, "acme", fmt.Sprintf(`{ reader(id: %q) { name card { id } } }`, reader.GlobalID()))
	const want = `{"errors":[{"message":"internal server error","path":["reader","card"],` +
		`"extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":""}}],"data":{"reader":null}}`
	if got = requestID.ReplaceAllString(got, `"requestId":""`); got != want {
		t.Error(got)
	}
	const logged = "cannot return null for non-null field Reader.card (Card!): the resolver returned nil"
	if log := s.Log.Take(); !strings.Contains(log, logged) {
		t.Error(log)
	}
}
