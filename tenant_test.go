package main

import (
	"regexp"
	"strings"
	"testing"

	"rowhouse/model/dbtest"
)

// TestTenantsAreCreatedAndListed starts from an empty database.
func TestTenantsAreCreatedAndListed(t *testing.T) {
	dsn := dbtest.Empty(t)
	// The command does not migrate a database of --database-url.
	if code, _, errOut := runCommand(t, "tenant", "list", "--database-url", dsn); code != 1 ||
		!strings.Contains(errOut, "run rowhouse migrate") {
		t.Errorf("%d %s", code, errOut)
	}
	if code, out, errOut := runCommand(t, "migrate", "--database-url", dsn); code != 0 || !strings.Contains(out, "is at version") {
		t.Errorf("%d %s %s", code, out, errOut)
	}
	if code, out, errOut := runCommand(t, "tenant", "create", "initech", "--name", "Initech Inc", "--database-url", dsn); code != 0 ||
		out != "tenant 1: initech (Initech Inc)\n" {
		t.Errorf("%d %s %s", code, out, errOut)
	}
	if code, out, errOut := runCommand(t, "tenant", "list", "--database-url", dsn); code != 0 ||
		!regexp.MustCompile(`(?m)^1 +initech +Initech Inc +\d{4}-`).MatchString(out) {
		t.Errorf("%d %s %s", code, out, errOut)
	}
}
