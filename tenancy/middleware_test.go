package tenancy_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"rowhouse/tenancy"
)

// TestHeaderResolvesOneTenant has valid and malformed values of the header.
func TestHeaderResolvesOneTenant(t *testing.T) {
	d := schema.New(t)
	resolve := tenancy.Header(tenancy.NewDirectory(d.DB))
	for _, test := range []struct {
		headers []string
		want    tenancy.ID
		err     error
	}{
		{
			headers: []string{"acme"},
			want:    1,
		},
		{
			headers: []string{"2"},
			want:    2,
		},
		{
			want: 0,
			err:  tenancy.ErrNone,
		},
		{
			headers: []string{""},
			want:    0,
			err:     tenancy.ErrNone,
		},
		{
			headers: []string{"acme", "acme"},
			want:    0,
			err:     tenancy.ErrInvalid,
		},
		{
			headers: []string{"acme", "globex"},
			want:    0,
			err:     tenancy.ErrInvalid,
		},
		{
			headers: []string{"-1"},
			want:    0,
			err:     tenancy.ErrInvalid,
		},
		{
			headers: []string{"1e0"},
			want:    0,
			err:     tenancy.ErrInvalid,
		},
		{
			headers: []string{"1 "},
			want:    0,
			err:     tenancy.ErrInvalid,
		},
		{
			headers: []string{"１"},
			want:    0,
			err:     tenancy.ErrInvalid,
		},
		{
			headers: []string{"acme\x00"},
			want:    0,
			err:     tenancy.ErrInvalid,
		},
		{
			headers: []string{"Acme"},
			want:    0,
			err:     tenancy.ErrInvalid,
		},
		{
			headers: []string{"99999999999999999999"},
			want:    0,
			err:     tenancy.ErrInvalid,
		},
		{
			headers: []string{"4294967295"},
			want:    0,
			err:     tenancy.ErrUnavailable,
		},
		{
			headers: []string{"umbrella"},
			want:    0,
			err:     tenancy.ErrUnavailable,
		},
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

// TestGatewayHeaderIgnoresParameters sends a tenant in the parameters of a socket, with and without
// a header of the gateway.
func TestGatewayHeaderIgnoresParameters(t *testing.T) {
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
		{
			name:    "a gateway's header",
			resolve: tenancy.GatewayHeader(directory),
			header:  "acme",
			want:    1,
		},
		{
			name:    "no gateway's header",
			resolve: tenancy.GatewayHeader(directory),
			want:    0,
			err:     tenancy.ErrNone,
		},
		{
			name:    "a client's header",
			resolve: tenancy.Header(directory),
			header:  "acme",
			want:    0,
			err:     tenancy.ErrInvalid,
		},
		{
			name:    "a client's parameters",
			resolve: tenancy.Header(directory),
			want:    2,
		},
	} {
		c := newCredentials(t, other)
		if test.header != "" {
			c.Request.Header.Set(tenancy.HeaderName, test.header)
		}
		if got, err := test.resolve(t.Context(), c); got.Tenant.ID != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
}
