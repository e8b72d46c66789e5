package server_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/graph/servertest/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// TestGatewayHeaderIsNoPreflight sends a page's simple request of another origin. Behind a gateway
// that sets the tenant's header on each request, this header does not prove a preflight.
func TestGatewayHeaderIsNoPreflight(t *testing.T) {
	for _, behindGateway := range []bool{true, false} {
		s := servertest.NewStateless(func(o *server.Options) { o.TrustTenantHeader = behindGateway })
		for _, accept := range []string{"image/avif,*/*", "text/event-stream"} {
			for _, test := range []struct {
				header string
				proof  bool
			}{
				{header: "Accept-Language"},
				{header: "Apollo-Require-Preflight", proof: true},
				{header: "X-Apollo-Operation-Name", proof: true},
			} {
				w := s.Do(servertest.NewRequest(t, http.MethodGet, "/graphql?query={tenant{slug}}", "",
					tenancy.HeaderName, "acme", "Accept", accept, test.header, "x"))
				want := http.StatusOK
				if behindGateway && !test.proof {
					want = http.StatusBadRequest
				}
				if w.Code != want || w.Header().Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("%s %s: %d %s", accept, test.header, w.Code, w.Body)
				}
			}
		}
	}
}

// TestRequestIDIsReturned sends request ids, of which only valid ones are kept.
func TestRequestIDIsReturned(t *testing.T) {
	s := servertest.NewStateless()
	for _, test := range []struct {
		id   string
		kept bool
	}{
		{id: "abc-1.2_3", kept: true},
		{id: strings.Repeat("x", 64), kept: true},
		{},
		{id: "a b"},
		{id: "<script>"},
		{id: strings.Repeat("x", 65)},
	} {
		w := s.Do(servertest.NewRequest(t, http.MethodPost, "/graphql", "{}", server.RequestIDHeader, test.id))
		id := w.Header().Get(server.RequestIDHeader)
		if id == "" || (id == test.id) != test.kept || !strings.Contains(w.Body.String(), fmt.Sprintf(`"requestId":%q`, id)) {
			t.Errorf("%q became %q: %s", test.id, id, w.Body)
		}
	}
}

// TestUnexpectedErrorsAreHidden resolves fields that fail and panic. Clients learn the request's id,
// and the log has the error once.
func TestUnexpectedErrorsAreHidden(t *testing.T) {
	for _, test := range []struct{ name, document, data, logged string }{
		{
			name:     "an error of a nullable field",
			document: "{ tenant { slug } probe { error } }",
			data:     `{"tenant":{"slug":"acme"},"probe":{"error":null}}`,
			logged:   "hunter2",
		},
		{
			name:     "an error of a non-null field",
			document: "{ tenant { slug } probe { null } }",
			data:     `{"tenant":{"slug":"acme"},"probe":null}`,
			logged:   "hunter2",
		},
		{
			name:     "a panic",
			document: "{ tenant { slug } probe { panic } }",
			data:     `{"tenant":{"slug":"acme"},"probe":{"panic":null}}`,
			logged:   "panic: secret: hunter2",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := servertest.NewStateless()
			w := s.Do(servertest.NewRequest(t, http.MethodPost, "/graphql", servertest.Body(map[string]string{"query": test.document}),
				"Content-Type", "application/json", tenancy.HeaderName, "acme", server.RequestIDHeader, "r-1"))
			body := w.Body.String()
			for _, want := range []string{
				`"data":` + test.data, `"code":"INTERNAL_SERVER_ERROR"`, `"requestId":"r-1"`, `"message":"internal server error"`,
			} {
				if !strings.Contains(body, want) {
					t.Errorf("%s is missing: %s", want, body)
				}
			}
			for _, secret := range []string{"hunter2", "goroutine", "panic:"} {
				if strings.Contains(body, secret) {
					t.Errorf("the response has %q: %s", secret, body)
				}
			}
			if log := s.Log.String(); strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, test.logged) {
				t.Errorf("log: %s", log)
			}
			s.Query(t, "acme", "{ tenant { slug } }", nil)
		})
	}
}

// TestErrorsOfOneResponseAreLoggedTenTimes fails in 100 objects of a list.
func TestErrorsOfOneResponseAreLoggedTenTimes(t *testing.T) {
	s := servertest.NewStateless()
	_, response := s.Post(t, "acme", `{ probe { list(length: 100) { error } } }`)
	shown, logged := strings.Count(response, "INTERNAL_SERVER_ERROR"), strings.Count(s.Log.String(), "request failed")
	if shown != 20 || logged != 10 {
		t.Errorf("%d errors in the response, %d in the log", shown, logged)
	}
}

// TestNoCacheMayStoreAResponse sends one URL as two tenants and without a tenant. A cache would
// return the response of one to another.
func TestNoCacheMayStoreAResponse(t *testing.T) {
	s := servertest.NewStateless()
	for _, tenant := range []string{"acme", "globex", ""} {
		w := s.Do(servertest.NewRequest(t, http.MethodGet, "/graphql?query={tenant{slug}}", "", tenancy.HeaderName, tenant))
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%q: Cache-Control is %q", tenant, got)
		}
	}
}

// TestErrorsForClientsHaveCodes resolves fields whose errors are for clients.
func TestErrorsForClientsHaveCodes(t *testing.T) {
	s := servertest.New(t)
	theirs, missing := s.Fill(servertest.Globex), model.Books.GlobalID(relay.NewID())
	s.Query(t, "acme", `mutation { createTag(input: {name: "a"}) { tag { id } } }`, nil)
	shelf := string(s.AddShelf(servertest.Acme, "WEB", "web").GlobalID())
	for _, test := range []struct {
		name, document string
		contains       []string
	}{
		{
			name:     "a conflict",
			document: `mutation { createTag(input: {name: "a"}) { tag { id } } }`,
			contains: []string{`"code":"CONFLICT"`, `"message":"another tag has this name"`, `"path":["createTag"]`},
		},
		{
			name:     "an object of another tenant",
			document: fmt.Sprintf(`mutation { updateBook(input: {id: %q, title: "x"}) { book { id } } }`, theirs),
			contains: []string{`"code":"NOT_FOUND"`, `"message":"there is no Book with this id"`},
		},
		{
			name:     "an object that does not exist, in the same words",
			document: fmt.Sprintf(`mutation { updateBook(input: {id: %q, title: "x"}) { book { id } } }`, missing),
			contains: []string{`"code":"NOT_FOUND"`, `"message":"there is no Book with this id"`},
		},
		{
			name:     "one validation error",
			document: fmt.Sprintf(`mutation { createBook(input: {shelfId: %q, title: ""}) { book { id } } }`, shelf),
			contains: []string{
				`"code":"BAD_USER_INPUT"`, `"message":"input.title must have 1 to 200 characters, not all blank"`,
				`"fields":[{"path":["input","title"],"message":"must have 1 to 200 characters, not all blank"}]`, `"path":["createBook"]`,
			},
		},
		{
			name: "several validation errors",
			document: fmt.Sprintf(
				`mutation { createBook(input: {shelfId: %q, title: "", reviews: [{body: "b"}, {body: ""}]}) { book { id } } }`, shelf),
			contains: []string{
				`"code":"BAD_USER_INPUT"`, `{"path":["input","title"],"message":"must have 1 to 200 characters, not all blank"}`,
				`{"path":["input","reviews",1,"body"],"message":"must have 1 to 10000 characters, not all blank"}`,
			},
		},
		{
			name:     "a syntax error",
			document: "{ tenant { slug } } }",
			contains: []string{`"code":"GRAPHQL_PARSE_FAILED"`, `"locations":[{"line":1,"column":21}]`},
		},
		{
			name:     "no operation",
			document: "# { tenant { slug } }",
			contains: []string{`"code":"GRAPHQL_VALIDATION_FAILED"`, `"message":"no operation provided"`},
		},
		{
			name:     "an invalid directive",
			document: `mutation { ... @defer { createTag(input: {name: "b"}) { tag { id } } } }`,
			contains: []string{`"code":"GRAPHQL_VALIDATION_FAILED"`, "@defer can't be used at the root of a mutation"},
		},
		{
			name:     "several operations",
			document: "query A { tenant { slug } } query B { tenant { slug } }",
			contains: []string{`"code":"GRAPHQL_VALIDATION_FAILED"`, "the document has several operations: name one in operationName"},
		},
		{
			name:     "an operation that the document lacks",
			document: `{"query": "query A { tenant { slug } }", "operationName": "C"}`,
			contains: []string{`"code":"GRAPHQL_VALIDATION_FAILED"`, "operation C not found"},
		},
		{
			name:     "a validation error of a query",
			document: `{ books(first: -1) { totalCount } }`,
			contains: []string{`"code":"BAD_USER_INPUT"`, `"fields":[{"path":["first"],"message":"must be 0 to 100"}]`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, body := s.Post(t, "acme", test.document)
			for _, want := range test.contains {
				if !strings.Contains(body, want) {
					t.Errorf("%s is missing: %s", want, body)
				}
			}
		})
	}
	if log := s.Log.String(); log != "" {
		t.Errorf("log: %s", log)
	}
}

// TestUnavailableDatabasesHaveCodes resolves a field while the database is busy, does not respond,
// or the client disconnects.
func TestUnavailableDatabasesHaveCodes(t *testing.T) {
	for _, test := range []struct {
		name           string
		err            error
		code, retry    string
		level, message string
	}{
		{
			name:    "no free connection",
			err:     fmt.Errorf("secret: %w", tenancy.ErrBusy),
			code:    "RATE_LIMITED",
			retry:   `"retryAfter":10`,
			level:   "WARN",
			message: "all database connections are in use",
		},
		{
			name:    "an outage",
			err:     fmt.Errorf("secret: %w", tenancy.ErrOutage),
			code:    "TENANT_UNAVAILABLE",
			retry:   `"retryAfter":5`,
			level:   "WARN",
			message: "does not respond",
		},
		{
			name:    "another error",
			err:     errors.New("secret"),
			code:    "INTERNAL_SERVER_ERROR",
			level:   "ERROR",
			message: "internal server error",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := servertest.NewStateless()
			s.Fail(test.err)
			status, body := s.Post(t, "acme", "{ probe { error } }")
			if status != http.StatusOK || !strings.Contains(body, `"code":"`+test.code+`"`) || !strings.Contains(body, test.retry) ||
				!strings.Contains(body, test.message) || strings.Contains(body, "secret") {
				t.Errorf("%d %s", status, body)
			}
			if log := s.Log.String(); strings.Count(log, "level=") != 1 || !strings.Contains(log, "level="+test.level) ||
				!strings.Contains(log, "secret") {
				t.Errorf("log: %s", log)
			}
		})
	}
}
