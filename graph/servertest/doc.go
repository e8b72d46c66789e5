// Package servertest is a GraphQL server for tests of the framework: of limits, transports, documents and
// errors. Its schema is a library with shelves, books and readers, which uses each part of the language of
// schema.graphqls. New starts a server with two tenants, Acme and Globex, on a real database.
package servertest

//go:generate go run ../codegen/generate
