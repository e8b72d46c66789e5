package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"rowhouse/auth"
	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// keysOfIssuer returns the keys of an issuer, with those that badTokens needs.
func keysOfIssuer() []any {
	pss, encryption, operations := newJWK("", otherKey), newJWK("", otherKey), newJWK("", otherKey)
	pss["alg"], encryption["use"], operations["key_ops"] = "PS256", "enc", []string{"sign"}
	return []any{
		"one", rsaKey, "two", pss, "three", otherKey, "big", bigECKey, "small", ecKey, "encryption", encryption, "operations", operations,
		"secret",
		map[string]any{"kty": "oct", "k": encode("secret"), "alg": "HS256"},
	}
}

// findTenant returns a tenant by its external id, as a directory does.
func findTenant(_ context.Context, externalID string) (tenancy.Tenant, error) {
	switch externalID {
	case "org_acme":
		return servertest.Acme, nil
	case "org_globex":
		return servertest.Globex, nil
	case "org_outage":
		return tenancy.Tenant{}, tenancy.ErrOutage
	}
	return tenancy.Tenant{}, tenancy.ErrUnavailable
}

// newServer returns a server that accepts the tokens of an issuer, and the log of its Verifier.
func newServer(t testing.TB, c auth.Config) (*servertest.Server, *servertest.Log) {
	t.Helper()
	v, log := newVerifier(t, c)
	return servertest.NewStateless(func(o *server.Options) { o.Resolve = auth.Bearer(v, findTenant, "") }), log
}

// post sends a query with headers: name and value alternate.
func post(t testing.TB, s *servertest.Server, headers ...string) (status int, body string) {
	t.Helper()
	r := servertest.NewRequest(t, http.MethodPost, "/graphql", `{"query": "{ tenant { slug } }"}`, "Content-Type", "application/json")
	for n := 0; n < len(headers); n += 2 {
		r.Header.Add(headers[n], headers[n+1])
	}
	w := s.Do(r)
	return w.Code, w.Body.String()
}

// checkResponse checks the status, the code and the message of a response, and the log line. The default of line is that
// of refused credentials.
func checkResponse(t *testing.T, s *servertest.Server, wantStatus int, code, message, line string, headers ...string) {
	t.Helper()
	status, body := post(t, s, headers...)
	if status != wantStatus || !strings.Contains(body, message) || code != "" && !strings.Contains(body, `"code":"`+code+`"`) {
		t.Errorf("%d %s, want %d %s %s", status, body, wantStatus, code, message)
	}
	if line == "" && wantStatus != 200 {
		line = `level=INFO msg="access denied" error="`
	}
	log := s.Log.Take()
	if line == "" && log != "" || !strings.Contains(log, line) {
		t.Errorf("log: %q, want %q", log, line)
	}
	checkSecret(t, headers, body, log)
}

// checkSecret fails if text has a token of the headers, its encoded claims, or a decoded claim.
func checkSecret(t *testing.T, headers []string, texts ...string) {
	t.Helper()
	secrets := []string{"secret"}
	for _, value := range headers {
		for _, part := range strings.FieldsFunc(value, func(r rune) bool { return r == '.' || r == ' ' }) {
			if len(part) > 20 {
				secrets = append(secrets, part)
			}
		}
	}
	for _, text := range texts {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%q has %q", text, secret)
			}
		}
	}
}

func TestBadTokensAreUnauthenticated(t *testing.T) {
	i := newIssuer(t, keysOfIssuer()...)
	s, log := newServer(t, i.config())
	checkResponse(t, s, 200, "", `"acme"`, "", "Authorization", "Bearer "+i.token())
	for name, test := range badTokens(i) {
		t.Run(name, func(t *testing.T) {
			checkResponse(t, s, 401, "UNAUTHENTICATED", test[1], "", "Authorization", "Bearer "+test[0])
			checkSecret(t, []string{test[0]}, log.String())
		})
	}
}

func TestBearerChoosesAmongTheTenantsOfTheToken(t *testing.T) {
	i := newIssuer(t, "one", rsaKey)
	s, _ := newServer(t, i.config())
	type row struct {
		name                string
		headers             []string
		status              int
		code, message, line string
	}
	with := func(tenants any, headers ...string) []string {
		return append([]string{"Authorization", "Bearer " + i.token(tenantName, tenants)}, headers...)
	}
	forbidden := func(name string, headers []string) row {
		return row{name, headers, 403, "FORBIDDEN", `"the credentials give no access to the tenant"`, `msg="access denied" error="the cred`}
	}
	ok := func(name string, headers []string, slug string) row {
		return row{name, headers, 200, "", `{"data":{"tenant":{"slug":"` + slug + `"}}}`, ""}
	}
	both := []string{"org_acme", "org_globex"}
	const choose = "the token has several tenants: send the id or slug of one of them in the header X-Tenant-ID"
	for _, test := range []row{
		ok("one tenant", with("org_globex"), "globex"),
		ok("a repeated tenant", with([]string{"org_globex", "org_globex"}), "globex"),
		ok("one tenant by slug", with("org_globex", "X-Tenant-ID", "globex"), "globex"),
		ok("one of two by slug", with(both, "X-Tenant-ID", "globex"), "globex"),
		ok("one of two by id", with(both, "x-tenant-id", "2"), "globex"),
		ok("one of two, the other not in the directory", with([]string{"org_a", "org_globex"}, "X-Tenant-ID", "globex"), "globex"),
		{"two tenants without a choice", with(both), 400, "TENANT_REQUIRED", choose, ""},
		{"two tenants with an empty choice", with(both, "X-Tenant-ID", ""), 400, "TENANT_REQUIRED", choose, ""},
		forbidden("another tenant", with("org_acme", "X-Tenant-ID", "globex")),
		forbidden("another tenant by id", with("org_acme", "X-Tenant-ID", "2")),
		forbidden("no such tenant", with("org_acme", "X-Tenant-ID", "umbrella")),
		forbidden("no such id", with("org_acme", "X-Tenant-ID", "4294967295")),
		forbidden("the external id as a choice", with("org_acme", "X-Tenant-ID", "org_acme")),
		forbidden("a slug in capitals", with("org_acme", "X-Tenant-ID", "ACME")),
		forbidden("an id with a zero", with("org_acme", "X-Tenant-ID", "01")),
		forbidden("two slugs in one header", with("org_acme", "X-Tenant-ID", "acme,globex")),
		forbidden("a tenant that is not in the directory", with("org_umbrella")),
		forbidden("a slug in the claim", with("acme")),
		forbidden("no tenants", with([]string{})),
		forbidden("no claim", with(remove)),
		forbidden("no claim, and a choice", with(remove, "X-Tenant-ID", "acme")),
		forbidden("a null claim", with(nil)),
		{
			"an outage of the directory", with("org_outage"), 503, "TENANT_UNAVAILABLE", "the server can't find the tenant at the moment",
			"the tenant can't be found at the moment",
		},
		{"no token", nil, 401, "UNAUTHENTICATED", "send the header, or the connection parameter, Authorization: Bearer TOKEN", ""},
		{"a choice without a token", []string{"X-Tenant-ID", "acme"}, 401, "UNAUTHENTICATED", "the request has no token", ""},
		{"another scheme", []string{"Authorization", "Basic YTpi"}, 401, "UNAUTHENTICATED", "the request has no token", ""},
		{"no scheme", []string{"Authorization", i.token()}, 401, "UNAUTHENTICATED", "the request has no token", ""},
		{"the scheme alone", []string{"Authorization", "Bearer"}, 401, "UNAUTHENTICATED", malformed, ""},
		{"a tab", []string{"Authorization", "Bearer\t" + i.token()}, 401, "UNAUTHENTICATED", "the request has no token", ""},
		ok("the scheme in capitals", []string{"Authorization", "BEARER  " + i.token()}, "acme"),
		{"two tokens", with("org_acme", "Authorization", "Bearer "+i.token()), 400, "TENANT_INVALID", "the credentials can't be read", ""},
		{"two choices", with(both, "X-Tenant-ID", "acme", "X-Tenant-ID", "2"), 400, "TENANT_INVALID", "the credentials can't be read", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkResponse(t, s, test.status, test.code, test.message, test.line, test.headers...)
		})
	}
}

// TestBearerLooksUpOnlyTheTenantsOfTheToken counts look-ups for a tenant that exists and one that doesn't.
func TestBearerLooksUpOnlyTheTenantsOfTheToken(t *testing.T) {
	i := newIssuer(t, "one", rsaKey)
	v, _ := newVerifier(t, i.config())
	var found []string
	resolve := auth.Bearer(v, func(ctx context.Context, externalID string) (tenancy.Tenant, error) {
		found = append(found, externalID)
		return findTenant(ctx, externalID)
	}, "")
	for _, choice := range []string{"globex", "2", "umbrella", "4294967295", "", "Acme"} {
		found = nil
		c := credentials(t, nil, "Authorization", "Bearer "+i.token(tenantName, []string{"org_acme", "org_a"}), "X-Tenant-ID", choice)
		_, err := resolve(t.Context(), c)
		want := "[org_acme org_a]"
		if choice == "" {
			want = "[]"
		}
		if fmt.Sprint(found) != want || choice != "" && !errors.Is(err, tenancy.ErrForbidden) {
			t.Errorf("%s: looked up %v, %v", choice, found, err)
		}
	}
}

// TestBearerReadsTheSubdomain chooses among the tenants acme and globex by the host.
func TestBearerReadsTheSubdomain(t *testing.T) {
	i := newIssuer(t, "one", rsaKey)
	v, _ := newVerifier(t, i.config())
	resolve := auth.Bearer(v, findTenant, "app.example.com")
	for _, test := range []struct {
		host, header string
		slug         string
		err          error
	}{
		{host: "acme.app.example.com", slug: "acme"},
		{host: "globex.app.example.com:8443", slug: "globex"},
		{host: "acme.app.example.com", header: "acme", slug: "acme"},
		{host: "app.example.com", header: "globex", slug: "globex"},
		{host: "app.example.com", err: tenancy.ErrNone},
		{host: "umbrella.app.example.com", err: tenancy.ErrForbidden},
		{host: "acme.app.example.com", header: "globex", err: tenancy.ErrInvalid},
		{host: "acme.app.example.com", header: "1", err: tenancy.ErrInvalid},
		{host: "ACME.app.example.com", err: tenancy.ErrInvalid},
		{host: "acme.app.example.com.", err: tenancy.ErrInvalid},
		{host: "acme.globex.app.example.com", err: tenancy.ErrInvalid},
		{host: ".app.example.com", err: tenancy.ErrInvalid},
		{host: "1.app.example.com", err: tenancy.ErrInvalid},
		{host: "acmeapp.example.com", err: tenancy.ErrInvalid},
		{host: "acme.app.example.com.evil.com", err: tenancy.ErrInvalid},
		{host: "acme.app.example.com:80:80", err: tenancy.ErrInvalid},
		{host: "", err: tenancy.ErrInvalid},
		{host: "127.0.0.1:8080", header: "acme", err: tenancy.ErrInvalid},
	} {
		headers := []string{"Authorization", "Bearer " + i.token(tenantName, []string{"org_acme", "org_globex"})}
		if test.header != "" {
			headers = append(headers, tenancy.HeaderName, test.header)
		}
		c := credentials(t, nil, headers...)
		c.Request.Host = test.host
		if identity, err := resolve(t.Context(), c); !errors.Is(err, test.err) || identity.Tenant.Slug != test.slug {
			t.Errorf("%s, %q: %s, %v, want %s, %v", test.host, test.header, identity.Tenant.Slug, err, test.slug, test.err)
		}
	}
}

// credentials returns the credentials of a request with headers and connection parameters.
func credentials(t testing.TB, parameters map[string]any, headers ...string) tenancy.Credentials {
	t.Helper()
	return tenancy.Credentials{Request: servertest.NewRequest(t, http.MethodGet, "/", "", headers...), Parameters: parameters}
}

func TestBearerReadsConnectionParameters(t *testing.T) {
	type object = map[string]any
	i := newIssuer(t, "one", rsaKey)
	v, _ := newVerifier(t, i.config())
	resolve := auth.Bearer(v, findTenant, "")
	good, other := "Bearer "+i.token(), "Bearer "+i.token("sub", "eve")
	for _, test := range []struct {
		name       string
		parameters object
		headers    []string
		want       error
	}{
		{name: "a parameter", parameters: object{"authorization": good}},
		{name: "in headers", parameters: object{"headers": object{"Authorization": good}, "other": 1}},
		{name: "the same in a header", parameters: object{"Authorization": good}, headers: []string{"Authorization", good}},
		{name: "its tenant", parameters: object{"Authorization": good, "x-tenant-id": "acme"}},
		{name: "no parameter", parameters: object{}, want: tenancy.ErrUnauthenticated},
		{name: "another name", parameters: object{"token": good}, want: tenancy.ErrUnauthenticated},
		{
			name: "a header that differs", parameters: object{"Authorization": good}, headers: []string{"Authorization", other},
			want: tenancy.ErrInvalid,
		},
		{
			name: "two that differ", parameters: object{"Authorization": good, "headers": object{"authorization": other}},
			want: tenancy.ErrInvalid,
		},
		{name: "a list", parameters: object{"Authorization": []any{good}}, want: tenancy.ErrInvalid},
		{name: "null", parameters: object{"Authorization": nil}, want: tenancy.ErrInvalid},
		{
			name: "tenants that differ", parameters: object{"Authorization": good, "X-Tenant-ID": "acme"},
			headers: []string{"X-Tenant-ID", "2"}, want: tenancy.ErrInvalid,
		},
		{name: "another tenant", parameters: object{"Authorization": good, "X-Tenant-ID": "globex"}, want: tenancy.ErrForbidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			identity, err := resolve(t.Context(), credentials(t, test.parameters, test.headers...))
			if !errors.Is(err, test.want) || err == nil && identity.Tenant != servertest.Acme {
				t.Errorf("%+v, %v, want %v", identity, err, test.want)
			}
		})
	}
}

func TestBearerReturnsTheCaller(t *testing.T) {
	i := newIssuer(t, "one", rsaKey)
	v, _ := newVerifier(t, i.config())
	expires := time.Now().Add(time.Hour).Unix()
	c := credentials(t, nil, "Authorization", "Bearer "+i.token("exp", float64(expires)+0.5))
	identity, err := auth.Bearer(v, findTenant, "")(t.Context(), c)
	want := tenancy.Identity{
		Tenant:  servertest.Acme,
		Caller:  auth.Caller{Issuer: i.URL, Subject: "secret|ada", Email: "secret@example.com", EmailVerified: true},
		Expires: time.Unix(expires, 0).UTC().Add(30 * time.Second), // the clock skew
	}
	if err != nil || identity != want {
		t.Errorf("%+v, %v, want %+v", identity, err, want)
	}
}

// FuzzBearer sends arbitrary headers and parameters. Each is rejected with one of the documented errors, which does not
// contain the token.
func FuzzBearer(f *testing.F) {
	v, _ := newVerifier(f, auth.Config{Issuer: "https://issuer.example.com", Audiences: []string{audience}, PublicKey: publicPEM(rsaKey)})
	resolve := auth.Bearer(v, findTenant, "")
	i := newIssuer(f, "one", rsaKey)
	for _, test := range badTokens(i) {
		f.Add("Bearer "+test[0], "", "")
		f.Add("", "bearer "+test[0], "acme")
	}
	f.Add("Bearer "+i.token(), "Bearer "+i.token(), "")
	f.Fuzz(func(t *testing.T, header, parameter, choice string) {
		c := credentials(t, nil)
		c.Request.Header["Authorization"] = []string{header}
		if parameter != "" {
			c.Parameters = map[string]any{"authorization": parameter, "headers": map[string]any{"X-Tenant-ID": choice}}
		}
		_, err := resolve(t.Context(), c)
		if !errors.Is(err, tenancy.ErrUnauthenticated) && !errors.Is(err, tenancy.ErrInvalid) {
			t.Fatalf("%v", err)
		}
		checkSecret(t, []string{header, parameter}, err.Error())
	})
}
