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

// methods are the algorithms that a Verifier may accept. Each needs a key pair, so a server that
// verifies tokens can't sign them. HMAC and none are never accepted.
var methods = map[string]jwt.SigningMethod{
	"RS256": jwt.SigningMethodRS256, "RS384": jwt.SigningMethodRS384, "RS512": jwt.SigningMethodRS512,
	"PS256": jwt.SigningMethodPS256, "PS384": jwt.SigningMethodPS384, "PS512": jwt.SigningMethodPS512,
	"ES256": jwt.SigningMethodES256, "ES384": jwt.SigningMethodES384, "ES512": jwt.SigningMethodES512,
	"EdDSA": jwt.SigningMethodEdDSA,
}

// Config describes the tokens that a Verifier accepts.
type Config struct {
	// Issuer is the claim iss of each token, character for character. Unless JWKSURL or PublicKey is
	// set, it is the address of an OpenID Connect provider, which has the document
	// /.well-known/openid-configuration below it.
	Issuer string
	// JWKSURL is the address of the provider's keys, for a provider without discovery.
	JWKSURL string
	// PublicKey has the keys of a gateway in PEM: blocks PUBLIC KEY, up to 10. During a rotation it has
	// the old and the new key. No provider is asked. Empty text is an error, unless it is nil.
	PublicKey []byte

	// Audiences are the values of the claim aud: a token must have one of them. Access tokens of
	// Amazon Cognito have no aud; their claim token_use is "access", and their client_id must be one
	// of Audiences.
	Audiences []string
	// Algorithms are the accepted values of alg. The default is RS256, RS384, RS512, PS256, PS384,
	// PS512, ES256, ES384, ES512 and EdDSA. There are no others.
	Algorithms []string
	// ClockSkew is the difference between clocks that exp, nbf and iat may have, up to 10 minutes.
	// The default is 30 seconds.
	ClockSkew time.Duration

	// TenantClaim is the path of the claim that names the caller's tenants: names, joined by dots.
	// At each object, the longest name wins that the object has, so that the claim
	// "https://example.com/tenant" needs no quotes. Below a list, a path continues in each of its
	// objects. The name * stands for each member of an object.
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
		return c, errors.New("an audience is required: tokens for other programs of the issuer must not be accepted")
	case c.ClockSkew < 0 || c.ClockSkew > maxSkew:
		return c, fmt.Errorf("the clock skew must be at most %s", maxSkew)
	case c.PublicKey != nil && c.JWKSURL != "":
		return c, errors.New("give a public key or the address of keys, not both")
	case c.PublicKey != nil:
		return c, nil
	case c.JWKSURL != "":
		return c, checkURL(c.JWKSURL)
	}
	return c, checkURL(c.Issuer)
}

// checkURL fails unless an address has the scheme https. Loopback addresses may have http.
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

// isLoopback reports whether a host is of this machine, by its name alone.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
