package auth_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"rowhouse/auth"
	"rowhouse/tenancy"
)

// The example verifies tokens of a gateway. For tokens of a provider, set Issuer to its address, and leave PublicKey empty.
func Example() {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := auth.NewVerifier(context.Background(), auth.Config{
		Issuer:      "https://gateway.example.com",
		PublicKey:   publicPEM(private),
		Audiences:   []string{"https://api.example.com"},
		TenantClaim: "app_metadata.tenants",
	}, slog.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	// A server reads the tenants from a tenancy.Directory.
	directory := map[string]tenancy.Tenant{
		"org_1": {ID: 1, Slug: "acme"}, "org_2": {ID: 2, Slug: "globex"}, "org_3": {ID: 3, Slug: "umbrella"},
	}
	resolve := auth.Bearer(v, func(_ context.Context, externalID string) (tenancy.Tenant, error) {
		tenant, ok := directory[externalID]
		if !ok {
			return tenancy.Tenant{}, tenancy.ErrUnavailable
		}
		return tenant, nil
	}, "")

	token, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"iss": "https://gateway.example.com", "aud": "https://api.example.com", "sub": "ada", "exp": time.Now().Add(time.Hour).Unix(),
		"app_metadata": map[string]any{"tenants": []string{"org_1", "org_2"}},
	}).SignedString(private)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, choice := range []string{"acme", "2", "umbrella", "unknown", ""} {
		r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set(tenancy.HeaderName, choice)
		identity, err := resolve(context.Background(), tenancy.Credentials{Request: r})
		if err != nil {
			fmt.Println(errors.Is(err, tenancy.ErrForbidden), err)
			continue
		}
		fmt.Println(identity.Tenant.Slug, identity.Caller.(auth.Caller).Subject)
	}
	// Output:
	// acme ada
	// globex ada
	// true the credentials give no access to the tenant: the token has 2 tenants, and none of them is the chosen one and in the directory
	// true the credentials give no access to the tenant: the token has 2 tenants, and none of them is the chosen one and in the directory
	// false the token has several tenants: send the id or slug of one of them in the header X-Tenant-ID
}
