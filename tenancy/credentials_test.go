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

// credentials returns those of a request with a header, by name and value in turn, and a
// socket's parameters.
func credentials(t testing.TB, parameters map[string]any, header ...string) tenancy.Credentials {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return tenancy.Credentials{Request: r, Parameters: parameters}
}

// TestCredentialsHaveOneValue looks for a header and a parameter of the same name.
func TestCredentialsHaveOneValue(t *testing.T) {
	type object = map[string]any
	for _, test := range []struct {
		name       string
		header     []string
		parameters object
		want       string
		err        error
	}{
		{name: "nothing"},
		{name: "a header", header: []string{"Authorization", "a"}, want: "a"},
		{name: "another header", header: []string{"Authorisation", "a"}},
		{name: "an empty header", header: []string{"Authorization", ""}},
		{name: "a repeated header", header: []string{"Authorization", "a", "Authorization", "a"}, err: tenancy.ErrInvalid},
		{name: "a parameter", parameters: object{"authorization": "a"}, want: "a"},
		{name: "a parameter in capitals", parameters: object{"AUTHORIZATION": "a"}, want: "a"},
		{name: "headers in the parameters", parameters: object{"headers": object{"Authorization": "a"}}, want: "a"},
		{name: "Headers in the parameters", parameters: object{"Headers": object{"authorization": "a"}}, want: "a"},
		{name: "both, the same", header: []string{"Authorization", "a"}, parameters: object{"Authorization": "a"}, want: "a"},
		{name: "all, the same", header: []string{"Authorization", "a"}, parameters: object{"Authorization": "a", "headers": object{"authorization": "a"}}, want: "a"},
		{name: "both, different", header: []string{"Authorization", "a"}, parameters: object{"Authorization": "b"}, err: tenancy.ErrInvalid},
		{name: "an empty header and a parameter", header: []string{"Authorization", ""}, parameters: object{"Authorization": "b"}, err: tenancy.ErrInvalid},
		{name: "parameters that differ by case", parameters: object{"Authorization": "a", "authorization": "b"}, err: tenancy.ErrInvalid},
		{name: "parameters that differ by depth", parameters: object{"Authorization": "a", "headers": object{"Authorization": "b"}}, err: tenancy.ErrInvalid},
		{name: "a number", parameters: object{"Authorization": 1.0}, err: tenancy.ErrInvalid},
		{name: "null", parameters: object{"Authorization": nil}, err: tenancy.ErrInvalid},
		{name: "a list", parameters: object{"Authorization": []any{"a"}}, err: tenancy.ErrInvalid},
		{name: "an object", parameters: object{"Authorization": object{"Authorization": "a"}}, err: tenancy.ErrInvalid},
		{name: "headers that are no object", parameters: object{"headers": "Authorization: a"}},
		{name: "null headers", parameters: object{"headers": nil}},
		{name: "headers too deep", parameters: object{"headers": object{"headers": object{"Authorization": "a"}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := credentials(t, test.parameters, test.header...)
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

// TestNoTenantNoRequest checks that no request passes without a tenant from the resolver.
func TestNoTenantNoRequest(t *testing.T) {
	acme := tenancy.Identity{Tenant: tenancy.Tenant{ID: 1}}
	failure := errors.New("the directory is down")
	var nothing map[string]string
	for _, test := range []struct {
		name    string
		resolve tenancy.Resolver
		want    error  // what the error is
		says    string // what the error says
	}{
		{"no tenant", func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { return tenancy.Identity{}, nil }, tenancy.ErrNone, ""},
		{"a caller without a tenant", func(context.Context, tenancy.Credentials) (tenancy.Identity, error) {
			return tenancy.Identity{Caller: "ada"}, nil
		}, tenancy.ErrNone, ""},
		{"a tenant without a number", func(context.Context, tenancy.Credentials) (tenancy.Identity, error) {
			return tenancy.Identity{Tenant: tenancy.Tenant{Slug: "acme"}}, nil
		}, tenancy.ErrNone, ""},
		{"a tenant and a refusal", func(context.Context, tenancy.Credentials) (tenancy.Identity, error) {
			return acme, tenancy.ErrUnavailable
		}, tenancy.ErrUnavailable, ""},
		{"a tenant and an error", func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { return acme, failure }, failure, ""},
		{"a refusal with a message", func(context.Context, tenancy.Credentials) (tenancy.Identity, error) {
			return acme, &tenancy.ResolveError{Kind: tenancy.ErrUnauthenticated, Message: "the token has expired"}
		}, tenancy.ErrUnauthenticated, "the token has expired"},
		{"a panic", func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { panic("no key") }, nil, "the resolver panicked: no key"},
		{"a runtime error", func(context.Context, tenancy.Credentials) (tenancy.Identity, error) {
			nothing["a"] = "b"
			return acme, nil
		}, nil, "nil map"},
		{"no resolver", nil, nil, "nil pointer"},
		{"a panic with an error", func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { panic(tenancy.ErrNone) }, nil, "panicked"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var failed error
			handler := tenancy.Middleware(test.resolve, func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err })(
				http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request went through") }))
			handler.ServeHTTP(httptest.NewRecorder(), credentials(t, nil).Request)
			if failed == nil || test.want != nil && !errors.Is(failed, test.want) || !strings.Contains(failed.Error(), test.says) {
				t.Errorf("%v", failed)
			}
			if test.want == nil && errors.Is(failed, tenancy.ErrNone) {
				t.Errorf("a panic refuses the client: %v", failed)
			}
		})
	}
}

// TestAResolverHasFiveSeconds calls a resolver that blocks.
func TestAResolverHasFiveSeconds(t *testing.T) {
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
		{"in time", slow(4 * time.Second), time.Minute, 4 * time.Second, false, nil},
		{"too late", slow(time.Hour), time.Minute, 5 * time.Second, true, nil},
		{"the request ends before", slow(time.Hour), time.Second, time.Second, false, context.DeadlineExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), test.limit)
				defer cancel()
				start := time.Now()
				own, err := test.resolve.NewContext(ctx, credentials(t, nil))
				if took := time.Since(start); took != test.took || tenancy.IsOutage(err) != test.outage || test.want != nil && !errors.Is(err, test.want) {
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

// TestTheCallerBelongsToItsTenant reads a caller from derived contexts.
func TestTheCallerBelongsToItsTenant(t *testing.T) {
	type user struct{ name string }
	d := schema.New(t)
	ada := tenancy.WithCaller(d.Acme, user{"ada"})
	globex, err := tenancy.FromContext(d.Globex)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		ctx  context.Context
		want string
	}{
		{"none", d.Acme, ""},
		{"one", ada, "ada"},
		{"a context made of it", context.WithoutCancel(ada), "ada"},
		{"the inner of two", tenancy.WithCaller(ada, user{"bob"}), "bob"},
		{"of another type", tenancy.WithCaller(ada, "bob"), ""},
		{"a pointer", tenancy.WithCaller(d.Acme, &user{"ada"}), ""},
		{"nil", tenancy.WithCaller(ada, nil), ""},
		{"another tenant", tenancy.NewContext(ada, globex), ""},
		{"the system scope", tenancy.System(ada, "a report"), ""},
		{"no tenant", tenancy.WithCaller(t.Context(), user{"ada"}), ""},
		{"a tenant after the caller", tenancy.NewContext(tenancy.WithCaller(t.Context(), user{"ada"}), globex), ""},
	} {
		if caller, ok := tenancy.CallerFrom[user](test.ctx); caller.name != test.want || ok != (test.want != "") {
			t.Errorf("%s: %+v, %t", test.name, caller, ok)
		}
	}
	err = d.Tx(ada, func(ctx context.Context) error {
		session := d.For(ctx).Statement.Context
		if caller, ok := tenancy.CallerFrom[user](session); !ok || caller.name != "ada" { //nolint:contextcheck // it is ctx
			t.Errorf("in a transaction: %+v", caller)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAGatewayAloneNamesTheTenant sends parameters of a socket that name another tenant, or a tenant
// without a header of the gateway.
func TestAGatewayAloneNamesTheTenant(t *testing.T) {
	d := schema.New(t)
	directory := tenancy.NewDirectory(d.DB)
	other := map[string]any{tenancy.HeaderName: "globex", "headers": map[string]any{tenancy.HeaderName: "globex"}}
	for _, test := range []struct {
		name    string
		resolve tenancy.Resolver
		header  string
		want    tenancy.ID
		err     error
	}{
		{"a gateway's header", tenancy.GatewayHeader(directory), "acme", 1, nil},
		{"no gateway's header", tenancy.GatewayHeader(directory), "", 0, tenancy.ErrNone},
		{"a client's header", tenancy.Header(directory), "acme", 0, tenancy.ErrInvalid},
		{"a client's parameters", tenancy.Header(directory), "", 2, nil},
	} {
		c := credentials(t, other)
		if test.header != "" {
			c.Request.Header.Set(tenancy.HeaderName, test.header)
		}
		if got, err := test.resolve(t.Context(), c); got.Tenant.ID != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
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
			return identity, &tenancy.ResolveError{Kind: tenancy.ErrUnauthenticated, Message: "the key is not known"}
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
	// 401 the key is not known
	// 401 send your key in the header X-API-Key
}
