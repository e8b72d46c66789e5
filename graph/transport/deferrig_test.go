package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"rowhouse/graph/transport"
)

// library is a schema with objects, lists, interfaces, connections and errors.
const library = `
	scalar Any
	type Query {
		book: Book!
		missing: Book
		panics: Int
		books(first: Int): BookConnection!
		things: [Thing!]!
	}
	type Mutation { addBook: Book! }
	type Subscription { book: Book! }
	type BookConnection { totalCount: Int! nodes: [Book!] }
	interface Thing { name: String! }
	type Book implements Thing {
		name: String!
		pages: Int
		author: Author!
		sequel: Book
		fails: Int
		failsNonNull: Int!
		nullNonNull: Int!
		panicsNonNull: Int!
		failsInSequel: Int!
		tags: [String!]
		invalid: String
		anything: Any!
		related: Thing
	}
	type Author implements Thing { name: String! books: [Book!]! }`

// deferServer is a server of the library.
type deferServer struct {
	*handler.Server
	calls     map[string]int // of the resolvers of books, panics, addBook and related
	maxRepeat int64          // for TrackDeferred
}

func newDeferServer() *deferServer {
	s := &deferServer{calls: map[string]int{}, maxRepeat: 1000}
	first, second := object{"__typename": "Book", "name": "A", "pages": 1}, object{"name": "B", "pages": 2}
	for _, book := range []object{first, second} {
		book["fails"] = errors.New("broken")
		book["failsNonNull"] = errors.New("broken")
	}
	first["panicsNonNull"] = resolver(func(context.Context) any { panic("hunter2") })
	one := 1
	first["failsInSequel"], second["failsInSequel"] = &one, errors.New("broken")
	second["nullNonNull"] = (*int)(nil)
	first["anything"] = graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, "null") })
	first["invalid"] = graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, "no JSON") })
	author := object{"__typename": "Author", "name": "Ann", "books": []any{first, second}}
	first["related"] = resolver(func(context.Context) any {
		if s.calls["related"]++; s.calls["related"] > 1 {
			return errors.New("broken")
		}
		return author
	})
	first["author"], first["sequel"], first["tags"] = author, second, []any{"x", nil}
	schema := newMapSchema(library, object{
		"book":   first,
		"things": []any{first, author},
		"panics": resolver(func(context.Context) any {
			s.calls["panics"]++
			panic("hunter2")
		}),
		"books": resolver(func(ctx context.Context) any {
			s.calls["books"]++
			if transport.SelectsOnlyTotalCount(ctx) {
				return object{"totalCount": 2}
			}
			return object{"totalCount": 2, "nodes": []any{first, second}}
		}),
	}, object{
		"addBook": resolver(func(context.Context) any {
			s.calls["addBook"]++
			return first
		}),
	})
	s.Server = handler.New(schema)
	s.AddTransport(&transport.HTTP{
		WriteError: writeError,
		MaxBody:    1000,
		MaxTime:    time.Minute,
		Acquire:    acquireAny,
		Schema:     schema.schema,
		TrackDeferred: func(context.Context) func(int64) error {
			return func(bytes int64) error {
				if bytes > s.maxRepeat {
					return errors.New("too large")
				}
				return nil
			}
		},
	})
	s.SetValidationRulesFn(func() *rules.Rules {
		r := rules.NewDefaultRules()
		r.AddRule(transport.DeferRule.Name, transport.DeferRule.RuleFunc)
		return r
	})
	s.SetRecoverFunc(func(context.Context, any) error { return errors.New("panic") })
	s.SetErrorPresenter(func(ctx context.Context, err error) *gqlerror.Error {
		e := graphql.DefaultErrorPresenter(ctx, err)
		message, _, _ := strings.Cut(e.Message, ":")
		return &gqlerror.Error{Message: message, Path: e.Path}
	})
	return s
}

const acceptDeferred = "multipart/mixed;deferSpec=20220824, application/json"

// sendDeferred sends an operation with its variables, and returns the parts of its response.
func (s *deferServer) sendDeferred(t *testing.T, query, variables string) []string {
	t.Helper()
	body := jsonBody(query, variables)
	w := send(t.Context(), s, "POST", "/", body, "Accept", acceptDeferred)
	const begin, middle, end = "\r\n---" + partHeader, "\r\n---" + partHeader, "\r\n-----\r\n"
	switch w.Header().Get("Content-Type") {
	case "application/json; charset=utf-8":
		return []string{w.Body.String()}
	case `multipart/mixed; boundary="-"; deferSpec=20220824`:
	default:
		t.Fatal(w.Code, w.Header(), w.Body)
	}
	text, hasBegin := strings.CutPrefix(w.Body.String(), begin)
	text, hasEnd := strings.CutSuffix(text, end)
	if w.Code != http.StatusOK || !hasBegin || !hasEnd {
		t.Fatalf("%d %q", w.Code, w.Body)
	}
	return strings.Split(text, middle)
}

// jsonBody returns the body of a POST request.
func jsonBody(query, variables string) string {
	text, err := json.Marshal(query)
	if err != nil {
		panic(err)
	}
	if variables == "" {
		variables = "null"
	}
	return `{"query": ` + string(text) + `, "variables": ` + variables + `}`
}
