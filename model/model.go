// Package model holds the types of the work tracker, one per file: the struct of its rows, its
// description for relay, and the functions that change it. Types lists them.
//
// All functions take the context, whose tenant decides which rows exist, and the database. They run
// in the transaction of the context or open their own, and fail with the errors of relay:
// *NotFoundError, *InvalidError and *ConflictError.
//
// Start with comment.go, a small type with two relations; item.go has all features of a type. rules.go
// has the rules of names, and models_gen.go the generated inputs, payloads and enums.
package model

import "rowhouse/model/relay"

// Types lists the types of the API. Add a new type here.
var Types = relay.NewTypes(Members, Projects, Items, Labels, Comments)
