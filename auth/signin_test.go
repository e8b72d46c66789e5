package auth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"rowhouse/auth"
)

// member is a user of mockoidc with a tenant.
type member struct {
	*mockoidc.MockUser
	tenants []string
}

// Claims adds the tenants to an ID token.
func (m member) Claims(_ []string, claims *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	return &struct {
		*mockoidc.IDTokenClaims
		Tenants []string `json:"https://example.com/tenants"`
	}{claims, m.tenants}, nil
}

// TestSignInAtAProvider signs in at an independent OpenID Connect provider, mockoidc, by the authorization
// code flow. It calls the API with the ID token before and after the provider replaces its key.
func TestSignInAtAProvider(t *testing.T) {
	provider := must(mockoidc.Run())
	t.Cleanup(func() { _ = provider.Shutdown() })
	s, _ := newServer(t, auth.Config{
		Issuer: provider.Issuer(), Audiences: []string{provider.ClientID}, TenantClaim: "https://example.com/tenants",
	})
	user := member{mockoidc.DefaultUser(), []string{"org_acme", "org_globex"}}
	first := signIn(t, provider, user)
	checkResponse(t, s, 200, "", "globex", "", "Authorization", "Bearer "+first, "X-Tenant-ID", "globex")
	provider.Keypair = must(mockoidc.RandomKeypair(2048))
	second := signIn(t, provider, user)
	checkResponse(t, s, 200, "", "acme", "", "Authorization", "Bearer "+second, "X-Tenant-ID", "acme")
	checkResponse(t, s, 401, "UNAUTHENTICATED", signature, "", "Authorization", "Bearer "+first, "X-Tenant-ID", "acme")
	// Another user has no tenant.
	checkResponse(t, s, 403, "FORBIDDEN", "", "access denied", "Authorization", "Bearer "+signIn(t, provider, member{user.MockUser, nil}))
}

// signIn returns the ID token of a user.
func signIn(t *testing.T, provider *mockoidc.MockOIDC, user mockoidc.User) string {
	t.Helper()
	provider.QueueUser(user)
	query := url.Values{
		"client_id": {provider.ClientID}, "response_type": {"code"}, "scope": {"openid"}, "state": {"a"}, "nonce": {"b"},
		"redirect_uri": {"http://127.0.0.1/callback"},
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	redirect, err := client.Get(provider.AuthorizationEndpoint() + "?" + query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer redirect.Body.Close()
	response, err := client.PostForm(provider.TokenEndpoint(), url.Values{
		"client_id": {provider.ClientID}, "client_secret": {provider.ClientSecret}, "grant_type": {"authorization_code"},
		"code": {must(redirect.Location()).Query().Get("code")},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var tokens struct {
		ID string `json:"id_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&tokens); err != nil || tokens.ID == "" {
		t.Fatalf("no token: %s, %v", response.Status, err)
	}
	return tokens.ID
}
