package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"time"

	"rowhouse/auth"
	"rowhouse/tenancy"
)

// authFlags are the flags for tokens of an identity provider.
type authFlags struct {
	OIDCIssuer    string        `name:"oidc-issuer" placeholder:"URL" help:"Issuer of the tokens that clients send: the address of an OpenID Connect provider, such as https://example.eu.auth0.com/, exactly as in the claim iss. Its keys are found by discovery. Without this flag, clients choose their tenant."`
	OIDCAudience  []string      `name:"oidc-audience" placeholder:"NAME" help:"Accepted value of the claim aud: the name of this API at the provider. Repeat the flag for more; a token must have one of them. Required with --oidc-issuer."`
	OIDCAlgorithm []string      `name:"oidc-algorithm" placeholder:"NAME" help:"Accepted signature algorithm of tokens, such as RS256; repeat the flag for more. The default is RS256 to RS512, PS256 to PS512, ES256 to ES512, and EdDSA. HMAC is never accepted."`
	OIDCClockSkew time.Duration `name:"oidc-clock-skew" default:"30s" help:"Accepted difference between the clocks of the issuer and this server, at most 10m."`
	OIDCPublicKey string        `name:"oidc-public-key" placeholder:"FILE" help:"File with the public keys of the issuer in PEM, for a gateway that signs tokens. The server then requests no keys."`
	JWKSURL       string        `name:"jwks-url" placeholder:"URL" help:"Address of the issuer's keys (JWKS), for an issuer without discovery."`
	TenantDomain  string        `placeholder:"DOMAIN" help:"Domain whose subdomains choose a tenant: with app.example.com, acme.app.example.com chooses the tenant with the slug acme, if the token has it. Other hosts are refused."`
	TenantClaim   string        `placeholder:"PATH" help:"Path of the claim with the external ids of the caller's tenants, such as org_id, o.id, or https://example.com/tenant. Required with --oidc-issuer."`
}

// check fails if a required flag is missing, or if flags exclude each other.
func (f authFlags) check(trustTenantHeader bool) error {
	switch {
	case f.OIDCIssuer == "" && (len(f.OIDCAudience) > 0 || len(f.OIDCAlgorithm) > 0 || f.OIDCPublicKey != "" || f.JWKSURL != "" ||
		f.TenantClaim != "" || f.TenantDomain != ""):
		return errors.New("the other --oidc flags, --jwks-url, --tenant-claim and --tenant-domain need --oidc-issuer, " +
			"the issuer of the tokens")
	case f.OIDCIssuer == "":
		return nil
	case trustTenantHeader:
		return errors.New("--oidc-issuer and --trust-tenant-header exclude each other: " +
			"the tenant is read either from the token or from the gateway's header")
	case len(f.OIDCAudience) == 0:
		return errors.New("--oidc-issuer needs --oidc-audience: " +
			"otherwise the server would accept tokens that the issuer issued for other programs")
	case f.TenantClaim == "":
		return errors.New("--oidc-issuer needs --tenant-claim, the claim with the caller's tenants, such as org_id")
	case f.TenantDomain != "" && !domainPattern.MatchString(f.TenantDomain):
		return fmt.Errorf("--tenant-domain %q must be a domain in lower case, such as app.example.com, without a scheme or a port",
			f.TenantDomain)
	}
	return nil
}

// domainPattern matches a domain of at least two labels.
var domainPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

// resolver returns the Resolver for the flags, which include --oidc-issuer. It can request the keys of the issuer.
func (f authFlags) resolver(ctx context.Context, directory *tenancy.Directory, log *slog.Logger) (tenancy.Resolver, error) {
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
	return auth.Bearer(verifier, directory.ByExternalID, f.TenantDomain), nil
}
