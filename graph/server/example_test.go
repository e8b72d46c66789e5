package server_test

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"rowhouse/graph/limits"
	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// A server needs a schema, limits, and a Resolver to find the tenant of a request. An application
// passes its own schema.
func Example() {
	schema := servertest.NewSchema(nil)
	handler := server.New(schema, server.Options{
		Limits:        limits.DefaultLimits(),
		Introspection: true,
		Resolve:       servertest.Resolve,
	}, slog.Default())
	s := httptest.NewServer(handler)
	defer s.Close()

	for _, tenant := range []string{"acme", "globex", "unknown"} {
		r, err := http.NewRequest(http.MethodPost, s.URL, strings.NewReader(`{"query": "{ library { slug } }"}`))
		if err != nil {
			log.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(tenancy.HeaderName, tenant)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			log.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			log.Fatal(err)
		}
		response.Body.Close()
		fmt.Println(response.StatusCode, strings.TrimSpace(string(body)))
	}
	// Output:
	// 200 {"data":{"library":{"slug":"acme"}}}
	// 200 {"data":{"library":{"slug":"globex"}}}
	// 403 {"errors":[{"message":"no such tenant may be used","extensions":{"code":"TENANT_UNAVAILABLE","requestId":""}}]}
}
