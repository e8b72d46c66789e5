package transport_test

import (
	"net/http"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// TestOtherRequestsAreRefused sends requests that no GraphQL client sends.
func TestOtherRequestsAreRefused(t *testing.T) {
	s := servertest.NewStateless()
	const query = `{"query": "{ tenant { slug } }"}`
	large := `{"query": "{ tenant { slug } }", "x": "` + strings.Repeat("x", 1<<20) + `"}`
	for _, test := range []struct {
		method, parameters, contentType, body string
		status                                int
	}{
		{
			method:      http.MethodPost,
			contentType: "application/json; charset=utf-8",
			body:        query,
			status:      200,
		},
		{
			method: http.MethodPost,
			body:   query,
			status: 415,
		},
		{
			method:      http.MethodPost,
			contentType: "text/plain",
			body:        query,
			status:      415,
		},
		{
			method:      http.MethodPost,
			contentType: "multipart/form-data; boundary=x",
			body:        query,
			status:      415,
		},
		{
			method:      http.MethodPost,
			contentType: "application/json",
			body:        large,
			status:      413,
		},
		{
			method:      http.MethodPatch,
			contentType: "application/json",
			body:        query,
			status:      405,
		},
		{
			method: http.MethodDelete,
			status: 400,
		},
		{
			method:     http.MethodGet,
			parameters: "?query={tenant{slug}}&variables={x",
			status:     400,
		},
		{
			method:     http.MethodGet,
			parameters: "?query={tenant{slug}}&extensions=x",
			status:     400,
		},
	} {
		w := s.Do(servertest.NewRequest(t, test.method, "/graphql"+test.parameters, test.body,
			"Content-Type", test.contentType, tenancy.HeaderName, "acme"))
		coded := strings.Contains(w.Body.String(), `"code":"BAD_USER_INPUT"`)
		if w.Code != test.status || coded != (test.status != 200) || w.Body.Len() > 1000 {
			t.Errorf("%s %s %s: %d %.300s", test.method, test.parameters, test.contentType, w.Code, w.Body)
		}
	}
}
