package relay

import (
	"fmt"
	"io"
	"slices"
	"strconv"
)

// Change is a kind of change of a row, as an enum of the API.
type Change string

// The changes of rows.
const (
	ChangeCreated Change = "CREATED"
	ChangeUpdated Change = "UPDATED"
	ChangeDeleted Change = "DELETED"
)

// AllChange has all values.
var AllChange = []Change{ChangeCreated, ChangeUpdated, ChangeDeleted}

// IsValid reports whether c is one of AllChange.
func (c Change) IsValid() bool { return slices.Contains(AllChange, c) }

// String returns the name of the change.
func (c Change) String() string { return string(c) }

// UnmarshalGQL reads the name of a change.
func (c *Change) UnmarshalGQL(v any) error {
	name, ok := v.(string)
	if *c = Change(name); !ok || !c.IsValid() {
		return fmt.Errorf("%v is not a valid Change", v)
	}
	return nil
}

// MarshalGQL writes the name of the change as a JSON string.
func (c Change) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(c))) }
