package model

import (
	"database/sql/driver"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"rowhouse/tenancy"
)

// ID is a row's identity: a UUIDv7 (RFC 9562) in 16 bytes, so that newer rows have
// greater ids. Stored as BINARY(16). The zero ID is none.
type ID [16]byte

// NewID returns an ID greater than all that this process made before. It panics
// when the system has no randomness to give.
func NewID() ID { return ID(uuid.Must(uuid.NewV7())) }

// created is when an ID was made, to the millisecond.
func (id ID) created() time.Time { return time.Unix(uuid.UUID(id).Time().UnixTime()).UTC() }

// Value stores the 16 bytes.
func (id ID) Value() (driver.Value, error) { return id[:], nil }

// Scan reads 16 bytes, and fails on anything else.
func (id *ID) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b) != len(id) {
		return fmt.Errorf("an id has 16 bytes, not %T of another length", src)
	}
	copy(id[:], b)
	return nil
}

// GlobalID is an object's identity for clients: unpadded base64url of the type's
// name, a colon and the id's text. Clients must not look inside.
type GlobalID string

func globalID(noun string, id ID) GlobalID {
	return encodeGlobalID(noun, uuid.UUID(id).String())
}

func tenantGlobalID(id tenancy.ID) GlobalID {
	return encodeGlobalID("Tenant", strconv.FormatUint(uint64(id), 10))
}

func encodeGlobalID(noun, id string) GlobalID {
	text := make([]byte, 0, 64)
	text = append(append(append(text, noun...), ':'), id...)
	return GlobalID(base64.RawURLEncoding.EncodeToString(text))
}

var errNotID = errors.New("is not an id of this API")

// decode splits a global id into the type's name and the id's text.
func (g GlobalID) decode() (noun, id string, err error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(string(g))
	if err != nil {
		return "", "", errNotID
	}
	noun, id, ok := strings.Cut(string(text), ":")
	if !ok {
		return "", "", errNotID
	}
	return noun, id, nil
}

// of returns the row's id when g is one of the noun's.
func (g GlobalID) of(noun string) (ID, error) {
	got, text, err := g.decode()
	if err != nil {
		return ID{}, err
	}
	if got != noun {
		return ID{}, fmt.Errorf("is no %s id", noun)
	}
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text {
		return ID{}, errNotID
	}
	return ID(id), nil
}
