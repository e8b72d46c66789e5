package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"rowhouse/graph/limits"
	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// A server needs a schema, limits, and a tenancy.Resolver to find the tenant of a request. An
// application passes its own schema.
func Example() {
	schema := servertest.NewSchema(nil)
	api := server.New(schema, server.Options{
		Limits:        limits.DefaultLimits(),
		Introspection: true,
		Resolve:       servertest.Resolve,
	}, slog.Default())
	s := httptest.NewServer(server.WithRequestID(api))
	defer s.Close()

	for _, tenant := range []string{"acme", "globex", "unknown"} {
		r, err := http.NewRequest(http.MethodPost, s.URL, strings.NewReader(`{"query": "{ tenant { slug } }"}`))
		if err != nil {
			fmt.Println(err)
			return
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(tenancy.HeaderName, tenant)
		r.Header.Set(server.RequestIDHeader, "request-1")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			fmt.Println(err)
			return
		}
		response.Body.Close()
		fmt.Println(response.StatusCode, strings.TrimSpace(string(body)))
	}
	// Output:
	// 200 {"data":{"tenant":{"slug":"acme"}}}
	// 200 {"data":{"tenant":{"slug":"globex"}}}
	// 403 {"errors":[{"message":"no such tenant may be used","extensions":{"code":"TENANT_UNAVAILABLE","requestId":"request-1"}}]}
}

// planError is an error of an application. Its message for the log is not for clients.
type planError struct{}

func (planError) Error() string  { return "the billing record of customer 4711 has no export" }
func (planError) Code() string   { return "PAYMENT_REQUIRED" }
func (planError) Public() string { return "your plan does not include exports" }

// A resolver returns an error with a code and a message for clients. It may be wrapped.
func ExamplePublicError() {
	s := servertest.NewStateless()
	s.Fail(fmt.Errorf("export: %w", planError{}))
	r, err := http.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query": "{ probe { error } }"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(tenancy.HeaderName, "acme")
	r.Header.Set(server.RequestIDHeader, "request-1")
	var response bytes.Buffer
	if err := json.Indent(&response, s.Do(r).Body.Bytes(), "", "  "); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(response.String())
	// Output:
	// {
	//   "errors": [
	//     {
	//       "message": "your plan does not include exports",
	//       "path": [
	//         "probe",
	//         "error"
	//       ],
	//       "locations": [
	//         {
	//           "line": 1,
	//           "column": 11
	//         }
	//       ],
	//       "extensions": {
	//         "code": "PAYMENT_REQUIRED",
	//         "requestId": "request-1"
	//       }
	//     }
	//   ],
	//   "data": {
	//     "probe": {
	//       "error": null
	//     }
	//   }
	// }
}
