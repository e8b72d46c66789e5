package main

import (
	"context"
	"io"
	"strings"
	"testing"
)

// TestServeRejectsUnknownLimitVariables includes a variable of an earlier version.
func TestServeRejectsUnknownLimitVariables(t *testing.T) {
	for _, name := range []string{"ROWHOUSE_MAX_ANSWER", "ROWHOUSE_MAX_DEPHT"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "100")
			var errOut strings.Builder
			if code := run(context.Background(), []string{"serve"}, io.Discard, &errOut); code != 2 {
				t.Errorf("the exit code is %d", code)
			}
			if want := "the environment variable " + name + " sets no limit"; !strings.Contains(errOut.String(), want) {
				t.Errorf("stderr has no %q: %s", want, &errOut)
			}
			if code := run(context.Background(), []string{"schema"}, io.Discard, &errOut); code != 0 {
				t.Errorf("a command without limits has the exit code %d", code)
			}
		})
	}
}

// TestServeAcceptsLimitVariables sets a limit, and a variable of another program.
func TestServeAcceptsLimitVariables(t *testing.T) {
	t.Setenv("ROWHOUSE_MAX_CONNECTIONS", "8")
	t.Setenv("ROWHOUSE_PORT", "tcp://10.0.0.1:8080") // Kubernetes sets it for a service with this name
	t.Setenv("ROWHOUSE_MAX_DEPTH", "0")              // for an error after the check
	var errOut strings.Builder
	code := run(context.Background(), nil, io.Discard, &errOut)
	if want := "--max-depth must be at least 1"; code != 1 || !strings.Contains(errOut.String(), want) {
		t.Errorf("the exit code is %d, and stderr has no %q: %s", code, want, &errOut)
	}
}
