package main

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"rowhouse/model/dbtest"
)

func TestHelpNamesEveryEnvironmentVariable(t *testing.T) {
	code, help, _ := runCommand(t, "--help")
	for _, want := range []string{
		"DATABASE_URL",
		"ROWHOUSE_DATABASE_PROGRAM",
		"ROWHOUSE_DATA_DIR",
		"ROWHOUSE_LOG_FORMAT",
		"ROWHOUSE_LOG_LEVEL",
		"ROWHOUSE_MAX_CONNECTIONS",
		"Examples:",
		"tenant create",
	} {
		if !strings.Contains(help, want) {
			t.Errorf("--help lacks %s", want)
		}
	}
	_, serve, _ := runCommand(t, "serve", "--help")
	for _, want := range []string{
		"ROWHOUSE_ADDR",
		"ROWHOUSE_TRUST_TENANT_HEADER",
		"ROWHOUSE_CORS_ORIGIN",
		"ROWHOUSE_CORS_HEADER",
		"ROWHOUSE_MIGRATE",
		"ROWHOUSE_DEMO",
	} {
		if !strings.Contains(serve, want) {
			t.Errorf("serve --help lacks %s", want)
		}
	}
	if code != 0 {
		t.Error("exit code", code)
	}
}

// TestInvalidFlagsAreReported checks that each message names the flag, and that none has a password.
func TestInvalidFlagsAreReported(t *testing.T) {
	inUse, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inUse.Close()
	dsn, missing := dbtest.New(t).DSN, filepath.Join(t.TempDir(), "missing")
	for _, test := range []struct {
		args    []string
		code    int
		message string
	}{
		{
			args:    []string{"--nonsense"},
			code:    2,
			message: "--nonsense",
		},
		{
			args:    []string{"nonsense"},
			code:    2,
			message: "nonsense",
		},
		{
			args:    []string{"--log-format", "xml"},
			code:    2,
			message: "--log-format",
		},
		{
			args:    []string{"--log-level", "loud"},
			code:    2,
			message: "--log-level: must be debug, info, warn or error, but got \"loud\"",
		},
		{
			args:    []string{"--addr", "0.0.0.0:0"},
			code:    1,
			message: "--trust-tenant-header",
		},
		{
			args:    []string{"--addr", ":0"},
			code:    1,
			message: "--trust-tenant-header",
		},
		{
			args:    []string{"--addr", "[::]:0"},
			code:    1,
			message: "--trust-tenant-header",
		},
		{
			args:    []string{"--addr", "example.com:0"},
			code:    1,
			message: "--trust-tenant-header",
		},
		{
			args:    []string{"--addr", "nonsense"},
			code:    1,
			message: "host:port",
		},
		{
			args:    []string{"--addr", "127.0.0.1:99999", "--database-url", dsn},
			code:    1,
			message: "--addr 127.0.0.1:99999",
		},
		{
			args:    []string{"--addr", inUse.Addr().String(), "--database-url", dsn},
			code:    1,
			message: "another program listens there",
		},
		{
			args:    []string{"--tenant-claim", "org_id"},
			code:    1,
			message: "--tenant-domain need --oidc-issuer, ",
		},
		{
			args: []string{
				"--oidc-issuer", "https://issuer.example.com", "--oidc-audience", "a", "--tenant-claim", "t",
				"--tenant-domain", "https://app.example.com",
			},
			code:    1,
			message: "--tenant-domain \"https://app.example.com\" must be a domain",
		},
		{
			args:    []string{"--oidc-algorithm", "RS256"},
			code:    1,
			message: "the other --oidc flags, --jwks-url, --tenant-claim and --tenant-domain need --oidc-issuer, ",
		},
		{
			args:    []string{"--oidc-issuer", "https://issuer.example.com", "--tenant-claim", "org_id"},
			code:    1,
			message: "--oidc-issuer needs --oidc-audience",
		},
		{
			args:    []string{"--oidc-issuer", "https://issuer.example.com", "--oidc-audience", "a"},
			code:    1,
			message: "--oidc-issuer needs --tenant-claim",
		},
		{
			args: []string{
				"--oidc-issuer", "https://issuer.example.com", "--oidc-audience", "a", "--tenant-claim", "t",
				"--trust-tenant-header",
			},
			code:    1,
			message: "exclude each other",
		},
		{
			args: []string{
				"--oidc-issuer", "http://issuer.example.com", "--oidc-audience", "a", "--tenant-claim", "t",
				"--database-url", dsn,
			},
			code:    1,
			message: "--oidc-issuer: the address http://issuer.example.com must begin with https://",
		},
		{
			args: []string{
				"--oidc-issuer", "https://issuer.example.com", "--oidc-audience", "a", "--tenant-claim", "t",
				"--oidc-public-key", missing, "--database-url", dsn,
			},
			code:    1,
			message: "--oidc-public-key: open ",
		},
		{
			args:    []string{"--max-depth", "0"},
			code:    1,
			message: "--max-depth must be at least 1",
		},
		{
			args:    []string{"--max-tokens=-1"},
			code:    1,
			message: "--max-tokens must be at least 1",
		},
		{
			args:    []string{"--max-time", "0s"},
			code:    1,
			message: "--max-time must be longer than 0, such as 30s",
		},
		{
			args:    []string{"--max-connections", "0"},
			code:    1,
			message: "--max-connections must be at least 1",
		},
		{
			args:    []string{"tenant", "list", "--max-connections=-4"},
			code:    1,
			message: "--max-connections must be at least 1",
		},
		{
			args:    []string{"--max-connections", "many"},
			code:    2,
			message: "--max-connections",
		},
		{
			args:    []string{"--cors-origin", "*"},
			code:    1,
			message: "--cors-origin",
		},
		{
			args:    []string{"--cors-origin", "https://a.example/path"},
			code:    1,
			message: "without a path",
		},
		{
			args:    []string{"--cors-origin", "https://*.example"},
			code:    1,
			message: "--cors-origin",
		},
		{
			args:    []string{"--cors-origin", "https://app.example:443"},
			code:    1,
			message: "without :443",
		},
		{
			args:    []string{"--cors-origin", "https://App.example"},
			code:    1,
			message: "lower case",
		},
		{
			args:    []string{"--cors-header", "*"},
			code:    1,
			message: "--cors-header",
		},
		{
			args:    []string{"--cors-header", "X-A,,X-B"},
			code:    1,
			message: "--cors-header",
		},
		{
			args:    []string{"--cors-header", "X-A: b"},
			code:    1,
			message: "without a colon",
		},
		{
			args:    []string{"--cors-header", "X-É"},
			code:    1,
			message: "--cors-header",
		},
		{
			args:    []string{"--database-url", "mysql://app:hunter2@localhost/x?socket=" + missing},
			code:    1,
			message: missing,
		},
		{
			args:    []string{"--database-program", missing, "--data-dir", missing},
			code:    1,
			message: "--database-program " + missing,
		},
		{
			args:    []string{"--database-url", "postgres://app:hunter2@db/x"},
			code:    1,
			message: "mysql://",
		},
		{
			args:    []string{"tenant", "create", "UPPER", "--name", "x"},
			code:    1,
			message: "lower-case",
		},
		{
			args:    []string{"tenant", "create", "acme", "--name", "x", "--database-url", dsn},
			code:    1,
			message: "taken",
		},
		{
			args:    []string{"tenant", "create", "initech"},
			code:    2,
			message: "--name",
		},
	} {
		code, _, errOut := runCommand(t, test.args...)
		if code != test.code || !strings.Contains(errOut, test.message) || strings.Contains(errOut, "hunter2") {
			t.Errorf("%v: exit code %d: %s", test.args, code, errOut)
		}
	}
}
