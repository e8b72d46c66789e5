// Package model holds the types of the work tracker, one per file: the struct of its rows, its
// description for relay, and the functions that change it. Types lists them.
//
// All functions take the context, whose tenant decides which rows exist, and the database. They run
// in the transaction of the context or open their own, and fail with the errors of relay:
// *NotFoundError, *InvalidError and *ConflictError.
package model

import "rowhouse/model/relay"

// Types lists the types of the API. Add a new type here.
var Types = relay.NewTypes(Members, Projects, Items, Labels, Comments)
