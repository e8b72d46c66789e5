package transport_test

import (
	"strings"
	"testing"

	"rowhouse/graph/servertest"
)

// TestUnusualMethodsAndURLsAreReadAsByOtherServers sends unusual query strings and methods.
func TestUnusualMethodsAndURLsAreReadAsByOtherServers(t *testing.T) {
	s := servertest.NewStateless()
	for _, test := range []unusualRequest{
		{
			name:   "GET with plus signs",
			method: "GET",
			target: usualTarget,
			status: 200,
		},
		{
			name:   "GET with empty variables", // Apollo Server: 400
			method: "GET",
			target: usualTarget + "&variables=",
			status: 200,
		},
		{
			name:   "GET with empty extensions", // likewise
			method: "GET",
			target: usualTarget + "&extensions=",
			status: 200,
		},
		{
			name:   "GET with empty everything",
			method: "GET",
			target: usualTarget + "&variables=&extensions=&operationName=&documentId=",
			status: 200,
		},
		{
			name:   "GET with null", // Apollo Server: 400
			method: "GET",
			target: usualTarget + "&variables=null&extensions=null",
			status: 200,
		},
		{
			name:     "GET with blank variables",
			method:   "GET",
			target:   usualTarget + "&variables=+",
			status:   400,
			contains: "variables must be a JSON object",
		},
		{
			name:     "GET with a list",
			method:   "GET",
			target:   usualTarget + "&variables=[]",
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
			target:   usualTarget + "&x=%zz",
			status:   400,
			contains: "the query string of the URL is malformed",
		},
		{
			name:   "GET with a body",
			method: "GET",
			target: usualTarget,
			body:   "[",
			status: 200,
		},

		{
			name:    "an empty Accept",
			body:    usualBody,
			headers: []string{"Accept", ""},
			status:  200,
		},
		{
			name:   "HEAD",
			method: "HEAD",
			target: usualTarget,
			status: 405,
		},
		{
			name:     "PATCH",
			method:   "PATCH",
			body:     usualBody,
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
		t.Run(test.name, func(t *testing.T) { test.check(t, s) })
	}
	for _, method := range []string{"HEAD", "OPTIONS", "PATCH"} { // load balancers send these without a tenant
		if w := s.Do(servertest.NewRequest(t, method, "/graphql", "")); w.Header().Get("Allow") == "" ||
			strings.Contains(w.Body.String(), "TENANT") {
			t.Errorf("%s without a tenant: %d %s", method, w.Code, w.Body)
		}
	}
}
