package main

import (
	"regexp"
	"strings"
	"testing"

	"rowhouse/model/dbtest"
)

// TestTenantsAreCreatedChangedAndListed starts from an empty database.
func TestTenantsAreCreatedChangedAndListed(t *testing.T) {
	dsn := dbtest.Empty(t)
	// The command does not migrate a database of --database-url.
	if code, _, errOut := runCommand(t, "tenant", "list", "--database-url", dsn); code != 1 ||
		!strings.Contains(errOut, "run rowhouse migrate") {
		t.Errorf("%d %s", code, errOut)
	}
	if code, out, errOut := runCommand(t, "migrate", "--database-url", dsn); code != 0 || !strings.Contains(out, "is at version") {
		t.Errorf("%d %s %s", code, out, errOut)
	}
	for _, test := range []struct {
		args     []string
		code     int
		out, err string
	}{
		{args: []string{"create", "initech", "--name", "Initech Inc"}, out: "tenant 1: initech (Initech Inc)\n"},
		{args: []string{"create", "hooli", "--name", "Hooli", "--external-id", "org_2"}, out: "tenant 2: hooli (Hooli)\n"},
		{args: []string{"create", "initech", "--name", "x"}, code: 1, err: "the slug initech is taken by another tenant"},
		{
			args: []string{"create", "x1", "--name", "x", "--external-id", "org_2"}, code: 1,
			err: "the external id org_2 is taken by another tenant, hooli",
		},
		{args: []string{"create", "x1", "--name", "x", "--external-id", "a b"}, code: 1, err: `the external id "a b" must have`},
		{args: []string{"set-external-id", "hooli", "org_3"}, out: "tenant 2: hooli has the external id org_3\n"},
		{
			args: []string{"set-external-id", "hooli", "initech"}, code: 1,
			err: "the external id initech is taken by another tenant, initech",
		},
		{
			args: []string{"set-external-id", "umbrella", "org_4"}, code: 1,
			err: `no tenant has the slug "umbrella": see rowhouse tenant list`,
		},
	} {
		code, out, errOut := runCommand(t, append(append([]string{"tenant"}, test.args...), "--database-url", dsn)...)
		if code != test.code || out != test.out || !strings.Contains(errOut, test.err) {
			t.Errorf("%q: %d %s %s", test.args, code, out, errOut)
		}
	}
	if code, out, errOut := runCommand(t, "tenant", "list", "--database-url", dsn); code != 0 ||
		!regexp.MustCompile(`(?m)^1 +initech +initech +Initech Inc +\d{4}-.*\n2 +hooli +org_3 +Hooli `).MatchString(out) {
		t.Errorf("%d %s %s", code, out, errOut)
	}
}
