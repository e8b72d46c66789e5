package relay

import (
	"bytes"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ID is the primary key of a row: a UUIDv7 (RFC 9562), stored as BINARY(16). Newer rows have
// greater ids. The zero ID belongs to no row.
type ID [16]byte

// NewID returns an ID greater than all earlier ones of this process. It panics if the system has
// no randomness.
func NewID() ID { return ID(uuid.Must(uuid.NewV7())) }

// Time returns the time at which an ID was made, in milliseconds.
func (id ID) Time() time.Time { return time.Unix(uuid.UUID(id).Time().UnixTime()).UTC() }

// Value returns the 16 bytes for the database.
func (id ID) Value() (driver.Value, error) { return id[:], nil }

// Scan reads 16 bytes from the database, and fails for other values.
func (id *ID) Scan(src any) error {
	b, _ := src.([]byte)
	if len(b) != len(id) {
		return fmt.Errorf("an id has 16 bytes, not %T of another length", src)
	}
	copy(id[:], b)
	return nil
}

func compareIDs(a, b ID) int { return bytes.Compare(a[:], b[:]) }
