package auth

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// defaultSkew is the default of Config.ClockSkew.
	defaultSkew = 30 * time.Second
	// maxSkew bounds Config.ClockSkew, which extends the life of each token.
	maxSkew = 10 * time.Minute
)

// methods are the algorithms that a Verifier can accept. All are asymmetric: the server has only public
// keys, and can't sign tokens. HMAC and none are never accepted.
var methods = map[string]jwt.SigningMethod{
	"RS256": jwt.SigningMethodRS256, "RS384": jwt.SigningMethodRS384, "RS512": jwt.SigningMethodRS512,
	"PS256": jwt.SigningMethodPS256, "PS384": jwt.SigningMethodPS384, "PS512": jwt.SigningMethodPS512,
	"ES256": jwt.SigningMethodES256, "ES384": jwt.SigningMethodES384, "ES512": jwt.SigningMethodES512,
	"EdDSA": jwt.SigningMethodEdDSA,
}

// Config describes the tokens that a Verifier accepts.
type Config struct {
	// Issuer is the required value of the claim iss. Unless JWKSURL or PublicKey is set, it is also the
	// address of an OpenID Connect provider. Its keys are found by discovery: at Issuer followed by
	// /.well-known/openid-configuration.
	Issuer string
	// JWKSURL is the address of the provider's keys, for a provider without discovery.
	JWKSURL string
	// PublicKey has the keys of a gateway in PEM: 1 to 10 blocks PUBLIC KEY. During a key rotation it has
	// the old and the new key. With PublicKey, the Verifier requests no keys. Text without a
	// key is an error, unless it is nil.
	PublicKey []byte

	// Audiences are the accepted values of the claim aud: a token must have one of them. Access tokens
	// of Amazon Cognito have no aud. If token_use is "access", client_id must be one of Audiences
	// instead.
	Audiences []string
	// Algorithms are the accepted values of alg. The default is RS256, RS384, RS512, PS256, PS384,
	// PS512, ES256, ES384, ES512 and EdDSA. No others are supported.
	Algorithms []string
	// ClockSkew is the accepted difference between clocks when exp, nbf and iat are checked, up to 10
	// minutes. The default is 30 seconds.
	ClockSkew time.Duration

	// TenantClaim is the path of the claim with the caller's tenants: names separated by dots. A name
	// may itself contain dots, such as https://example.com/tenant: in each object, the longest name
	// that matches the path is used. In a list, the rest of the path applies to each object of the
	// list. The name * matches each member of an object.
	//
	// The claim is a string, a list of strings, or an object whose names are the tenants. Without a
	// TenantClaim, tokens have no tenants.
	TenantClaim string
}

// check returns the configuration with its defaults, or an error that says what to change.
func (c Config) check() (Config, error) {
	c.ClockSkew = cmp.Or(c.ClockSkew, defaultSkew)
	if len(c.Algorithms) == 0 {
		c.Algorithms = slices.Sorted(maps.Keys(methods))
	}
	for _, name := range c.Algorithms {
		if methods[name] == nil {
			return c, fmt.Errorf("the algorithm %q is not accepted: choose among %s", name,
				strings.Join(slices.Sorted(maps.Keys(methods)), ", "))
		}
	}
	switch {
	case c.Issuer == "":
		return c, errors.New("an issuer is required: the claim iss of the tokens")
	case len(c.Audiences) == 0 || slices.Contains(c.Audiences, ""):
		return c, errors.New("an audience is required: otherwise tokens for other programs of the issuer would be accepted")
	case c.ClockSkew < 0 || c.ClockSkew > maxSkew:
		return c, fmt.Errorf("the clock skew must be positive, and at most %s", maxSkew)
	case c.PublicKey != nil && c.JWKSURL != "":
		return c, errors.New("set a public key or the address of keys, not both")
	case c.PublicKey != nil:
		return c, nil
	case c.JWKSURL != "":
		return c, checkURL(c.JWKSURL)
	}
	return c, checkURL(c.Issuer)
}

// checkURL fails unless address is a URL with the scheme https, or http for a loopback address.
func checkURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return fmt.Errorf("%q is not the address of an identity provider", address)
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return fmt.Errorf("the address %s must begin with https://", address)
	}
	return nil
}

// isLoopback reports whether host is localhost or a loopback address. It does not resolve names.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
