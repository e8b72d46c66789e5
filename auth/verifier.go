package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"rowhouse/tenancy"
)

const (
	// maxSubject bounds the claim sub, in bytes (OpenID Connect Core, 2).
	maxSubject = 255
	// maxEmail bounds the claim email, in bytes (RFC 5321).
	maxEmail = 320
	// maxTime bounds times: it is the end of the year 9999, in seconds since 1970.
	maxTime = 253402300799
)

// Token has the claims of a verified token.
type Token struct {
	// Issuer is Config.Issuer.
	Issuer string
	// Subject identifies the caller at the issuer. It has 1 to 255 bytes, without control characters.
	Subject string
	// Email is the e-mail address of the caller, or "". Unless EmailVerified is true, the address may
	// belong to somebody else.
	Email         string
	EmailVerified bool
	// Expires is the time when the token expires, without the clock skew.
	Expires time.Time
	// Tenants are the values of the tenant claim, without duplicates: up to 100, each of 1 to 255
	// printable ASCII characters.
	Tenants []string
}

// Verifier verifies tokens. It is safe for concurrent use.
type Verifier struct {
	config   Config
	parser   *jwt.Parser
	times    *jwt.Validator
	static   []key     // of Config.PublicKey
	provider *provider // or nil
}

// NewVerifier returns a Verifier. It reads the keys of the provider, and reads them again periodically
// until ctx ends. During an outage of the provider it succeeds, and reads the keys later. It fails if c
// is not valid, or if a response of the provider can't be used, for example because of another issuer.
func NewVerifier(ctx context.Context, c Config, log *slog.Logger) (*Verifier, error) {
	c, err := c.check()
	if err != nil {
		return nil, err
	}
	v := &Verifier{
		config: c,
		parser: jwt.NewParser(jwt.WithValidMethods(c.Algorithms), jwt.WithoutClaimsValidation()),
		times:  jwt.NewValidator(jwt.WithLeeway(c.ClockSkew), jwt.WithIssuedAt()),
	}
	if c.PublicKey != nil {
		if v.static, err = parsePEM(c.PublicKey); err != nil {
			return nil, err
		}
		return v, nil
	}
	v.provider = newProvider(c, log)
	if err = v.provider.read(ctx); errors.Is(err, errUnusable) {
		return nil, err
	}
	go v.provider.refresh(ctx, err)
	return v, nil
}

// The errors of Verify. Clients get the messages.
var (
	errMalformed = unauthenticated("the token is malformed: it must be a signed JWT of at most 8 KiB")
	errSignature = unauthenticated("the signature of the token is not valid: no accepted algorithm and key of the issuer fit it")
	errIssuer    = unauthenticated("the token has the wrong issuer")
	errAudience  = unauthenticated("the token has the wrong audience")
	errExpired   = unauthenticated("the token has expired")
	errEarly     = unauthenticated("the token is not yet valid")
	errTimes     = unauthenticated("the token is malformed: exp is required, and exp, nbf and iat must be seconds since 1970")
	errSubject   = unauthenticated("the token is malformed: sub must be a string of 1 to 255 bytes")
	errEmail     = unauthenticated("the token is malformed: email must be a string of at most 320 bytes")
	errTenants   = unauthenticated("the token is malformed: the claim with the tenants must have up to 100 strings, " +
		"each of 1 to 255 printable ASCII characters")
)

// unauthenticated returns an error with a message for the client.
func unauthenticated(message string) error {
	return &tenancy.ResolveError{Kind: tenancy.ErrUnauthenticated, Message: message}
}

// Verify verifies a token and returns its claims. It fails with a *tenancy.ResolveError of the kind
// tenancy.ErrUnauthenticated if the token is not valid, and with tenancy.ErrOutage if no key fits the
// token and the keys of the provider can't be read. The headers jku, x5u, x5c and jwk are ignored.
func (v *Verifier) Verify(ctx context.Context, token string) (Token, error) {
	if err := checkForm(token); err != nil {
		return Token{}, errMalformed
	}
	claims := jwt.MapClaims{}
	var failure error
	_, err := v.parser.ParseWithClaims(token, claims, func(t *jwt.Token) (keys any, _ error) {
		keys, failure = v.findKeys(ctx, t)
		return keys, failure
	})
	switch {
	case err == nil:
		return v.readClaims(claims)
	case failure != nil:
		return Token{}, failure
	case errors.Is(err, jwt.ErrTokenMalformed):
		return Token{}, errMalformed
	}
	return Token{}, errSignature
}

// findKeys returns the keys that fit a token. The parser has checked that its algorithm is accepted.
func (v *Verifier) findKeys(ctx context.Context, token *jwt.Token) (any, error) {
	id, ok := token.Header["kid"].(string)
	if _, found := token.Header["kid"]; found && !ok {
		return nil, errMalformed
	}
	alg, found := token.Method.Alg(), v.static
	if v.provider != nil {
		var err error
		if found, err = v.provider.find(ctx, alg, id); err != nil {
			return nil, fmt.Errorf("%w: the identity provider: %v", tenancy.ErrOutage, err) //nolint:errorlint // not the request's error
		}
	}
	var set jwt.VerificationKeySet
	for _, k := range found {
		if k.fits(alg) {
			set.Keys = append(set.Keys, k.public)
		}
	}
	if len(set.Keys) == 0 {
		return nil, errSignature
	}
	return set, nil
}

// readClaims checks and returns the claims of a token with a valid signature.
func (v *Verifier) readClaims(claims jwt.MapClaims) (Token, error) {
	switch {
	case claims["iss"] != any(v.config.Issuer):
		return Token{}, errIssuer
	case !v.isAudience(claims):
		return Token{}, errAudience
	}
	expires, err := v.checkTimes(claims)
	if err != nil {
		return Token{}, err
	}
	t := Token{Issuer: v.config.Issuer, Expires: expires}
	if t.Subject, _ = claims["sub"].(string); t.Subject == "" || !isClean(t.Subject, maxSubject) {
		return Token{}, errSubject
	}
	var ok bool
	if t.Email, ok = claims["email"].(string); !ok && claims["email"] != nil || !isClean(t.Email, maxEmail) {
		return Token{}, errEmail
	}
	// Some providers send a string.
	t.EmailVerified = t.Email != "" && (claims["email_verified"] == true || claims["email_verified"] == "true")
	if t.Tenants, ok = readTenants(claims, v.config.TenantClaim); !ok {
		return Token{}, errTenants
	}
	return t, nil
}

// isAudience reports whether the token is for one of the audiences.
func (v *Verifier) isAudience(claims jwt.MapClaims) bool {
	audience := claims["aud"]
	if audience == nil && claims["token_use"] == "access" { // Cognito
		audience = claims["client_id"]
	}
	switch audience := audience.(type) {
	case string:
		return slices.Contains(v.config.Audiences, audience)
	case []any:
		return slices.ContainsFunc(audience, func(one any) bool {
			s, ok := one.(string)
			return ok && slices.Contains(v.config.Audiences, s)
		})
	}
	return false
}

// checkTimes returns the time when a token expires. It fails unless the token is valid now.
func (v *Verifier) checkTimes(claims jwt.MapClaims) (time.Time, error) {
	for _, name := range []string{"exp", "nbf", "iat"} {
		seconds, _ := claims[name].(float64) // Validate rejects other types
		if seconds < 0 || seconds > maxTime || name == "exp" && seconds == 0 {
			return time.Time{}, errTimes
		}
	}
	err := v.times.Validate(claims)
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return time.Time{}, errExpired
	case errors.Is(err, jwt.ErrTokenNotValidYet) || errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return time.Time{}, errEarly
	case err != nil:
		return time.Time{}, errTimes
	}
	return time.Unix(int64(claims["exp"].(float64)), 0).UTC(), nil
}

// isClean reports whether s has at most the given number of bytes, no control characters, and no U+FFFD. Malformed
// characters are decoded as U+FFFD, so that different strings would become equal.
func isClean(s string, most int) bool {
	return len(s) <= most && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError })
}
