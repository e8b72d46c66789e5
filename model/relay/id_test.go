package relay

import (
	"testing"
	"time"
)

// event is a model with a time that can be NULL.
type event struct {
	Row[event]
	DueAt *time.Time
}

// FuzzGlobalID decodes strings as ids and as cursors. It checks that nothing panics, and that each
// accepted value has one spelling.
func FuzzGlobalID(f *testing.F) {
	id, s := NewID(), schemaOf[event]()
	newest := order{sorting: newSorting(), desc: true}
	byDue := order{sorting: newSorting(newSortKey(newColumn(s, Field{Column: "due_at"})))}
	f.Add(string(NewGlobalID("Item", id)))
	f.Add(string((&Tenant{}).GlobalID()))
	f.Add(newest.encodeCursor(id, nil, nil))
	f.Add(byDue.encodeCursor(id, &event{}, nil))
	f.Add(byDue.encodeCursor(id, &event{DueAt: new(time.Now())}, nil))
	f.Add("SXRlbTo=")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := GlobalID(s).Decode("Item"); err == nil && string(NewGlobalID("Item", id)) != s {
			t.Errorf("%q and %q are one id", s, NewGlobalID("Item", id))
		}
		var v Validation
		if at := newest.decodeCursor(&v, "after", &s); at.isSet() && newest.encodeCursor(at.id, nil, nil) != s {
			t.Errorf("%q and %q are one cursor", s, newest.encodeCursor(at.id, nil, nil))
		}
		_ = byDue.decodeCursor(&v, "after", &s)
	})
}

// TestNewIDsAscend checks the basis of the order by creation time.
func TestNewIDsAscend(t *testing.T) {
	last := NewID()
	for range 10_000 {
		id := NewID()
		if string(id[:]) <= string(last[:]) {
			t.Fatalf("%x came after %x", id, last)
		}
		last = id
	}
}
