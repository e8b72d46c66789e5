package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"rowhouse/auth"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

func TestEachAlgorithmVerifies(t *testing.T) {
	unnamed := newJWK("", edKey)
	delete(unnamed, "alg")
	i := newIssuer(t, "rsa", rsaKey, "ec", ecKey, "big", bigECKey, "ed", edKey, "ed2", unnamed)
	v, _ := newVerifier(t, i.config())
	for _, test := range []struct {
		method jwt.SigningMethod
		name   string
		key    any
	}{
		{jwt.SigningMethodRS256, "rsa", rsaKey},
		{jwt.SigningMethodRS512, "rsa", rsaKey},
		{jwt.SigningMethodPS384, "rsa", rsaKey},
		{jwt.SigningMethodES256, "ec", ecKey},
		{jwt.SigningMethodES384, "big", bigECKey},
		{jwt.SigningMethodEdDSA, "ed", edKey},
		{jwt.SigningMethodEdDSA, "ed2", edKey},
	} {
		verify(t, v, sign(test.method, test.key, i.claims(), "kid", test.name))
	}
	verify(t, v, sign(jwt.SigningMethodES256, ecKey, i.claims())) // the only key with this algorithm

	c := i.config()
	c.Algorithms = []string{"ES256"}
	v, _ = newVerifier(t, c)
	verify(t, v, sign(jwt.SigningMethodES256, ecKey, i.claims(), "kid", "ec"))
	checkVerify(t, v, sign(jwt.SigningMethodRS256, rsaKey, i.claims(), "kid", "rsa"), signature)
}

// checkVerify checks that a token is rejected with a message.
func checkVerify(t *testing.T, v *auth.Verifier, token, message string) {
	t.Helper()
	_, err := v.Verify(t.Context(), token)
	var refused *tenancy.ResolveError
	if !errors.As(err, &refused) || !errors.Is(err, tenancy.ErrUnauthenticated) || !strings.HasPrefix(refused.Message, message) {
		t.Errorf("%v, want %s", err, message)
	}
}

// checkOutage checks that verification of a token fails because of an outage.
func checkOutage(t *testing.T, v *auth.Verifier, token string) {
	t.Helper()
	if _, err := v.Verify(t.Context(), token); !errors.Is(err, tenancy.ErrOutage) {
		t.Errorf("%v, want %v", err, tenancy.ErrOutage)
	}
}

// respondStatus returns a handler that responds with a status.
func respondStatus(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

func TestKeysRotate(t *testing.T) {
	i := newIssuer(t, "one", rsaKey)
	v, _ := newVerifier(t, i.config())
	old, next := i.token(), sign(jwt.SigningMethodRS256, otherKey, i.claims(), "kid", "two")
	verify(t, v, old)
	checkVerify(t, v, next, signature) // reads the keys
	i.rotate("one", rsaKey, "two", otherKey)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() { verify(t, v, next) })
	}
	group.Wait()
	verify(t, v, old)
	if n := i.reads.Load(); n != 3 {
		t.Errorf("the keys were read %d times, want 3", n)
	}
	// A withdrawn key is rejected after the next read.
	v, _ = newVerifier(t, i.config())
	i.rotate("two", otherKey)
	verify(t, v, old)
	checkVerify(t, v, sign(jwt.SigningMethodRS256, otherKey, i.claims(), "kid", "unknown"), signature)
	checkVerify(t, v, old, signature)
	verify(t, v, next)
}

// TestReadsForUnknownKeysAreLimited verifies tokens with unknown keys concurrently.
func TestReadsForUnknownKeysAreLimited(t *testing.T) {
	i := newIssuer(t, "one", rsaKey)
	v, _ := newVerifier(t, i.config())
	good, started := i.token(), time.Now()
	var group sync.WaitGroup
	for n := range 300 {
		group.Go(func() {
			// On a machine under load, the read can exceed its deadline.
			_, err := v.Verify(t.Context(), signRaw(fmt.Sprintf(`{"alg":"RS256","kid":"%d"}`, n), "{}"))
			if !errors.Is(err, tenancy.ErrUnauthenticated) && !errors.Is(err, tenancy.ErrOutage) {
				t.Errorf("%v", err)
			}
			verify(t, v, good)
		})
	}
	group.Wait()
	if n, most := int(i.reads.Load()), 3+int(time.Since(started)/(5*time.Second)); n > most {
		t.Errorf("the keys were read %d times, more than %d", n, most)
	}
}

func TestTokensAreValidAfterAnOutageAtTheStart(t *testing.T) {
	t.Parallel()
	started := time.Now()
	i := newIssuer(t, "one", rsaKey)
	i.respond(respondStatus(http.StatusServiceUnavailable))
	s, log := newServer(t, i.config())
	for range 10 { // some of these requests read the keys
		checkResponse(t, s, 503, "TENANT_UNAVAILABLE", "the server can't find the tenant at the moment",
			"the tenant can't be found at the moment", "Authorization", "Bearer "+i.token())
	}
	if n := i.reads.Load(); n > 4 {
		t.Errorf("the keys were read %d times, more than 4", n)
	}
	if !strings.Contains(log.String(), "the keys of the identity provider can't be read") {
		t.Errorf("log: %s", log)
	}
	i.respond(nil)
	for status := 0; status != http.StatusOK && !t.Failed(); time.Sleep(100 * time.Millisecond) {
		status, _ = post(t, s, "Authorization", "Bearer "+i.token())
		if time.Since(started) > time.Minute {
			t.Fatalf("the outage has not ended: %d", status)
		}
	}
	if !strings.Contains(log.String(), "the keys of the identity provider were read") {
		t.Errorf("log: %s", log)
	}
}

func TestTokensStayValidDuringAnOutage(t *testing.T) {
	for name, fail := range map[string]func(i *issuer){
		"an error":        func(i *issuer) { i.respond(respondStatus(http.StatusInternalServerError)) },
		"a rate limit":    func(i *issuer) { i.respond(respondStatus(http.StatusTooManyRequests)) },
		"not found":       func(i *issuer) { i.respond(respondStatus(http.StatusNotFound)) },
		"no keys":         func(i *issuer) { i.rotate() },
		"an empty body":   func(i *issuer) { i.respond(func(http.ResponseWriter, *http.Request) {}) },
		"another issuer":  func(i *issuer) { i.mu.Lock(); defer i.mu.Unlock(); i.about["issuer"] = "https://evil.example.com" },
		"no connection":   func(i *issuer) { i.Close() },
		"a broken stream": func(i *issuer) { i.respond(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }) },
	} {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t, "one", rsaKey)
			v, log := newVerifier(t, i.config())
			fail(i)
			for range 5 {
				verify(t, v, i.token())
				checkOutage(t, v, sign(jwt.SigningMethodRS256, otherKey, i.claims(), "kid", "two")) // its key may be new
			}
			if n := strings.Count(log.String(), "can't be read"); n < 1 || n > 3 {
				t.Errorf("%d log lines: %s", n, log)
			}
		})
	}
}

func TestStartSucceedsDuringAnOutage(t *testing.T) {
	for _, status := range []int{http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusTooManyRequests} {
		i := newIssuer(t, "one", rsaKey)
		i.respond(respondStatus(status))
		v, _ := newVerifier(t, i.config())
		checkOutage(t, v, i.token())
		i.respond(nil)
		verify(t, v, i.token())
	}
}

// TestSlowProviderIsAnOutage fails unless the start and Verify end at their deadlines.
func TestSlowProviderIsAnOutage(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, "one", rsaKey)
	i.respond(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil { // a byte at a time
			_, _ = w.Write([]byte(" "))
			_ = http.NewResponseController(w).Flush()
			time.Sleep(10 * time.Millisecond)
		}
	})
	started := time.Now()
	v, _ := newVerifier(t, i.config())
	if took := time.Since(started); took < 2*time.Second || took > 30*time.Second {
		t.Errorf("the start took %s", took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := v.Verify(ctx, i.token()); !errors.Is(err, tenancy.ErrOutage) {
		t.Errorf("%v", err)
	}
}

// TestStartFailsForAnUnusableProvider starts with providers whose responses can't be used, for example
// because of a wrong configuration.
func TestStartFailsForAnUnusableProvider(t *testing.T) {
	elsewhere := newIssuer(t, "one", rsaKey)
	about := func(name, value string) func(*issuer) { return func(i *issuer) { i.about[name] = value } }
	small := newJWK("", must(newSmallKey()))
	for _, test := range []struct {
		name   string
		change func(i *issuer)
		want   string
	}{
		{"another issuer", about("issuer", "https://evil.example.com"), `"https://evil.example.com", but must have "http://127.0.0.1`},
		{"a slash at the end", func(i *issuer) { i.about["issuer"] = i.URL + "/" }, "but must have"},
		{"no issuer", about("issuer", ""), "but must have"},
		{"no address of keys", about("jwks_uri", ""), "is not the address"},
		{"keys without TLS", about("jwks_uri", "http://keys.example.com/keys"), "must begin with https://"},
		{"keys in a file", about("jwks_uri", "file:///etc/passwd"), "is not the address"},
		{"not found", func(i *issuer) { i.respond(respondStatus(http.StatusNotFound)) }, "404"},
		{"HTML", func(i *issuer) {
			i.respond(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") })
		}, "not a JSON Web Key Set"},
		{"no keys", func(i *issuer) { i.rotate() }, "none of 0 keys"},
		{"only a secret", func(i *issuer) { i.rotate("a", map[string]any{"kty": "oct", "k": "AAAA"}) }, "none of 1 keys"},
		{"only a small key", func(i *issuer) { i.rotate("a", small) }, "none of 1 keys"},
		{"only a huge key", func(i *issuer) {
			i.rotate("a", map[string]any{"kty": "RSA", "e": "AQAB", "n": encode(strings.Repeat("\xff", 1025))})
		}, "none of 1 keys"},
		{"101 keys", func(i *issuer) { i.keys = make([]map[string]any, 101) }, "101 keys, more than 100"},
		{"a large response", func(i *issuer) {
			i.respond(func(w http.ResponseWriter, _ *http.Request) {
				for range 1000 {
					fmt.Fprint(w, strings.Repeat(" ", 1<<10))
				}
			})
		}, "has more than 262144 bytes"},
		{"a redirect to another host", func(i *issuer) {
			i.respond(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, elsewhere.URL+"/keys", http.StatusFound)
			})
		}, "it redirects to " + elsewhere.URL},
		{"a loop", func(i *issuer) {
			i.respond(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/keys", http.StatusFound) })
		}, "it redirects to"},
	} {
		t.Run(test.name, func(t *testing.T) {
			i := newIssuer(t, "one", rsaKey)
			test.change(i)
			_, err := auth.NewVerifier(t.Context(), i.config(), newLogger(&servertest.Log{}))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
	if n := elsewhere.reads.Load(); n != 0 {
		t.Errorf("the other host got %d requests", n)
	}
}

func TestUnusableKeysAreIgnored(t *testing.T) {
	i := newIssuer(t,
		"ed448", map[string]any{"kty": "OKP", "crv": "Ed448", "x": "AAAA"},
		"unknown", map[string]any{"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"},
		"off the curve", map[string]any{"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"},
		"no modulus", map[string]any{"kty": "RSA", "e": "AQAB"},
		"numbers", map[string]any{"kty": 1},
		"one", rsaKey)
	i.keys[5]["x5c"], i.keys[5]["x5u"], i.keys[5]["issuer"] = []string{"AAAA"}, "http://example.com/", "unknown member"
	i.keys = append(i.keys, nil)
	v, _ := newVerifier(t, i.config())
	verify(t, v, i.token())
}

func TestRedirectOnTheSameHostIsFollowed(t *testing.T) {
	i := newIssuer(t, "one", rsaKey)
	var once sync.Once
	redirect := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/keys", http.StatusFound) }
	i.respond(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { redirect(w, r); i.respond(nil) })
	})
	v, _ := newVerifier(t, i.config())
	verify(t, v, i.token())
}

func TestJWKSURLNeedsNoDiscovery(t *testing.T) {
	i := newIssuer(t, "one", rsaKey)
	c := i.config()
	c.Issuer, c.JWKSURL = "accounts.example.com", i.URL+"/keys"
	v, _ := newVerifier(t, c)
	verify(t, v, i.token("iss", c.Issuer))
	checkVerify(t, v, i.token(), "the token has the wrong issuer")
}
