package model

import (
	"testing"
	"time"
)

// FuzzGlobalID feeds what clients may send as an id or a cursor: nothing panics, and
// what is accepted has one spelling.
func FuzzGlobalID(f *testing.F) {
	id, newest := NewID(), orderOf[Item, ItemOrder](itemKeys, nil)
	f.Add(string(globalID("Item", id)))
	f.Add(string(tenantGlobalID(7)))
	byDue := orderOf(itemKeys, new(ItemOrderDueAtAsc))
	due := time.Now()
	f.Add(newest.cursor(id, nil))
	f.Add(byDue.cursor(id, &Item{}))
	f.Add(byDue.cursor(id, &Item{DueAt: &due}))
	f.Add("SXRlbTo=")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := GlobalID(s).of("Item"); err == nil && string(globalID("Item", id)) != s {
			t.Errorf("%q and %q are one id", s, globalID("Item", id))
		}
		var r rules
		if at := newest.place(&r, "after", &s); r.err() == nil && newest.cursor(at.id, nil) != s {
			t.Errorf("%q and %q are one cursor", s, newest.cursor(at.id, nil))
		}
		_ = byDue.place(&r, "after", &s)
	})
}

// TestNewIDsAreAscending is what "newest first" relies on.
func TestNewIDsAreAscending(t *testing.T) {
	last := NewID()
	for range 10_000 {
		id := NewID()
		if string(id[:]) <= string(last[:]) {
			t.Fatalf("%x came after %x", id, last)
		}
		last = id
	}
}
