package dbtest

import (
	"regexp"
	"testing"
)

// TestMatchesAreDifferent makes strings for patterns, and checks that they match.
func TestMatchesAreDifferent(t *testing.T) {
	for _, pattern := range []string{
		"[A-Z]{2,10}", "#[0-9A-Fa-f]{6}", "[a-z]+-[0-9]{3}(x|y)?", "(a|b)[^0-9]{2,}", `\d{4}`, ".{3}", "[a-z0-9]([a-z0-9-]*[a-z0-9])?",
	} {
		whole := regexp.MustCompile("^(?:" + pattern + ")$")
		seen := map[string]bool{}
		for n := range 30 {
			match := matchPattern(pattern, n)
			if !whole.MatchString(match) {
				t.Errorf("%s: %q does not match", pattern, match)
			}
			seen[match] = true
		}
		if len(seen) < 26 {
			t.Errorf("%s: only %d of 30 strings are different", pattern, len(seen))
		}
	}
}
