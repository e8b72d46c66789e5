package model

import (
	"testing"
)

// FuzzGlobalID feeds what clients may send as an id or a cursor: nothing panics, and
// what is accepted has one spelling.
func FuzzGlobalID(f *testing.F) {
	id := NewID()
	f.Add(string(globalID("Item", id)))
	f.Add(string(tenantGlobalID(7)))
	f.Add(cursorOf(id))
	f.Add("SXRlbTo=")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := GlobalID(s).of("Item"); err == nil && string(globalID("Item", id)) != s {
			t.Errorf("%q and %q are one id", s, globalID("Item", id))
		}
		var r rules
		if id := r.cursor("after", &s); r.err() == nil && cursorOf(id) != s {
			t.Errorf("%q and %q are one cursor", s, cursorOf(id))
		}
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
