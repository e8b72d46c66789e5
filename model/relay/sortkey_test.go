package relay

import "testing"

// TestTimesOfCursorsMustBeStorable parses times at and beyond the bounds of DATETIME.
func TestTimesOfCursorsMustBeStorable(t *testing.T) {
	for text, ok := range map[string]bool{
		`"1000-01-01T00:00:00Z"`:           true,
		`"9999-12-31T23:59:59.9999999Z"`:   true, // cut to microseconds, not rounded
		`"0999-12-31T23:59:59Z"`:           false,
		`"9999-12-31T23:59:59-01:00"`:      false,
		`null`:                             true,
		`"x"`:                              false,
		`"2026-01-01T00:00:00.123456789Z"`: true,
	} {
		if v, err := parseTime([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v, %v", text, v, err)
		}
	}
}
