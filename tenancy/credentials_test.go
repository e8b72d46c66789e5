package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rowhouse/tenancy"
)

// newCredentials returns the credentials of a request with headers (name and value alternate) and
// a socket's parameters.
func newCredentials(t testing.TB, parameters map[string]any, header ...string) tenancy.Credentials {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return tenancy.Credentials{Request: r, Parameters: parameters}
}

// TestCredentialsHaveOneValuePerName reads a header and a parameter of the same name.
func TestCredentialsHaveOneValuePerName(t *testing.T) {
	type object = map[string]any
	for _, test := range []struct {
		name       string
		header     []string
		parameters object
		want       string
		err        error
	}{
		{
			name: "nothing",
		},
		{
			name:   "a header",
			header: []string{"Authorization", "a"},
			want:   "a",
		},
		{
			name:   "another header",
			header: []string{"Authorisation", "a"},
		},
		{
			name:   "an empty header",
			header: []string{"Authorization", ""},
		},
		{
			name:   "a repeated header",
			header: []string{"Authorization", "a", "Authorization", "a"},
			err:    tenancy.ErrInvalid,
		},
		{
			name:       "a parameter",
			parameters: object{"authorization": "a"},
			want:       "a",
		},
		{
			name:       "a parameter in capitals",
			parameters: object{"AUTHORIZATION": "a"},
			want:       "a",
		},
		{
			name:       "headers in the parameters",
			parameters: object{"headers": object{"Authorization": "a"}},
			want:       "a",
		},
		{
			name:       "Headers in the parameters",
			parameters: object{"Headers": object{"authorization": "a"}},
			want:       "a",
		},
		{
			name:       "both, the same",
			header:     []string{"Authorization", "a"},
			parameters: object{"Authorization": "a"},
			want:       "a",
		},
		{
			name:       "all, the same",
			header:     []string{"Authorization", "a"},
			parameters: object{"Authorization": "a", "headers": object{"authorization": "a"}},
			want:       "a",
		},
		{
			name:       "both, different",
			header:     []string{"Authorization", "a"},
			parameters: object{"Authorization": "b"},
			err:        tenancy.ErrInvalid,
		},
		{
			name:       "an empty header and a parameter",
			header:     []string{"Authorization", ""},
			parameters: object{"Authorization": "b"},
			err:        tenancy.ErrInvalid,
		},
		{
			name:       "parameters that differ by case",
			parameters: object{"Authorization": "a", "authorization": "b"},
			err:        tenancy.ErrInvalid,
		},
		{
			name:       "parameters that differ by depth",
			parameters: object{"Authorization": "a", "headers": object{"Authorization": "b"}},
			err:        tenancy.ErrInvalid,
		},
		{
			name:       "a number",
			parameters: object{"Authorization": 1.0},
			err:        tenancy.ErrInvalid,
		},
		{
			name:       "null",
			parameters: object{"Authorization": nil},
			err:        tenancy.ErrInvalid,
		},
		{
			name:       "a list",
			parameters: object{"Authorization": []any{"a"}},
			err:        tenancy.ErrInvalid,
		},
		{
			name:       "an object",
			parameters: object{"Authorization": object{"Authorization": "a"}},
			err:        tenancy.ErrInvalid,
		},
		{
			name:       "headers that are no object",
			parameters: object{"headers": "Authorization: a"},
		},
		{
			name:       "null headers",
			parameters: object{"headers": nil},
		},
		{
			name:       "headers too deep",
			parameters: object{"headers": object{"headers": object{"Authorization": "a"}}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCredentials(t, test.parameters, test.header...)
			for range 10 { // maps have no order
				if got, err := c.Value("Authorization"); got != test.want || !errors.Is(err, test.err) {
					t.Fatalf("%q, %v", got, err)
				}
			}
			if n := len(c.Request.Header.Values("Authorization")); n*2 > len(test.header) {
				t.Error("the header was changed")
			}
		})
	}
}

// TestRequestWithoutTenantIsRejected checks that no request passes without a tenant from the resolver.
func TestRequestWithoutTenantIsRejected(t *testing.T) {
	acme := tenancy.Identity{Tenant: tenancy.Tenant{ID: 1}}
	failure := errors.New("the directory is down")
	var nothing map[string]string
	for _, test := range []struct {
		name    string
		resolve tenancy.Resolver
		want    error  // the expected error
		says    string // a part of its message
	}{
		{
			name:    "no tenant",
			resolve: func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { return tenancy.Identity{}, nil },
			want:    tenancy.ErrNone,
		},
		{
			name: "a caller without a tenant",
			resolve: func(context.Context, tenancy.Credentials) (tenancy.Identity, error) {
				return tenancy.Identity{Caller: "ada"}, nil
			},
			want: tenancy.ErrNone,
		},
		{
			name: "a tenant without an id",
			resolve: func(context.Context, tenancy.Credentials) (tenancy.Identity, error) {
				return tenancy.Identity{Tenant: tenancy.Tenant{Slug: "acme"}}, nil
			},
			want: tenancy.ErrNone,
		},
		{
			name: "a tenant and a refusal",
			resolve: func(context.Context, tenancy.Credentials) (tenancy.Identity, error) {
				return acme, tenancy.ErrUnavailable
			},
			want: tenancy.ErrUnavailable,
		},
		{
			name:    "a tenant and an error",
			resolve: func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { return acme, failure },
			want:    failure,
		},
		{
			name: "a refusal with a message",
			resolve: func(context.Context, tenancy.Credentials) (tenancy.Identity, error) {
				return acme, &tenancy.ResolveError{Kind: tenancy.ErrUnauthenticated, Message: "the token has expired"}
			},
			want: tenancy.ErrUnauthenticated,
			says: "the token has expired",
		},
		{
			name:    "a panic",
			resolve: func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { panic("no key") },
			says:    "the resolver panicked: no key",
		},
		{
			name: "a runtime error",
			resolve: func(context.Context, tenancy.Credentials) (tenancy.Identity, error) {
				nothing["a"] = "b"
				return acme, nil
			},
			says: "nil map",
		},
		{
			name: "no resolver",
			says: "nil pointer",
		},
		{
			name:    "a panic with an error",
			resolve: func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { panic(tenancy.ErrNone) },
			says:    "panicked",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var failed error
			handler := tenancy.Middleware(test.resolve, func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err })(
				http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request went through") }))
			handler.ServeHTTP(httptest.NewRecorder(), newCredentials(t, nil).Request)
			if failed == nil || test.want != nil && !errors.Is(failed, test.want) || !strings.Contains(failed.Error(), test.says) {
				t.Errorf("%v", failed)
			}
			if test.want == nil && errors.Is(failed, tenancy.ErrNone) {
				t.Errorf("a panic refuses the client: %v", failed)
			}
		})
	}
}

// TestContextOfResolverEndsWithIt keeps the context of a Resolver that has not used it, and of one that has.
func TestContextOfResolverEndsWithIt(t *testing.T) {
	for _, used := range []bool{false, true} {
		var kept context.Context
		resolve := tenancy.Resolver(func(ctx context.Context, c tenancy.Credentials) (tenancy.Identity, error) {
			kept = c.Request.Context()
			if used && (ctx.Err() != nil || kept.Err() != nil) {
				t.Error("the context has ended before")
			}
			return tenancy.Identity{Tenant: tenancy.Tenant{ID: 1}}, nil
		})
		if _, err := resolve.NewContext(t.Context(), newCredentials(t, nil)); err != nil {
			t.Fatal(err)
		}
		select {
		case <-kept.Done():
		default:
			t.Errorf("used: %t: the context lives on", used)
		}
		if !errors.Is(kept.Err(), context.Canceled) {
			t.Errorf("used: %t: %v", used, kept.Err())
		}
	}
}

// TestResolverTimesOutAfterFiveSeconds calls a resolver that blocks.
func TestResolverTimesOutAfterFiveSeconds(t *testing.T) {
	slow := func(wait time.Duration) tenancy.Resolver {
		return func(ctx context.Context, c tenancy.Credentials) (tenancy.Identity, error) {
			select {
			case <-ctx.Done():
				return tenancy.Identity{}, fmt.Errorf("fetch the keys: %w", c.Request.Context().Err())
			case <-time.After(wait):
				return tenancy.Identity{Tenant: tenancy.Tenant{ID: 1}}, nil
			}
		}
	}
	for _, test := range []struct {
		name    string
		resolve tenancy.Resolver
		limit   time.Duration // of the request
		took    time.Duration
		outage  bool
		want    error
	}{
		{
			name:    "in time",
			resolve: slow(4 * time.Second),
			limit:   time.Minute,
			took:    4 * time.Second,
		},
		{
			name:    "too late",
			resolve: slow(time.Hour),
			limit:   time.Minute,
			took:    5 * time.Second,
			outage:  true,
		},
		{
			name:    "the request ends before",
			resolve: slow(time.Hour),
			limit:   time.Second,
			took:    time.Second,
			want:    context.DeadlineExceeded,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), test.limit)
				defer cancel()
				start := time.Now()
				own, err := test.resolve.NewContext(ctx, newCredentials(t, nil))
				if took := time.Since(start); took != test.took || tenancy.IsOutage(err) != test.outage ||
					test.want != nil && !errors.Is(err, test.want) {
					t.Errorf("after %s: %v", took, err)
				}
				if err != nil {
					return
				}
				if tenant, err := tenancy.FromContext(own); err != nil || tenant.ID != 1 || own.Err() != nil {
					t.Errorf("%v, %v, %v", tenant, err, own.Err())
				}
			})
		})
	}
}

// A custom resolver: the tenant and the caller belong to an API key.
func ExampleMiddleware() {
	type machine struct{ Name string }
	keys := map[string]tenancy.Identity{
		"k-123": {Tenant: tenancy.Tenant{ID: 1, Slug: "acme"}, Caller: machine{"importer"}},
	}
	resolve := func(_ context.Context, c tenancy.Credentials) (tenancy.Identity, error) {
		key, err := c.Value("X-API-Key") // of a request, or of a socket
		identity, ok := keys[key]
		switch {
		case err != nil:
			return identity, err
		case key == "":
			return identity, &tenancy.ResolveError{Kind: tenancy.ErrUnauthenticated, Message: "send your key in the header X-API-Key"}
		case !ok:
			return identity, &tenancy.ResolveError{Kind: tenancy.ErrUnauthenticated, Message: "the key is not valid"}
		}
		return identity, nil
	}
	fail := func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, err.Error(), http.StatusUnauthorized)
	}
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tenant, _ := tenancy.FromContext(r.Context())
		caller, _ := tenancy.CallerFrom[machine](r.Context())
		fmt.Fprintln(w, "hello", caller.Name, "of", tenant.Slug)
	})
	server := tenancy.Middleware(resolve, fail)(hello)
	for _, key := range []string{"k-123", "k-999", ""} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("X-API-Key", key)
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 hello importer of acme
	// 401 the key is not valid
	// 401 send your key in the header X-API-Key
}
