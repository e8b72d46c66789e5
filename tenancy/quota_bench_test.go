package tenancy

import (
	"testing"
	"time"
)

// BenchmarkAcquireSlot measures an uncontended slot: each statement acquires one.
func BenchmarkAcquireSlot(b *testing.B) {
	q := newQuotas(32, time.Second)
	b.ReportAllocs()
	for b.Loop() {
		s, err := q.acquireSlot(b.Context(), 1, forStatement)
		if err != nil {
			b.Fatal(err)
		}
		s.release()
	}
}
