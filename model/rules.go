package model

import (
	"regexp"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// Lengths in characters, as the columns have them (migration/). maxText is the length of the
// longest string that a TEXT column can hold whatever its characters.
const (
	maxName     = 100
	maxItemName = 200
	maxLabel    = 50
	maxEmail    = 254
	maxText     = 10_000
)

var (
	keyPattern   = regexp.MustCompile(`^[A-Z]{2,10}$`)
	colorPattern = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
)

// checkKey checks the key of a project.
func checkKey(v *relay.Validation, key string) {
	v.Pattern("key", key, keyPattern, "must have 2 to 10 capital letters, A to Z")
}

// checkColor checks the colour of a label.
func checkColor(v *relay.Validation, color string) {
	v.Pattern("color", color, colorPattern, "must be # and six hexadecimal digits")
}

// checkName checks the new name of an update and returns it, or nil if the name stays.
func checkName(v *relay.Validation, in graphql.Omittable[*string], longest int) *string {
	name := relay.NotNull(v, "name", in)
	if name != nil {
		v.Line("name", name, longest)
	}
	return name
}
