// Package servertest is a GraphQL server for tests of the framework: of limits, transports,
// documents and errors. Its schema is a library with shelves, books and readers, whose resolvers
// read memory. New starts a server with two tenants, Acme and Globex.
package servertest

//go:generate go tool gqlgen generate
