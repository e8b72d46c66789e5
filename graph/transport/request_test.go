package transport_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/transport"
)

// TestAcceptChoosesTheContentType asks for a query and for a subscription, as what a client
// accepts means another thing for each.
func TestAcceptChoosesTheContentType(t *testing.T) {
	const plain, response, events, parts = "application/json", "application/graphql-response+json", "text/event-stream", "multipart/mixed"
	for _, test := range []struct{ accept, query, subscription string }{ // "" is refused
		{accept: "", query: plain},
		{accept: " ", query: plain},
		{accept: "application/json", query: plain},
		{accept: "application/json;q=0"},
		{accept: "application/json;q=high, application/graphql-response+json;q=0.9", query: plain},
		{accept: "application/graphql-response+json", query: response},
		{accept: "application/graphql-response+json, application/json", query: response},
		{accept: "application/json, application/graphql-response+json", query: plain},
		{accept: "application/json;q=0.5, application/graphql-response+json;q=0.9", query: response},
		{accept: "*/*", query: plain},
		{accept: "application/*", query: plain},
		{accept: "image/png"},
		{accept: "image/png, */*;q=0.1", query: plain},
		{accept: "/, application/graphql-response+json", query: response},
		{accept: "application/graphql-response+json;q, application/json", query: plain},
		{accept: "text/event-stream", query: events, subscription: events},
		{accept: "text/event-stream;q=0, application/json", query: plain},
		{accept: "application/json, text/event-stream;q=0.5", query: plain, subscription: events},
		{accept: "multipart/mixed", query: plain},
		{accept: "multipart/mixed;q=0"},
		{accept: "multipart/mixed;deferSpec=20220824", query: plain},
		{accept: "multipart/mixed;deferSpec=20230621"},
		{accept: "multipart/mixed;incrementalSpec=v0.2"},
		{accept: "multipart/mixed;incrementalSpec=v0.2;subscriptionSpec=1.0"},
		{accept: "image/mixed;subscriptionSpec=1.0"},
		{accept: "multipart/mixed;subscriptionSpec=1.0", query: plain, subscription: parts},
		{accept: "multipart/mixed;subscriptionSpec=2.0"},
		{accept: "multipart/mixed;subscriptionSpec=1.0, text/event-stream", query: events, subscription: parts},
		{accept: "text/event-stream, multipart/mixed;subscriptionSpec=1.0", query: events, subscription: events},
		{accept: "text/event-stream;q=0.5, multipart/mixed;subscriptionSpec=1.0", query: events, subscription: parts},
		{accept: "multipart/mixed;subscriptionSpec=1.0;q=0.5, text/event-stream", query: events, subscription: events},
	} {
		want := test.query
		if want == "" || want == events {
			want = plain // for errors that are none of GraphQL's
		}
		if got := transport.ErrorContentType(&http.Request{Header: http.Header{"Accept": {test.accept}}}); got != want+"; charset=utf-8" {
			t.Errorf("Accept: %s: the type of errors is %s, not %s", test.accept, got, want)
		}
		for document, want := range map[string]string{"{ name }": test.query, "subscription { name }": test.subscription} {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				w := send(ctx, newStreaming(&quota{}), "POST", "/", `{"query": "`+document+`"}`, "Accept", test.accept)
				got, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
				if w.Code != http.StatusOK {
					got = ""
				}
				if got != want {
					t.Errorf("Accept: %s, for %s: %d %q, want %q", test.accept, document, w.Code, got, want)
				}
			})
		}
	}
}

// TestParametersAreRead has bodies and URLs that are right, or say what is wrong.
func TestParametersAreRead(t *testing.T) {
	const works = `"data":{"name":"test"}`
	for _, test := range []struct {
		name, method, url, body string
		status                  int
		response                string
	}{
		{name: "a query", body: `{"query": "{ name }"}`, status: 200, response: works},
		{name: "the last of two counts", body: `{"query": "{", "query": "{ name }"}`, status: 200, response: works},
		{name: "a byte order mark", body: "\ufeff" + `{"query": "{ name }"}`, status: 200, response: works},
		{name: "several operations", body: ` [{"query": "{ name }"}]`, status: 400, response: "batches are not supported"},
		{name: "nothing", body: "", status: 400, response: "one JSON object"},
		{name: "an empty object", body: "{}", status: 400, response: "there is neither"},
		{name: "another case", body: `{"Query": "{ name }"}`, status: 400, response: "there is neither"},
		{name: "both", body: `{"query": "{ name }", "documentId": "a"}`, status: 400, response: "not both"},
		{name: "a number", body: `{"query": 1}`, status: 400, response: "the parameter query must not be a JSON number"},
		{name: "a boolean", body: `{"query": "{ name }", "variables": true}`, status: 400, response: "the parameter variables must not be a JSON boolean"},
		{name: "an array", body: `{"query": "{ name }", "extensions": []}`, status: 400, response: "the parameter extensions must not be a JSON array"},
		{name: "nulls", body: `{"query": "{ name }", "variables": null, "operationName": null, "extensions": null}`, status: 200, response: works},
		{name: "a surrogate", body: `{"query": "{ name }", "operationName": "\ud800"}`, status: 400, response: "the parameter operationName has an unpaired surrogate"},
		{name: "a surrogate in a variable that is not declared", body: `{"query": "{ name }", "variables": {"a": ["\ud800"]}}`, status: 200, response: works},

		{name: "a GET", method: "GET", url: "?query={name}", status: 200, response: works},
		{name: "empty parameters", method: "GET", url: "?query={name}&variables=&extensions=&operationName=", status: 200, response: works},
		{name: "an unknown parameter", method: "GET", url: "?query={name}&page=1", status: 200, response: works},
		{name: "an operation's name", method: "GET", url: "?query=query+a{name}+query+b{name}&operationName=b", status: 200, response: works},
		{name: "a name of no operation", method: "GET", url: "?query=query+a{name}+query+b{name}&operationName=c", status: 200, response: "errors"},
		{name: "two queries", method: "GET", url: "?query={name}&query={name}", status: 400, response: "the parameter query was sent 2 times"},
		{name: "no UTF-8", method: "GET", url: "?query=%ff", status: 400, response: "the parameter query has invalid UTF-8"},
		{name: "no URL", method: "GET", url: "?query=%zz", status: 400, response: "the query string of the URL is malformed"},
		{name: "no JSON", method: "GET", url: "?query={name}&variables={", status: 400, response: "the parameter variables must be a JSON object"},
		{name: "no object", method: "GET", url: "?query={name}&variables=[]", status: 400, response: "the parameter variables must not be a JSON array"},
		{name: "a mutation by POST", body: `{"query": "mutation { name }"}`, status: 200, response: "mutations are not supported"},
		{name: "a mutation by GET", method: "GET", url: "?query=mutation{name}", status: 405, response: "use POST"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(test.body))
		if test.method != "" {
			r.Method, r.URL = test.method, &url.URL{Path: "/", RawQuery: strings.TrimPrefix(test.url, "?")}
		}
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		newStreaming(&quota{}).ServeHTTP(w, r)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.response) {
			t.Errorf("%s: %d %s", test.name, w.Code, w.Body)
		}
		if allow := w.Header().Get("Allow"); (allow != "") != (test.status == http.StatusMethodNotAllowed) {
			t.Errorf("%s: Allow: %s", test.name, allow)
		}
	}
}

// recorder keeps the parameters of the last request.
type recorder struct{ *graphql.RawParams }

func (*recorder) ExtensionName() string                   { return "recorder" }
func (*recorder) Validate(graphql.ExecutableSchema) error { return nil }
func (r *recorder) MutateOperationParameters(_ context.Context, p *graphql.RawParams) *gqlerror.Error {
	r.RawParams = p
	return nil
}

// TestParametersAreKept has what the executor gets: of extensions no more than it uses.
func TestParametersAreKept(t *testing.T) {
	type object = map[string]any
	longest := strings.Repeat("i", 128)
	for _, test := range []struct {
		name, body, url string // a POST of the body, or a GET
		want            graphql.RawParams
	}{
		{name: "a document", body: `{"documentId": "sha256:ab"}`, want: graphql.RawParams{Extensions: object{"persistedQuery": object{"version": 1, "sha256Hash": "ab"}}}},
		{name: "a document by GET", url: "documentId=ab", want: graphql.RawParams{Extensions: object{"persistedQuery": object{"version": 1, "sha256Hash": "ab"}}}},
		{name: "a persisted query", body: `{"extensions": {"persistedQuery": {"sha256Hash": "ab"}, "other": 1}}`, want: graphql.RawParams{Extensions: object{"persistedQuery": object{"sha256Hash": "ab"}}}},
		{name: "a persisted query by GET", url: `extensions={"persistedQuery":{"sha256Hash":"ab"}}`, want: graphql.RawParams{Extensions: object{"persistedQuery": object{"sha256Hash": "ab"}}}},
		{name: "a query beside it", body: `{"query": "{ name }", "extensions": {"persistedQuery": {}}}`, want: graphql.RawParams{Query: "{ name }", Extensions: object{"persistedQuery": object{}}}},
		{name: "other extensions", body: `{"query": "{ name }", "extensions": {"other": 1}}`, want: graphql.RawParams{Query: "{ name }"}},
		{name: "an id", body: `{"query": "{ name }", "extensions": {"operationId": "` + longest + `"}}`, want: graphql.RawParams{Query: "{ name }", Extensions: object{"operationId": longest}}},
		{name: "an id that is too long", body: `{"query": "{ name }", "extensions": {"operationId": "` + longest + `i"}}`, want: graphql.RawParams{Query: "{ name }"}},
		{name: "an id of another type", body: `{"query": "{ name }", "extensions": {"operationId": 1}}`, want: graphql.RawParams{Query: "{ name }"}},
		{name: "a large integer", body: `{"query": "{ name }", "variables": {"n": 9007199254740993}}`, want: graphql.RawParams{Query: "{ name }", Variables: object{"n": json.Number("9007199254740993")}}},
		{name: "a pair of surrogates", body: `{"query": "{ name }", "variables": {"n": "\ud83d\ude00"}}`, want: graphql.RawParams{Query: "{ name }", Variables: object{"n": "😀"}}},
		{name: "the second half of a pair", body: `{"query": "{ name }", "variables": {"n": "\ude00"}}`, want: graphql.RawParams{Query: "{ name }", Variables: object{"n": "\ufffd\xff"}}},
		{name: "a backslash before a u", body: `{"query": "{ name }", "variables": {"n": "\\ud800"}}`, want: graphql.RawParams{Query: "{ name }", Variables: object{"n": `\ud800`}}},
		{
			name: "half of a pair, among others", body: `{"query": "{ name }", "variables": {"n": [1, "\ud83d", "\ud83d\u0041", {"m": null, "s": "\"\ud83d\ude00"}, [], {}, true], "k": "a"}}`,
			want: graphql.RawParams{Query: "{ name }", Variables: object{
				"k": "a",
				"n": []any{json.Number("1"), "\ufffd\xff", "\ufffdA\xff", object{"m": nil, "s": `"😀`}, []any{}, object{}, true},
			}},
		},
		{
			name: "halves that no backslash joins", body: `{"query": "{ name }", "variables": {"n": ["\ud83dAude00", "\ud83d\fde00"]}}`,
			want: graphql.RawParams{Query: "{ name }", Variables: object{"n": []any{"\ufffdAude00\xff", "\ufffd\fde00\xff"}}},
		},
		{name: "another escape before digits", body: `{"query": "{ name }", "variables": {"n": "\bd800"}}`, want: graphql.RawParams{Query: "{ name }", Variables: object{"n": "\bd800"}}},
		{name: "invalid UTF-8", body: `{"query": "{ name }", "variables": {"n": "` + "\xff" + `"}}`, want: graphql.RawParams{Query: "{ name }", Variables: object{"n": "\ufffd\xff"}}},
	} {
		server, got := newStreaming(&quota{}), &recorder{}
		server.Use(got)
		if test.url == "" {
			send(t.Context(), server, "POST", "/", test.body)
		} else {
			send(t.Context(), server, "GET", "/?"+test.url, "")
		}
		if got.RawParams == nil {
			t.Errorf("%s: refused", test.name)
			continue
		}
		if !reflect.DeepEqual(got.Variables, test.want.Variables) || !reflect.DeepEqual(got.Extensions, test.want.Extensions) || got.Query != test.want.Query {
			t.Errorf("%s: %#v %#v %q", test.name, got.Variables, got.Extensions, got.Query)
		}
	}
}

// TestUnpairedSurrogatesAreFound has also what is no JSON: the strings of a document may be broken.
func TestUnpairedSurrogatesAreFound(t *testing.T) {
	for text, want := range map[string]bool{
		``: false, `a`: false, `\`: false, `a\`: false, `\u`: false, `\u12`: false, `\ud80`: false, `\\ud800`: false,
		`\ud800`: true, `a\uDFFF`: true, `\u0041\ud800`: true, `\ud83d\ude00`: false, `\ude00\ud83d`: true, `\ud83d\ud83d\ude00`: true,
		`\uZZ\ud800`: true, `\u{1}\ud800`: true, `\ud83d\u`: true, `\ue000`: false, `\ud7ff`: false,
	} {
		if got := transport.HasUnpairedSurrogate([]byte(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

// TestBodiesAreDecoded has encodings, types and sizes of bodies; the server takes 1000 bytes.
func TestBodiesAreDecoded(t *testing.T) {
	padded := func(size int) string {
		const query = `{"query": "{ name }"}`
		return query + strings.Repeat(" ", size-len(query))
	}
	zipped := func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(text))
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, test := range []struct {
		name, contentType, encoding, body string
		status                            int
	}{
		{name: "as large as may be", body: padded(1000), status: 200},
		{name: "too large", body: padded(1001), status: 413},
		{name: "gzip", encoding: "gzip", body: zipped(padded(1000)), status: 200},
		{name: "its other name", encoding: "X-GZip", body: zipped(padded(100)), status: 200},
		{name: "no encoding", encoding: "identity", body: padded(100), status: 200},
		{name: "decodes to too much", encoding: "gzip", body: zipped(padded(1001)), status: 413},
		{name: "no gzip", encoding: "gzip", body: padded(100), status: 400},
		{name: "half of it", encoding: "gzip", body: zipped(padded(1000))[:25], status: 400},
		{name: "another encoding", encoding: "br", body: padded(100), status: 415},
		{name: "a charset", contentType: "application/json; charset=UTF-8", body: padded(100), status: 200},
		{name: "its other name", contentType: "application/json; charset=utf8", body: padded(100), status: 200},
		{name: "another charset", contentType: "application/json; charset=latin1", body: padded(100), status: 415},
		{name: "a parameter without a value", contentType: "application/json; charset", body: padded(100), status: 415},
		{name: "another type", contentType: "text/plain", body: padded(100), status: 415},
		{name: "no type", contentType: "/", body: padded(100), status: 415},
	} {
		headers := []string{"Content-Encoding", test.encoding}
		if test.contentType != "" {
			headers = append(headers, "Content-Type", test.contentType)
		}
		w := send(t.Context(), newStreaming(&quota{}), "POST", "/", test.body, headers...)
		if w.Code != test.status {
			t.Errorf("%s: %d %s", test.name, w.Code, w.Body)
		}
		if accept := w.Header().Get("Accept-Encoding"); (accept == "gzip") != (test.encoding == "br") {
			t.Errorf("%s: Accept-Encoding: %s", test.name, accept)
		}
	}
}

// TestMethodsAreAllowed has each method of HTTP.
func TestMethodsAreAllowed(t *testing.T) {
	handler := transport.AllowMethods(
		func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusMethodNotAllowed)
		},
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	for method, want := range map[string]int{
		"GET": 418, "POST": 418, "PUT": 418, "DELETE": 418, "OPTIONS": 204, "HEAD": 405, "PATCH": 405, "TRACE": 405, "CONNECT": 405, "QUERY": 405, "get": 405,
	} {
		w := send(t.Context(), handler, method, "/", "")
		if allow := w.Header().Get("Allow"); w.Code != want || (allow != "") != (want != 418) {
			t.Errorf("%s: %d, Allow: %s", method, w.Code, allow)
		}
	}
}
