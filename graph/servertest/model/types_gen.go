// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"rowhouse/model/relay"
)

// Types lists the types of the API.
var Types = relay.NewTypes(Readers, LibraryCards, Shelves, Books, Tags, Taggings, Reviews)
