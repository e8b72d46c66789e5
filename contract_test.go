package main

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/contract"
)

// TestChangesOfTheAPIBreakNoClient compares the schema that clients see with the one of the last release.
func TestChangesOfTheAPIBreakNoClient(t *testing.T) {
	const released, current = "testdata/released.graphqls", "graph/schema.gen.graphqls"
	changes, err := contract.Compare(
		&ast.Source{Name: released, Input: readFile(t, released)}, &ast.Source{Name: current, Input: readFile(t, current)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if c.Breaking {
			t.Error(c)
		} else {
			t.Log("clients may not expect this:", c)
		}
	}
	if t.Failed() {
		t.Logf("If clients are to be broken, or if no client uses the API yet, accept the changes: cp %s %s", current, released)
	}
}
