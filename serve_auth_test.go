package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"rowhouse/graph/servertest"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// TestServeReadsTenantsFromTokens starts the program with the public key of a gateway, and sends tokens of two tenants, one
// of which has an external id other than its slug.
func TestServeReadsTenantsFromTokens(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	d := dbtest.New(t)
	if code, out, errOut := runCommand(t, "tenant", "set-external-id", "globex", "org_2aBc", "--database-url", d.DSN); code != 0 ||
		out != "tenant 2: globex has the external id org_2aBc\n" {
		t.Fatalf("%d %s %s", code, out, errOut)
	}
	s := serveInBackground(t, "--database-url", d.DSN, "--oidc-issuer", "https://gateway.example.com", "--oidc-audience", "rowhouse",
		"--oidc-public-key", file, "--tenant-claim", "orgs", "--oidc-clock-skew", "0s")
	signUntil := func(expires time.Time, tenants ...string) string {
		text, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
			"iss": "https://gateway.example.com", "aud": "rowhouse", "sub": "ada", "orgs": tenants,
			"exp": expires.Unix(),
		}).SignedString(private)
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + text
	}
	sign := func(tenants ...string) string { return signUntil(time.Now().Add(time.Minute), tenants...) }
	const query = "/graphql?query={tenant{slug}}"
	for _, test := range []struct {
		name, token, choice string
		status              int
		want                string
	}{
		{name: "one tenant", token: sign("acme"), status: 200, want: `"slug":"acme"`},
		{name: "an external id", token: sign("org_2aBc"), status: 200, want: `"slug":"globex"`},
		{name: "a choice", token: sign("acme", "org_2aBc"), choice: "globex", status: 200, want: `"slug":"globex"`},
		{name: "no choice", token: sign("acme", "org_2aBc"), status: 400, want: "TENANT_REQUIRED"},
		{name: "another tenant", token: sign("acme"), choice: "globex", status: 403, want: "FORBIDDEN"},
		{name: "an unknown tenant", token: sign("acme"), choice: "initech", status: 403, want: "FORBIDDEN"},
		{name: "a slug in place of the external id", token: sign("globex"), status: 403, want: "FORBIDDEN"},
		{name: "no token", choice: "acme", status: 401, want: "UNAUTHENTICATED"},
		{name: "an expired token", token: signUntil(time.Now().Add(-time.Second), "acme"), status: 401, want: "has expired"},
		{name: "a changed token", token: sign("acme") + "A", status: 401, want: "UNAUTHENTICATED"},
	} {
		headers := []string{"Apollo-Require-Preflight", "1"}
		if test.token != "" {
			headers = append(headers, "Authorization", test.token)
		}
		if test.choice != "" {
			headers = append(headers, tenancy.HeaderName, test.choice)
		}
		if status, body := s.get(t, query, headers...); status != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%s: %d %s", test.name, status, body)
		}
	}
	socket := servertest.Dial(t, "http://"+s.addr+"/graphql", http.Header{})
	socket.Send(`{"type": "connection_init", "payload": {"Authorization": "` + sign("org_2aBc") + `"}}`)
	socket.Expect("connection_ack", "")
	socket.Subscribe("a", "{ tenant { slug } }")
	socket.Expect("next", `"slug":"globex"`)
	if strings.Contains(s.errOut.String(), "eyJ") || !strings.Contains(s.errOut.String(), "the tenant is read from tokens") {
		t.Error(s.errOut)
	}
}
