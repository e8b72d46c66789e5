package server_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// TestErrorsOfResolversHaveCodes returns errors, most of them of the server. Nothing runs, clients get
// no detail, and the log has the error once.
func TestErrorsOfResolversHaveCodes(t *testing.T) {
	fail := func(err error) tenancy.Resolver {
		return func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { return tenancy.Identity{}, err }
	}
	for _, test := range []struct {
		name    string
		resolve tenancy.Resolver
		status  int
		code    string
		closes  websocket.StatusCode
		logged  string // the level
	}{
		{
			name:    "a panic",
			resolve: func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { panic("secret") },
			status:  500,
			code:    "INTERNAL_SERVER_ERROR",
			closes:  4500,
			logged:  "ERROR",
		},
		{
			name:    "an error",
			resolve: fail(errors.New("secret")),
			status:  500,
			code:    "INTERNAL_SERVER_ERROR",
			closes:  4500,
			logged:  "ERROR",
		},
		{
			name:    "a kind that is none",
			resolve: fail(&tenancy.ResolveError{Message: "secret"}),
			status:  500,
			code:    "INTERNAL_SERVER_ERROR",
			closes:  4500,
			logged:  "ERROR",
		},
		{
			name:    "a kind of the server",
			resolve: fail(&tenancy.ResolveError{Kind: tenancy.ErrScope, Message: "secret"}),
			status:  500,
			code:    "INTERNAL_SERVER_ERROR",
			closes:  4500,
			logged:  "ERROR",
		},
		{
			name:    "no tenant",
			resolve: fail(nil),
			status:  400,
			code:    "TENANT_REQUIRED",
			closes:  4403,
			logged:  "INFO",
		},
		{
			name:    "a malformed tenant",
			resolve: fail(fmt.Errorf("secret: %w", tenancy.ErrInvalid)),
			status:  400,
			code:    "TENANT_INVALID",
			closes:  4403,
			logged:  "INFO",
		},
		{
			name:    "refused without a message",
			resolve: fail(fmt.Errorf("secret: %w", tenancy.ErrUnauthenticated)),
			status:  401,
			code:    "UNAUTHENTICATED",
			closes:  4403,
			logged:  "INFO",
		},
		{
			name:    "the provider is down",
			resolve: fail(fmt.Errorf("secret: %w", tenancy.ErrOutage)),
			status:  503,
			code:    "TENANT_UNAVAILABLE",
			closes:  1013,
			logged:  "WARN",
		},
		{
			name:    "the provider refuses connections",
			resolve: fail(fmt.Errorf("secret: %w", &net.OpError{Op: "dial", Err: errors.New("refused")})),
			status:  503,
			code:    "TENANT_UNAVAILABLE",
			closes:  1013,
			logged:  "WARN",
		},
		{
			name:    "no connection is free",
			resolve: fail(fmt.Errorf("secret: %w", tenancy.ErrBusy)),
			status:  429,
			code:    "RATE_LIMITED",
			closes:  1013,
			logged:  "WARN",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := servertest.NewStateless(func(o *server.Options) { o.Resolve = test.resolve })
			logged := func(lines string) {
				t.Helper()
				hasCause := strings.Contains(lines, "secret") || test.code == "TENANT_REQUIRED"
				if strings.Count(lines, "level=") != 1 || !strings.Contains(lines, "level="+test.logged) || !hasCause {
					t.Errorf("log: %s", lines)
				}
			}
			w := s.Do(servertest.NewRequest(t, http.MethodPost, "/graphql", `{"query": "{ tenant { slug } }"}`,
				"Content-Type", "application/json", tenancy.HeaderName, "acme"))
			body := w.Body.String()
			if w.Code != test.status || !strings.Contains(body, `"code":"`+test.code+`"`) || strings.Contains(body, "secret") ||
				strings.Contains(body, `"data"`) {
				t.Errorf("%d %s", w.Code, body)
			}
			if retry := w.Header().Get("Retry-After") != ""; retry != (test.status == 503 || test.status == 429) ||
				retry != strings.Contains(body, "retryAfter") {
				t.Errorf("retry: %t, %s", retry, body)
			}
			before := s.Log.String()
			logged(before)

			c := servertest.Dial(t, s.Listen(t), nil)
			c.Init("acme")
			c.Send(`{"id": "1", "type": "subscribe", "payload": {"query": "{ tenant { slug } }"}}`)
			if code, reason := c.WaitClosed(); code != test.closes || strings.Contains(reason, "secret") {
				t.Errorf("the socket: %d %s", code, reason)
			}
			logged(strings.TrimPrefix(s.Log.String(), before))
		})
	}
}
