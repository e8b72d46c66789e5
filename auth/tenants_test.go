package auth_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"rowhouse/auth"
)

// TestTokensOfProvidersAreValid verifies tokens with the claims that providers document, and current times.
func TestTokensOfProvidersAreValid(t *testing.T) {
	const directory = "b9410318-09af-49c2-b0c3-653adc1f376e"
	for _, test := range []struct {
		name, claim, audience, claims string
		want                          auth.Token // without issuer and times
	}{
		{
			name: "Auth0", claim: "org_id", audience: "https://api.example.com",
			claims: `{"sub": "auth0|507f1f77bcf86cd799439011", "aud": ["https://api.example.com", "https://acme.us.auth0.com/userinfo"],
				"azp": "my_client_id", "scope": "openid profile", "org_id": "org_9ybsU1dN2dKfDkBi"}`,
			want: auth.Token{Subject: "auth0|507f1f77bcf86cd799439011", Tenants: []string{"org_9ybsU1dN2dKfDkBi"}},
		},
		{
			name: "Auth0, a namespaced claim of an Action", claim: "https://example.com/tenant", audience: "https://api.example.com",
			claims: `{"sub": "auth0|1", "aud": "https://api.example.com", "https://example.com/tenant": "acme"}`,
			want:   auth.Token{Subject: "auth0|1", Tenants: []string{"acme"}},
		},
		{
			name: "Clerk, version 1", claim: "org_id", audience: "api",
			claims: `{"sub": "user_2ayTvSa1fWYBm3W4k5Ro8Pq1Wn6", "aud": "api", "azp": "https://example.com", "sid": "sess_2",
				"org_id": "org_2aB", "org_role": "org:admin", "org_slug": "acme"}`,
			want: auth.Token{Subject: "user_2ayTvSa1fWYBm3W4k5Ro8Pq1Wn6", Tenants: []string{"org_2aB"}},
		},
		{
			name: "Clerk, version 2", claim: "o.id", audience: "api",
			claims: `{"sub": "user_2", "aud": "api", "v": 2, "fea": "o:dashboard", "o": {"id": "org_2aB", "rol": "admin", "slg": "acme"}}`,
			want:   auth.Token{Subject: "user_2", Tenants: []string{"org_2aB"}},
		},
		{
			name: "Clerk, without an organization", claim: "o.id", audience: "api",
			claims: `{"sub": "user_2", "aud": "api", "v": 2}`,
			want:   auth.Token{Subject: "user_2"},
		},
		{
			name: "WorkOS, with an audience of a JWT template", claim: "org_id", audience: "client_01",
			claims: `{"sub": "user_01HBEQKA6K4QJAS93VPE39W1JT", "aud": "client_01", "sid": "session_01",
				"org_id": "org_01HRDMC6CM357W30QMHMQ96Q0S", "role": "member", "permissions": ["posts:read"], "jti": "01"}`,
			want: auth.Token{Subject: "user_01HBEQKA6K4QJAS93VPE39W1JT", Tenants: []string{"org_01HRDMC6CM357W30QMHMQ96Q0S"}},
		},
		{
			name: "Keycloak, a list", claim: "organization", audience: "rowhouse",
			claims: `{"sub": "f1b6d4f4-7f0a-4a3c-9d0c-3d6c1f0a7b11", "aud": ["rowhouse", "account"], "typ": "Bearer", "azp": "web",
				"email": "ada@example.com", "email_verified": true, "organization": ["acme", "globex"]}`,
			want: auth.Token{
				Subject: "f1b6d4f4-7f0a-4a3c-9d0c-3d6c1f0a7b11", Email: "ada@example.com", EmailVerified: true,
				Tenants: []string{"acme", "globex"},
			},
		},
		{
			name: "Keycloak, an object", claim: "organization", audience: "rowhouse",
			claims: `{"sub": "f1", "aud": "rowhouse",
				"organization": {"globex": {}, "acme": {"id": "42c3e46f-2477-44d7-a85b-d3b43f6b31fa"}}}`,
			want: auth.Token{Subject: "f1", Tenants: []string{"acme", "globex"}},
		},
		{
			name: "Keycloak, the ids in an object", claim: "organization.*.id", audience: "rowhouse",
			claims: `{"sub": "f1", "aud": "rowhouse", "organization": {"globex": {"id": "42"}, "acme": {"id": "41", "attr": ["a"]}}}`,
			want:   auth.Token{Subject: "f1", Tenants: []string{"41", "42"}},
		},
		{
			name: "Entra", claim: "tid", audience: "6e74172b-be56-4843-9ff4-e66a39bb12e3",
			claims: `{"sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "aud": "6e74172b-be56-4843-9ff4-e66a39bb12e3", "ver": "2.0",
				"tid": "` + directory + `", "email": "ada@example.com", "nbf": 1536361411}`,
			want: auth.Token{
				Subject: "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", Email: "ada@example.com", Tenants: []string{directory},
			},
		},
		{
			name: "Cognito, an ID token", claim: "custom:tenant", audience: "xxxxxxxxxxxxexample",
			claims: `{"sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "aud": "xxxxxxxxxxxxexample", "token_use": "id",
				"email_verified": "true", "email": "ada@example.com", "cognito:username": "ada", "custom:tenant": "acme"}`,
			want: auth.Token{
				Subject: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", Email: "ada@example.com", EmailVerified: true, Tenants: []string{"acme"},
			},
		},
		{
			name: "Cognito, groups in an access token", claim: "cognito:groups", audience: "xxxxxxxxxxxxexample",
			claims: `{"sub": "aaaaaaaa", "client_id": "xxxxxxxxxxxxexample", "token_use": "access", "scope": "openid",
				"username": "ada", "cognito:groups": ["acme", "globex"]}`,
			want: auth.Token{Subject: "aaaaaaaa", Tenants: []string{"acme", "globex"}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			i := newIssuer(t, "one", rsaKey)
			claims := jwt.MapClaims{}
			if err := json.Unmarshal([]byte(test.claims), &claims); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"iss", "exp", "iat"} {
				claims[name] = i.claims()[name]
			}
			v, _ := newVerifier(t, auth.Config{Issuer: i.URL, Audiences: []string{test.audience}, TenantClaim: test.claim})
			got := verify(t, v, sign(jwt.SigningMethodRS256, rsaKey, claims, "kid", "one"))
			test.want.Issuer, test.want.Expires = i.URL, got.Expires
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestTenantClaimIsAPath(t *testing.T) {
	const failure = "error"
	for _, test := range []struct{ path, claims, want string }{
		{"tenant", `{"tenant": "a"}`, "a"},
		{"tenant", `{"tenant": ["a", "b", "a"]}`, "a b"},
		{"tenant", `{"tenant": {"b": 1, "a": null}}`, "a b"},
		{"tenant", `{"Tenant": "a", "tenant ": "b"}`, ""},
		{"tenant", `{"tenant": null}`, ""},
		{"tenant", `{"tenant": []}`, ""},
		{"tenant", `{"tenant": {}}`, ""},
		{"tenant", `{"tenant": {"": {}}}`, failure},
		{"tenant", `{"tenant": {"é": {}}}`, failure},
		{"tenant", `{"tenant": false}`, failure},
		{"app_metadata.tenant", `{"app_metadata": {"tenant": "a"}}`, "a"},
		{"app_metadata.tenant", `{"app_metadata": {"tenant": "a"}, "app_metadata.tenant": "b"}`, "b"},
		{"app_metadata.tenant", `{"app_metadata": {}}`, ""},
		{"app_metadata.tenant", `{"app_metadata": "a"}`, ""},
		{"app_metadata.tenant", `{"app_metadata": null}`, ""},
		{"app_metadata.tenant", `{"app_metadata": {"tenant": 1}}`, failure},
		{"https://example.com/tenant", `{"https://example.com/tenant": "a"}`, "a"},
		{"https://example.com/tenant", `{"https://example": {"com/tenant": "b"}}`, "b"},
		{"https://example.com/app.tenant", `{"https://example.com/app": {"tenant": "a"}}`, "a"},
		{"https://example.com/app.a.b", `{"https://example.com/app": {"a.b": "c"}}`, "c"},
		{"orgs.id", `{"orgs": [{"id": "a"}, {"id": "b", "name": 1}]}`, "a b"},
		{"orgs.id", `{"orgs": [{"id": ["a"]}, {"id": {"b": 1}}]}`, "a b"},
		{"orgs.id", `{"orgs": []}`, ""},
		{"orgs.id", `{"orgs": [{"id": "a"}, {"name": "b"}]}`, failure},
		{"orgs.id", `{"orgs": [{"id": "a"}, {"id": null}]}`, failure},
		{"orgs.id", `{"orgs": [{"id": "a"}, "b"]}`, failure},
		{"orgs", `{"orgs": [{"id": "a"}]}`, failure},
		{"orgs.*.id", `{"orgs": {"x": {"id": "a"}, "y": {"id": "b"}}}`, "a b"},
		{"orgs.*.id", `{"orgs": {"x": {"id": "a"}, "y": {}}}`, failure},
		{"orgs.*.id", `{"orgs": {}}`, ""},
		{"orgs.*.id", `{"orgs": {"*": {"id": "a"}, "y": {"id": "b"}}}`, "a"},
		{".", `{"": {"": "a"}}`, ""},
		{"", `{"": "a"}`, ""},
	} {
		i := newIssuer(t, "one", rsaKey)
		c := i.config()
		c.TenantClaim = test.path
		v, _ := newVerifier(t, c)
		claims := i.claims()
		if err := json.Unmarshal([]byte(test.claims), &claims); err != nil {
			t.Fatal(err)
		}
		token := sign(jwt.SigningMethodRS256, rsaKey, claims, "kid", "one")
		if test.want == failure {
			checkVerify(t, v, token, tenants)
			continue
		}
		if got := strings.Join(verify(t, v, token).Tenants, " "); got != test.want {
			t.Errorf("%s of %s: %q, want %q", test.path, test.claims, got, test.want)
		}
	}
}

// TestTokensAtTheLimitsAreValid verifies tokens at the limits that badTokens exceed.
func TestTokensAtTheLimitsAreValid(t *testing.T) {
	i := newIssuer(t, "one", rsaKey)
	v, _ := newVerifier(t, i.config())
	var hundred []string
	for n := range 100 {
		hundred = append(hundred, fmt.Sprint("org_", n))
	}
	if got := verify(t, v, i.token(tenantName, hundred)).Tenants; !slices.Equal(got, hundred) {
		t.Errorf("tenants: %v", got)
	}
	long := strings.Repeat("~ ", 127) + "!"
	got := verify(t, v, i.token(tenantName, long, "sub", long, "email", strings.Repeat("é", 160)))
	if got.Subject != long || !slices.Equal(got.Tenants, []string{long}) || len(got.Email) != 320 {
		t.Errorf("%+v", got)
	}
	token := i.token("a", "")
	padding := (8<<10 - len(token)) / 4 * 3
	for padding > 0 && len(token) != 8<<10 {
		token = i.token("a", strings.Repeat("a", padding))
		padding--
	}
	if len(token) > 8<<10 {
		t.Fatalf("the token has %d bytes", len(token))
	}
	verify(t, v, token)
	if got := verify(t, v, i.token("email", nil, "email_verified", true)); got.EmailVerified {
		t.Errorf("verified without an address: %+v", got)
	}
	if got := verify(t, v, i.token("email_verified", "false")); got.EmailVerified {
		t.Errorf("%+v", got)
	}
}
