package relay

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// GlobalID identifies an object for clients: unpadded base64url of the type's name, a colon and
// the id in text. Clients treat it as opaque.
type GlobalID string

// NewGlobalID returns the global id of a row of the named GraphQL type.
func NewGlobalID(typeName string, id ID) GlobalID {
	return encodeGlobalID(typeName, uuid.UUID(id).String())
}

func encodeGlobalID(typeName, id string) GlobalID {
	text := make([]byte, 0, 64)
	text = append(append(append(text, typeName...), ':'), id...)
	return GlobalID(base64.RawURLEncoding.EncodeToString(text))
}

var errNotID = errors.New("is not an id of this API")

// splitParts returns the type's name and the id in text.
func (g GlobalID) splitParts() (typeName, id string, err error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(string(g))
	if err != nil {
		return "", "", errNotID
	}
	typeName, id, ok := strings.Cut(string(text), ":")
	if !ok {
		return "", "", errNotID
	}
	return typeName, id, nil
}

// Decode returns the id of a row of the named GraphQL type. It fails for ids of other types, with
// an error message for FieldError.
func (g GlobalID) Decode(typeName string) (ID, error) {
	got, text, err := g.splitParts()
	if err != nil {
		return ID{}, err
	}
	if got != typeName {
		return ID{}, fmt.Errorf("is no %s id", typeName)
	}
	id, _ := uuid.Parse(text)
	if id.String() != text { // it has another spelling, or is no UUID
		return ID{}, errNotID
	}
	return ID(id), nil
}

// GlobalIDPrefix is a type's name, for the global ids of many rows.
type GlobalIDPrefix string

// NewGlobalIDPrefix returns the prefix of a named GraphQL type.
func NewGlobalIDPrefix(typeName string) GlobalIDPrefix { return GlobalIDPrefix(typeName + ":") }

// Append appends the global id of a row.
func (p GlobalIDPrefix) Append(b []byte, id ID) []byte {
	text := append(make([]byte, 0, 64), p...)
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			text = append(text, '-')
		}
		text = hex.AppendEncode(text, part)
	}
	return base64.RawURLEncoding.AppendEncode(b, text)
}
