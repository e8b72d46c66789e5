package server_test

import (
	"fmt"
	"strings"
	"testing"

	"rowhouse/graph/scalar"
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
		{
			name:   "a scalar without a function",
			change: func(*server.Options) { delete(scalar.Unmarshalers, "DateTime") },
			want:   "scalar.Unmarshalers lacks the scalar DateTime",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dateTime := scalar.Unmarshalers["DateTime"]
			defer func() { scalar.Unmarshalers["DateTime"] = dateTime }()
			defer func() {
				if reason := fmt.Sprint(recover()); !strings.Contains(reason, test.want) {
					t.Error(reason)
				}
			}()
			servertest.NewStateless(test.change)
		})
	}
}
