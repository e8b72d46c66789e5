package tenancy_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"rowhouse/tenancy"
)

// TestHeaderNamesOneTenant tries what a header can hold; the scenarios of the whole
// server have the rest.
func TestHeaderNamesOneTenant(t *testing.T) {
	d := schema.New(t)
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
		got, err := resolve(t.Context(), tenancy.Credentials{Request: r})
		if got.Tenant.ID != test.want || got.Caller != nil || !errors.Is(err, test.err) {
			t.Errorf("%q: got %+v, %v", test.headers, got, err)
		}
	}
}
