package transport_test

import (
	"cmp"
	"compress/gzip"
	"compress/zlib"
	"net/http"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// unusualRequest is a request of acme with its response. Apollo Server 5 (with Express) has the same
// responses, except where a comment says otherwise.
type unusualRequest struct {
	name     string
	method   string // POST if empty
	target   string // /graphql if empty
	body     string
	headers  []string
	status   int
	contains string // in a response whose status is not 200
}

// The usual requests.
const (
	usualBody   = `{"query": "{ tenant { slug } }"}`
	usualTarget = "/graphql?query=%7B+tenant+%7B+slug+%7D+%7D"
)

// check sends the request, and compares the response and its headers.
func (u unusualRequest) check(t *testing.T, s *servertest.Server) {
	contains := u.contains
	if u.status == http.StatusOK {
		contains = `"slug":"acme"`
	}
	headers := append([]string{"Content-Type", "application/json", tenancy.HeaderName, "acme"}, u.headers...)
	w := s.Do(servertest.NewRequest(t, cmp.Or(u.method, http.MethodPost), cmp.Or(u.target, "/graphql"), u.body, headers...))
	if w.Code != u.status || !strings.Contains(w.Body.String(), contains) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if allowed := w.Header().Get("Allow"); (w.Code == 405 || w.Code == 204) != (allowed == "GET, POST, PUT, DELETE, OPTIONS") {
		t.Errorf("%d, Allow: %s", w.Code, allowed)
	}
	if encodings := w.Header().Get("Accept-Encoding"); (encodings == "gzip") != strings.Contains(u.contains, "must be gzip") {
		t.Errorf("%d, Accept-Encoding: %s", w.Code, encodings)
	}
}

// TestUnusualBodiesAreReadAsByOtherServers sends unusual bodies of clients, proxies and browsers.
func TestUnusualBodiesAreReadAsByOtherServers(t *testing.T) {
	s := servertest.NewStateless()
	zipped := encodeBody(t, gzip.NewWriter, usualBody)
	for _, test := range []unusualRequest{
		{
			name:    "gzip",
			body:    zipped,
			headers: []string{"Content-Encoding", "gzip"},
			status:  200,
		},
		{
			name:    "GZIP",
			body:    zipped,
			headers: []string{"Content-Encoding", "GZIP"},
			status:  200,
		},
		{
			name:    "x-gzip", // Apollo Server: 415
			body:    zipped,
			headers: []string{"Content-Encoding", "x-gzip"},
			status:  200,
		},
		{
			name:    "gzip in two members",
			body:    encodeBody(t, gzip.NewWriter, usualBody[:9]) + encodeBody(t, gzip.NewWriter, usualBody[9:]),
			headers: []string{"Content-Encoding", "gzip"},
			status:  200,
		},
		{
			name:    "gzip of a BOM",
			body:    encodeBody(t, gzip.NewWriter, "\ufeff"+usualBody),
			headers: []string{"Content-Encoding", "gzip"},
			status:  200,
		},
		{
			name:    "identity",
			body:    usualBody,
			headers: []string{"Content-Encoding", "identity"},
			status:  200,
		},
		{
			name:    "no encoding",
			body:    usualBody,
			headers: []string{"Content-Encoding", ""},
			status:  200,
		},
		{
			name:     "gzip that is none",
			body:     usualBody,
			headers:  []string{"Content-Encoding", "gzip"},
			status:   400,
			contains: "does not match its Content-Encoding",
		},
		{
			name:     "gzip that is cut",
			body:     zipped[:len(zipped)-6],
			headers:  []string{"Content-Encoding", "gzip"},
			status:   400,
			contains: "does not match its Content-Encoding",
		},
		{
			name:     "gzip and more",
			body:     zipped + "more",
			headers:  []string{"Content-Encoding", "gzip"},
			status:   400,
			contains: "does not match its Content-Encoding",
		},
		{
			name:     "gzip of nothing",
			body:     "",
			headers:  []string{"Content-Encoding", "gzip"},
			status:   400,
			contains: "does not match its Content-Encoding",
		},
		{
			name:     "gzip that the header does not name",
			body:     zipped,
			status:   400,
			contains: "one JSON object",
		},
		{
			name:     "deflate", // Apollo Server decodes it
			body:     encodeBody(t, zlib.NewWriter, usualBody),
			headers:  []string{"Content-Encoding", "deflate"},
			status:   415,
			contains: "must be gzip",
		},
		{
			name:     "br", // likewise
			body:     usualBody,
			headers:  []string{"Content-Encoding", "br"},
			status:   415,
			contains: "must be gzip",
		},
		{
			name:     "zstd",
			body:     usualBody,
			headers:  []string{"Content-Encoding", "zstd"},
			status:   415,
			contains: "must be gzip",
		},
		{
			name:     "gzip twice",
			body:     encodeBody(t, gzip.NewWriter, zipped),
			headers:  []string{"Content-Encoding", "gzip, gzip"},
			status:   415,
			contains: "must be gzip",
		},

		{
			name:   "a BOM",
			body:   "\ufeff" + usualBody,
			status: 200,
		},
		{
			name:     "two BOMs",
			body:     "\ufeff\ufeff" + usualBody,
			status:   400,
			contains: "one JSON object",
		},
		{
			name:     "nothing but a BOM",
			body:     "\ufeff",
			status:   400,
			contains: "one JSON object",
		},
		{
			name:    "charset=utf8", // Apollo Server: 415
			body:    usualBody,
			headers: []string{"Content-Type", "application/json; charset=utf8"},
			status:  200,
		},
		{
			name:    "charset=UTF8", // likewise
			body:    usualBody,
			headers: []string{"Content-Type", "application/json;charset=UTF8"},
			status:  200,
		},
		{
			name:    "charset=UTF-8",
			body:    usualBody,
			headers: []string{"Content-Type", "application/json; charset=UTF-8"},
			status:  200,
		},
		{
			name:    "a charset in quotes",
			body:    usualBody,
			headers: []string{"Content-Type", `application/json; charset="utf-8"`},
			status:  200,
		},
		{
			name:    "a type in upper case",
			body:    usualBody,
			headers: []string{"Content-Type", "APPLICATION/JSON"},
			status:  200,
		},
		{
			name:    "another parameter",
			body:    usualBody,
			headers: []string{"Content-Type", "application/json; foo=bar"},
			status:  200,
		},
		{
			name:    "a semicolon",
			body:    usualBody,
			headers: []string{"Content-Type", "application/json;"},
			status:  200,
		},
		{
			name:     "half a parameter",
			body:     usualBody,
			headers:  []string{"Content-Type", "application/json; charset=latin1; foo"},
			status:   415,
			contains: "Content-Type",
		},
		{
			name:     "utf-16",
			body:     usualBody,
			headers:  []string{"Content-Type", "application/json; charset=utf-16"},
			status:   415,
			contains: "charset must be utf-8",
		},
		{
			name:     "an apostrophe for a quote",
			body:     usualBody,
			headers:  []string{"Content-Type", "application/json; charset='utf-8'"},
			status:   415,
			contains: "charset must be utf-8",
		},
		{
			name:     "two charsets",
			body:     usualBody,
			headers:  []string{"Content-Type", "application/json; charset=utf-8; charset=latin1"},
			status:   415,
			contains: "Content-Type",
		},
		{
			name:     "the type of a response",
			body:     usualBody,
			headers:  []string{"Content-Type", "application/graphql-response+json"},
			status:   415,
			contains: "Content-Type",
		},

		{
			name:   "a key twice",
			body:   `{"query": "{ nothing }", "query": "{ tenant { slug } }"}`,
			status: 200,
		},
		{
			name:   "a key in another case",
			body:   `{"query": "{ tenant { slug } }", "Query": "{ nothing }", "QUERY": "{ nothing }"}`,
			status: 200,
		},
		{
			name:     "only a key in another case",
			body:     `{"Query": "{ tenant { slug } }"}`,
			status:   400,
			contains: "there is neither",
		},
		{
			name:     "a list of operations",
			body:     "[" + usualBody + "]",
			status:   400,
			contains: "batches are not supported",
		},
		{
			name:     "an empty list",
			body:     "[]",
			status:   400,
			contains: "batches are not supported",
		},
		{
			name:     "null",
			body:     "null",
			status:   400,
			contains: "there is neither",
		},
		{
			name:     "a brace too many",
			body:     usualBody + "}",
			status:   400,
			contains: "one JSON object",
		},
		{
			name:   "white space around",
			body:   "\r\n\t " + usualBody + "\n",
			status: 200,
		},
		{
			name:   "a query in the URL, too",
			target: "/graphql?query=%7Bnothing%7D",
			body:   usualBody,
			status: 200,
		},
		{
			name:     "a query in the URL of a POST",
			target:   usualTarget,
			body:     "{}",
			status:   400,
			contains: "there is neither",
		},
	} {
		t.Run(test.name, func(t *testing.T) { test.check(t, s) })
	}
}
