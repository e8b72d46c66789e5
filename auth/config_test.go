package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"rowhouse/auth"
	"rowhouse/graph/servertest"
)

// newSmallKey returns a key that is too small.
func newSmallKey() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 1024) }

func TestInvalidConfigIsRejected(t *testing.T) {
	good := auth.Config{Issuer: "https://issuer.example.com", Audiences: []string{audience}, PublicKey: publicPEM(rsaKey)}
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(rsaKey))})
	for _, test := range []struct {
		name   string
		change func(c *auth.Config)
		want   string
	}{
		{"no issuer", func(c *auth.Config) { c.Issuer = "" }, "an issuer is required"},
		{"no audience", func(c *auth.Config) { c.Audiences = nil }, "an audience is required"},
		{"an empty audience", func(c *auth.Config) { c.Audiences = []string{audience, ""} }, "an audience is required"},
		{"HMAC", func(c *auth.Config) { c.Algorithms = []string{"RS256", "HS256"} }, `"HS256" is not accepted: choose among ES256`},
		{"none", func(c *auth.Config) { c.Algorithms = []string{"none"} }, `the algorithm "none" is not accepted`},
		{"lower case", func(c *auth.Config) { c.Algorithms = []string{"rs256"} }, `the algorithm "rs256" is not accepted`},
		{"negative skew", func(c *auth.Config) { c.ClockSkew = -1 }, "at most 10m0s"},
		{"an hour of skew", func(c *auth.Config) { c.ClockSkew = time.Hour }, "at most 10m0s"},
		{"two sources", func(c *auth.Config) { c.JWKSURL = "https://issuer.example.com/keys" }, "not both"},
		{"no TLS", func(c *auth.Config) { c.PublicKey, c.Issuer = nil, "http://issuer.example.com" }, "must begin with https://"},
		{"not loopback", func(c *auth.Config) { c.PublicKey, c.Issuer = nil, "http://localhost.example.com" }, "must begin with https://"},
		{"no scheme", func(c *auth.Config) { c.PublicKey, c.Issuer = nil, "issuer.example.com" }, "is not the address"},
		{"a password", func(c *auth.Config) { c.PublicKey, c.Issuer = nil, "https://a:b@issuer.example.com" }, "is not the address"},
		{"HTTP keys", func(c *auth.Config) { c.PublicKey, c.JWKSURL = nil, "http://issuer.example.com/keys" }, "must begin with https://"},
		{"a word", func(c *auth.Config) { c.PublicKey = []byte("key") }, "1 to 10 PEM blocks"},
		{"an empty file", func(c *auth.Config) { c.PublicKey = []byte{} }, "1 to 10 PEM blocks"},
		{"a private key", func(c *auth.Config) { c.PublicKey = private }, "a block PRIVATE KEY: only blocks PUBLIC KEY are read"},
		{"a small key", func(c *auth.Config) { c.PublicKey = publicPEM(must(newSmallKey())) }, "an RSA key has 1024 bits, but must have"},
		{"an empty block", func(c *auth.Config) { c.PublicKey = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY"}) }, "can't be used"},
		{"11 keys", func(c *auth.Config) { c.PublicKey = []byte(strings.Repeat(string(c.PublicKey), 11)) }, "1 to 10 PEM blocks"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := good
			test.change(&c)
			v, err := auth.NewVerifier(t.Context(), c, newLogger(&servertest.Log{}))
			if err == nil || !strings.Contains(err.Error(), test.want) || v != nil {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

// TestStaticKeysVerifyTokens verifies tokens of a gateway during a key rotation, without a provider.
func TestStaticKeysVerifyTokens(t *testing.T) {
	i := newIssuer(t)
	c := auth.Config{Issuer: i.URL, Audiences: []string{audience}, PublicKey: append(publicPEM(rsaKey), publicPEM(otherKey)...)}
	c.PublicKey = append(append(c.PublicKey, publicPEM(edKey)...), publicPEM(ecKey)...)
	v, _ := newVerifier(t, c)
	verify(t, v, sign(jwt.SigningMethodRS256, rsaKey, i.claims()))
	verify(t, v, sign(jwt.SigningMethodRS256, otherKey, i.claims(), "kid", "any"))
	verify(t, v, sign(jwt.SigningMethodEdDSA, edKey, i.claims()))
	checkVerify(t, v, sign(jwt.SigningMethodES384, bigECKey, i.claims()), signature)
	checkVerify(t, v, signSmall(i.claims(), "any"), signature)
	checkVerify(t, v, sign(jwt.SigningMethodHS256, publicPEM(rsaKey), i.claims()), signature)
	checkVerify(t, v, sign(jwt.SigningMethodHS256, c.PublicKey, i.claims()), signature)
	if n := i.reads.Load(); n != 0 {
		t.Errorf("the provider got %d requests", n)
	}
	if got := verify(t, v, sign(jwt.SigningMethodRS256, rsaKey, i.claims())); got.Tenants != nil {
		t.Errorf("tenants without a claim: %v", got.Tenants)
	}
}

func TestClockSkewIsAllowed(t *testing.T) {
	i := newIssuer(t, "one", rsaKey)
	c := i.config()
	c.ClockSkew = 5 * time.Minute
	v, _ := newVerifier(t, c)
	now := time.Now()
	verify(t, v, i.token("exp", now.Add(-4*time.Minute).Unix()))
	verify(t, v, i.token("nbf", now.Add(4*time.Minute).Unix(), "iat", now.Add(4*time.Minute).Unix()))
	checkVerify(t, v, i.token("exp", now.Add(-6*time.Minute).Unix()), "the token has expired")
	checkVerify(t, v, i.token("nbf", now.Add(6*time.Minute).Unix()), "the token is not yet valid")
	verify(t, v, i.token("nbf", 0, "iat", remove))
}
