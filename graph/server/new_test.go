package server_test

import (
	"fmt"
	"strings"
	"testing"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
)

// TestNewPanicsForInvalidOptions has options with which every request would fail.
func TestNewPanicsForInvalidOptions(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*server.Options)
		want   string
	}{
		{
			name:   "no resolver",
			change: func(o *server.Options) { o.Resolve = nil },
			want:   "Options.Resolve is nil",
		},
		{
			name:   "a limit of 0",
			change: func(o *server.Options) { o.Limits.Depth = 0 },
			want:   "Depth must be at least 1",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				if reason := fmt.Sprint(recover()); !strings.Contains(reason, test.want) {
					t.Error(reason)
				}
			}()
			servertest.New(t, test.change)
		})
	}
}
