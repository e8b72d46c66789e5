package transport_test

import (
	"bufio"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
)

const tokenHeader = "X-GraphQL-Event-Stream-Token"

// streamClient is a client of graphql-sse's single connection mode.
type streamClient struct {
	t           *testing.T
	url, tenant string
	token       string
}

// reserve reserves an event stream.
func reserve(t *testing.T, url, tenant string) *streamClient {
	t.Helper()
	response := servertest.Call(t, http.MethodPut, url, tenant, "")
	token := response.Read(t)
	if response.StatusCode != http.StatusCreated || !regexp.MustCompile("^[A-Z2-7]{26}$").MatchString(token) ||
		!strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain") {
		t.Fatal(response.Status, token)
	}
	return &streamClient{t, url, tenant, token}
}

// call sends a request with the token, and returns the status and the body.
func (m *streamClient) call(method, parameters, body string) (int, string) {
	m.t.Helper()
	response := servertest.Call(m.t, method, m.url+parameters, m.tenant, body, tokenHeader, m.token)
	return response.StatusCode, response.Read(m.t)
}

// start starts an operation.
func (m *streamClient) start(id, query string) {
	m.t.Helper()
	if status, text := m.call(http.MethodPost, "", bodyOf(query, map[string]any{"operationId": id})); status != 202 || text != "" {
		m.t.Fatal(id, status, text)
	}
}

// openStream is an open event stream.
type openStream struct {
	*streamClient
	response servertest.Response
	lines    *bufio.Scanner
}

// open opens the event stream.
func (m *streamClient) open() *openStream {
	m.t.Helper()
	response := servertest.Call(m.t, http.MethodGet, m.url, m.tenant, "", "Accept", "text/event-stream", tokenHeader, m.token)
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || kind != "text/event-stream; charset=utf-8" {
		m.t.Fatal(response.Status, kind, response.Read(m.t))
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 32<<20)
	return &openStream{m, response, lines}
}

// Next returns the next event and its data, or "" at the end.
func (o *openStream) Next() (event string) {
	for o.lines.Scan() {
		if name, ok := strings.CutPrefix(o.lines.Text(), "event: "); ok && o.lines.Scan() {
			return name + " " + strings.TrimPrefix(o.lines.Text(), "data: ")
		}
	}
	return ""
}

// Expect reads events.
func (o *openStream) Expect(events ...string) {
	o.t.Helper()
	for _, want := range events {
		if got := o.Next(); got != want {
			o.t.Errorf("%s: %.500s, want %s", o.tenant, got, want)
		}
	}
}
