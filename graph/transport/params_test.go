package transport_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// TestParametersAreParsed has well-formed requests, and malformed ones with their message.
func TestParametersAreParsed(t *testing.T) {
	const works = `"data":{"name":"test"}`
	for _, test := range []struct {
		name     string
		body     string // of a POST request
		get      string // the query string of a GET request
		status   int
		response string
	}{
		{
			name:     "a query",
			body:     `{"query": "{ name }"}`,
			status:   200,
			response: works,
		},
		{
			name:     "two members with the same name: the last counts",
			body:     `{"query": "{", "query": "{ name }"}`,
			status:   200,
			response: works,
		},
		{
			name:     "a byte order mark",
			body:     "\ufeff" + `{"query": "{ name }"}`,
			status:   200,
			response: works,
		},
		{
			name:     "a batch",
			body:     ` [{"query": "{ name }"}]`,
			status:   400,
			response: "batches are not supported",
		},
		{
			name:     "an empty body",
			status:   400,
			response: "one JSON object",
		},
		{
			name:     "an empty object",
			body:     "{}",
			status:   400,
			response: "there is neither",
		},
		{
			name:     "a name in another case",
			body:     `{"Query": "{ name }"}`,
			status:   400,
			response: "there is neither",
		},
		{
			name:     "a query and a document id",
			body:     `{"query": "{ name }", "documentId": "a"}`,
			status:   400,
			response: "not both",
		},
		{
			name:     "a number as the query",
			body:     `{"query": 1}`,
			status:   400,
			response: "the parameter query must not be a JSON number",
		},
		{
			name:     "a boolean as the variables",
			body:     `{"query": "{ name }", "variables": true}`,
			status:   400,
			response: "the parameter variables must not be a JSON boolean",
		},
		{
			name:     "an array as the extensions",
			body:     `{"query": "{ name }", "extensions": []}`,
			status:   400,
			response: "the parameter extensions must not be a JSON array",
		},
		{
			name:     "nulls",
			body:     `{"query": "{ name }", "variables": null, "operationName": null, "extensions": null}`,
			status:   200,
			response: works,
		},
		{
			name:     "an unpaired surrogate",
			body:     `{"query": "{ name }", "operationName": "\ud800"}`,
			status:   400,
			response: "the parameter operationName has an unpaired surrogate",
		},
		{
			name:     "an unpaired surrogate in a variable that is not declared",
			body:     `{"query": "{ name }", "variables": {"a": ["\ud800"]}}`,
			status:   200,
			response: works,
		},
		{
			name:     "a mutation by POST",
			body:     `{"query": "mutation { name }"}`,
			status:   200,
			response: "mutations are not supported",
		},

		{
			name:     "GET",
			get:      "query={name}",
			status:   200,
			response: works,
		},
		{
			name:     "GET with empty parameters",
			get:      "query={name}&variables=&extensions=&operationName=",
			status:   200,
			response: works,
		},
		{
			name:     "GET with an unknown parameter",
			get:      "query={name}&page=1",
			status:   200,
			response: works,
		},
		{
			name:     "GET with an operation name",
			get:      "query=query+a{name}+query+b{name}&operationName=b",
			status:   200,
			response: works,
		},
		{
			name:     "GET with the name of no operation",
			get:      "query=query+a{name}+query+b{name}&operationName=c",
			status:   200,
			response: "errors",
		},
		{
			name:     "GET with two queries",
			get:      "query={name}&query={name}",
			status:   400,
			response: "the parameter query was sent 2 times",
		},
		{
			name:     "GET with invalid UTF-8",
			get:      "query=%ff",
			status:   400,
			response: "the parameter query has invalid UTF-8",
		},
		{
			name:     "GET with a malformed query string",
			get:      "query=%zz",
			status:   400,
			response: "the query string of the URL is malformed",
		},
		{
			name:     "GET with malformed JSON",
			get:      "query={name}&variables={",
			status:   400,
			response: "the parameter variables must be a JSON object",
		},
		{
			name:     "GET with an array as the variables",
			get:      "query={name}&variables=[]",
			status:   400,
			response: "the parameter variables must not be a JSON array",
		},
		{
			name:     "a mutation by GET",
			get:      "query=mutation{name}",
			status:   405,
			response: "use POST",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := newServer(&quota{})
			w := send(t.Context(), server, "POST", "/", test.body)
			if test.get != "" {
				w = send(t.Context(), withQuery(server, test.get), "GET", "/", "")
			}
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.response) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if allow := w.Header().Get("Allow"); (allow != "") != (test.status == http.StatusMethodNotAllowed) {
				t.Errorf("Allow: %s", allow)
			}
		})
	}
}

// withQuery passes requests to next with a query string, which may be malformed.
func withQuery(next http.Handler, query string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL = &url.URL{Path: "/", RawQuery: query}
		next.ServeHTTP(w, r)
	})
}

// recorder is an extension that keeps the parameters of the last request.
type recorder struct{ *graphql.RawParams }

func (*recorder) ExtensionName() string                   { return "recorder" }
func (*recorder) Validate(graphql.ExecutableSchema) error { return nil }

func (r *recorder) MutateOperationParameters(_ context.Context, p *graphql.RawParams) *gqlerror.Error {
	r.RawParams = p
	return nil
}

// object is a JSON object.
type object = map[string]any

// TestExecutorGetsOnlyUsedExtensions has document ids, too: they become extensions.
func TestExecutorGetsOnlyUsedExtensions(t *testing.T) {
	longest := strings.Repeat("i", 128)
	byID := object{"persistedQuery": object{"version": 1, "sha256Hash": "ab"}}
	for _, test := range []struct {
		name string
		body string // of a POST request
		get  string // the query string of a GET request
		want object
	}{
		{
			name: "a document id",
			body: `{"documentId": "sha256:ab"}`,
			want: byID,
		},
		{
			name: "a document id by GET",
			get:  "documentId=ab",
			want: byID,
		},
		{
			name: "a persisted query",
			body: `{"extensions": {"persistedQuery": {"sha256Hash": "ab"}, "other": 1}}`,
			want: object{"persistedQuery": object{"sha256Hash": "ab"}},
		},
		{
			name: "a persisted query by GET",
			get:  `extensions={"persistedQuery":{"sha256Hash":"ab"}}`,
			want: object{"persistedQuery": object{"sha256Hash": "ab"}},
		},
		{
			name: "a persisted query with its document",
			body: `{"query": "{ name }", "extensions": {"persistedQuery": {}}}`,
			want: object{"persistedQuery": object{}},
		},
		{
			name: "only unused extensions",
			body: `{"query": "{ name }", "extensions": {"other": 1}}`,
		},
		{
			name: "an operation id",
			body: `{"query": "{ name }", "extensions": {"operationId": "` + longest + `"}}`,
			want: object{"operationId": longest},
		},
		{
			name: "an operation id that is too long",
			body: `{"query": "{ name }", "extensions": {"operationId": "` + longest + `i"}}`,
		},
		{
			name: "an operation id of another type",
			body: `{"query": "{ name }", "extensions": {"operationId": 1}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := sendRecorded(t, test.body, test.get); !reflect.DeepEqual(got.Extensions, test.want) {
				t.Errorf("%#v, want %#v", got.Extensions, test.want)
			}
		})
	}
}

// sendRecorded sends a POST request with a body, or a GET request, and returns the parameters that
// the executor gets.
func sendRecorded(t *testing.T, body, get string) *graphql.RawParams {
	server, got := newServer(&quota{}), &recorder{}
	server.Use(got)
	if body != "" {
		send(t.Context(), server, "POST", "/", body)
	} else {
		send(t.Context(), withQuery(server, get), "GET", "/", "")
	}
	if got.RawParams == nil {
		t.Fatal("the request is rejected")
	}
	return got.RawParams
}

// TestVariablesKeepTheirPrecisionAndErrors has integers that are no floats, and strings that are not
// Unicode, which become invalid Go strings.
func TestVariablesKeepTheirPrecisionAndErrors(t *testing.T) {
	for _, test := range []struct {
		name, json string
		want       any
	}{
		{
			name: "a large integer",
			json: `9007199254740993`,
			want: json.Number("9007199254740993"),
		},
		{
			name: "a surrogate pair",
			json: `"\ud83d\ude00"`,
			want: "😀",
		},
		{
			name: "a low surrogate",
			json: `"\ude00"`,
			want: "\ufffd\xff",
		},
		{
			name: "an escaped backslash before a u",
			json: `"\\ud800"`,
			want: `\ud800`,
		},
		{
			name: "another escape before hexadecimal digits",
			json: `"\bd800"`,
			want: "\bd800",
		},
		{
			name: "high surrogates among other values",
			json: `[1, "\ud83d", "\ud83d\u0041", {"m": null, "s": "\"\ud83d\ude00"}, [], {}, true]`,
			want: []any{json.Number("1"), "\ufffd\xff", "\ufffdA\xff", object{"m": nil, "s": `"😀`}, []any{}, object{}, true},
		},
		{
			name: "surrogates that are not adjacent escapes",
			json: `["\ud83dAude00", "\ud83d\fde00"]`,
			want: []any{"\ufffdAude00\xff", "\ufffd\fde00\xff"},
		},
		{
			name: "invalid UTF-8",
			json: "\"\xff\"",
			want: "\ufffd\xff",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := sendRecorded(t, `{"query": "{ name }", "variables": {"n": `+test.json+`, "k": "a"}}`, "")
			if want := (object{"n": test.want, "k": "a"}); !reflect.DeepEqual(got.Variables, want) {
				t.Errorf("%#v, want %#v", got.Variables, want)
			}
			if got.Query != "{ name }" {
				t.Errorf("the query is %q", got.Query)
			}
		})
	}
}
