package main

import (
	"strings"
	"testing"
)

// TestMigrateLintRunsFromSources builds the program that plans migrations, and runs it.
func TestMigrateLintRunsFromSources(t *testing.T) {
	code, out, errOut := runCommand(t, "migrate", "lint", "--after", "305")
	if code != 0 || !strings.HasSuffix(out, " warnings\n") || !strings.Contains(errOut, "Building ./model/migration/plan") {
		t.Errorf("%d %s %s", code, out, errOut)
	}
	code, _, errOut = runCommand(t, "migrate", "diff", "Wrong-Name")
	if code != 1 || !strings.Contains(errOut, "use at most 64 lower-case letters") {
		t.Errorf("%d %s", code, errOut)
	}
	if code, out, errOut = runCommand(t, "migrate", "diff", "--help"); code != 0 || !strings.Contains(out, "--drop") {
		t.Errorf("%d %s %s", code, out, errOut)
	}
}

func TestMigrateLintNeedsSources(t *testing.T) {
	t.Chdir(t.TempDir())
	if code, _, errOut := runCommand(t, "migrate", "lint"); code != 1 || !strings.Contains(errOut, "needs the sources of the program") {
		t.Errorf("%d %s", code, errOut)
	}
}
