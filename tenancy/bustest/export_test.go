package bustest

import (
	"testing"
	"time"

	"rowhouse/tenancy"
)

// SetTimeout changes the timeout of checks until the test ends.
func SetTimeout(t *testing.T, d time.Duration) {
	before := timeout
	timeout = d
	t.Cleanup(func() { timeout = before })
}

// CheckNames returns the names of all checks.
func CheckNames() (names []string) {
	for _, c := range checks {
		names = append(names, c.name)
	}
	return names
}

// RunCheck runs one check, which reports failures to t.
func RunCheck(t testing.TB, name string, one, two tenancy.Bus) {
	for _, c := range checks {
		if c.name == name {
			c.run(t, timedBus{one, t}, timedBus{two, t})
		}
	}
}
