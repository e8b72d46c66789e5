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
