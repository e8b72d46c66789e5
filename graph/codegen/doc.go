// Package codegen generates an application from its types: schema.graphqls describes them with
// directives (directives.graphqls), and Generate writes the schema of the API, the Go code of the types
// and their resolvers. It runs gqlgen for the rest.
//
// A type that makes no sense is refused: each error has the file, the line, the reason and the remedy.
//
// Start reading at Schema, the types with their directives resolved.
package codegen
