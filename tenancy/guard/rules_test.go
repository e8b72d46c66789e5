package guard_test

import "testing"

// TestRulesHold checks at least one statement for each rule of the guard. A guard with one condition
// left out or inverted must fail here.
func TestRulesHold(t *testing.T) {
	checkCorpus(t, "rules.sql")
}
