// Package model holds the types of the work tracker. schema.graphqls describes them, and item_gen.go
// and the like follow from it: the struct of the rows, the description for relay, and the functions
// that change rows. types_gen.go lists the types. The other files have hooks, the rules in Go.
//
// All functions take the context, whose tenant decides which rows exist, and the database. They run
// in the transaction of the context or open their own, and fail with the errors of relay:
// *NotFoundError, *InvalidError and *ConflictError.
//
// Start with comment_gen.go, a small type with two relations, and item.go, a hook. models_gen.go has the
// inputs, payloads and enums that gqlgen generates.
package model
