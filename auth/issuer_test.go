package auth_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"rowhouse/auth"
	"rowhouse/graph/servertest"
)

const (
	audience   = "https://api.example.com"
	discovery  = "/.well-known/openid-configuration"
	tenantName = "org_id"
)

// The keys of the tests.
var (
	rsaKey   = must(rsa.GenerateKey(rand.Reader, 2048))
	otherKey = must(rsa.GenerateKey(rand.Reader, 2048))
	ecKey    = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	bigECKey = must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	edKey    = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// issuer is an OpenID Connect provider. It serves discovery and keys over HTTP, and signs tokens.
type issuer struct {
	*httptest.Server
	reads atomic.Int32 // of the keys

	mu     sync.Mutex
	keys   []map[string]any
	answer http.HandlerFunc // of the keys, or nil
	about  map[string]any   // other members of the discovery document
}

// newIssuer starts an issuer with keys: name and key alternate.
func newIssuer(t testing.TB, keys ...any) *issuer {
	t.Helper()
	i := &issuer{about: map[string]any{}}
	i.rotate(keys...)
	mux := http.NewServeMux()
	mux.HandleFunc(discovery, func(w http.ResponseWriter, _ *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		about := map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys"}
		maps.Copy(about, i.about)
		_ = json.NewEncoder(w).Encode(about)
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		i.reads.Add(1)
		i.mu.Lock()
		keys, answer := i.keys, i.answer
		i.mu.Unlock()
		if answer != nil {
			answer(w, r)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": keys})
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

// rotate replaces the keys: name and key alternate. A key is a signer, or the members of a JWK.
func (i *issuer) rotate(keys ...any) {
	var list []map[string]any
	for n := 0; n < len(keys); n += 2 {
		list = append(list, newJWK(keys[n].(string), keys[n+1]))
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = list
}

// respond replaces the handler that serves the keys; nil restores it.
func (i *issuer) respond(answer http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = answer
}

// newJWK returns the public part of a key as a JWK.
func newJWK(name string, k any) map[string]any {
	members, ok := k.(map[string]any)
	if !ok {
		jwk := must(jwkset.NewJWKFromKey(k.(crypto.Signer).Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{USE: "sig"}}))
		must(0, json.Unmarshal(must(json.Marshal(jwk.Marshal())), &members))
	}
	if name != "" {
		members["kid"] = name
	}
	return members
}

// claims returns the claims of a valid token with changes: name and value alternate. The value remove
// removes a claim.
func (i *issuer) claims(changes ...any) jwt.MapClaims {
	now := time.Now()
	claims := jwt.MapClaims{
		"iss": i.URL, "sub": "secret|ada", "aud": audience, "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(), tenantName: "org_acme",
		"email": "secret@example.com", "email_verified": true,
	}
	for n := 0; n < len(changes); n += 2 {
		claims[changes[n].(string)] = changes[n+1]
		if changes[n+1] == remove {
			delete(claims, changes[n].(string))
		}
	}
	return claims
}

// remove is a value that removes a claim or a header: see issuer.claims and sign.
const remove = "(remove)"

// token returns a valid token with changed claims, signed with the RSA key "one".
func (i *issuer) token(changes ...any) string {
	return sign(jwt.SigningMethodRS256, rsaKey, i.claims(changes...), "kid", "one")
}

// sign signs claims and returns the token, with changes of the header: name and value alternate.
func sign(method jwt.SigningMethod, k any, claims jwt.Claims, header ...any) string {
	token := jwt.NewWithClaims(method, claims)
	for n := 0; n < len(header); n += 2 {
		token.Header[header[n].(string)] = header[n+1]
		if header[n+1] == remove {
			delete(token.Header, header[n].(string))
		}
	}
	return must(token.SignedString(k))
}

// signRaw signs the JSON of a header and of claims with RS256, and returns the token.
func signRaw(header, claims string) string {
	text := encode(header) + "." + encode(claims)
	return text + "." + encode(string(must(jwt.SigningMethodRS256.Sign(text, rsaKey))))
}

// publicPEM returns the public part of a key in PEM.
func publicPEM(k crypto.Signer) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(k.Public()))})
}

// config returns the configuration of a Verifier of the issuer's tokens.
func (i *issuer) config() auth.Config {
	return auth.Config{Issuer: i.URL, Audiences: []string{"other", audience}, TenantClaim: tenantName}
}

// newVerifier returns a Verifier and its log.
func newVerifier(t testing.TB, c auth.Config) (*auth.Verifier, *servertest.Log) {
	t.Helper()
	log := &servertest.Log{}
	v, err := auth.NewVerifier(t.Context(), c, newLogger(log))
	if err != nil {
		t.Fatal(err)
	}
	return v, log
}

// newLogger returns a logger with the text format.
func newLogger(log *servertest.Log) *slog.Logger { return slog.New(slog.NewTextHandler(log, nil)) }

// verify fails the test unless the verifier accepts the token.
func verify(t testing.TB, v *auth.Verifier, token string) auth.Token {
	t.Helper()
	got, err := v.Verify(context.WithoutCancel(t.Context()), token)
	if err != nil {
		t.Errorf("%v", err)
	}
	return got
}
