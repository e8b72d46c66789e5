package transport_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// encoded returns a string in an encoding.
func encoded[W io.WriteCloser](t *testing.T, newEncoder func(io.Writer) W, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := newEncoder(&b)
	_, err := io.WriteString(w, text)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestUnusualRequestsAreReadAsByOtherServers sends unusual requests of clients, proxies and browsers.
// Apollo Server 5 (with Express) has the same responses, except where a comment says otherwise.
func TestUnusualRequestsAreReadAsByOtherServers(t *testing.T) {
	s := servertest.New(t)
	const (
		good  = `{"query": "{ library { slug } }"}`
		query = "/graphql?query=%7B+library+%7B+slug+%7D+%7D"
	)
	zipped := encoded(t, gzip.NewWriter, good)
	for _, test := range []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		contains                   string
	}{
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
			body:    encoded(t, gzip.NewWriter, good[:9]) + encoded(t, gzip.NewWriter, good[9:]),
			headers: []string{"Content-Encoding", "gzip"},
			status:  200,
		},
		{
			name:    "gzip of a BOM",
			body:    encoded(t, gzip.NewWriter, "\ufeff"+good),
			headers: []string{"Content-Encoding", "gzip"},
			status:  200,
		},
		{
			name:    "identity",
			body:    good,
			headers: []string{"Content-Encoding", "identity"},
			status:  200,
		},
		{
			name:    "no encoding",
			body:    good,
			headers: []string{"Content-Encoding", ""},
			status:  200,
		},
		{
			name:     "gzip that is none",
			body:     good,
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
			body:     encoded(t, zlib.NewWriter, good),
			headers:  []string{"Content-Encoding", "deflate"},
			status:   415,
			contains: "must be gzip",
		},
		{
			name:     "br", // likewise
			body:     good,
			headers:  []string{"Content-Encoding", "br"},
			status:   415,
			contains: "must be gzip",
		},
		{
			name:     "zstd",
			body:     good,
			headers:  []string{"Content-Encoding", "zstd"},
			status:   415,
			contains: "must be gzip",
		},
		{
			name:     "gzip twice",
			body:     encoded(t, gzip.NewWriter, zipped),
			headers:  []string{"Content-Encoding", "gzip, gzip"},
			status:   415,
			contains: "must be gzip",
		},

		{
			name:   "a BOM",
			body:   "\ufeff" + good,
			status: 200,
		},
		{
			name:     "two BOMs",
			body:     "\ufeff\ufeff" + good,
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
			body:    good,
			headers: []string{"Content-Type", "application/json; charset=utf8"},
			status:  200,
		},
		{
			name:    "charset=UTF8", // likewise
			body:    good,
			headers: []string{"Content-Type", "application/json;charset=UTF8"},
			status:  200,
		},
		{
			name:    "charset=UTF-8",
			body:    good,
			headers: []string{"Content-Type", "application/json; charset=UTF-8"},
			status:  200,
		},
		{
			name:    "a charset in quotes",
			body:    good,
			headers: []string{"Content-Type", `application/json; charset="utf-8"`},
			status:  200,
		},
		{
			name:    "a type in upper case",
			body:    good,
			headers: []string{"Content-Type", "APPLICATION/JSON"},
			status:  200,
		},
		{
			name:    "another parameter",
			body:    good,
			headers: []string{"Content-Type", "application/json; foo=bar"},
			status:  200,
		},
		{
			name:    "a semicolon",
			body:    good,
			headers: []string{"Content-Type", "application/json;"},
			status:  200,
		},
		{
			name:     "half a parameter",
			body:     good,
			headers:  []string{"Content-Type", "application/json; charset=latin1; foo"},
			status:   415,
			contains: "Content-Type",
		},
		{
			name:     "utf-16",
			body:     good,
			headers:  []string{"Content-Type", "application/json; charset=utf-16"},
			status:   415,
			contains: "charset must be utf-8",
		},
		{
			name:     "an apostrophe for a quote",
			body:     good,
			headers:  []string{"Content-Type", "application/json; charset='utf-8'"},
			status:   415,
			contains: "charset must be utf-8",
		},
		{
			name:     "two charsets",
			body:     good,
			headers:  []string{"Content-Type", "application/json; charset=utf-8; charset=latin1"},
			status:   415,
			contains: "Content-Type",
		},
		{
			name:     "the type of a response",
			body:     good,
			headers:  []string{"Content-Type", "application/graphql-response+json"},
			status:   415,
			contains: "Content-Type",
		},

		{
			name:   "a key twice",
			body:   `{"query": "{ nothing }", "query": "{ library { slug } }"}`,
			status: 200,
		},
		{
			name:   "a key in another case",
			body:   `{"query": "{ library { slug } }", "Query": "{ nothing }", "QUERY": "{ nothing }"}`,
			status: 200,
		},
		{
			name:     "only a key in another case",
			body:     `{"Query": "{ library { slug } }"}`,
			status:   400,
			contains: "there is neither",
		},
		{
			name:     "a list of operations",
			body:     "[" + good + "]",
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
			body:     good + "}",
			status:   400,
			contains: "one JSON object",
		},
		{
			name:   "white space around",
			body:   "\r\n\t " + good + "\n",
			status: 200,
		},
		{
			name:   "a query in the URL, too",
			target: "/graphql?query=%7Bnothing%7D",
			body:   good,
			status: 200,
		},
		{
			name:     "a query in the URL of a POST",
			target:   query,
			body:     "{}",
			status:   400,
			contains: "there is neither",
		},

		{
			name:   "GET with plus signs",
			method: "GET",
			target: query,
			status: 200,
		},
		{
			name:   "GET with empty variables", // Apollo Server: 400
			method: "GET",
			target: query + "&variables=",
			status: 200,
		},
		{
			name:   "GET with empty extensions", // likewise
			method: "GET",
			target: query + "&extensions=",
			status: 200,
		},
		{
			name:   "GET with empty everything",
			method: "GET",
			target: query + "&variables=&extensions=&operationName=&documentId=",
			status: 200,
		},
		{
			name:   "GET with null", // Apollo Server: 400
			method: "GET",
			target: query + "&variables=null&extensions=null",
			status: 200,
		},
		{
			name:     "GET with blank variables",
			method:   "GET",
			target:   query + "&variables=+",
			status:   400,
			contains: "variables must be a JSON object",
		},
		{
			name:     "GET with a list",
			method:   "GET",
			target:   query + "&variables=[]",
			status:   400,
			contains: "variables must not be a JSON array",
		},
		{
			name:     "GET with an empty query",
			method:   "GET",
			target:   "/graphql?query=",
			status:   400,
			contains: "there is neither",
		},
		{
			name:     "GET with a bad escape",
			method:   "GET",
			target:   query + "&x=%zz",
			status:   400,
			contains: "the query string of the URL is malformed",
		},
		{
			name:   "GET with a body",
			method: "GET",
			target: query,
			body:   "[",
			status: 200,
		},

		{
			name:    "an empty Accept",
			body:    good,
			headers: []string{"Accept", ""},
			status:  200,
		},
		{
			name:   "HEAD",
			method: "HEAD",
			target: query,
			status: 405,
		},
		{
			name:     "PATCH",
			method:   "PATCH",
			body:     good,
			status:   405,
			contains: "must be POST or GET",
		},
		{
			name:   "OPTIONS",
			method: "OPTIONS",
			status: 204,
		},
		{
			name:    "OPTIONS of an origin",
			method:  "OPTIONS",
			headers: []string{"Origin", "https://app.example.com"},
			status:  204,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			method, target, contains := test.method, test.target, test.contains
			if method == "" {
				method = http.MethodPost
			}
			if target == "" {
				target = "/graphql"
			}
			if test.status == http.StatusOK {
				contains = `"slug":"acme"`
			}
			headers := append([]string{"Content-Type", "application/json", tenancy.HeaderName, "acme"}, test.headers...)
			w := s.Do(servertest.NewRequest(t, method, target, test.body, headers...))
			if w.Code != test.status || !strings.Contains(w.Body.String(), contains) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if allowed := w.Header().Get("Allow"); (w.Code == 405 || w.Code == 204) != (allowed == "GET, POST, PUT, DELETE, OPTIONS") {
				t.Errorf("%d, Allow: %s", w.Code, allowed)
			}
			if encodings := w.Header().Get("Accept-Encoding"); (encodings == "gzip") != strings.Contains(test.contains, "must be gzip") {
				t.Errorf("%d, Accept-Encoding: %s", w.Code, encodings)
			}
		})
	}
	for _, method := range []string{"HEAD", "OPTIONS", "PATCH"} { // load balancers send these without a tenant
		if w := s.Do(servertest.NewRequest(t, method, "/graphql", "")); w.Header().Get("Allow") == "" ||
			strings.Contains(w.Body.String(), "TENANT") {
			t.Errorf("%s without a tenant: %d %s", method, w.Code, w.Body)
		}
	}
}

// TestDecodedBodiesAreLimited sends bodies at the limit and above it, and one of 300 kB
// that decodes to 300 MB.
func TestDecodedBodiesAreLimited(t *testing.T) {
	s := servertest.New(t)
	const limit, tenant = 1 << 20, `{"query": "{ library { slug } }"}`
	send := func(body string, encoding ...string) int {
		headers := append([]string{"Content-Type", "application/json", tenancy.HeaderName, "acme"}, encoding...)
		return s.Do(servertest.NewRequest(t, "POST", "/graphql", body, headers...)).Code
	}
	for length, status := range map[int]int{limit: 200, limit + 1: 413} {
		body := tenant + strings.Repeat(" ", length-len(tenant))
		if got := send(body); got != status {
			t.Errorf("%d bytes: %d", length, got)
		}
		if got := send(encoded(t, gzip.NewWriter, body), "Content-Encoding", "gzip"); got != status {
			t.Errorf("%d bytes, decoded: %d", length, got)
		}
	}
	bomb := encoded(t, gzip.NewWriter, strings.Repeat(" ", 300<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if got := send(bomb, "Content-Encoding", "gzip"); got != 413 {
		t.Error("300 MB:", got)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("to refuse %d bytes takes %d MiB of memory", len(bomb), used>>20)
	}
}

// TestOldFormsOfHTTPAreServed sends HTTP/1.0 and other old forms of requests.
func TestOldFormsOfHTTPAreServed(t *testing.T) {
	s := servertest.New(t)
	url := s.Listen(t)
	const body = `{"query": "{ library { slug } }"}`
	for _, test := range []struct{ name, version, headers, first, last string }{
		{
			name:    "HTTP/1.0",
			version: "1.0",
			first:   "HTTP/1.0 200 OK",
			last:    `"acme"}}}`,
		},
		{
			name:    "an expectation before the body",
			version: "1.1",
			headers: "Expect: 100-continue\r\n",
			first:   "HTTP/1.1 100 Continue",
			last:    `"acme"}}}`,
		},
		{
			name:    "another expectation",
			version: "1.1",
			headers: "Expect: more\r\n",
			first:   "HTTP/1.1 417 Expectation Failed",
		},
		{
			name:    "HTTP/1.0 and events",
			version: "1.0",
			headers: "Accept: text/event-stream\r\n",
			first:   "HTTP/1.0 200 OK",
			last:    "event: complete\ndata: \n\n",
		},
	} {
		conn := servertest.DialTCP(t, url)
		fmt.Fprintf(conn, "POST /graphql HTTP/%s\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"+
			"X-Tenant-ID: acme\r\n%sContent-Length: %d\r\n\r\n%s", test.version, test.headers, len(body), body)
		if err := conn.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(conn)
		first, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(test.name, err)
		}
		rest, _ := io.ReadAll(r)
		if strings.TrimSpace(first) != test.first || !strings.HasSuffix(string(rest), test.last) {
			t.Errorf("%s: %s%s", test.name, first, rest)
		}
	}
}
