package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
)

// quotaError is an error of an application.
type quotaError struct{ used int }

// Error returns the message for the log.
func (e quotaError) Error() string { return "secret: shard 7" }

// Code returns a code that the framework does not know.
func (quotaError) Code() string { return "STORAGE_FULL" }

// Public returns the message for clients.
func (e quotaError) Public() string {
	return fmt.Sprintf("%d GB are in use, delete a file first", e.used)
}

// TestErrorOfAnApplicationReachesClients fails with an error that the framework does not know, wrapped
// as errors usually are. It is expected, so it is not logged.
func TestErrorOfAnApplicationReachesClients(t *testing.T) {
	s := servertest.NewStateless()
	s.Fail(fmt.Errorf("secret: %w", quotaError{used: 5}))
	status, body := s.Post(t, "acme", "{ probe { error } }")
	for _, want := range []string{`"code":"STORAGE_FULL"`, `"message":"5 GB are in use, delete a file first"`, `"path":["probe","error"]`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is missing: %s", want, body)
		}
	}
	if status != http.StatusOK || strings.Contains(body, "secret") {
		t.Errorf("%d %s", status, body)
	}
	if log := s.Log.String(); log != "" {
		t.Errorf("log: %s", log)
	}
}
