package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"rowhouse/auth"
	"rowhouse/tenancy"
)

// authFlags are the flags for tokens of an identity provider.
type authFlags struct {
	OIDCIssuer    string        `name:"oidc-issuer" placeholder:"URL" help:"Issuer of the tokens that clients send, an OpenID Connect provider such as https://example.eu.auth0.com/. Its keys are found by discovery. Without it, clients choose their tenant."`
	OIDCAudience  []string      `name:"oidc-audience" placeholder:"NAME" help:"Audience of the tokens: a name of this API that the provider knows. Repeat the flag for more; a token must have one of them."`
	OIDCAlgorithm []string      `name:"oidc-algorithm" placeholder:"NAME" help:"Signature algorithm of the tokens, such as RS256; repeat the flag for more. The default is each algorithm with a public key. HMAC is never accepted."`
	OIDCClockSkew time.Duration `name:"oidc-clock-skew" default:"30s" help:"Largest difference between the clocks of the issuer and of this server."`
	OIDCPublicKey string        `name:"oidc-public-key" placeholder:"FILE" help:"File with the issuer's public keys in PEM, for a gateway that signs tokens. The issuer is then not asked."`
	JWKSURL       string        `name:"jwks-url" placeholder:"URL" help:"Address of the issuer's keys (JWKS), for an issuer without discovery."`
	TenantClaim   string        `placeholder:"PATH" help:"Claim of the tokens with the external ids of the caller's tenants, such as org_id, o.id, or https://example.com/tenant."`
}

// check fails for flags that are not complete.
func (f authFlags) check(trustTenantHeader bool) error {
	switch {
	case f.OIDCIssuer == "" && (len(f.OIDCAudience) > 0 || len(f.OIDCAlgorithm) > 0 || f.OIDCPublicKey != "" ||
		f.JWKSURL != "" || f.TenantClaim != ""):
		return errors.New("--oidc-audience, --oidc-algorithm, --oidc-public-key, --jwks-url and --tenant-claim need --oidc-issuer, " +
			"the issuer of the tokens")
	case f.OIDCIssuer == "":
		return nil
	case trustTenantHeader:
		return errors.New("--oidc-issuer and --trust-tenant-header exclude each other: " +
			"the tenant comes from the token, or from the gateway's header")
	case len(f.OIDCAudience) == 0:
		return errors.New("--oidc-issuer needs --oidc-audience: " +
			"otherwise tokens that the issuer made for other programs would be valid here")
	case f.TenantClaim == "":
		return errors.New("--oidc-issuer needs --tenant-claim, the claim with the caller's tenants, such as org_id")
	}
	return nil
}

// resolver returns the Resolver of the flags, or nil without an issuer.
func (f authFlags) resolver(ctx context.Context, directory *tenancy.Directory, log *slog.Logger) (tenancy.Resolver, error) {
	if f.OIDCIssuer == "" {
		return nil, nil
	}
	config := auth.Config{
		Issuer:      f.OIDCIssuer,
		JWKSURL:     f.JWKSURL,
		Audiences:   f.OIDCAudience,
		Algorithms:  f.OIDCAlgorithm,
		ClockSkew:   cmp.Or(f.OIDCClockSkew, 1), // 0 would be the default
		TenantClaim: f.TenantClaim,
	}
	if f.OIDCPublicKey != "" {
		var err error
		if config.PublicKey, err = os.ReadFile(f.OIDCPublicKey); err != nil {
			return nil, fmt.Errorf("--oidc-public-key: %w", err)
		}
	}
	verifier, err := auth.NewVerifier(ctx, config, log)
	if err != nil {
		return nil, fmt.Errorf("--oidc-issuer: %w", err)
	}
	return auth.Bearer(verifier, directory.ByExternalID), nil
}
