package tenancy_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// TestHeaderNamesOneTenant tries what a header can hold; the scenarios of the whole
// server have the rest.
func TestHeaderNamesOneTenant(t *testing.T) {
	d := dbtest.New(t)
	resolve := tenancy.Header(tenancy.NewDirectory(d.DB))
	for _, test := range []struct {
		headers []string
		want    tenancy.ID
		err     error
	}{
		{[]string{"acme"}, 1, nil},
		{[]string{"2"}, 2, nil},
		{nil, 0, tenancy.ErrNone},
		{[]string{""}, 0, tenancy.ErrNone},
		{[]string{"acme", "acme"}, 0, tenancy.ErrInvalid},
		{[]string{"acme", "globex"}, 0, tenancy.ErrInvalid},
		{[]string{"-1"}, 0, tenancy.ErrInvalid},
		{[]string{"1e0"}, 0, tenancy.ErrInvalid},
		{[]string{"1 "}, 0, tenancy.ErrInvalid},
		{[]string{"１"}, 0, tenancy.ErrInvalid},
		{[]string{"acme\x00"}, 0, tenancy.ErrInvalid},
		{[]string{"Acme"}, 0, tenancy.ErrInvalid},
		{[]string{"99999999999999999999"}, 0, tenancy.ErrInvalid},
		{[]string{"4294967295"}, 0, tenancy.ErrUnavailable},
		{[]string{"umbrella"}, 0, tenancy.ErrUnavailable},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
		r.Header[tenancy.HeaderName] = test.headers
		r.Header[http.CanonicalHeaderKey(tenancy.HeaderName)] = test.headers
		got, err := resolve(r)
		if got.ID != test.want || !errors.Is(err, test.err) {
			t.Errorf("%q: got tenant %d, %v", test.headers, got.ID, err)
		}
	}
}

// TestNoTenantNoRequest lets nothing through that the resolver did not name, whatever
// the resolver does.
func TestNoTenantNoRequest(t *testing.T) {
	for _, test := range []struct {
		tenant tenancy.Tenant
		err    error
	}{
		{tenancy.Tenant{}, nil},
		{tenancy.Tenant{ID: 1}, tenancy.ErrUnavailable},
		{tenancy.Tenant{ID: 1}, errors.New("the directory is down")},
	} {
		var failed error
		handler := tenancy.Middleware(
			func(*http.Request) (tenancy.Tenant, error) { return test.tenant, test.err },
			func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err },
		)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request went through") }))
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil))
		if failed == nil {
			t.Error("nobody was told")
		}
	}
}

// A resolver of one's own: here the tenant belongs to the caller's API key.
func ExampleMiddleware() {
	keys := map[string]tenancy.Tenant{"k-123": {ID: 1, Slug: "acme"}}
	resolve := func(r *http.Request) (tenancy.Tenant, error) {
		key := r.Header.Get("X-API-Key")
		if key == "" {
			return tenancy.Tenant{}, tenancy.ErrNone
		}
		tenant, ok := keys[key]
		if !ok {
			return tenancy.Tenant{}, tenancy.ErrUnavailable
		}
		return tenant, nil
	}
	fail := func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, err.Error(), http.StatusUnauthorized)
	}
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tenant, _ := tenancy.FromContext(r.Context())
		fmt.Fprintln(w, "hello", tenant.Slug)
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
	// 200 hello acme
	// 401 no such tenant
	// 401 no tenant: the request or the context carries none
}
