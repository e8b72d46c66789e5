package relay

import (
	"bytes"
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
)

// UUID is a UUID of any version (RFC 9562), stored as BINARY(16). Package uuid would store its text.
type UUID [16]byte

// ParseUUID reads the text of a UUID, in any case. It fails for other formats, such as those in braces.
func ParseUUID(s string) (UUID, error) {
	u, err := uuid.Parse(s)
	if err != nil || len(s) != len("019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b") {
		return UUID{}, fmt.Errorf("%.50q is no UUID", s)
	}
	return UUID(u), nil
}

// String returns the text in lower case.
func (u UUID) String() string { return uuid.UUID(u).String() }

// Compare compares two UUIDs byte by byte, as the database does.
func (u UUID) Compare(v UUID) int { return bytes.Compare(u[:], v[:]) }

// MarshalText implements encoding.TextMarshaler.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler by ParseUUID.
func (u *UUID) UnmarshalText(text []byte) (err error) {
	*u, err = ParseUUID(string(text))
	return err
}

// Value returns the 16 bytes for the database.
func (u UUID) Value() (driver.Value, error) { return u[:], nil }

// Scan reads 16 bytes from the database, and fails for other values.
func (u *UUID) Scan(src any) error { return (*ID)(u).Scan(src) }
